import TernCore
import TernNN

/// The mean of its inputs, element by element; their shapes broadcast. Keras's `Average`.
public final class Average: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ inputs: [Tensor]) -> Tensor { merged(inputs, "Average", +) / Double(inputs.count) }
}

extension Average: RebuildableModule {
    public static let blueprint = Blueprint<Average>("[[...], [...], ...] -> [...]", make: Average.init)
}
