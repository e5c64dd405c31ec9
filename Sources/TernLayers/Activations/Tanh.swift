import TernCore
import TernNN

/// The hyperbolic tangent, see ``/TernCore/tanh(_:)``. PyTorch's `Tanh`.
public final class Tanh: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: consuming Tensor) -> Tensor { tanh(input) }
}

extension Tanh: RebuildableModule {
    public static let blueprint = Blueprint<Tanh>("[...] -> [...]", make: Tanh.init)
}
