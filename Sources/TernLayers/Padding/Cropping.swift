import TernCore
import TernNN

/// Sequences without their outermost elements. Keras's `Cropping1D`.
///
/// Shapes: [..., L], each of these axes without what is cut off before and after.
public final class Cropping1d: PaddingLayer<1> {
    /// - Parameter cropping: how much is taken off before and after; a number for both.
    public init(_ cropping: Padding1d) { super.init(cropping.negated, .zeros) }
}

/// Images without their outermost elements. Keras's `Cropping2D`.
///
/// Shapes: [..., H, W], each of these axes without what is cut off before and after.
///
/// ```swift
/// Cropping2d(1)        // one on all sides
/// Cropping2d([1, 2])   // one above and below, two left and right
/// ```
public final class Cropping2d: PaddingLayer<2> {
    /// - Parameter cropping: how much is taken off: a number for all sides, two for the axes, or one for each side.
    public init(_ cropping: Padding2d) { super.init(cropping.negated, .zeros) }
}

/// Volumes without their outermost elements. Keras's `Cropping3D`.
///
/// Shapes: [..., D, H, W], each of these axes without what is cut off before and after.
public final class Cropping3d: PaddingLayer<3> {
    /// - Parameter cropping: how much is taken off: a number for all sides, three for the axes, or one for each side.
    public init(_ cropping: Padding3d) { super.init(cropping.negated, .zeros) }
}

extension SpatialPadding {
    /// What cuts off as much; a rule stays one.
    fileprivate var negated: Self {
        guard case .explicit(var before, var after) = self else { return self }
        for axis in 0..<dimensions { (before[axis], after[axis]) = (0 &- before[axis], 0 &- after[axis]) }
        return .explicit(before: before, after: after)
    }
}

extension Cropping1d: RebuildableModule {
    public static let blueprint = Blueprint<Cropping1d>(
        "[..., L] -> [..., L']", padding(of: Cropping1d.self), make: { Cropping1d($0.negated) })
}

extension Cropping2d: RebuildableModule {
    public static let blueprint = Blueprint<Cropping2d>(
        "[..., H, W] -> [..., H', W']", padding(of: Cropping2d.self), make: { Cropping2d($0.negated) })
}

extension Cropping3d: RebuildableModule {
    public static let blueprint = Blueprint<Cropping3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: Cropping3d.self), make: { Cropping3d($0.negated) })
}
