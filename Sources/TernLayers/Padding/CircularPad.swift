import TernCore
import TernNN

/// Sequences that go on with their other end. PyTorch's `CircularPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class CircularPad1d: PaddingLayer<1> {
    /// - Parameter padding: before and after; a number for both.
    public init(_ padding: Padding1d) { super.init(padding, .circular) }
}

/// Images that go on with their other end. PyTorch's `CircularPad2d`.
///
/// Shapes: [..., H, W], each of these axes with what is before and after it.
///
/// ```swift
/// CircularPad2d(1)                                                // on all sides
/// CircularPad2d(.explicit(top: 0, bottom: 1, left: 2, right: 2))  // PyTorch's (2, 2, 0, 1)
/// ```
public final class CircularPad2d: PaddingLayer<2> {
    /// - Parameter padding: a number for all sides, two for the axes, or one for each side.
    public init(_ padding: Padding2d) { super.init(padding, .circular) }
}

/// Volumes that go on with their other end. PyTorch's `CircularPad3d`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class CircularPad3d: PaddingLayer<3> {
    /// - Parameter padding: a number for all sides, three for the axes, or one for each side.
    public init(_ padding: Padding3d) { super.init(padding, .circular) }
}

extension CircularPad1d: RebuildableModule {
    public static let blueprint = Blueprint<CircularPad1d>(
        "[..., L] -> [..., L']", padding(of: CircularPad1d.self), make: CircularPad1d.init)
}

extension CircularPad2d: RebuildableModule {
    public static let blueprint = Blueprint<CircularPad2d>(
        "[..., H, W] -> [..., H', W']", padding(of: CircularPad2d.self), make: CircularPad2d.init)
}

extension CircularPad3d: RebuildableModule {
    public static let blueprint = Blueprint<CircularPad3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: CircularPad3d.self), make: CircularPad3d.init)
}
