import TernCore
import TernNN

/// `x * sigmoid(x)`, also known as swish, see ``/TernCore/silu(_:)``. PyTorch's `SiLU`.
public final class SiLU: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { silu(input) }
}

extension SiLU: RebuildableModule {
    public static let blueprint = Blueprint<SiLU>("[...] -> [...]", make: SiLU.init)
}
