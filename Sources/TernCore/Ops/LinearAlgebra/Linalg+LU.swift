extension Linalg {
    /// The factors of `A = P L U`: a permutation of rows, a lower triangle with ones on its diagonal, an upper triangle.
    /// PyTorch's `torch.linalg.lu`.
    ///
    ///     a [..., M, N] -> p [..., M, M], l [..., M, K], u [..., K, N]     K = min(M, N)
    ///
    /// Gauss's elimination, which brings the largest element of each column up. Derivatives exist for matrices whose first
    /// K columns and rows are regular. To solve equations use ``solve(_:_:)``.
    ///
    /// ```swift
    /// let (p, l, u) = Linalg.lu([[1, 2], [2, 2]])
    /// u                                   // [[2, 2], [0, 1]]
    /// matmul(p, matmul(l, u))             // [[1, 2], [2, 2]]
    /// ```
    public static func lu(_ a: Tensor) -> (permutation: Tensor, lower: Tensor, upper: Tensor) {
        check("lu", a)
        let factors = LUFactors(a)
        let (m, n) = (a.matrixRows, a.matrixColumns)
        let count = Swift.min(m, n)
        let (p, l, u) = asOneOperation {
            let one = Tensor.eye(m, count, dtype: a.dtype)
            let l = factors.lu.sliced(from: 0, to: count, axis: -1).lowerTriangle(diagonal: -1) + one
            let u = factors.lu.sliced(from: 0, to: count, axis: -2).upperTriangle()
            // Column `permutation[i]` of row i is 1 in P^T.
            let p = oneHot(factors.permutation, classes: m, dtype: a.dtype).transposed().contiguous()
            return (p, l, u)
        }
        let results = linkedOutputs([l, u], besides: [p], of: "lu", from: [a]) {
            gradients, outputs, _ in
            [gradientOfLU(p, outputs[0], outputs[1], gradients[0], gradients[1])]
        }
        return (p, results[0], results[1])
    }

    /// `P L^-T (tril(L^T gL, -1) + triu(gU U^T)) U^-T` of square matrices; more rows or columns follow from the square part
    /// by a triangular solve.
    private static func gradientOfLU(
        _ p: Tensor, _ l: Tensor, _ u: Tensor, _ gl: Tensor?, _ gu: Tensor?
    ) -> Tensor {
        let count = l.matrixColumns
        let (m, n) = (l.matrixRows, u.matrixColumns)
        var lowerGradient = (gl ?? l.zerosLike).sliced(from: 0, to: count, axis: -2)
        var upperGradient = (gu ?? u.zerosLike).sliced(from: 0, to: count, axis: -1)
        let (square, triangle) = (
            l.sliced(from: 0, to: count, axis: -2), u.sliced(from: 0, to: count, axis: -1)
        )
        var below: Tensor?
        var beside: Tensor?
        if m > count, let gl {
            // L2 = A2 U^-1
            let g = solveTriangular(
                triangle, gl.sliced(from: count, to: m, axis: -2), upper: true, transposed: true,
                left: false)
            below = g
            upperGradient =
                upperGradient - Tensor.product(l.sliced(from: count, to: m, axis: -2), g, true, false)
        }
        if n > count, let gu {
            // U2 = L^-1 A2
            let g = solveTriangular(
                square, gu.sliced(from: count, to: n, axis: -1), upper: false, transposed: true,
                unitTriangular: true)
            beside = g
            lowerGradient =
                lowerGradient - Tensor.product(g, u.sliced(from: count, to: n, axis: -1), false, true)
        }
        let inner =
            Tensor.product(square, lowerGradient.lowerTriangle(diagonal: -1), true, false).lowerTriangle(
                diagonal: -1)
            + Tensor.product(upperGradient.upperTriangle(), triangle, false, true).upperTriangle()
        let left = solveTriangular(square, inner, upper: false, transposed: true, unitTriangular: true)
        var whole = solveTriangular(triangle, left, upper: true, transposed: true, left: false)
        if n > count {
            whole = concatenated(
                [whole, beside ?? Tensor.zeros(whole.batchShape(count, n - count), dtype: l.dtype)],
                axis: -1)
        }
        if m > count {
            whole = concatenated(
                [whole, below ?? Tensor.zeros(whole.batchShape(m - count, n), dtype: l.dtype)], axis: -2)
        }
        return Tensor.product(p, whole, false, false)
    }
}
