import TernCore
import TernNN

/// `1 / (1 + e^-x)`, see ``/TernCore/sigmoid(_:)``. PyTorch's `Sigmoid`.
public final class Sigmoid: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: consuming Tensor) -> Tensor { sigmoid(input) }
}

extension Sigmoid: RebuildableModule {
    public static let blueprint = Blueprint<Sigmoid>("[...] -> [...]", make: Sigmoid.init)
}
