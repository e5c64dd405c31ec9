import TernCore
import TernNN

/// In training the input plus noise of a normal distribution; in evaluation the input itself. Keras's `GaussianNoise`.
public final class GaussianNoise: Module, ModeDependent {
    /// Of the noise.
    public let standardDeviation: Double
    public var isTraining = true

    /// - Parameter standardDeviation: of the noise, at least 0.
    public init(_ standardDeviation: Double) {
        if !(standardDeviation >= 0) {
            mistake("GaussianNoise", "standardDeviation must be at least 0, got \(standardDeviation)")
        }
        self.standardDeviation = standardDeviation
    }

    public func forward(_ input: Tensor) -> Tensor {
        gaussianNoise(input, standardDeviation: standardDeviation, training: isTraining)
    }

    public var settingsDescription: String { "stddev=\(standardDeviation)" }
}

/// In training the input times noise of a normal distribution with mean 1 and variance `p / (1 - p)`; in evaluation the input
/// itself. Keras's `GaussianDropout`.
public final class GaussianDropout: Module, ModeDependent {
    /// The share `p` of elements that dropout of the same noise would drop.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: at least 0 and below 1.
    public init(_ probability: Double = 0.5) {
        if !(0..<1).contains(probability) {
            mistake("GaussianDropout", "probability must be at least 0 and below 1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        gaussianDropout(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability)" }
}

extension GaussianNoise: RebuildableModule {
    public static let blueprint = Blueprint<GaussianNoise>(
        "[...] -> [...]", .init("stddev", \.standardDeviation, in: .fromZero), make: GaussianNoise.init)
}

extension GaussianDropout: RebuildableModule {
    public static let blueprint = Blueprint<GaussianDropout>(
        "[...] -> [...]", .init("p", \.probability, in: 0...(1 as Double).nextDown),
        make: GaussianDropout.init(_:))
}
