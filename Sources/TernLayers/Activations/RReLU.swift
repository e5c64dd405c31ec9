import TernCore
import TernNN

/// `x` where it is positive, `slope * x` elsewhere, with random slopes in training and the middle of the bounds in evaluation,
/// see ``/TernCore/rrelu(_:lower:upper:training:generator:)``. PyTorch's `RReLU`.
public final class RReLU: Module, ModeDependent {
    /// The least slope.
    public let lower: Double
    /// The largest slope.
    public let upper: Double
    public var isTraining = true

    /// - Parameters:
    ///   - lower: the least slope.
    ///   - upper: the largest slope.
    public init(lower: Double = 1.0 / 8, upper: Double = 1.0 / 3) {
        if !(lower <= upper) { mistake("RReLU", "lower must not be above upper, got \(lower) and \(upper)") }
        self.lower = lower
        self.upper = upper
    }

    public func forward(_ input: Tensor) -> Tensor { rrelu(input, lower: lower, upper: upper, training: isTraining) }

    public var settingsDescription: String { "lower=\(lower), upper=\(upper)" }
}

extension RReLU: RebuildableModule {
    public static let blueprint = Blueprint<RReLU>(
        "[...] -> [...]", .init("lower", \.lower), .init("upper", \.upper),
        make: { lower, upper in
            if !(lower <= upper) {
                throw ConfigurationError("lower must not be above upper, got \(lower) and \(upper)")
            }
            return RReLU(lower: lower, upper: upper)
        })
}
