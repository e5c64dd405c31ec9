/// The sizes of a tensor's axes, outermost first: at most ``maximumRank`` of them, held inline.
///
/// ```swift
/// let shape: Shape = [64, 1, 28, 28]
/// shape.count      // 4
/// shape.elements   // 50176
/// ```
public struct Shape: Sendable {
    /// The most axes that a tensor can have.
    public static let maximumRank = 8

    /// The most elements that a tensor can have, views that repeat memory included; also the largest product of those of
    /// its sizes that are not 0. No machine has so much memory, and sums of a few such numbers do not overflow.
    public static let maximumElements = 1 << 48

    @usableFromInline var sizes = InlineArray<8, Int>(repeating: 0)
    @usableFromInline var rank8: UInt8 = 0

    /// The shape of a scalar, without axes.
    @inlinable public init() {}

    /// A shape of `rank` axes, each of size `value`.
    @inlinable public init(repeating value: Int, count rank: Int) {
        if rank > Shape.maximumRank { Shape.stopTooManyAxes(rank) }
        if rank < 0 { mistake("Shape", "expects a number of axes that is not negative, got \(rank)") }
        rank8 = UInt8(rank)
        for axis in 0..<rank { sizes[axis] = value }
    }

    /// - Parameter sizes: of the axes; no more than ``maximumRank``.
    @inlinable public init(_ sizes: some Sequence<Int>) {
        for size in sizes { append(size) }
    }

    /// The shape of a matrix, without the array that a literal would make first.
    @inline(__always)
    init(rows: Int, columns: Int) {
        sizes[0] = rows
        sizes[1] = columns
        rank8 = 2
    }

    @usableFromInline static func stopTooManyAxes(_ rank: Int) -> Never {
        mistake("Shape", "a tensor has at most \(maximumRank) axes, got \(rank)")
    }

    @usableFromInline func stop(at axis: Int) -> Never {
        mistake("Shape", "axis \(axis) is out of range for shape \(self)")
    }

    /// The number of elements: the product of the sizes; 1 for a scalar. Stops if that is too large for an integer.
    @inlinable public var elements: Int {
        var product = 1
        for axis in 0..<Int(rank8) {
            let (next, overflows) = product.multipliedReportingOverflow(by: sizes[unchecked: axis])
            if overflows { return elementsOfLarge }
            product = next
        }
        return product
    }

    @usableFromInline var elementsOfLarge: Int {
        if contains(0) { return 0 }
        mistake("Shape", "\(self) has more elements than an integer can count")
    }

    /// The number of elements of a tensor of this shape; stops if there is none: see ``maximumElements``. This is where
    /// shapes become memory.
    @inline(__always)
    package var checkedElements: Int {
        // Of negative sizes the product is out of bounds, or overflows: as unsigned numbers they are large.
        var product: UInt = 1
        for axis in 0..<Int(rank8) {
            let (next, overflows) = product.multipliedReportingOverflow(by: UInt(bitPattern: sizes[unchecked: axis]))
            if overflows { return checkedElementsOfUnusual }
            product = next
        }
        if product &- 1 >= UInt(Shape.maximumElements) { return checkedElementsOfUnusual }
        return Int(bitPattern: product)
    }

    /// Of a shape with a size of 0, or one that no tensor can have.
    private var checkedElementsOfUnusual: Int {
        var product = 1
        for size in self {
            if size < 0 { mistake("Tensor", "got a negative size in shape \(self)") }
            let (next, overflows) = product.multipliedReportingOverflow(by: Swift.max(1, size))
            if overflows || next > Shape.maximumElements {
                mistake("Tensor", "can have at most \(Shape.maximumElements) elements, got shape \(self)")
            }
            product = next
        }
        return contains(0) ? 0 : product
    }

    @inline(never)
    func stopWithoutMemory(_ dtype: DType) -> Never {
        let bytes = elements * dtype.byteCount
        mistake("Tensor", "needs \(bytes) bytes for shape \(self) of \(dtype), which the system does not have")
    }

    /// The strides, in elements, of a contiguous (row-major) tensor of this shape.
    @inline(__always)
    var contiguousStrides: Shape {
        var strides = self
        var step = 1
        var axis = Int(rank8)
        while axis > 0 {
            axis -= 1
            strides.sizes[unchecked: axis] = step
            step *= sizes[unchecked: axis]
        }
        return strides
    }

    /// Adds an axis behind the others.
    @inlinable public mutating func append(_ size: Int) {
        if rank8 == 8 { Shape.stopTooManyAxes(9) }
        sizes[Int(rank8)] = size
        rank8 += 1
    }

    /// Adds an axis before the one at `axis`.
    @inlinable public mutating func insert(_ size: Int, at axis: Int) {
        if axis < 0 || axis > count { stop(at: axis) }
        append(size)
        var position = count - 1
        while position > axis {
            sizes[position] = sizes[position - 1]
            position -= 1
        }
        sizes[axis] = size
    }

    /// Takes an axis out, and returns its size.
    @discardableResult
    @inlinable public mutating func remove(at axis: Int) -> Int {
        let removed = self[axis]
        for position in axis..<(count - 1) { sizes[position] = sizes[position + 1] }
        rank8 -= 1
        return removed
    }
}

extension Shape: RandomAccessCollection, MutableCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { Int(rank8) }
    /// The number of axes (the rank of the tensor); ``elements`` is the number of elements.
    @inlinable public var count: Int { Int(rank8) }

    @usableFromInline @inline(never) func stopOutOfRange(_ axis: Int) -> Never {
        mistake("Shape", "axis \(axis) is out of range for shape \(self)")
    }

    @inlinable public subscript(axis: Int) -> Int {
        get {
            if axis < 0 || axis >= Int(rank8) { stopOutOfRange(axis) }
            return sizes[axis]
        }
        set {
            if axis < 0 || axis >= Int(rank8) { stopOutOfRange(axis) }
            sizes[axis] = newValue
        }
    }
}

extension Shape: Hashable {
    @inlinable public static func == (lhs: Shape, rhs: Shape) -> Bool {
        guard lhs.rank8 == rhs.rank8 else { return false }
        for axis in 0..<Int(lhs.rank8) where lhs.sizes[axis] != rhs.sizes[axis] { return false }
        return true
    }
    public func hash(into hasher: inout Hasher) {
        for size in self { hasher.combine(size) }
    }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
    // Inlined, so that the array of the literal need not be made.
    @inlinable @inline(__always)
    public init(arrayLiteral elements: Int...) {
        for size in elements { append(size) }
    }

    /// `[64, 1, 28, 28]`
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
    /// The shape that two shapes broadcast to by NumPy's rule: aligned at the last axis, sizes equal or one of them 1.
    /// `nil` if they do not fit.
    public func broadcast(with other: Shape) -> Shape? {
        if self == other { return self }
        let rank = Swift.max(count, other.count)
        var result = Shape(repeating: 1, count: rank)
        for back in 1...Swift.max(rank, 1) where back <= rank {
            let a = back <= count ? sizes[count - back] : 1
            let b = back <= other.count ? other.sizes[other.count - back] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            result.sizes[rank - back] = a == 1 ? b : a
        }
        return result
    }
}
