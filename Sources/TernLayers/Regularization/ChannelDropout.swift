import TernCore
import TernNN

/// Whole channels of [N, C, L], or of one sample [C, L], are 0 in training with the given probability, the
/// others scaled by `1 / (1 - probability)`; in evaluation the input itself. Tompson et al., "Efficient object localization
/// using convolutional networks", 2015. PyTorch's `Dropout1d`; Keras's `SpatialDropout1D`, whose channels are last.
public final class Dropout1d: Module, ModeDependent {
    /// The share of the channels that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("Dropout1d", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        dropout1d(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

/// Whole channels of [N, C, H, W], or of one image [C, H, W], are 0 in training with the given probability, the
/// others scaled by `1 / (1 - probability)`; in evaluation the input itself. Tompson et al., "Efficient object localization
/// using convolutional networks", 2015. PyTorch's `Dropout2d`, which takes three axes for [N, C, L]; Keras's
/// `SpatialDropout2D`.
public final class Dropout2d: Module, ModeDependent {
    /// The share of the channels that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("Dropout2d", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        dropout2d(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

/// Whole channels of [N, C, D, H, W], or of one volume [C, D, H, W], are 0 in training with the given probability, the
/// others scaled by `1 / (1 - probability)`; in evaluation the input itself. Tompson et al., "Efficient object localization
/// using convolutional networks", 2015. PyTorch's `Dropout3d`; Keras's `SpatialDropout3D`.
public final class Dropout3d: Module, ModeDependent {
    /// The share of the channels that are dropped in training.
    public let probability: Double
    public var isTraining = true

    /// - Parameter probability: in 0...1.
    public init(_ probability: Double = 0.5) {
        if !(0...1).contains(probability) {
            mistake("Dropout3d", "probability must be in 0...1, got \(probability)")
        }
        self.probability = probability
    }

    public func forward(_ input: Tensor) -> Tensor {
        dropout3d(input, probability: probability, training: isTraining)
    }

    public var settingsDescription: String { "p=\(probability), inplace=False" }
}

extension Dropout1d: RebuildableModule {
    public static let blueprint = Blueprint<Dropout1d>(
        "[N, C, L] -> [N, C, L]", .init("p", \.probability, in: 0...1), make: Dropout1d.init)
}

extension Dropout2d: RebuildableModule {
    public static let blueprint = Blueprint<Dropout2d>(
        "[N, C, H, W] -> [N, C, H, W]", .init("p", \.probability, in: 0...1), make: Dropout2d.init)
}

extension Dropout3d: RebuildableModule {
    public static let blueprint = Blueprint<Dropout3d>(
        "[N, C, D, H, W] -> [N, C, D, H, W]", .init("p", \.probability, in: 0...1), make: Dropout3d.init)
}
