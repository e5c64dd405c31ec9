import TernCore
import TernNN

/// `x - tanh(x)`, see ``/TernCore/tanhshrink(_:)``. PyTorch's `Tanhshrink`.
public final class Tanhshrink: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { tanhshrink(input) }
}

extension Tanhshrink: RebuildableModule {
    public static let blueprint = Blueprint<Tanhshrink>("[...] -> [...]", make: Tanhshrink.init)
}
