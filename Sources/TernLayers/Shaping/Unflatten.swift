import TernCore
import TernNN

/// An axis cut into several: `Unflatten(axis: 1, sizes: [16, 5, 5])` makes [N, 16, 5, 5] of [N, 400]. One size may be -1, for
/// what is left. PyTorch's `Unflatten`.
public final class Unflatten: Module {
    /// The axis that is cut in several.
    public let axis: Int
    /// Their sizes; one may be -1 and follows.
    public let sizes: Shape

    /// - Parameters:
    ///   - axis: the axis that is cut in several.
    ///   - sizes: their sizes; one may be -1 and follows.
    public init(axis: Int, sizes: Shape) {
        if sizes.isEmpty { mistake("Unflatten", "expects at least one size") }
        self.axis = axis
        self.sizes = sizes
    }

    public func forward(_ input: Tensor) -> Tensor { input.unflattened(axis: axis, sizes: sizes) }

    public var settingsDescription: String {
        "dim=\(axis), unflattened_size=(\(sizes.map { "\($0)" }.joined(separator: ", ")))"
    }
}

extension Unflatten: RebuildableModule {
    public static let blueprint = Blueprint<Unflatten>(
        "[..., C, ...] -> [..., sizes..., ...]", .init("dim", \.axis), .init("unflattened_size", \.sizes)
    ) { axis, sizes in
        if sizes.isEmpty { throw ConfigurationError("expects at least one size in unflattened_size") }
        return Unflatten(axis: axis, sizes: sizes)
    }
}
