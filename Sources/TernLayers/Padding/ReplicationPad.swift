import TernCore
import TernNN

/// The outermost elements of sequences repeated around them. PyTorch's `ReplicationPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class ReplicationPad1d: PaddingLayer<1> {
    /// - Parameter padding: before and after; a number for both.
    public init(_ padding: Padding1d) { super.init(padding, .replicate) }
}

/// The outermost elements of images repeated around them. PyTorch's `ReplicationPad2d`.
///
/// Shapes: [..., H, W], each of these axes with what is before and after it.
///
/// ```swift
/// ReplicationPad2d(1)                                                // on all sides
/// ReplicationPad2d(.explicit(top: 0, bottom: 1, left: 2, right: 2))  // PyTorch's (2, 2, 0, 1)
/// ```
public final class ReplicationPad2d: PaddingLayer<2> {
    /// - Parameter padding: a number for all sides, two for the axes, or one for each side.
    public init(_ padding: Padding2d) { super.init(padding, .replicate) }
}

/// The outermost elements of volumes repeated around them. PyTorch's `ReplicationPad3d`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class ReplicationPad3d: PaddingLayer<3> {
    /// - Parameter padding: a number for all sides, three for the axes, or one for each side.
    public init(_ padding: Padding3d) { super.init(padding, .replicate) }
}

extension ReplicationPad1d: RebuildableModule {
    public static let blueprint = Blueprint<ReplicationPad1d>(
        "[..., L] -> [..., L']", padding(of: ReplicationPad1d.self), make: ReplicationPad1d.init)
}

extension ReplicationPad2d: RebuildableModule {
    public static let blueprint = Blueprint<ReplicationPad2d>(
        "[..., H, W] -> [..., H', W']", padding(of: ReplicationPad2d.self), make: ReplicationPad2d.init)
}

extension ReplicationPad3d: RebuildableModule {
    public static let blueprint = Blueprint<ReplicationPad3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: ReplicationPad3d.self), make: ReplicationPad3d.init)
}
