import TernCore
import TernNN

/// The largest of its inputs, element by element; their shapes broadcast. Keras's `Maximum`.
public final class Maximum: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Maximum") { maximum($0, $1) } }
}

extension Maximum: RebuildableModule {
    public static let blueprint = Blueprint<Maximum>("[[...], [...], ...] -> [...]", make: Maximum.init)
}
