import TernCore
import TernNN

/// `log(1 + e^x)`, see ``softplus(_:)``. PyTorch's `Softplus` with its default settings.
public final class Softplus: Module {
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { softplus(input) }
}
