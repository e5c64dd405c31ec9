extension Linalg {
    /// The first columns of the product `H_0 H_1 ... H_(K-1)` of reflections `H_k = I - tau_k v_k v_k^T`, where `v_k` is column k
    /// of `a` below the diagonal, with a 1 on it. PyTorch's `torch.linalg.householder_product`; LAPACK's `orgqr`.
    ///
    ///     a [..., M, N], tau [..., K] -> [..., M, N]     K <= N <= M
    ///
    /// All reflections at once, by products: `I - V T V^T` with a triangle T (Schreiber and Van Loan, 1989).
    ///
    /// ```swift
    /// Linalg.householderProduct([[1, 0], [2, 1]], Tensor([0.4, 0]))   // [[0.6, -0.8], [-0.8, -0.6]]
    /// ```
    public static func householderProduct(_ a: Tensor, _ tau: Tensor) -> Tensor {
        let name = "householderProduct"
        check(name, a)
        checkOneType(name, a, tau)
        let (m, n) = (a.matrixRows, a.matrixColumns)
        let count = tau.shape.last ?? 0
        if m < n || tau.rank != a.rank - 1 || count > n || Shape(tau.shape.dropLast()) != a.batchShape() {
            mistake(
                name,
                "expects [..., M, N] and [..., K] with K <= N <= M and equal leading axes, got \(a.shape) and "
                    + "\(tau.shape)")
        }
        let lower = a.sliced(from: 0, to: count, axis: -1).lowerTriangle(diagonal: -1)
        let v = lower + Tensor.eye(m, count, dtype: a.dtype)
        // (I + diag(tau) S) T = diag(tau), with S = V^T V above the diagonal.
        let triangle = Tensor.product(v, v, true, false).upperTriangle(diagonal: 1).scalingRows(by: tau)
        let right = v.transposed().sliced(from: 0, to: n, axis: -1).scalingRows(by: tau)
        let scaled = solveTriangular(triangle, right, isUpper: true, isUnit: true)
        return Tensor.eye(m, n, dtype: a.dtype) - Tensor.product(v, scaled, false, false)
    }
}
