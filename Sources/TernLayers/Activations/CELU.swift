import TernCore
import TernNN

/// `x` where it is positive, `alpha * (e^(x / alpha) - 1)` elsewhere, see ``/TernCore/celu(_:alpha:)``. PyTorch's
/// `CELU`.
public final class CELU: Module {
    /// What negative inputs go to, with the other sign.
    public let alpha: Double

    /// - Parameter alpha: what negative inputs go to, with the other sign.
    public init(alpha: Double = 1) {
        if !(alpha > 0) { mistake("CELU", "alpha must be positive, got \(alpha)") }
        self.alpha = alpha
    }

    public func forward(_ input: Tensor) -> Tensor { celu(input, alpha: alpha) }

    public var settingsDescription: String { "alpha=\(alpha)" }
}

extension CELU: RebuildableModule {
    public static let blueprint = Blueprint<CELU>(
        "[...] -> [...]", .init("alpha", \.alpha, in: .positive), make: CELU.init(alpha:))
}
