import TernCore
import TernNN

/// Zeros around sequences. PyTorch's `ZeroPad1d`, Keras's `ZeroPadding1D`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class ZeroPad1d: PaddingLayer<1> {
    /// - Parameter padding: before and after; a number for both.
    public init(_ padding: Padding1d) { super.init(padding, .zeros) }
}

/// Zeros around images. PyTorch's `ZeroPad2d`, Keras's `ZeroPadding2D`.
///
/// Shapes: [..., H, W], each of these axes with what is before and after it.
///
/// ```swift
/// ZeroPad2d(1)                                                // on all sides
/// ZeroPad2d(.explicit(top: 0, bottom: 1, left: 2, right: 2))  // PyTorch's (2, 2, 0, 1)
/// ```
public final class ZeroPad2d: PaddingLayer<2> {
    /// - Parameter padding: a number for all sides, two for the axes, or one for each side.
    public init(_ padding: Padding2d) { super.init(padding, .zeros) }
}

/// Zeros around volumes. PyTorch's `ZeroPad3d`, Keras's `ZeroPadding3D`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class ZeroPad3d: PaddingLayer<3> {
    /// - Parameter padding: a number for all sides, three for the axes, or one for each side.
    public init(_ padding: Padding3d) { super.init(padding, .zeros) }
}

extension ZeroPad1d: RebuildableModule {
    public static let blueprint = Blueprint<ZeroPad1d>(
        "[..., L] -> [..., L']", padding(of: ZeroPad1d.self), make: ZeroPad1d.init)
}

extension ZeroPad2d: RebuildableModule {
    public static let blueprint = Blueprint<ZeroPad2d>(
        "[..., H, W] -> [..., H', W']", padding(of: ZeroPad2d.self), make: ZeroPad2d.init)
}

extension ZeroPad3d: RebuildableModule {
    public static let blueprint = Blueprint<ZeroPad3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: ZeroPad3d.self), make: ZeroPad3d.init)
}
