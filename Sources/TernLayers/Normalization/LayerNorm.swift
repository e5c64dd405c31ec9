import TernCore
import TernNN

/// Normalizes the last axes of each position by itself: `(x - mean) / sqrt(variance + epsilon) * weight + bias`. Ba, Kiros and
/// Hinton, "Layer normalization", 2016. PyTorch's `LayerNorm`; Keras's `LayerNormalization` has an epsilon of 1e-3.
///
/// ```swift
/// LayerNorm(512)
/// LayerNorm([16, 4, 4])
/// LayerNorm()            // of the last axis, whose size is that of the first input
/// ```
///
/// Shapes: x [N..., D...] -> [N..., D...], with D the normalized shape; `weight` [D...], 1 at first, `bias` [D...], 0 at first.
public final class LayerNorm: Module {
    /// Added to the variance, against a division by zero.
    public let epsilon: Double
    /// A factor for each element of the normalized shape; `nil` unless affine.
    public let weight: Parameter?
    /// An addend for each element of the normalized shape; `nil` without.
    public let bias: Parameter?
    private var shape: Shape?

    /// - Parameters:
    ///   - normalizedShape: the last sizes of the input; the last one of the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - elementwiseAffine: whether there is a weight.
    ///   - bias: whether there is a bias, if there is a weight.
    public init(
        _ normalizedShape: Shape? = nil, epsilon: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true
    ) {
        self.epsilon = epsilon
        weight = elementwiseAffine ? Parameter(pending: [-1], name: "LayerNorm.weight") : nil
        self.bias = elementwiseAffine && bias ? Parameter(pending: [-1], name: "LayerNorm.bias") : nil
        if let normalizedShape { materialize(checkedShape(normalizedShape, "LayerNorm")) }
    }

    /// Normalizes the last axis.
    public convenience init(
        _ features: Int, epsilon: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true
    ) {
        self.init([features], epsilon: epsilon, elementwiseAffine: elementwiseAffine, bias: bias)
    }

    /// The sizes that are normalized together; -1 as long as they are not known.
    public var normalizedShape: Shape { weight?.shape ?? shape ?? [-1] }

    public func forward(_ input: Tensor) -> Tensor {
        if normalizedShape == [-1] { materialize(Shape(input.shape.suffix(1))) }
        return layerNorm(
            input, normalizedShape: normalizedShape, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }

    private func materialize(_ shape: Shape) {
        self.shape = shape
        weight?.initialize(.ones, shape: shape)
        bias?.initialize(.zeros, shape: shape)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        "\(tupleName(normalizedShape)), eps=\(epsilon), elementwise_affine=\(pythonName(weight != nil)), "
            + "bias=\(pythonName(bias != nil))"
    }
}

/// Divides the last axes of each position by their root mean square: `x / sqrt(mean(x^2) + epsilon) * weight`. Zhang and Sennrich,
/// "Root mean square layer normalization", 2019. PyTorch's `RMSNorm`; Keras's `RMSNormalization` has an epsilon of 1e-6.
///
/// Shapes: x [N..., D...] -> [N..., D...], with D the normalized shape; `weight` [D...], 1 at first.
public final class RMSNorm: Module {
    /// `nil` for that of the type, see ``/TernCore/rmsNorm(_:normalizedShape:weight:epsilon:)``.
    public let epsilon: Double?
    /// A factor for each element of the normalized shape; `nil` unless affine.
    public let weight: Parameter?
    private var shape: Shape?

    /// - Parameters:
    ///   - normalizedShape: the last sizes of the input; the last one of the first input if absent.
    ///   - epsilon: added to the mean square; the distance of 1 from the next number of the type if absent.
    ///   - elementwiseAffine: whether there is a weight.
    public init(_ normalizedShape: Shape? = nil, epsilon: Double? = nil, elementwiseAffine: Bool = true) {
        self.epsilon = epsilon
        weight = elementwiseAffine ? Parameter(pending: [-1], name: "RMSNorm.weight") : nil
        if let normalizedShape { materialize(checkedShape(normalizedShape, "RMSNorm")) }
    }

    /// Normalizes the last axis.
    public convenience init(_ features: Int, epsilon: Double? = nil, elementwiseAffine: Bool = true) {
        self.init([features], epsilon: epsilon, elementwiseAffine: elementwiseAffine)
    }

    /// The sizes that are normalized together; -1 as long as they are not known.
    public var normalizedShape: Shape { weight?.shape ?? shape ?? [-1] }

    public func forward(_ input: Tensor) -> Tensor {
        if normalizedShape == [-1] { materialize(Shape(input.shape.suffix(1))) }
        return rmsNorm(input, normalizedShape: normalizedShape, weight: weight?.value, epsilon: epsilon)
    }

    private func materialize(_ shape: Shape) {
        self.shape = shape
        weight?.initialize(.ones, shape: shape)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("weight", weight) }

    public var settingsDescription: String {
        "\(tupleName(normalizedShape)), eps=\(epsilon.map { "\($0)" } ?? "None"), "
            + "elementwise_affine=\(pythonName(weight != nil))"
    }
}

private func checkedShape(_ shape: Shape, _ layer: String) -> Shape {
    if shape.isEmpty || shape.contains(where: { $0 < 1 }) {
        mistake(layer, "expects a normalized shape of positive sizes, got \(shape)")
    }
    return shape
}

/// `(4,)`, `(3, 4)`
private func tupleName(_ shape: Shape) -> String {
    "(\(shape.map(sizeName).joined(separator: ", "))\(shape.count == 1 ? "," : ""))"
}

extension LayerNorm: RebuildableModule {
    public static let blueprint = Blueprint<LayerNorm>(
        "[..., normalized shape] -> the same", .init("normalized_shape", \.normalizedShape.settled, in: .sizes),
        .init("eps", \.epsilon), .init("elementwise_affine", \.weight.isPresent), .init("bias", \.bias.isPresent)
    ) { shape, epsilon, affine, bias in
        LayerNorm(try nonempty(shape), epsilon: epsilon, elementwiseAffine: affine, bias: bias)
    }
}

extension RMSNorm: RebuildableModule {
    public static let blueprint = Blueprint<RMSNorm>(
        "[..., normalized shape] -> the same", .init("normalized_shape", \.normalizedShape.settled, in: .sizes),
        .init("eps", \.epsilon), .init("elementwise_affine", \.weight.isPresent)
    ) { shape, epsilon, affine in
        RMSNorm(try nonempty(shape), epsilon: epsilon, elementwiseAffine: affine)
    }
}

private func nonempty(_ shape: Shape?) throws(ConfigurationError) -> Shape? {
    if shape?.isEmpty == true { throw ConfigurationError("expects at least one size in normalized_shape") }
    return shape
}
