import TernCore
import TernNN

/// `x` between two bounds, see ``/TernCore/hardTanh(_:min:max:)``. PyTorch's `Hardtanh`.
public final class Hardtanh: PiecewiseLinearLayer {
    /// The lower bound.
    public let minimum: Double
    /// The upper bound.
    public let maximum: Double

    /// - Parameters:
    ///   - min: the lower bound.
    ///   - max: the upper bound.
    public init(min: Double = -1, max: Double = 1) {
        if !(min <= max) { mistake("Hardtanh", "min must not be above max, got \(min) and \(max)") }
        minimum = min
        maximum = max
    }

    public var activation: PiecewiseLinear { .hardTanh(min: minimum, max: maximum) }

    public var settingsDescription: String { "min_val=\(minimum), max_val=\(maximum)" }
}

extension Hardtanh: RebuildableModule {
    public static let blueprint = Blueprint<Hardtanh>(
        "[...] -> [...]", .init("min_val", \.minimum), .init("max_val", \.maximum),
        make: { minimum, maximum in
            if !(minimum <= maximum) {
                throw ConfigurationError("min_val must not be above max_val, got \(minimum) and \(maximum)")
            }
            return Hardtanh(min: minimum, max: maximum)
        })
}
