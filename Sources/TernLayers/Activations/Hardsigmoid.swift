import TernCore
import TernNN

/// `relu6(x + 3) / 6`, see ``/TernCore/hardSigmoid(_:)``. PyTorch's `Hardsigmoid`.
public final class Hardsigmoid: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { hardSigmoid(input) }
}

extension Hardsigmoid: RebuildableModule {
    public static let blueprint = Blueprint<Hardsigmoid>("[...] -> [...]", make: Hardsigmoid.init)
}
