import TernCore

/// Sequences that go on with their other end. PyTorch's `CircularPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class CircularPad1d: PaddingLayer<1> {
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
    public init(_ padding: Padding2d) { super.init(padding, .circular) }
}

/// Volumes that go on with their other end. PyTorch's `CircularPad3d`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class CircularPad3d: PaddingLayer<3> {
    public init(_ padding: Padding3d) { super.init(padding, .circular) }
}
