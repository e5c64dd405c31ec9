import TernCore
import TernNN

/// `max(x, 0)`, see ``/TernCore/relu(_:)``. PyTorch's `ReLU`.
public final class ReLU: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: consuming Tensor) -> Tensor { relu(input) }
}

extension ReLU: RebuildableModule {
    public static let blueprint = Blueprint<ReLU>("[...] -> [...]", make: ReLU.init)
}
