import Synchronization
import TernCore
import TernNN

/// What ``QuantizedLinear`` and the quantized convolutions have in common: weights and activations of 8 bits, sums of 32.
///
/// A weight is a signed byte in -127...127 times the scale of its output, an activation `scale * (q - zeroPoint)` with `q` in
/// 0...255, see ``/TernCore/QuantizationParameters``. The sum of their products and of the bias, rounded to the same steps, is exact;
/// the last pass makes a `float32` of it, or the byte that the next quantized layer reads.
///
/// Such a layer takes floating-point numbers, which become bytes as they are read, and the bytes of another quantized layer. It
/// predicts: its output needs no gradients, and nothing in it is trained. ``quantize(_:layers:except:calibrating:by:)`` makes it of a layer
/// with values.
///
/// Buffers: `weight`, an `int8`, and `weight_scale` [out]; `bias` [out]; `input_scale` and `input_zero_point`, unless it is
/// dynamic; `output_scale` and `output_zero_point` if it gives bytes.
public class QuantizedLayer: Module {
    /// `int8` [out, in...].
    public let weight: Buffer
    /// [out]; what a step of each output's weights means.
    public let weightScale: Buffer
    /// [out]; `nil` without a bias.
    public let bias: Buffer?
    /// Scale and zero point of the input; `nil` if the layer is dynamic.
    public let inputScale: Buffer?
    /// See ``inputScale``.
    public let inputZeroPoint: Buffer?
    /// Scale and zero point of the output; `nil` if that is `float32`.
    public let outputScale: Buffer?
    /// See ``outputScale``.
    public let outputZeroPoint: Buffer?
    /// What becomes of the sums before they are written, such as `.relu`.
    public let activation: PiecewiseLinear?
    private let prepared = Mutex<Prepared?>(nil)

    /// Whether the range of each input decides what its bytes mean; a layer that is not has it from calibration.
    public var isDynamic: Bool { inputScale == nil }
    /// Whether the output is the bytes that the next quantized layer reads.
    public var givesBytes: Bool { outputScale != nil }

    /// What was worked out of the values of the buffers.
    private struct Prepared {
        let values: [Tensor]
        let weights: QuantizedWeights
    }

    init(weight shape: Shape, bias: Bool, _ form: QuantizedForm) {
        let name = "\(Self.self)"
        func buffer(_ member: String, _ shape: Shape, _ value: Double, _ dtype: DType = .float32) -> Buffer {
            let buffer = Buffer(pending: shape, name: "\(name).\(member)", dtype: dtype)
            buffer.fill(value)
            return buffer
        }
        weight = buffer("weight", shape, 0, .int8)
        weightScale = buffer("weight_scale", [shape[0]], 1)
        self.bias = bias ? buffer("bias", [shape[0]], 0) : nil
        inputScale = form.isDynamic ? nil : buffer("input_scale", [], 1)
        inputZeroPoint = form.isDynamic ? nil : buffer("input_zero_point", [], 0, .int32)
        outputScale = form.givesBytes ? buffer("output_scale", [], 1) : nil
        outputZeroPoint = form.givesBytes ? buffer("output_zero_point", [], 0, .int32) : nil
        activation = form.activation
    }

    public final func forward(_ input: Tensor) -> Tensor {
        product(input, isDynamic ? weights(for: input) : keptWeights())
    }

    /// The operation.
    func product(_ input: Tensor, _ weights: QuantizedWeights) -> Tensor { mistake("\(Self.self)", "has no operation") }

    /// Those for the range of an input.
    private func weights(for input: Tensor) -> QuantizedWeights {
        if !input.dtype.isFloatingPoint {
            mistake("\(Self.self)", "expects floating-point numbers, as it is dynamic, got \(input.dtype)")
        }
        return asOneOperation {
            let isEmpty = input.count == 0
            let (low, high) = isEmpty ? (0, 0) : (input.detached.min().item(), input.detached.max().item())
            let range = low.isFinite && high.isFinite ? low...high : 0...0
            return QuantizedWeights(
                weight.value, scales: weightScale.value, bias: bias?.value, input: QuantizationParameters(range: range),
                output: parameters(outputScale, outputZeroPoint))
        }
    }

    /// Those that the buffers' values give, worked out anew when one of these is another.
    private func keptWeights() -> QuantizedWeights {
        let members = [weight, weightScale, bias, inputScale, inputZeroPoint, outputScale, outputZeroPoint]
        let values = members.compactMap { $0?.value }
        if let kept = prepared.withLock({ $0 }), zip(kept.values, values).allSatisfy({ $0.isIdentical(to: $1) }) {
            return kept.weights
        }
        let weights = asOneOperation {
            QuantizedWeights(
                weight.value, scales: weightScale.value, bias: bias?.value,
                input: parameters(inputScale, inputZeroPoint)!, output: parameters(outputScale, outputZeroPoint))
        }
        prepared.withLock { $0 = Prepared(values: values, weights: weights) }
        return weights
    }

    private func parameters(_ scale: Buffer?, _ zeroPoint: Buffer?) -> QuantizationParameters? {
        guard let scale, let zeroPoint else { return nil }
        return QuantizationParameters(unchecked: Float(scale.value.item()), zeroPoint.value.item(as: Int.self))
    }

    /// Takes the values of a layer.
    final func take(
        _ values: Tensor, bias floats: Tensor?, input: QuantizationParameters?, output: QuantizationParameters?
    ) {
        withoutGradients {
            let (bytes, scales) = QuantizedWeights.quantized(values)
            (weight.value, weightScale.value) = (bytes, scales)
            if let floats { bias?.value = floats.converted(to: .float32) }
            for (parameters, scale, zeroPoint) in [
                (input, inputScale, inputZeroPoint), (output, outputScale, outputZeroPoint),
            ] {
                guard let parameters else { continue }
                scale?.value = Tensor(parameters.scale)
                zeroPoint?.value = Tensor(Int32(parameters.zeroPoint))
            }
        }
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("weight_scale", weightScale)
        visitor.visit("bias", bias)
        visitor.visit("input_scale", inputScale)
        visitor.visit("input_zero_point", inputZeroPoint)
        visitor.visit("output_scale", outputScale)
        visitor.visit("output_zero_point", outputZeroPoint)
    }

    public var settingsDescription: String { "" }

    final var quantizationDescription: String {
        var text = bias == nil ? ", bias=False" : ""
        if let activation { text += ", activation=\(activation.settingName)" }
        if isDynamic { text += ", dynamic=True" }
        return text + (givesBytes ? ", bytes=True" : "")
    }
}

/// What a quantized layer does besides the product.
struct QuantizedForm {
    var activation: PiecewiseLinear?
    var isDynamic = false
    var givesBytes = false
}

extension PiecewiseLinear: SettingConvertible {
    public static var settingKind: String { "a name, relu, leaky_relu or hardtanh, and its numbers" }

    public var settingValue: SettingValue {
        switch self {
        case .relu: .list([.text("relu")])
        case .leakyRelu(let slope): .list([.text("leaky_relu"), slope.settingValue])
        case .hardTanh(let low, let high): .list([.text("hardtanh"), low.settingValue, high.settingValue])
        }
    }

    public static func fromSetting(_ value: SettingValue) -> PiecewiseLinear? {
        guard case .list(let parts) = value, case .text(let name)? = parts.first else { return nil }
        let numbers = parts.dropFirst().compactMap(Double.fromSetting)
        switch (name, parts.count, numbers.count) {
        case ("relu", 1, 0): return .relu
        case ("leaky_relu", 2, 1): return .leakyRelu(slope: numbers[0])
        case ("hardtanh", 3, 2) where numbers[0] <= numbers[1]: return .hardTanh(min: numbers[0], max: numbers[1])
        default: return nil
        }
    }

    /// As printed forms show it.
    fileprivate var settingName: String {
        switch self {
        case .relu: "relu"
        case .leakyRelu(let slope): "leaky_relu(\(slope))"
        case .hardTanh(let low, let high): "hardtanh(\(low), \(high))"
        }
    }
}
