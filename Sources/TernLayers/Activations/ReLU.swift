import TernCore
import TernNN

/// `max(x, 0)`, see ``/TernCore/relu(_:)``. PyTorch's `ReLU`.
public final class ReLU: PiecewiseLinearLayer {
    /// A layer without settings or parameters.
    public init() {}

    public var activation: PiecewiseLinear { .relu }
}

extension ReLU: RebuildableModule {
    public static let blueprint = Blueprint<ReLU>("[...] -> [...]", make: ReLU.init)
}
