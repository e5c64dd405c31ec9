import TernCore
import TernNN

/// What ``QuantizedConv1d``, ``QuantizedConv2d`` and ``QuantizedConv3d`` have in common, see ``QuantizedLayer``: a convolution, also a
/// depthwise one, of bytes.
///
/// Shapes are those of ``PlainConvolution``; `weight` [O, C / groups, K...]. All weights start at 0.
public class QuantizedConvolution<let dimensions: Int>: QuantizedLayer {
    /// From one window to the next, along each axis.
    public let stride: SpatialSize<dimensions>
    /// What is seen around the input.
    public let padding: SpatialPadding<dimensions>
    /// The distance of neighbouring elements of a window.
    public let dilation: SpatialSize<dimensions>
    /// Into how many parts the channels are cut.
    public let groups: Int
    /// What the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    public let paddingMode: Padding

    /// - Parameters:
    ///   - inputChannels: of the input.
    ///   - outputChannels: how many filters, and so channels of the output.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: from one window to the next: a number, or one for each axis.
    ///   - padding: what is seen around the input: a number, one for each axis, `.same` or `.valid`.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - groups: input and output channels are cut into so many parts that have nothing to do with each other.
    ///   - bias: whether there is a bias.
    ///   - paddingMode: what the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    ///   - activation: what becomes of the sums before they are written, such as `.relu`.
    ///   - isDynamic: whether the range of each input decides what its bytes mean.
    ///   - givesBytes: whether the output is bytes.
    public init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: SpatialSize<dimensions>,
        stride: SpatialSize<dimensions> = 1, padding: SpatialPadding<dimensions> = 0,
        dilation: SpatialSize<dimensions> = 1, groups: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros,
        activation: PiecewiseLinear? = nil, isDynamic: Bool = false, givesBytes: Bool = false
    ) {
        let name = "\(Self.self)"
        checkPositive(inputChannels, "inputChannels", name)
        checkPositive(outputChannels, "outputChannels", name)
        checkPositive(groups, "groups", name)
        for (setting, size) in [("kernelSize", kernelSize), ("stride", stride), ("dilation", dilation)] {
            checkPositive(size.array.min()!, setting, name)
        }
        if inputChannels % groups != 0 || outputChannels % groups != 0 {
            mistake(name, "groups must divide \(inputChannels) and \(outputChannels) channels, got \(groups)")
        }
        (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
        (self.groups, self.paddingMode) = (groups, paddingMode)
        super.init(
            weight: Shape([outputChannels, inputChannels / groups] + kernelSize.array), bias: bias,
            QuantizedForm(activation: activation, isDynamic: isDynamic, givesBytes: givesBytes))
    }

    /// Of the input.
    public var inputChannels: Int { weight.shape[1] * groups }
    /// The number of filters, and so of channels of the output.
    public var outputChannels: Int { weight.shape[0] }
    /// The size of the windows along each axis.
    public var kernelSize: SpatialSize<dimensions> {
        var size = SpatialSize<dimensions>(1)
        for axis in 0..<dimensions { size[axis] = weight.shape[2 + axis] }
        return size
    }

    override func product(_ input: Tensor, _ weights: QuantizedWeights) -> Tensor {
        quantizedConvolution(
            input, weights, stride: stride, padding: padding, dilation: dilation, groups: groups,
            paddingMode: paddingMode, activation: activation)
    }

    public override var settingsDescription: String {
        var text = "\(inputChannels), \(outputChannels), kernel_size=\(kernelSize.pair), stride=\(stride.pair)"
        if padding != 0 { text += ", padding=\(padding.pair)" }
        if dilation != 1 { text += ", dilation=\(dilation.pair)" }
        if groups != 1 { text += ", groups=\(groups)" }
        return text + paddingMode.setting + quantizationDescription
    }
}

extension QuantizedConvolution {
    /// What the layers of this family keep in files.
    static func plan<Layer: QuantizedConvolution & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                Int, Int, SpatialSize<dimensions>, SpatialSize<dimensions>, SpatialPadding<dimensions>,
                SpatialSize<dimensions>, Int, Bool, Padding, PiecewiseLinear?, Bool, Bool
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("in_channels", \.inputChannels, in: .sizes),
            .init("out_channels", \.outputChannels, in: .sizes), .init("kernel_size", \.kernelSize, in: .sizes),
            .init("stride", \.stride, in: .sizes), .init("padding", \.padding, in: .sizesFromZero),
            .init("dilation", \.dilation, in: .sizes), .init("groups", \.groups, in: .sizes),
            .init("bias", \.bias.isPresent), .init("padding_mode", \.paddingMode), .init("activation", \.activation),
            .init("dynamic", \.isDynamic), .init("gives_bytes", \.givesBytes)
        ) {
            inputs, outputs, kernelSize, stride, padding, dilation, groups, bias, mode, activation, isDynamic,
            givesBytes in
            try requireDivisor(groups, "groups", of: inputs, "in_channels")
            try requireDivisor(groups, "groups", of: outputs, "out_channels")
            return make(
                inputs, outputs, kernelSize, stride, padding, dilation, groups, bias, mode, activation, isDynamic,
                givesBytes)
        }
    }
}

/// A ``Conv1d`` of bytes, see ``QuantizedConvolution``. PyTorch's `torch.ao.nn.quantized.Conv1d` and `ConvReLU1d`.
///
/// Shapes: x [N, C, L] -> [N, O, L'].
public final class QuantizedConv1d: QuantizedConvolution<1> {}

/// A ``Conv2d`` or ``DepthwiseConv2d`` of bytes, see ``QuantizedConvolution``. PyTorch's `torch.ao.nn.quantized.Conv2d` and `ConvReLU2d`.
///
/// Shapes: x [N, C, H, W] -> [N, O, H', W'].
public final class QuantizedConv2d: QuantizedConvolution<2> {}

/// A ``Conv3d`` of bytes, see ``QuantizedConvolution``. PyTorch's `torch.ao.nn.quantized.Conv3d` and `ConvReLU3d`.
///
/// Shapes: x [N, C, D, H, W] -> [N, O, D', H', W'].
public final class QuantizedConv3d: QuantizedConvolution<3> {}

extension QuantizedConv1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, O, L']") {
        QuantizedConv1d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8,
            activation: $9, isDynamic: $10, givesBytes: $11)
    }
}

extension QuantizedConv2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, O, H', W']") {
        QuantizedConv2d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8,
            activation: $9, isDynamic: $10, givesBytes: $11)
    }
}

extension QuantizedConv3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, O, D', H', W']") {
        QuantizedConv3d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8,
            activation: $9, isDynamic: $10, givesBytes: $11)
    }
}
