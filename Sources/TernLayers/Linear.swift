import TernCore
import TernNN

/// `y = x W^T + b`: every output is a weighted sum of all inputs. PyTorch's `Linear`, Keras's `Dense`.
///
/// ```swift
/// Linear(784, 10)
/// Linear(10)        // as many inputs as the first input has
/// ```
///
/// Shapes: x [N..., in] -> [N..., out]; `weight` [out, in], `bias` [out]. Both start uniform between -1 / sqrt(in) and
/// 1 / sqrt(in).
public final class Linear: Module {
    /// [outFeatures, inFeatures].
    public let weight: Parameter
    /// [outFeatures]; `nil` without a bias.
    public internal(set) var bias: Parameter?
    private let initializers: (weight: Initializer, bias: Initializer)

    /// - Parameters:
    ///   - inFeatures: of the input.
    ///   - outFeatures: of the output.
    ///   - bias: whether there is a bias.
    ///   - weightInitializer: makes the first weight.
    ///   - biasInitializer: makes the first bias.
    public convenience init(
        _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(inFeatures, "inFeatures", "Linear")
        self.init(outFeatures, bias: bias, weightInitializer: weightInitializer, biasInitializer: biasInitializer)
        materialize(inFeatures)
    }

    /// A layer that takes its number of inputs from the first input.
    public init(
        _ outFeatures: Int, bias: Bool = true, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(outFeatures, "outFeatures", "Linear")
        weight = Parameter(pending: [outFeatures, -1], name: "Linear.weight")
        self.bias = bias ? Parameter(pending: [outFeatures], name: "Linear.bias") : nil
        initializers = (weightInitializer, biasInitializer)
    }

    /// The number of inputs; -1 as long as it is not known.
    public var inFeatures: Int { weight.shape[1] }
    /// The features of the output.
    public var outFeatures: Int { weight.shape[0] }

    public func forward(_ input: Tensor) -> Tensor {
        if !weight.hasValue { materialize(input.shape.last ?? 0) }
        return linear(input, weight.value, bias?.value)
    }

    private func materialize(_ inFeatures: Int) {
        weight.initialize(initializers.weight, shape: [outFeatures, inFeatures])
        bias?.initialize(initializers.bias, fans: Fans(of: weight.shape))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        "in_features=\(sizeName(inFeatures)), out_features=\(outFeatures), bias=\(pythonName(bias != nil))"
    }
}

extension Linear: RebuildableModule {
    public static let blueprint = Blueprint<Linear>(
        "[N..., in] -> [N..., out]", .init("in_features", \.inFeatures, in: .sizes),
        .init("out_features", \.outFeatures, in: .sizes), .init("bias", \.bias.isPresent),
        make: { Linear($0, $1, bias: $2) })
}
