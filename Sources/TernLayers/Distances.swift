import TernCore
import TernNN

/// The cosine of the angle between vectors along an axis of two tensors: `similarity(a, b)`, see
/// ``/TernCore/cosineSimilarity(_:_:axis:epsilon:)``. PyTorch's `CosineSimilarity`.
public final class CosineSimilarity: Module {
    /// The axis of the vectors.
    public let axis: Int
    /// The least product of lengths that is divided by.
    public let epsilon: Double

    /// - Parameters:
    ///   - axis: the axis of the vectors.
    ///   - epsilon: the least product of lengths that is divided by.
    public init(axis: Int = 1, epsilon: Double = 1e-8) {
        self.axis = axis
        self.epsilon = epsilon
    }

    public func forward(_ inputs: (Tensor, Tensor)) -> Tensor {
        cosineSimilarity(inputs.0, inputs.1, axis: axis, epsilon: epsilon)
    }

    public var settingsDescription: String {
        changed(("dim=\(axis)", axis == 1), ("eps=\(epsilon)", epsilon == 1e-8))
    }
}

/// The p-norm of the difference of two tensors over the last axis: `distance(a, b)`, see
/// ``/TernCore/pairwiseDistance(_:_:p:epsilon:keepAxes:)``. PyTorch's `PairwiseDistance`.
public final class PairwiseDistance: Module {
    /// The p of the norm.
    public let p: Double
    /// What is added to each difference.
    public let epsilon: Double
    /// Whether the last axis stays, with size 1.
    public let keepAxes: Bool

    /// - Parameters:
    ///   - p: the p of the norm.
    ///   - epsilon: what is added to each difference.
    ///   - keepAxes: whether the last axis stays, with size 1.
    public init(p: Double = 2, epsilon: Double = 1e-6, keepAxes: Bool = false) {
        self.p = p
        self.epsilon = epsilon
        self.keepAxes = keepAxes
    }

    public func forward(_ inputs: (Tensor, Tensor)) -> Tensor {
        pairwiseDistance(inputs.0, inputs.1, p: p, epsilon: epsilon, keepAxes: keepAxes)
    }

    public var settingsDescription: String {
        changed(("norm=\(p)", p == 2), ("eps=\(epsilon)", epsilon == 1e-6), ("keepdim=True", !keepAxes))
    }
}

extension CosineSimilarity: RebuildableModule {
    public static let blueprint = Blueprint<CosineSimilarity>(
        "[N, C], [N, C] -> [N]", .init("dim", \.axis), .init("eps", \.epsilon), make: CosineSimilarity.init)
}

extension PairwiseDistance: RebuildableModule {
    public static let blueprint = Blueprint<PairwiseDistance>(
        "[N, C], [N, C] -> [N]", .init("norm", \.p), .init("eps", \.epsilon), .init("keepdim", \.keepAxes),
        make: PairwiseDistance.init)
}
