import TernCore
import TernNN

/// `x * sigmoid(1.702 x)`, as in CLIP, see ``/TernCore/quickGelu(_:)``.
public final class QuickGELU: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { quickGelu(input) }
}

extension QuickGELU: RebuildableModule {
    public static let blueprint = Blueprint<QuickGELU>("[...] -> [...]", make: QuickGELU.init)
}
