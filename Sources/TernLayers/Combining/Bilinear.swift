import TernCore
import TernNN

/// `y[o] = x W[o] z^T + b[o]`: every output is a weighted sum of all products of elements of two inputs, see
/// ``/TernCore/bilinear(_:_:_:_:)``. PyTorch's `Bilinear`.
///
/// ```swift
/// let layer = Bilinear(4, 5, 3)
/// layer(Tensor.zeros([2, 4]), Tensor.zeros([2, 5])).shape   // [2, 3]
/// Bilinear(3)        // inputs as large as the first ones
/// ```
///
/// Shapes: x [N..., in1], z [N..., in2] -> [N..., out]; `weight` [out, in1, in2], `bias` [out]. Both start uniform between
/// -1 / sqrt(in1) and 1 / sqrt(in1).
public final class Bilinear: Module {
    /// [outFeatures, firstFeatures, secondFeatures].
    public let weight: Parameter
    /// [outFeatures]; `nil` without a bias.
    public let bias: Parameter?
    private let initializers: (weight: Initializer?, bias: Initializer?)

    /// - Parameters:
    ///   - firstFeatures: of the first input.
    ///   - secondFeatures: of the second input.
    ///   - outFeatures: of the output.
    ///   - bias: whether there is a bias.
    ///   - weightInitializer: PyTorch's if absent, see above.
    ///   - biasInitializer: PyTorch's if absent, see above.
    public convenience init(
        _ firstFeatures: Int, _ secondFeatures: Int, _ outFeatures: Int, bias: Bool = true,
        weightInitializer: Initializer? = nil, biasInitializer: Initializer? = nil
    ) {
        checkPositive(firstFeatures, "firstFeatures", "Bilinear")
        checkPositive(secondFeatures, "secondFeatures", "Bilinear")
        self.init(outFeatures, bias: bias, weightInitializer: weightInitializer, biasInitializer: biasInitializer)
        materialize(firstFeatures, secondFeatures)
    }

    /// A layer that takes the sizes of its inputs from the first ones.
    public init(
        _ outFeatures: Int, bias: Bool = true, weightInitializer: Initializer? = nil,
        biasInitializer: Initializer? = nil
    ) {
        checkPositive(outFeatures, "outFeatures", "Bilinear")
        weight = Parameter(pending: [outFeatures, -1, -1], name: "Bilinear.weight")
        self.bias = bias ? Parameter(pending: [outFeatures], name: "Bilinear.bias") : nil
        initializers = (weightInitializer, biasInitializer)
    }

    /// The sizes of the inputs; -1 as long as they are not known.
    public var firstFeatures: Int { weight.shape[1] }
    /// The features of the second input.
    public var secondFeatures: Int { weight.shape[2] }
    /// The features of the output.
    public var outFeatures: Int { weight.shape[0] }

    public func forward(_ input: (Tensor, Tensor)) -> Tensor {
        if !weight.hasValue { materialize(input.0.shape.last ?? 0, input.1.shape.last ?? 0) }
        return bilinear(input.0, input.1, weight.value, bias?.value)
    }

    private func materialize(_ first: Int, _ second: Int) {
        let bound = 1 / Double(max(first, 1)).squareRoot()
        let uniform = Initializer.uniform(-bound, bound)
        weight.initialize(initializers.weight ?? uniform, shape: [outFeatures, first, second])
        bias?.initialize(initializers.bias ?? uniform, fans: Fans(of: weight.shape))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        "in1_features=\(sizeName(firstFeatures)), in2_features=\(sizeName(secondFeatures)), "
            + "out_features=\(outFeatures), bias=\(pythonName(bias != nil))"
    }
}

extension Bilinear: RebuildableModule {
    public static let blueprint = Blueprint<Bilinear>(
        "[N..., in1], [N..., in2] -> [N..., out]", .init("in1_features", \.firstFeatures, in: .sizes),
        .init("in2_features", \.secondFeatures, in: .sizes), .init("out_features", \.outFeatures, in: .sizes),
        .init("bias", \.bias.isPresent), make: { Bilinear($0, $1, $2, bias: $3) })
}
