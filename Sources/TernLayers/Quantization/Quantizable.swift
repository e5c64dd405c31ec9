import TernCore
import TernNN

/// A layer that can be quantized.
protocol Quantizable: NormalizationFolding {
    /// The layer of bytes, without values.
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer
}

extension Quantizable {
    /// Shows all inputs to `calibration`.
    func observeInputs(_ calibration: Calibration) -> HookHandle {
        addForwardPreHook { calibration.observe($0) }
    }

    /// The layer of bytes.
    func quantized(
        _ activation: PiecewiseLinear? = nil, input: QuantizationParameters?, output: QuantizationParameters? = nil
    ) -> QuantizedLayer {
        let layer = quantizedLayer(
            QuantizedForm(activation: activation, isDynamic: input == nil, givesBytes: output != nil))
        layer.take(weight.value, bias: bias?.value, input: input, output: output)
        return layer
    }

    /// Why it cannot be quantized, whatever the model does with it.
    var obstacle: String? {
        if !namedChildren.isEmpty { return "it has parametrizations" }
        if !weight.hasValue { return "its weight has no value yet" }
        if weight.dtype != .float32 { return "its weight is of \(weight.dtype), not float32" }
        if weight.value.count == 0 { return "its weight has no elements" }
        // 255 * 127 times as many as this are below 2^31.
        let length = weight.value.count / weight.shape[0]
        if length > 1 << 16 { return "its sums are of \(length) products, more than 32 bits hold" }
        let largest = withoutGradients { abs(weight.value).max().item() }
        return largest.isFinite ? nil : "its weight is not finite"
    }
}

extension Linear: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer {
        QuantizedLinear(
            inFeatures, outFeatures, bias: bias != nil, activation: form.activation, isDynamic: form.isDynamic,
            givesBytes: form.givesBytes)
    }
}

extension QuantizedConvolution {
    convenience init(of layer: ConvolutionLayer<dimensions>, _ paddingMode: Padding, _ form: QuantizedForm) {
        self.init(
            layer.inputChannels, layer.outputChannels, kernelSize: layer.kernelSize, stride: layer.stride,
            padding: layer.padding, dilation: layer.dilation, groups: layer.groups, bias: layer.bias != nil,
            paddingMode: paddingMode, activation: form.activation, isDynamic: form.isDynamic,
            givesBytes: form.givesBytes)
    }
}

extension Conv1d: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer { QuantizedConv1d(of: self, paddingMode, form) }
}

extension Conv2d: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer { QuantizedConv2d(of: self, paddingMode, form) }
}

extension Conv3d: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer { QuantizedConv3d(of: self, paddingMode, form) }
}

extension DepthwiseConv1d: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer { QuantizedConv1d(of: self, paddingMode, form) }
}

extension DepthwiseConv2d: Quantizable {
    func quantizedLayer(_ form: QuantizedForm) -> QuantizedLayer { QuantizedConv2d(of: self, paddingMode, form) }
}
