import TernCore
import TernNN

/// In training, each sample 0 with the given probability, the others scaled by `1 / (1 - probability)`: on the branch of a residual
/// block, which is skipped then; in evaluation the input itself. Huang et al., "Deep networks with stochastic depth", 2016.
/// torchvision's `StochasticDepth` with mode `row`.
public final class DropPath: Module, ModeDependent {
    /// The share of the samples that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("DropPath", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        dropPath(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability)" }
}

extension DropPath: RebuildableModule {
    public static let blueprint = Blueprint<DropPath>(
        "[N, ...] -> [N, ...]", .init("p", \.probability, in: 0...1), make: DropPath.init)
}
