extension Linalg {
    /// The solution X of `T X = B` for triangular T, or of `X T = B`. PyTorch's `torch.linalg.solve_triangular`.
    ///
    ///     t [..., N, N], b [..., N, K] -> [..., N, K]     b [..., K, N] -> [..., K, N] from the right
    ///
    /// Leading axes broadcast. Only the triangle of `t` is read. A zero on its diagonal gives infinities or NaN, as in
    /// PyTorch.
    ///
    /// ```swift
    /// Linalg.solveTriangular([[2, 0], [1, 1]], [[4], [5]], upper: false)   // [[2], [3]]
    /// ```
    ///
    /// - Parameters:
    ///   - t: [..., N, N], floating-point.
    ///   - b: [..., N, K]; [..., K, N] from the right.
    ///   - isUpper: which triangle; that of `t` as it is given, before it is transposed.
    ///   - isTransposed: whether T is the transpose of `t`.
    ///   - isLeft: whether T is on the left of X.
    ///   - isUnit: whether the diagonal counts as ones, and is not read.
    public static func solveTriangular(
        _ t: Tensor, _ b: Tensor, upper isUpper: Bool, transposed isTransposed: Bool = false,
        left isLeft: Bool = true,
        unitTriangular isUnit: Bool = false
    ) -> Tensor {
        let name = "solveTriangular"
        checkSquare(name, t)
        check(name, b)
        checkOneType(name, t, b)
        let n = t.matrixRows
        if (isLeft ? b.matrixRows : b.matrixColumns) != n {
            mistake(
                name,
                "cannot solve for shape \(b.shape) with a matrix of shape \(t.shape) on the \(isLeft ? "left" : "right")"
            )
        }
        let (t, b) = broadcastBatches(t, b, name)
        return solveTriangular(
            isTransposed ? t.transposed() : t, b, isUpper: isUpper != isTransposed, isUnit: isUnit, isLeft: isLeft)
    }

    /// Expands the leading axes of both to those of both.
    static func broadcastBatches(_ a: Tensor, _ b: Tensor, _ name: String) -> (Tensor, Tensor) {
        let (lead, other) = (Shape(a.shape.dropLast(2)), Shape(b.shape.dropLast(2)))
        if lead == other { return (a, b) }
        guard let common = lead.broadcast(with: other) else {
            mistake(name, "cannot broadcast the leading axes of shapes \(a.shape) and \(b.shape)")
        }
        return (
            a.expanded(to: Shape(Array(common) + [a.matrixRows, a.matrixColumns])),
            b.expanded(to: Shape(Array(common) + [b.matrixRows, b.matrixColumns]))
        )
    }

    /// T^-1 B or B T^-1, of the same leading axes.
    static func solveTriangular(
        _ t: Tensor, _ b: Tensor, isUpper: Bool, isUnit: Bool = false, isLeft: Bool = true
    ) -> Tensor {
        let result = asOneOperation { b.copied() }
        t.backend.solveTriangular(t, isUpper: isUpper, isUnit: isUnit, fromRight: !isLeft, into: result)
        return result.output(
            of: "solveTriangular", from: t, b,
            attributes: ["upper": isUpper, "unitTriangular": isUnit, "left": isLeft]
        ) { saved in
            { gradient, node in
                let gradientOfB = solveTriangular(
                    t.transposed(), gradient, isUpper: !isUpper, isUnit: isUnit, isLeft: isLeft)
                if !node.needs(0) { return InputGradients(nil, gradientOfB) }
                let x = node.relinked(saved)
                let whole =
                    isLeft
                    ? -Tensor.product(gradientOfB, x, false, true) : -Tensor.product(x, gradientOfB, true, false)
                let triangle =
                    isUpper
                    ? whole.upperTriangle(diagonal: isUnit ? 1 : 0) : whole.lowerTriangle(diagonal: isUnit ? -1 : 0)
                return InputGradients(triangle, node.needs(1) ? gradientOfB : nil)
            }
        }
    }
}
