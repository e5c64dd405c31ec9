import TernCore
import TernNN

/// `min(max(x, 0), 6)`, see ``/TernCore/relu6(_:)``. PyTorch's `ReLU6`, Keras's `ReLU(max_value=6)`.
public final class ReLU6: PiecewiseLinearLayer {
    /// A layer without settings or parameters.
    public init() {}

    public var activation: PiecewiseLinear { .hardTanh(min: 0, max: 6) }
}

extension ReLU6: RebuildableModule {
    public static let blueprint = Blueprint<ReLU6>("[...] -> [...]", make: ReLU6.init)
}
