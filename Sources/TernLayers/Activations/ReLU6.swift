import TernCore
import TernNN

/// `min(max(x, 0), 6)`, see ``/TernCore/relu6(_:)``. PyTorch's `ReLU6`, Keras's `ReLU(max_value=6)`.
public final class ReLU6: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: consuming Tensor) -> Tensor { relu6(input) }
}

extension ReLU6: RebuildableModule {
    public static let blueprint = Blueprint<ReLU6>("[...] -> [...]", make: ReLU6.init)
}
