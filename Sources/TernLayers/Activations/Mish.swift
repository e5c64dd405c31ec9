import TernCore
import TernNN

/// `x * tanh(softplus(x))`, see ``/TernCore/mish(_:)``. PyTorch's `Mish`.
public final class Mish: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { mish(input) }
}

extension Mish: RebuildableModule {
    public static let blueprint = Blueprint<Mish>("[...] -> [...]", make: Mish.init)
}
