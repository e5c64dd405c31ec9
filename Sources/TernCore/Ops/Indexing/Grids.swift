/// How ``meshgrid(_:indexing:)`` arranges its results.
public enum GridIndexing: Sendable {
    /// The first vector runs along axis 0: matrices.
    case ij
    /// The first vector runs along axis 1 and the second along axis 0: coordinates of pictures. NumPy's default.
    case xy
}

/// The coordinates of a grid: for each vector a tensor of the shape of all sizes, which varies along the vector's axis alone;
/// views. PyTorch's and NumPy's `meshgrid`.
///
/// ```swift
/// let (x, y) = (Tensor([1, 2]), Tensor([3, 4, 5]))
/// meshgrid([x, y])                  // [[1, 1, 1], [2, 2, 2]], [[3, 4, 5], [3, 4, 5]]
/// meshgrid([x, y], indexing: .xy)   // [[1, 2], [1, 2], [1, 2]], [[3, 3], [4, 4], [5, 5]]
/// ```
///
/// - Parameters:
///   - vectors: of rank 1, or scalars, which count as vectors of one element.
///   - indexing: PyTorch's default is `ij`.
public func meshgrid(_ vectors: [Tensor], indexing: GridIndexing = .ij) -> [Tensor] {
    if vectors.isEmpty { mistake("meshgrid", "expects at least one vector") }
    for vector in vectors where vector.rank > 1 { mistake("meshgrid", "expects vectors, got shape \(vector.shape)") }
    var axes = Array(vectors.indices)
    if indexing == .xy, axes.count > 1 { axes.swapAt(0, 1) }
    var grid = Shape(repeating: 1, count: vectors.count)
    for (vector, axis) in zip(vectors, axes) { grid[axis] = vector.count }
    return zip(vectors, axes).map { vector, axis in
        var shape = Shape(repeating: 1, count: vectors.count)
        shape[axis] = vector.count
        return vector.reshaped(shape).expanded(to: grid)
    }
}

/// All combinations of one element from each vector, a row each, the last vector's changing fastest: of shape [product of
/// the sizes, number of vectors]; of one vector, itself. PyTorch's `cartesian_prod`.
///
/// ```swift
/// cartesianProduct([Tensor([1, 2]), Tensor([3, 4])])   // [[1, 3], [1, 4], [2, 3], [2, 4]]
/// ```
public func cartesianProduct(_ vectors: [Tensor]) -> Tensor {
    for vector in vectors where vector.rank != 1 {
        mistake("cartesianProduct", "expects vectors, got shape \(vector.shape)")
    }
    if vectors.isEmpty { mistake("cartesianProduct", "expects at least one vector") }
    if vectors.count == 1 { return vectors[0] }
    // An axis for each vector would be more axes than a tensor can have: sizes before and behind one are merged.
    let sizes = vectors.map(\.count)
    return stacked(
        vectors.enumerated().map { index, vector in
            let (before, behind) = (sizes[..<index].reduce(1, *), sizes[(index + 1)...].reduce(1, *))
            return vector.reshaped([1, vector.count, 1]).expanded(to: [before, vector.count, behind]).reshaped([-1])
        }, axis: 1)
}

extension Tensor {
    /// All choices of `count` elements of this vector, a row each, in the order of the elements: of shape [number of choices,
    /// count]. PyTorch's `combinations`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).combinations(of: 2)   // [[1, 2], [1, 3], [2, 3]]
    /// Tensor([1, 2]).combinations(of: 2, withReplacement: true)   // [[1, 1], [1, 2], [2, 2]]
    /// ```
    ///
    /// - Parameters:
    ///   - count: the size of a choice, at least 0.
    ///   - withReplacement: whether an element may be chosen several times.
    public func combinations(of count: Int = 2, withReplacement: Bool = false) -> Tensor {
        if rank != 1 { mistake("combinations", "expects a vector, got shape \(shape)") }
        if count < 0 { mistake("combinations", "expects a number that is not negative, got \(count)") }
        if count == 0 { return Tensor.zeros([0], dtype: dtype) }
        if count > self.count && !withReplacement || self.count == 0 { return Tensor.zeros([0, count], dtype: dtype) }
        // The same number of rows that grow by an element in each round.
        var rows: [[Int]] = (0..<self.count).map { [$0] }
        for _ in 1..<count {
            rows = rows.flatMap { row in
                (row.last! + (withReplacement ? 0 : 1)..<Swift.max(self.count, row.last! + 1)).map { row + [$0] }
            }
            if rows.count > Tensor.mostCombinations {
                mistake("combinations", "gives more than \(Tensor.mostCombinations) rows for \(count) of \(self.count)")
            }
        }
        return selected(Tensor(shape: [rows.count, count], values: rows.flatMap { $0 }), axis: 0, "combinations")
    }

    private static var mostCombinations: Int { 1 << 24 }

    /// The row and column indices of the elements on and below a diagonal of a matrix, row by row: of shape [2, number of
    /// them], `int64`. PyTorch's `tril_indices`.
    ///
    /// ```swift
    /// Tensor.lowerTriangleIndices(2, 3)   // [[0, 1, 1], [0, 0, 1]]
    /// ```
    ///
    /// - Parameters:
    ///   - rows: of the matrix.
    ///   - columns: of the matrix.
    ///   - diagonal: as in ``lowerTriangle(diagonal:)``.
    public static func lowerTriangleIndices(_ rows: Int, _ columns: Int, diagonal: Int = 0) -> Tensor {
        triangleIndices(rows, columns, "lowerTriangleIndices") { $0.lowerTriangle(diagonal: diagonal) }
    }

    /// The row and column indices of the elements on and above a diagonal of a matrix, row by row: of shape [2, number of
    /// them], `int64`. PyTorch's `triu_indices`.
    ///
    /// ```swift
    /// Tensor.upperTriangleIndices(2, 3)   // [[0, 0, 0, 1, 1], [0, 1, 2, 1, 2]]
    /// ```
    ///
    /// - Parameters:
    ///   - rows: of the matrix.
    ///   - columns: of the matrix.
    ///   - diagonal: as in ``upperTriangle(diagonal:)``.
    public static func upperTriangleIndices(_ rows: Int, _ columns: Int, diagonal: Int = 0) -> Tensor {
        triangleIndices(rows, columns, "upperTriangleIndices") { $0.upperTriangle(diagonal: diagonal) }
    }

    private static func triangleIndices(
        _ rows: Int, _ columns: Int, _ name: StaticString, _ triangle: (Tensor) -> Tensor
    ) -> Tensor {
        if rows < 0 || columns < 0 {
            mistake("\(name)", "expects sizes that are not negative, got \(rows) and \(columns)")
        }
        let indices = asOneOperation {
            stacked(which(triangle(Tensor.full([rows, columns], true, dtype: .bool))))
        }
        return indices.output(of: name, from: [])
    }
}
