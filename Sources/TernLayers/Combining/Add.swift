import TernCore
import TernNN

/// The sum of its inputs, whose shapes broadcast: `Add()(x, y)`. Keras's `Add`.
public final class Add: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Add", +) }
}

extension Add: RebuildableModule {
    public static let blueprint = Blueprint<Add>("[[...], [...], ...] -> [...]", make: Add.init)
}
