import TernCore
import TernNN

/// `x` where it is positive, `alpha * (e^x - 1)` elsewhere, see ``/TernCore/elu(_:alpha:)``. PyTorch's `ELU`.
public final class ELU: Module {
    /// What negative inputs go to, with the other sign.
    public let alpha: Double

    /// - Parameter alpha: what negative inputs go to, with the other sign.
    public init(alpha: Double = 1) { self.alpha = alpha }

    public func forward(_ input: Tensor) -> Tensor { elu(input, alpha: alpha) }

    public var settingsDescription: String { "alpha=\(alpha)" }
}

extension ELU: RebuildableModule {
    public static let blueprint = Blueprint<ELU>("[...] -> [...]", .init("alpha", \.alpha), make: ELU.init)
}
