import TernCore
import TernNN

/// The hyperbolic tangent, see ``tanh(_:)``. PyTorch's `Tanh`.
public final class Tanh: Module {
    public init() {}

    public func forward(_ input: consuming Tensor) -> Tensor { tanh(input) }
}
