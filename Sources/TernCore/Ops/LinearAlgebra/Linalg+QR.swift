extension Linalg {
    /// What ``qr(_:mode:)`` gives.
    public enum QRMode: String, Sendable {
        /// Q [..., M, K] and R [..., K, N].
        case reduced
        /// Q [..., M, M] and R [..., M, N].
        case complete
    }

    /// The factors of `A = Q R`: orthonormal columns and an upper triangle. PyTorch's `torch.linalg.qr`.
    ///
    ///     a [..., M, N] -> q [..., M, K], r [..., K, N]     K = min(M, N), or M if complete
    ///
    /// Householder's reflections, whose signs are those of LAPACK: R's diagonal may be negative. Derivatives exist for
    /// matrices whose first K columns are independent, and not for the complete factors of more rows than columns.
    ///
    /// ```swift
    /// Linalg.qr([[3, 1], [4, 2]]).r   // [[-5, -2.2], [0, 0.4]]
    /// ```
    public static func qr(_ a: Tensor, mode: QRMode = .reduced) -> (q: Tensor, r: Tensor) {
        check("qr", a)
        let (m, n) = (a.matrixRows, a.matrixColumns)
        let width = mode == .complete ? m : Swift.min(m, n)
        let q = Tensor(uninitialized: a.batchShape(m, width), dtype: a.dtype)
        let r = Tensor(uninitialized: a.batchShape(width, n), dtype: a.dtype)
        a.backend.qr(asOneOperation { a.detached.contiguous() }, into: q, r)
        let results = linkedOutputs([q, r], of: "qr", from: [a], attributes: ["mode": mode.rawValue]) {
            gradients, outputs, _ in
            if width > n {
                mistake(
                    "qr.backward",
                    "the complete factors of more rows than columns have no derivative: use .reduced")
            }
            return [gradientOfQR(outputs[0], outputs[1], gradients[0], gradients[1])]
        }
        return (results[0], results[1])
    }

    private static func gradientOfQR(_ q: Tensor, _ r: Tensor, _ gq: Tensor?, _ gr: Tensor?) -> Tensor {
        let (width, n) = (q.matrixColumns, r.matrixColumns)
        if n > width {
            // A = [X, Y] with X = Q U and V = Q^T Y.
            let (u, v) = (r.sliced(from: 0, to: width, axis: -1), r.sliced(from: width, to: n, axis: -1))
            guard let gr else {
                let first = gradientOfQR(q, u, gq, nil)
                return concatenated(
                    [first, Tensor.zeros(q.batchShape(q.matrixRows, n - width), dtype: q.dtype)], axis: -1)
            }
            let gv = gr.sliced(from: width, to: n, axis: -1)
            // The gradient of Q by V: Y gV^T with Y = Q V, as Q is square here.
            let byV = Tensor.product(Tensor.product(q, v, false, false), gv, false, true)
            let first = gradientOfQR(
                q, u, gq.map { $0 + byV } ?? byV, gr.sliced(from: 0, to: width, axis: -1))
            return concatenated([first, Tensor.product(q, gv, false, false)], axis: -1)
        }
        // (gQ + Q S) R^-T, S symmetric with the lower triangle of R gR^T - gQ^T Q.
        var inner = r.zerosLike
        if let gr { inner = inner + Tensor.product(r, gr, false, true) }
        if let gq { inner = inner - Tensor.product(gq, q, true, false) }
        var whole = Tensor.product(q, inner.mirroredLowerTriangle, false, false)
        if let gq { whole = whole + gq }
        return solveTriangular(r, whole, upper: true, transposed: true, left: false)
    }
}
