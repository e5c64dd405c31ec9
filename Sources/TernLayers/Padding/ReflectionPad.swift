import TernCore
import TernNN

/// Sequences mirrored at their outermost elements, which are not repeated. PyTorch's `ReflectionPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class ReflectionPad1d: PaddingLayer<1> {
    /// - Parameter padding: before and after; a number for both. Less than the size of the axis.
    public init(_ padding: Padding1d) { super.init(padding, .reflect) }
}

/// Images mirrored at their outermost elements, which are not repeated. PyTorch's `ReflectionPad2d`.
///
/// Shapes: [..., H, W], each of these axes with what is before and after it.
///
/// ```swift
/// ReflectionPad2d(1)                                                // on all sides
/// ReflectionPad2d(.explicit(top: 0, bottom: 1, left: 2, right: 2))  // PyTorch's (2, 2, 0, 1)
/// ```
public final class ReflectionPad2d: PaddingLayer<2> {
    /// - Parameter padding: a number for all sides, two for the axes, or one for each side. Less than the sizes of the
    ///   axes.
    public init(_ padding: Padding2d) { super.init(padding, .reflect) }
}

/// Volumes mirrored at their outermost elements, which are not repeated. PyTorch's `ReflectionPad3d`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class ReflectionPad3d: PaddingLayer<3> {
    /// - Parameter padding: a number for all sides, three for the axes, or one for each side. Less than the sizes of
    ///   the axes.
    public init(_ padding: Padding3d) { super.init(padding, .reflect) }
}

extension ReflectionPad1d: RebuildableModule {
    public static let blueprint = Blueprint<ReflectionPad1d>(
        "[..., L] -> [..., L']", padding(of: ReflectionPad1d.self), make: ReflectionPad1d.init)
}

extension ReflectionPad2d: RebuildableModule {
    public static let blueprint = Blueprint<ReflectionPad2d>(
        "[..., H, W] -> [..., H', W']", padding(of: ReflectionPad2d.self), make: ReflectionPad2d.init)
}

extension ReflectionPad3d: RebuildableModule {
    public static let blueprint = Blueprint<ReflectionPad3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: ReflectionPad3d.self), make: ReflectionPad3d.init)
}
