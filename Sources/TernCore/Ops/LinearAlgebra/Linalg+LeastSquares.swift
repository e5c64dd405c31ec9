extension Linalg {
    /// The Moore-Penrose pseudo-inverse: of a regular matrix its inverse, else what makes `A^+ B` the shortest solution of
    /// the least squares problem. PyTorch's `torch.linalg.pinv`.
    ///
    ///     a [..., M, N] -> [..., N, M]
    ///
    /// By the singular value decomposition. Values that are at most `tolerance` times the largest count as 0; the derivative
    /// is that of matrices of the same rank.
    ///
    /// ```swift
    /// Linalg.pseudoInverse([[1, 0], [0, 2], [0, 0]])   // [[1, 0, 0], [0, 0.5, 0]]
    /// ```
    ///
    /// - Parameters:
    ///   - a: [..., M, N], floating-point.
    ///   - tolerance: by default the machine's epsilon times the larger of M and N.
    public static func pseudoInverse(_ a: Tensor, tolerance: Double? = nil) -> Tensor {
        check("pseudoInverse", a)
        let result = asOneOperation {
            let (u, s, vt) = svd(a.detached)
            let inverses = inverses(s, kept: isKept(s, a, tolerance))
            return Tensor.product(vt.transposed().scalingColumns(by: inverses), u, false, true)
        }
        return result.output(
            of: "pseudoInverse", from: a, attributes: ["tolerance": tolerance ?? defaultTolerance(a)]
        ) {
            saved in
            { gradient, node in InputGradients(gradientOfPseudoInverse(gradient, a, node.relinked(saved)))
            }
        }
    }

    /// `-P^T g P^T + (1 - A P) g^T P P^T + P^T P g^T (1 - P A)`
    private static func gradientOfPseudoInverse(_ g: Tensor, _ a: Tensor, _ p: Tensor) -> Tensor {
        let inner = Tensor.product(Tensor.product(p, g, true, false), p, false, true)
        let left = Tensor.product(Tensor.product(g, p, true, false), p, false, true)
        let outsideLeft = left - Tensor.product(Tensor.product(a, p, false, false), left, false, false)
        let right = Tensor.product(Tensor.product(p, p, true, false), g, false, true)
        let outsideRight =
            right - Tensor.product(Tensor.product(right, p, false, false), a, false, false)
        return outsideLeft + outsideRight - inner
    }

    /// What ``leastSquares(_:_:tolerance:)`` gives.
    public struct LeastSquares {
        /// [..., N, K], or [..., N].
        public let solution: Tensor
        /// The sums of the squared residuals of each column of B, [..., K].
        public let residuals: Tensor
        /// How many singular values count, an `int64` [...].
        public let rank: Tensor
        /// Of A, in falling order.
        public let singularValues: Tensor
    }

    /// The X that makes the norm of `A X - B` least, and of several such the shortest. PyTorch's `torch.linalg.lstsq` with
    /// the driver `gelsd`, NumPy's `lstsq`.
    ///
    ///     a [..., M, N], b [..., M, K] -> [..., N, K]     b [M] -> [..., N]
    ///
    /// By the singular value decomposition, so that columns may depend on each other: singular values that are at most
    /// `tolerance` times the largest count as 0.
    ///
    /// ```swift
    /// let line = Linalg.leastSquares([[0, 1], [1, 1], [2, 1]], Tensor([1, 3, 5]))
    /// line.solution   // [2, 1]: y = 2 x + 1
    /// ```
    ///
    /// - Parameters:
    ///   - a: [..., M, N], floating-point.
    ///   - b: [..., M, K] or [M].
    ///   - tolerance: by default the machine's epsilon times the larger of M and N.
    public static func leastSquares(_ a: Tensor, _ b: Tensor, tolerance: Double? = nil)
        -> LeastSquares
    {
        check("leastSquares", a)
        checkOneType("leastSquares", a, b)
        let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.shape == Shape(a.shape.dropLast()))
        if b.rank == 0 || b.shape[isVector ? b.rank - 1 : b.rank - 2] != a.matrixRows {
            mistake("leastSquares", "cannot solve for shape \(b.shape) with matrices of shape \(a.shape)")
        }
        let (matrices, right) = broadcastBatches(
            a, isVector ? b.unsqueezed(axes: -1) : b, "leastSquares")
        let (found, values, rank) = asOneOperation {
            let (u, s, vt) = svd(matrices.detached)
            let isKept = isKept(s, a, tolerance)
            let projected = Tensor.product(u, right.detached, true, false)
            let x = Tensor.product(vt, projected.scalingRows(by: inverses(s, kept: isKept)), true, false)
            return (x, s, isKept.sum(axes: -1))
        }
        let attributes: OperationAttributes = ["tolerance": tolerance ?? defaultTolerance(a)]
        let solution = found.output(of: "leastSquares", from: matrices, right, attributes: attributes) {
            g, node in
            let p = pseudoInverse(matrices, tolerance: tolerance)
            let gradientOfP = Tensor.product(g, right, false, true)
            return InputGradients(
                node.needs(0) ? gradientOfPseudoInverse(gradientOfP, matrices, p) : nil,
                node.needs(1) ? Tensor.product(p, g, true, false) : nil)
        }
        let residuals = square(Tensor.product(matrices, solution, false, false) - right).sum(axes: -2)
        return LeastSquares(
            solution: isVector ? solution.squeezed(axes: -1) : solution,
            residuals: isVector ? residuals.squeezed(axes: -1) : residuals, rank: rank,
            singularValues: values)
    }

    /// The rank of matrices: how many singular values are more than `tolerance` times the largest. PyTorch's
    /// `torch.linalg.matrix_rank`.
    ///
    ///     a [..., M, N] -> [...], int64
    ///
    /// ```swift
    /// Linalg.matrixRank([[1, 2], [2, 4]]).item()   // 1.0
    /// ```
    public static func matrixRank(_ a: Tensor, tolerance: Double? = nil) -> Tensor {
        check("matrixRank", a)
        let rank = asOneOperation { isKept(svdvals(a.detached), a, tolerance).sum(axes: -1) }
        return rank.output(
            of: "matrixRank", from: [a], attributes: ["tolerance": tolerance ?? defaultTolerance(a)])
    }

    private static func defaultTolerance(_ a: Tensor) -> Double {
        let epsilon = a.dtype == .float32 ? 0x1p-23 : 0x1p-52
        return epsilon * Double(Swift.max(a.matrixRows, a.matrixColumns))
    }

    /// Which singular values, given in falling order, count.
    private static func isKept(_ s: Tensor, _ a: Tensor, _ tolerance: Double?) -> Tensor {
        if s.count == 0 { return Tensor.full(s.shape, false, dtype: .bool) }
        return s .> s.sliced(from: 0, to: 1, axis: -1) * (tolerance ?? defaultTolerance(a))
    }

    private static func inverses(_ s: Tensor, kept: Tensor) -> Tensor {
        // A NaN is not kept, and must show.
        which(kept, reciprocal(which(kept, s, 1)), which(s.isNaN(), s, 0))
    }
}
