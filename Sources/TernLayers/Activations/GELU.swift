import TernCore
import TernNN

/// `x * Phi(x)` with the normal distribution function Phi, see ``/TernCore/gelu(_:approximation:)``. PyTorch's `GELU`.
public final class GELU: Module {
    /// How the normal distribution is computed.
    public let approximation: GELUApproximation

    /// - Parameter approximation: how the normal distribution is computed.
    public init(approximation: GELUApproximation = .none) { self.approximation = approximation }

    public func forward(_ input: Tensor) -> Tensor { gelu(input, approximation: approximation) }

    public var settingsDescription: String { "approximate='\(approximation)'" }
}

extension GELU: RebuildableModule {
    public static let blueprint = Blueprint<GELU>(
        "[...] -> [...]", .init("approximate", \.approximation), make: GELU.init)
}
