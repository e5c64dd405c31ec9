import TernCore
import TernNN

/// The self-normalizing exponential unit, see ``/TernCore/selu(_:)``. PyTorch's `SELU`.
public final class SELU: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { selu(input) }
}

extension SELU: RebuildableModule {
    public static let blueprint = Blueprint<SELU>("[...] -> [...]", make: SELU.init)
}
