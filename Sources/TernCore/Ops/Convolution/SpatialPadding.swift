/// The zeros (or, for maxima, the nothing) that a window operation sees around its input: `1` on all sides, `[1, 2]`
/// above and below, and left and right, a number for each side, or as many as a rule asks for. ``Padding1d``,
/// ``Padding2d`` and ``Padding3d`` are its names.
public enum SpatialPadding<let dimensions: Int>: Hashable, Sendable {
    /// A number for each side.
    case explicit(before: SpatialSize<dimensions>, after: SpatialSize<dimensions>)
    /// As many as give an output of `ceil(input / stride)`; of an odd number, the larger half is after the input (below
    /// and right). The rule of TensorFlow and Keras; PyTorch's is the same, and refuses other strides than 1.
    case same

    /// None. The rule of this name of TensorFlow and Keras.
    public static var valid: Self { Self(0) }

    /// The same number on all sides.
    public init(_ all: Int) { self.init(SpatialSize(all)) }

    /// The same before and after each axis.
    public init(_ sizes: SpatialSize<dimensions>) { self = .explicit(before: sizes, after: sizes) }
}

/// Before and after a sequence.
public typealias Padding1d = SpatialPadding<1>
/// Around an image.
public typealias Padding2d = SpatialPadding<2>
/// Around a volume.
public typealias Padding3d = SpatialPadding<3>

extension SpatialPadding where dimensions == 2 {
    /// Rows above and below, and columns left and right.
    public init(_ height: Int, _ width: Int) { self.init(Size2d(height, width)) }

    /// A number for each side of an image.
    public static func explicit(top: Int, bottom: Int, left: Int, right: Int) -> Self {
        .explicit(before: Size2d(top, left), after: Size2d(bottom, right))
    }
}

extension SpatialPadding where dimensions == 3 {
    /// The same number before and after each axis of a volume.
    public init(_ depth: Int, _ height: Int, _ width: Int) { self.init(Size3d(depth, height, width)) }

    /// A number for each side of a volume.
    public static func explicit(front: Int, back: Int, top: Int, bottom: Int, left: Int, right: Int) -> Self {
        .explicit(before: Size3d(front, top, left), after: Size3d(back, bottom, right))
    }
}

extension SpatialPadding: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(integerLiteral all: Int) { self.init(all) }

    public init(arrayLiteral sizes: Int...) {
        if sizes.count != dimensions {
            mistake("Padding\(dimensions)d", "expects \(SpatialSize<dimensions>.axisNames), got \(sizes)")
        }
        self.init(SpatialSize { sizes[$0] })
    }

    /// `[1, 2]`, or `[top, bottom, left, right]` if sides differ.
    public var description: String {
        switch self {
        case .same: "same"
        case .explicit(let before, let after) where before == after: "\(before)"
        case .explicit(let before, let after): "\((0..<dimensions).flatMap { [before[$0], after[$0]] })"
        }
    }
}
