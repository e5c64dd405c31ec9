/// Which norm of a matrix. Numbers are those of PyTorch and NumPy: 1 the largest sum of magnitudes in a column, infinity in
/// a row, 2 the largest singular value, and with a minus the smallest.
public struct MatrixNorm: Sendable, Hashable, ExpressibleByIntegerLiteral {
    enum Kind { case frobenius, nuclear, columns, rows, singularValues }

    let kind: Kind
    var isSmallest = false
    let name: String

    /// The root of the sum of squares.
    public static let frobenius = MatrixNorm(kind: .frobenius, name: "fro")
    /// The sum of the singular values.
    public static let nuclear = MatrixNorm(kind: .nuclear, name: "nuc")
    /// The largest, and the smallest, sum of magnitudes in a row.
    public static let infinity = MatrixNorm(kind: .rows, name: "inf")
    /// The smallest sum of magnitudes in a row.
    public static let negativeInfinity = MatrixNorm(kind: .rows, isSmallest: true, name: "-inf")

    /// - Parameter order: 1, 2, -1 or -2.
    public init(integerLiteral order: Int) {
        switch order {
        case 1, -1: self.init(kind: .columns, isSmallest: order < 0, name: "\(order)")
        case 2, -2: self.init(kind: .singularValues, isSmallest: order < 0, name: "\(order)")
        default: mistake("MatrixNorm", "must be 1, 2, -1 or -2, got \(order)")
        }
    }

    private init(kind: Kind, isSmallest: Bool = false, name: String) {
        (self.kind, self.isSmallest, self.name) = (kind, isSmallest, name)
    }
}

extension Linalg {
    /// Norms of matrices. PyTorch's `torch.linalg.matrix_norm`; of vectors see ``vectorNorm(_:_:axes:keepAxes:)``.
    ///
    ///     a [..., M, N] -> [...], or [..., 1, 1] if axes are kept
    ///
    /// ```swift
    /// let a: Tensor = [[3, 0], [4, 5]]
    /// Linalg.matrixNorm(a).item()             // 7.0711
    /// Linalg.matrixNorm(a, 1).item()          // 7.0
    /// Linalg.matrixNorm(a, 2).item()          // 6.7082
    /// Linalg.matrixNorm(a, .infinity).item()  // 9.0
    /// ```
    public static func matrixNorm(
        _ a: Tensor, _ norm: MatrixNorm = .frobenius, keepAxes: Bool = false
    ) -> Tensor {
        check("matrixNorm", a)
        func extremum(_ values: Tensor, _ axis: Int) -> Tensor {
            norm.isSmallest ? values.min(axes: axis) : values.max(axes: axis)
        }
        let result =
            switch norm.kind {
            case .frobenius: a.norm(axes: [-2, -1])
            case .nuclear: svdvals(a).sum(axes: -1)
            case .columns: extremum(TernCore.abs(a).sum(axes: -2), -1)
            case .rows: extremum(TernCore.abs(a).sum(axes: -1), -1)
            case .singularValues: extremum(svdvals(a), -1)
            }
        return keepAxes ? result.unsqueezed(axes: [-2, -1]) : result
    }

    /// Norms of vectors: ``Tensor/norm(_:axes:keepAxes:)`` with negative orders too, of which that of minus infinity is the
    /// smallest magnitude. PyTorch's `torch.linalg.vector_norm`.
    ///
    /// ```swift
    /// Linalg.vectorNorm(Tensor([3, -4])).item()               // 5.0
    /// Linalg.vectorNorm(Tensor([3, -4]), -.infinity).item()   // 3.0
    /// ```
    public static func vectorNorm(
        _ x: Tensor, _ p: Double = 2, axes: (any Axes)? = nil, keepAxes: Bool = false
    ) -> Tensor {
        if p >= 0 { return x.norm(p, axes: axes, keepAxes: keepAxes) }
        let magnitudes = TernCore.abs(x.converted(to: x.dtype.floating))
        if p == -.infinity { return magnitudes.min(axes: axes, keepAxes: keepAxes) }
        return pow(pow(magnitudes, p).sum(axes: axes, keepAxes: keepAxes), 1 / p)
    }

    /// The condition numbers of matrices: how much larger a relative error of the result of `A x = b` may be than one of
    /// `b`. The norm of A times that of its inverse; of norm 2 the ratio of the extreme singular values, also of matrices that
    /// are not square. PyTorch's `torch.linalg.cond`.
    ///
    ///     a [..., M, N] -> [...]
    ///
    /// ```swift
    /// Linalg.conditionNumber([[2, 0], [0, 0.5]]).item()   // 4.0
    /// ```
    public static func conditionNumber(_ a: Tensor, _ norm: MatrixNorm = 2) -> Tensor {
        check("conditionNumber", a)
        if norm.kind == .singularValues {
            let s = svdvals(a)
            let ends = (
                s.sliced(from: 0, to: 1, axis: -1),
                s.sliced(from: s.matrixColumns - 1, to: s.matrixColumns, axis: -1)
            )
            return (norm.isSmallest ? ends.1 / ends.0 : ends.0 / ends.1).squeezed(axes: -1)
        }
        checkSquare("conditionNumber", a)
        return matrixNorm(a, norm) * matrixNorm(inverseAndInfo(a).inverse, norm)
    }
}
