import TernCore
import TernNN

/// In training, each element is 0 with the given probability and the others are scaled by `1 / (1 - probability)`; in
/// evaluation the input itself. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
/// 2014. PyTorch's `Dropout`.
public final class Dropout: Module, ModeDependent {
    /// The share of the elements that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) { mistake("Dropout", "probability must be in 0...1, got \(probability)") }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        // In evaluation of any type, such as the bytes of a quantized layer.
        isTraining ? dropout(input, probability: probability) : input
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

extension Dropout: RebuildableModule {
    public static let blueprint = Blueprint<Dropout>(
        "[...] -> [...]", .init("p", \.probability, in: 0...1), make: Dropout.init)
}
