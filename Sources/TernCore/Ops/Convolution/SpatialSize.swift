/// A size for each of the last axes of an operation on sequences, images or volumes, as kernels, strides and dilations
/// have: `3` for all of them, or a list. ``Size1d``, ``Size2d`` and ``Size3d`` are its names.
public struct SpatialSize<let dimensions: Int>: Hashable, Sendable {
    private var sizes: InlineArray<dimensions, Int>

    /// The same size for all axes.
    public init(_ all: Int) { sizes = InlineArray(repeating: all) }

    /// - Parameter size: gives the size of axis 0, 1...
    init(_ size: (Int) -> Int) { sizes = InlineArray { size($0) } }

    /// The size of an axis, `0..<dimensions`.
    public subscript(axis: Int) -> Int {
        get { sizes[axis] }
        set { sizes[axis] = newValue }
    }

    public static func == (a: Self, b: Self) -> Bool { a.sizes.indices.allSatisfy { a.sizes[$0] == b.sizes[$0] } }

    public func hash(into hasher: inout Hasher) {
        for axis in sizes.indices { hasher.combine(sizes[axis]) }
    }

    /// The outermost axis first.
    public var array: [Int] { sizes.indices.map { sizes[$0] } }

    var least: Int { sizes.indices.reduce(Int.max) { Swift.min($0, sizes[$1]) } }
    var largest: Int { sizes.indices.reduce(Int.min) { Swift.max($0, sizes[$1]) } }

    /// How shapes of inputs name the axes: `L`, `H, W` or `D, H, W`.
    package static var letters: String {
        dimensions == 1 ? "L" : ["D", "H", "W"].suffix(dimensions).joined(separator: ", ")
    }

    /// What the axes are called.
    static var axisNames: String { "[\(["depth", "height", "width"].suffix(dimensions).joined(separator: ", "))]" }
}

/// A length: `3`.
public typealias Size1d = SpatialSize<1>
/// A height and a width: `3` for both, or `[3, 5]`.
public typealias Size2d = SpatialSize<2>
/// A depth, a height and a width: `3` for all, or `[1, 3, 5]`.
public typealias Size3d = SpatialSize<3>

extension SpatialSize where dimensions == 2 {
    /// An image's.
    public init(_ height: Int, _ width: Int) { self.init { $0 == 0 ? height : width } }

    /// An image's rows.
    public var height: Int {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// An image's columns.
    public var width: Int {
        get { self[1] }
        set { self[1] = newValue }
    }
}

extension SpatialSize where dimensions == 3 {
    /// A volume's.
    public init(_ depth: Int, _ height: Int, _ width: Int) { self.init { $0 == 0 ? depth : $0 == 1 ? height : width } }
}

extension SpatialSize: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(integerLiteral all: Int) { self.init(all) }

    public init(arrayLiteral sizes: Int...) {
        if sizes.count != dimensions { mistake("Size\(dimensions)d", "expects \(Self.axisNames), got \(sizes)") }
        self.init { sizes[$0] }
    }

    public var description: String { "\(array)" }
}
