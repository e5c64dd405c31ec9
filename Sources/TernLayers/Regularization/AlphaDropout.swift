import TernCore
import TernNN

/// In training, elements replaced with the given probability by what SELU gives far below 0, and all shifted and scaled so that
/// mean and variance stay; in evaluation the input itself. Klambauer et al., "Self-normalizing neural networks", 2017. PyTorch's
/// `AlphaDropout`.
public final class AlphaDropout: Module, ModeDependent {
    /// The share of the elements that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("AlphaDropout", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        alphaDropout(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

/// ``AlphaDropout`` of whole channels of [N, C, ...]. PyTorch's `FeatureAlphaDropout`.
public final class FeatureAlphaDropout: Module, ModeDependent {
    /// The share of the channels that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("FeatureAlphaDropout", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        featureAlphaDropout(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

extension AlphaDropout: RebuildableModule {
    public static let blueprint = Blueprint<AlphaDropout>(
        "[...] -> [...]", .init("p", \.probability, in: 0...1), make: AlphaDropout.init)
}

extension FeatureAlphaDropout: RebuildableModule {
    public static let blueprint = Blueprint<FeatureAlphaDropout>(
        "[N, C, ...] -> [N, C, ...]", .init("p", \.probability, in: 0...1), make: FeatureAlphaDropout.init)
}
