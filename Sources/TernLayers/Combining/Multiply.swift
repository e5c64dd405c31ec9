import TernCore
import TernNN

/// The product of its inputs, element by element; their shapes broadcast. Keras's `Multiply`.
public final class Multiply: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Multiply", *) }
}

extension Multiply: RebuildableModule {
    public static let blueprint = Blueprint<Multiply>("[[...], [...], ...] -> [...]", make: Multiply.init)
}
