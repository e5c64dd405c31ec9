import TernCore
import TernNN

/// `x * relu6(x + 3) / 6`, see ``/TernCore/hardSwish(_:)``. PyTorch's `Hardswish`.
public final class Hardswish: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { hardSwish(input) }
}

extension Hardswish: RebuildableModule {
    public static let blueprint = Blueprint<Hardswish>("[...] -> [...]", make: Hardswish.init)
}
