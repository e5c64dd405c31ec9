import TernCore
import TernNN

/// A ``Linear`` of bytes: `y = x W^T + b` with weights and activations of 8 bits, see ``QuantizedLayer``. PyTorch's
/// `torch.ao.nn.quantized.Linear`, its `LinearReLU`, and the `Linear` of `torch.ao.nn.quantized.dynamic`.
///
/// ```swift
/// try quantize(model, calibrating: [images])               // makes them of the model's layers
/// model.replace("fc1", with: QuantizedLinear(400, 120))    // for values that are loaded
/// ```
///
/// Shapes: x [N..., in] -> [N..., out]; `weight` [out, in]. All weights start at 0.
public final class QuantizedLinear: QuantizedLayer {
    /// - Parameters:
    ///   - inFeatures: of the input.
    ///   - outFeatures: of the output.
    ///   - bias: whether there is a bias.
    ///   - activation: what becomes of the sums before they are written, such as `.relu`.
    ///   - isDynamic: whether the range of each input decides what its bytes mean.
    ///   - givesBytes: whether the output is bytes.
    public init(
        _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, activation: PiecewiseLinear? = nil,
        isDynamic: Bool = false,
        givesBytes: Bool = false
    ) {
        checkPositive(inFeatures, "inFeatures", "QuantizedLinear")
        checkPositive(outFeatures, "outFeatures", "QuantizedLinear")
        super.init(
            weight: [outFeatures, inFeatures], bias: bias,
            QuantizedForm(activation: activation, isDynamic: isDynamic, givesBytes: givesBytes))
    }

    /// Of the input.
    public var inFeatures: Int { weight.shape[1] }
    /// Of the output.
    public var outFeatures: Int { weight.shape[0] }

    override func product(_ input: Tensor, _ weights: QuantizedWeights) -> Tensor {
        quantizedLinear(input, weights, activation: activation)
    }

    public override var settingsDescription: String {
        "in_features=\(inFeatures), out_features=\(outFeatures)" + quantizationDescription
    }
}

extension QuantizedLinear: RebuildableModule {
    public static let blueprint = Blueprint<QuantizedLinear>(
        "[N..., in] -> [N..., out]", .init("in_features", \.inFeatures, in: .sizes),
        .init("out_features", \.outFeatures, in: .sizes), .init("bias", \.bias.isPresent),
        .init("activation", \.activation),
        .init("dynamic", \.isDynamic), .init("gives_bytes", \.givesBytes),
        make: { QuantizedLinear($0, $1, bias: $2, activation: $3, isDynamic: $4, givesBytes: $5) })
}
