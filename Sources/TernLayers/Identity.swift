import TernCore
import TernNN

/// The input itself, for the place of a layer that is left out. PyTorch's `Identity`.
public final class Identity: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { input }
}

extension Identity: RebuildableModule {
    public static let blueprint = Blueprint<Identity>("[...] -> [...]", make: Identity.init)
}
