import TernCore
import TernNN

/// The first of two inputs less the second; their shapes broadcast. Keras's `Subtract`.
public final class Subtract: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Subtract", exactly: 2, -) }
}

extension Subtract: RebuildableModule {
    public static let blueprint = Blueprint<Subtract>("[[...], [...]] -> [...]", make: Subtract.init)
}
