import TernCore
import TernNN

/// `x / (1 + |x|)`, see ``/TernCore/softsign(_:)``. PyTorch's `Softsign`.
public final class Softsign: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { softsign(input) }
}

extension Softsign: RebuildableModule {
    public static let blueprint = Blueprint<Softsign>("[...] -> [...]", make: Softsign.init)
}
