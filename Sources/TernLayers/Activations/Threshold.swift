import TernCore
import TernNN

/// `x` where it is above a threshold, `value` elsewhere, see ``/TernCore/threshold(_:_:_:)``. PyTorch's `Threshold`.
public final class Threshold: Module {
    /// Inputs above this stay.
    public let threshold: Double
    /// What other inputs become.
    public let value: Double

    /// - Parameters:
    ///   - threshold: inputs above this stay.
    ///   - value: what other inputs become.
    public init(_ threshold: Double, _ value: Double) {
        self.threshold = threshold
        self.value = value
    }

    public func forward(_ input: Tensor) -> Tensor { TernCore.threshold(input, threshold, value) }

    public var settingsDescription: String { "threshold=\(threshold), value=\(value)" }
}

extension Threshold: RebuildableModule {
    public static let blueprint = Blueprint<Threshold>(
        "[...] -> [...]", .init("threshold", \.threshold), .init("value", \.value), make: Threshold.init)
}
