extension Linalg {
    /// The lower triangular factor `L` of symmetric, positive definite matrices: `A = L L^T`. PyTorch's
    /// `torch.linalg.cholesky`.
    ///
    ///     a [..., N, N] -> [..., N, N]
    ///
    /// Only the lower triangle of `a` is read; the gradient is symmetric. Takes N^3 / 3 multiplications and additions. Stops
    /// if a matrix is not positive definite: see ``choleskyAndInfo(_:upper:)``.
    ///
    /// ```swift
    /// Linalg.cholesky([[4, 2], [2, 5]])   // [[2, 0], [1, 2]]
    /// ```
    ///
    /// - Parameters:
    ///   - a: [..., N, N], floating-point.
    ///   - isUpper: whether `L^T` is wanted, of `A = U^T U`.
    public static func cholesky(_ a: Tensor, upper isUpper: Bool = false) -> Tensor {
        let (factor, info) = choleskyAndInfo(a, upper: isUpper, "cholesky")
        checkInfo("cholesky", info, a) {
            "is not positive definite: its leading minor of order \($0) is not positive"
        }
        return factor
    }

    /// ``cholesky(_:upper:)``, and for each matrix 0, or the order of its first leading minor that is not positive: then
    /// the factor has no meaning. PyTorch's `torch.linalg.cholesky_ex`.
    ///
    /// - Returns: the factors, and an `int64` for each matrix.
    public static func choleskyAndInfo(_ a: Tensor, upper isUpper: Bool = false) -> (
        factor: Tensor, info: Tensor
    ) {
        choleskyAndInfo(a, upper: isUpper, "choleskyAndInfo")
    }

    private static func choleskyAndInfo(
        _ a: Tensor, upper isUpper: Bool, _ name: StaticString
    ) -> (factor: Tensor, info: Tensor) {
        checkSquare("\(name)", a)
        let factor = asOneOperation { a.copied() }
        let info = Tensor(uninitialized: Shape(a.shape.dropLast(2)), dtype: .int64)
        a.backend.cholesky(factor, info: info)
        let results = linkedOutputs([factor], besides: [info], of: "cholesky", from: [a]) {
            gradients, outputs, _ in
            guard let gradient = gradients[0] else { return [nil] }
            // L^-T S L^-1, S symmetric with half the lower triangle of L^T g.
            let l = outputs[0]
            let symmetric = Tensor.product(l, gradient, true, false).mirroredLowerTriangle * 0.5
            let left = solveTriangular(l.transposed(), symmetric, isUpper: true)
            return [solveTriangular(l, left, isUpper: false, isLeft: false)]
        }
        return (isUpper ? results[0].transposed() : results[0], info)
    }

    /// `A^-1 B`, given the Cholesky factor of A. PyTorch's `torch.cholesky_solve`.
    ///
    ///     factor [..., N, N], b [..., N, K] -> [..., N, K]
    ///
    /// - Parameters:
    ///   - b: [..., N, K].
    ///   - factor: of A, from ``cholesky(_:upper:)``: [..., N, N].
    ///   - isUpper: whether the factor is upper triangular.
    public static func choleskySolve(_ b: Tensor, _ factor: Tensor, upper isUpper: Bool = false)
        -> Tensor
    {
        let flipped = factor.transposed()
        let (lower, upper) = isUpper ? (flipped, factor) : (factor, flipped)
        return solveTriangular(upper, solveTriangular(lower, b, upper: false), upper: true)
    }

    /// `A^-1`, given the Cholesky factor of A. PyTorch's `torch.cholesky_inverse`.
    ///
    /// - Parameters:
    ///   - factor: of A, from ``cholesky(_:upper:)``: [..., N, N].
    ///   - isUpper: whether the factor is upper triangular.
    public static func choleskyInverse(_ factor: Tensor, upper isUpper: Bool = false) -> Tensor {
        checkSquare("choleskyInverse", factor)
        return choleskySolve(Tensor.eye(factor.matrixRows, dtype: factor.dtype), factor, upper: isUpper)
    }
}
