import TernCore
import TernNN

/// Its inputs one behind the other along an axis, see ``/TernCore/concatenated(_:axis:)``: `Concatenate()(x, y)`.
/// Keras's `Concatenate`, whose axis is the last one, too.
///
/// Shapes: equal but along the axis, where sizes are added up. For channels of images [N, C, H, W], say `axis: 1`.
public final class Concatenate: Module {
    /// The axis along which inputs are joined.
    public let axis: Int

    /// - Parameter axis: the axis along which inputs are joined.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ inputs: [Tensor]) -> Tensor { concatenated(inputs, axis: axis) }

    public var settingsDescription: String { "axis=\(axis)" }
}

extension Concatenate: RebuildableModule {
    public static let blueprint = Blueprint<Concatenate>(
        "[[..., C1], [..., C2], ...] -> [..., C1 + C2 + ...]", .init("axis", \.axis), make: Concatenate.init)
}
