import TernCore
import TernNN

/// The smallest of its inputs, element by element; their shapes broadcast. Keras's `Minimum`.
public final class Minimum: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Minimum") { minimum($0, $1) } }
}

extension Minimum: RebuildableModule {
    public static let blueprint = Blueprint<Minimum>("[[...], [...], ...] -> [...]", make: Minimum.init)
}
