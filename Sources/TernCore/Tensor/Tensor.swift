import CTernKernels

/// A multi-dimensional array of numbers of one type, and a value: no operation changes a tensor that someone else sees.
///
/// Operations on tensors that need gradients are recorded as they are computed, see
/// ``backward(_:retainGraph:createGraph:)`` and ``GradientTape``. Views (slices, transposes, broadcasts) share memory
/// and cost nothing.
///
/// ```swift
/// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
/// x.shape                // [2, 3]
/// (x * 2).sum(axes: 0)   // [10, 14, 18]
/// ```
public struct Tensor: @unchecked Sendable {
    // Unchecked: everything behind this reference is written before the tensor is shared, but for the gradient of a
    // leaf, which has a lock.
    @usableFromInline var impl: TensorImpl

    @inline(__always)
    init(impl: TensorImpl) { self.impl = impl }
}

/// What a tensor refers to: a strided window on shared memory, and its place in the graph.
@usableFromInline
final class TensorImpl {
    /// The first element.
    let pointer: UnsafeMutableRawPointer
    let memory: Memory
    /// What recorded this tensor, or the leaf that gathers its gradient. Set once, before the tensor is handed out.
    final var node: Node?
    let shape: Shape
    /// In elements.
    let strides: Shape
    /// Number of elements.
    let count: Int
    let dtype: DType
    let isContiguous: Bool

    /// New, contiguous memory.
    @inline(__always)
    init(shape: Shape, dtype: DType) {
        count = shape.checkedElements
        self.shape = shape
        strides = shape.contiguousStrides
        self.dtype = dtype
        isContiguous = true
        guard let memory = Memory(byteCount: count * dtype.byteCount) else { shape.stopWithoutMemory(dtype) }
        self.memory = memory
        pointer = memory.elements
    }

    /// A window on the memory of `other`, from `pointer` on.
    @inline(__always)
    init(
        on other: TensorImpl, from pointer: UnsafeMutableRawPointer, shape: Shape, strides: Shape, count: Int,
        isContiguous: Bool, node: Node? = nil
    ) {
        self.pointer = pointer
        memory = other.memory.retained()
        self.node = node
        self.shape = shape
        self.strides = strides
        self.count = count
        dtype = other.dtype
        self.isContiguous = isContiguous
    }

    deinit { memory.release() }

    /// The same values at another place in the graph.
    @inline(__always)
    func with(node: Node?) -> TensorImpl {
        TensorImpl(
            on: self, from: pointer, shape: shape, strides: strides, count: count, isContiguous: isContiguous,
            node: node)
    }
}

extension Tensor {
    /// The sizes of the axes.
    public var shape: Shape { impl.shape }

    /// For each axis, how many elements further in memory its next index is; 0 where a value is broadcast. Of an axis of
    /// size 1, which has no next index, it is what it would be if the axes behind it lay without gaps; all strides of a
    /// tensor without elements are those of contiguous memory.
    public var strides: Shape { impl.strides }

    /// The number of axes.
    public var rank: Int { impl.shape.count }

    /// The number of elements.
    public var count: Int { impl.count }

    /// The type of its elements.
    public var dtype: DType { impl.dtype }

    /// Whether the elements lie in memory in row-major order without gaps.
    public var isContiguous: Bool { impl.isContiguous }

    /// Whether operations on this tensor are recorded: it is watched, a parameter, or computed from such.
    public var requiresGradient: Bool { impl.node != nil }

    /// New, contiguous memory whose elements are not set yet.
    @inline(__always)
    init(uninitialized shape: Shape, dtype: DType) { self.init(impl: TensorImpl(shape: shape, dtype: dtype)) }

    /// Another window on the same memory; not recorded.
    ///
    /// - Parameters:
    ///   - strides: those of axes that have no next index may be anything.
    ///   - first: the place of its first element, counted in elements from this tensor's.
    @inline(__always)
    func view(shape: Shape, strides: Shape, first: Int = 0) -> Tensor {
        var strides = strides
        let count = shape.checkedElements
        let isContiguous = Tensor.settleStrides(&strides, shape, count)
        return Tensor(
            impl: TensorImpl(
                on: impl, from: impl.pointer + first * dtype.byteCount, shape: shape, strides: strides, count: count,
                isContiguous: isContiguous))
    }

    /// The same elements with another shape; the tensor must be contiguous. Not recorded.
    @inline(__always)
    func contiguousView(_ shape: Shape) -> Tensor {
        Tensor(
            impl: TensorImpl(
                on: impl, from: impl.pointer, shape: shape, strides: shape.contiguousStrides, count: impl.count,
                isContiguous: true))
    }

    /// Gives axes that have no next index the stride that they would have if the axes behind them lay without gaps, so that
    /// nothing that reads a stride can be led outside of the memory, and contiguous tensors have the strides of their shape.
    ///
    /// - Returns: whether the elements are contiguous.
    private static func settleStrides(_ strides: inout Shape, _ shape: Shape, _ count: Int) -> Bool {
        if count == 0 {
            strides = shape.contiguousStrides
            return true
        }
        var isContiguous = true
        var gapless = 1
        var axis = shape.count - 1
        while axis >= 0 {
            if shape.sizes[unchecked: axis] == 1 {
                strides.sizes[unchecked: axis] = gapless
            } else {
                if strides.sizes[unchecked: axis] != gapless { isContiguous = false }
                gapless = strides.sizes[unchecked: axis] &* shape.sizes[unchecked: axis]
            }
            axis -= 1
        }
        return isContiguous
    }

    /// The elements of a contiguous tensor.
    @inline(__always)
    func pointer<Scalar>(as type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
        impl.pointer.assumingMemoryBound(to: type)
    }

    /// The same values outside of every graph: gradients do not flow through. Shares memory.
    public var detached: Tensor { impl.node == nil ? self : Tensor(impl: impl.with(node: nil)) }

    /// Whether the elements are contiguous memory that nothing else refers to.
    @inline(__always)
    var isUnique: Bool {
        mutating get {
            isKnownUniquelyReferenced(&impl) && impl.memory.isUniqueForWriting && impl.isContiguous
        }
    }

    /// Makes the elements contiguous memory that nobody else refers to, copying them only if someone does.
    package mutating func makeUnique() {
        if isUnique { return }
        let copy = copied()
        copy.impl.node = impl.node
        impl = copy.impl
    }

    /// Calls `body` with the elements, in row-major order, for reading and writing in place. The tensor stays a value:
    /// memory that something else refers to is copied first.
    ///
    /// - Parameters:
    ///   - type: must be the tensor's element type.
    ///   - body: the pointer must not leave it.
    public mutating func withUnsafeMutableBuffer<Scalar: TensorScalar, Result>(
        of type: Scalar.Type, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
    ) rethrows -> Result {
        if Scalar.dtype != dtype {
            mistake("withUnsafeMutableBuffer", "the tensor holds \(dtype), not \(Scalar.dtype)")
        }
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: pointer(as: type), count: count))
    }

    /// Calls `body` with the elements in row-major order.
    ///
    /// - Parameters:
    ///   - type: must be the tensor's element type.
    ///   - body: the pointer must not leave it.
    public func withUnsafeBuffer<Scalar: TensorScalar, Result>(
        of type: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
    ) rethrows -> Result {
        if Scalar.dtype != dtype { mistake("withUnsafeBuffer", "the tensor holds \(dtype), not \(Scalar.dtype)") }
        let tensor = isContiguous ? self : copied()
        return try withExtendedLifetime(tensor) {
            try body(UnsafeBufferPointer(start: tensor.pointer(as: type), count: count))
        }
    }

    /// Whether two tensors are the same window on the same memory.
    public func sharesMemory(with other: Tensor) -> Bool { impl.memory == other.impl.memory }

    /// Whether this is the same value as `other` and no other one can come to be in its place while both are there.
    package func isIdentical(to other: Tensor) -> Bool { impl === other.impl }

    /// An axis counted from the end if it is negative, as an index from the start; stops if there is no such axis.
    @inline(__always)
    func axis(_ axis: Int, _ operation: String) -> Int {
        let positive = axis < 0 ? axis + rank : axis
        if positive < 0 || positive >= rank {
            mistake(operation, "axis \(axis) is out of range for shape \(shape)")
        }
        return positive
    }

    /// As ``axis(_:_:)``, for operations along an axis that leave a scalar a scalar: its axis may be called 0 or -1, so that
    /// code for any rank need not set scalars apart. PyTorch's rule.
    @inline(__always)
    func axisOrScalar(_ axis: Int, _ operation: String) -> Int {
        rank == 0 && (axis == 0 || axis == -1) ? 0 : self.axis(axis, operation)
    }

    /// What ``axisOrScalar(_:_:)`` says for several axes, in rising order; all if absent, and none of a scalar. Stops if one
    /// occurs twice.
    func axes(_ wanted: (any Axes)?, _ operation: StaticString) -> [Int] {
        guard let wanted else { return Array(0..<rank) }
        let axes = wanted.axisNumbers.map { axisOrScalar($0, "\(operation)") }.sorted()
        for (a, b) in Swift.zip(axes, axes.dropFirst()) where a == b {
            mistake("\(operation)", "got axis \(a) twice for shape \(shape)")
        }
        return rank == 0 ? [] : axes
    }

    /// What `operation` makes of a vector of this scalar, as a scalar.
    func asVector(_ operation: (Tensor) -> Tensor) -> Tensor { operation(reshaped([1])).reshaped([]) }
}
