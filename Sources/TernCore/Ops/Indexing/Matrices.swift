/// The Kronecker product: every element of `a` times all of `b`, block by block: of shape [a's size times b's along each
/// axis]; missing axes in front count as 1. PyTorch's and NumPy's `kron`.
///
/// ```swift
/// kronecker(Tensor([[1, 2]]), Tensor([[1, 1], [0, 1]]))   // [[1, 1, 2, 2], [0, 1, 0, 2]]
/// ```
public func kronecker(_ a: Tensor, _ b: Tensor) -> Tensor {
    let rank = max(a.rank, b.rank)
    func padded(_ shape: Shape) -> [Int] { [Int](repeating: 1, count: rank - shape.count) + Array(shape) }
    let (sizesA, sizesB) = (padded(a.shape), padded(b.shape))
    if 2 * rank <= Shape.maximumRank {
        let left = a.reshaped(Shape(sizesA.flatMap { [$0, 1] }))
        let right = b.reshaped(Shape(sizesB.flatMap { [1, $0] }))
        return (left * right).reshaped(Shape(zip(sizesA, sizesB).map { $0 * $1 }))
    }
    // Each axis by itself, as all of both together are too many.
    var (left, right) = (a.reshaped(Shape(sizesA)), b.reshaped(Shape(sizesB)))
    right = right.tiled(sizesA)
    for axis in 0..<rank { left = left.repeated(sizesB[axis], axis: axis) }
    return left * right
}

/// The cross product of vectors of three elements along `axis`, over the other axes broadcast. PyTorch's `linalg.cross`.
///
/// ```swift
/// cross(Tensor([1, 0, 0]), Tensor([0, 1, 0]))   // [0, 0, 1]
/// ```
public func cross(_ a: Tensor, _ b: Tensor, axis: Int = -1) -> Tensor {
    let shape = Tensor.broadcastShape(a, b, "cross")
    let position = axis < 0 ? axis + shape.count : axis
    if position < 0 || position >= shape.count || shape[position] != 3 || a.rank != b.rank
        || a.shape[position] != 3 || b.shape[position] != 3
    {
        mistake("cross", "expects vectors of 3 elements along axis \(axis), got shapes \(a.shape) and \(b.shape)")
    }
    func turned(_ x: Tensor, by shift: Int) -> Tensor { x.rolled(by: shift, axis: position) }
    return turned(a, by: -1) * turned(b, by: 1) - turned(a, by: 1) * turned(b, by: -1)
}

/// Matrices along the diagonal of one matrix, zeros elsewhere; vectors count as rows, scalars as matrices of one element.
/// PyTorch's `block_diag`.
///
/// ```swift
/// blockDiagonal([Tensor([[1, 2]]), Tensor([[3], [4]])])   // [[1, 2, 0], [0, 0, 3], [0, 0, 4]]
/// ```
public func blockDiagonal(_ blocks: [Tensor]) -> Tensor {
    for block in blocks where block.rank > 2 {
        mistake("blockDiagonal", "expects matrices, got shape \(block.shape)")
    }
    if blocks.isEmpty { mistake("blockDiagonal", "expects at least one matrix") }
    let dtype = blocks.dropFirst().reduce(blocks[0].dtype) { $0.promoted(with: $1.dtype) }
    let matrices = blocks.map { $0.rank == 2 ? $0 : $0.reshaped([1, $0.count]) }
    let shape = matrices.reduce(Shape([0, 0])) { [$0[0] + $1.shape[0], $0[1] + $1.shape[1]] }
    var result = Tensor.zeros(shape, dtype: dtype)
    var (row, column) = (0, 0)
    for matrix in matrices {
        let (nextRow, nextColumn) = (row + matrix.shape[0], column + matrix.shape[1])
        result[row..<nextRow, column..<nextColumn] = matrix
        (row, column) = (nextRow, nextColumn)
    }
    return result
}

extension Tensor {
    /// The powers of each element of this vector, a row each: the Vandermonde matrix, of shape [N, columns]; over leading
    /// axes too. NumPy's and PyTorch's `vander`, whose powers fall (`linalg.vander`'s rise).
    ///
    /// ```swift
    /// Tensor([2, 3]).vandermonde(columns: 3)                     // [[4, 2, 1], [9, 3, 1]]
    /// Tensor([2, 3]).vandermonde(columns: 3, isRising: true)     // [[1, 2, 4], [1, 3, 9]]
    /// ```
    ///
    /// - Parameters:
    ///   - columns: as many as elements if absent.
    ///   - isRising: whether the first column has the power 0, instead of the last.
    public func vandermonde(columns: Int? = nil, isRising: Bool = false) -> Tensor {
        if rank == 0 { mistake("vandermonde", "expects a vector, got a scalar") }
        let columns = columns ?? shape[rank - 1]
        if columns < 0 { mistake("vandermonde", "expects a number of columns that is not negative, got \(columns)") }
        let base = dtype == .bool ? converted(to: .int64) : self
        if columns == 0 { return Tensor.zeros(Shape(Array(shape) + [0]), dtype: base.dtype) }
        Tensor.checkSizes(Shape(Array(shape) + [columns]), "vandermonde")
        let powers = Tensor.arange(columns, dtype: base.dtype.isFloatingPoint ? .float64 : .int64)
        let exponents = (isRising ? powers : powers.flipped()).converted(to: base.dtype)
        return base.unsqueezed(axes: -1).pow(exponents)
    }

    /// The elements of the last axis on a diagonal of new matrices, zeros elsewhere: what ``diagonal(offset:axes:_:)``
    /// takes out. PyTorch's `diag_embed`, and `diag` of a vector.
    ///
    /// ```swift
    /// Tensor([1, 2]).diagonalEmbedded()             // [[1, 0], [0, 2]]
    /// Tensor([1]).diagonalEmbedded(offset: 1)       // [[0, 1], [0, 0]]
    /// ```
    ///
    /// - Parameters:
    ///   - offset: above the main diagonal if it is positive.
    ///   - first: the axis of the result for the matrices' rows.
    ///   - second: the axis of the result for their columns.
    public func diagonalEmbedded(offset: Int = 0, axes first: Int = -2, _ second: Int = -1) -> Tensor {
        if rank == 0 { mistake("diagonalEmbedded", "expects an axis, got a scalar") }
        let (size, overflows) = shape[rank - 1].addingReportingOverflow(Int(clamping: offset.magnitude))
        if overflows { mistake("diagonalEmbedded", "cannot place shape \(shape) at offset \(offset)") }
        let (row, column) = (first < 0 ? first + rank + 1 : first, second < 0 ? second + rank + 1 : second)
        if row == column || ![row, column].allSatisfy((0...rank).contains) {
            mistake("diagonalEmbedded", "expects two axes of the \(rank + 1) of the result, got \(first) and \(second)")
        }
        var others = shape.dropLast().makeIterator()
        let sizes = (0...rank).map { $0 == row || $0 == column ? size : others.next()! }
        return Tensor.zeros(Shape(sizes), dtype: dtype).diagonalReplaced(with: self, offset: offset, axes: row, column)
    }

    /// A copy with `values` on a diagonal. PyTorch's `diagonal_scatter`, and with a number `fill_diagonal_`.
    ///
    /// ```swift
    /// Tensor.zeros([2, 3]).diagonalReplaced(with: 5)                    // [[5, 0, 0], [0, 5, 0]]
    /// Tensor.zeros([2, 3]).diagonalReplaced(with: Tensor([1, 2]), offset: 1)   // [[0, 1, 0], [0, 0, 2]]
    /// ```
    ///
    /// - Parameters:
    ///   - values: of the shape of ``diagonal(offset:axes:_:)`` with the same arguments, or broadcast to it.
    ///   - offset: above the main diagonal if it is positive.
    ///   - first: the axis of the matrices' rows.
    ///   - second: the axis of their columns.
    public func diagonalReplaced(
        with values: Tensor, offset: Int = 0, axes first: Int = -2, _ second: Int = -1
    ) -> Tensor {
        let window = diagonalWindow(offset, first, second, "diagonalReplaced")
        if values.shape.broadcast(with: window.shape) != window.shape {
            mistake("diagonalReplaced", "expects values of shape \(window.shape), got \(values.shape)")
        }
        var result = self
        result.replace(window, with: values.converted(to: dtype))
        return result
    }

    /// A copy with a number on a diagonal. NumPy's `fill_diagonal`.
    public func diagonalReplaced(
        with value: some WeakScalar, offset: Int = 0, axes first: Int = -2, _ second: Int = -1
    ) -> Tensor {
        diagonalReplaced(
            with: Tensor.full([], value.weakNumber, dtype: dtype), offset: offset, axes: first, second)
    }
}
