extension Linalg {
    /// The singular value decomposition `A = U diag(s) V^T`. PyTorch's `torch.linalg.svd`.
    ///
    ///     a [..., M, N] -> u [..., M, K], s [..., K] in falling order, vt [..., K, N]     K = min(M, N)
    ///     full:            u [..., M, M],                              vt [..., N, N]
    ///
    /// The third is V^T, as in PyTorch and NumPy: its rows are the right singular vectors. Signs of pairs of vectors are not
    /// unique, and their gradients grow as singular values come close; those of ``svdvals(_:)`` do not. No gradient flows
    /// through the further columns and rows of full factors. Small singular values are as accurate as the type allows for
    /// numbers beside the largest. PyTorch's default is the full one.
    ///
    /// ```swift
    /// let (u, s, vt) = Linalg.svd([[3, 0], [0, -2], [0, 0]])
    /// s                                              // [3, 2]
    /// matmul(u * s, vt)                              // [[3, 0], [0, -2], [0, 0]]
    /// ```
    public static func svd(_ a: Tensor, fullMatrices: Bool = false) -> (
        u: Tensor, s: Tensor, vt: Tensor
    ) {
        check("svd", a)
        let results = svd(a, isFull: fullMatrices, "svd")
        return (results[0], results[1], results[2])
    }

    /// The singular values of matrices in falling order, see ``svd(_:fullMatrices:)``. PyTorch's `torch.linalg.svdvals`. Where
    /// no gradient is needed they cost a fraction of the vectors.
    public static func svdvals(_ a: Tensor) -> Tensor {
        check("svdvals", a)
        if records(a) { return svd(a, isFull: false, "svdvals")[1] }
        let values = Tensor(
            uninitialized: a.batchShape(Swift.min(a.matrixRows, a.matrixColumns)), dtype: a.dtype)
        a.backend.svd(asOneOperation { a.detached.copied() }, into: values, u: nil, v: nil)
        return values.output(of: "svdvals", from: [a])
    }

    private static func svd(_ a: Tensor, isFull: Bool, _ name: StaticString) -> [Tensor] {
        let (m, n) = (a.matrixRows, a.matrixColumns)
        let count = Swift.min(m, n)
        let u = Tensor(uninitialized: a.batchShape(m, isFull ? m : count), dtype: a.dtype)
        let s = Tensor(uninitialized: a.batchShape(count), dtype: a.dtype)
        let v = Tensor(uninitialized: a.batchShape(isFull ? n : count, n), dtype: a.dtype)
        a.backend.svd(asOneOperation { a.detached.copied() }, into: s, u: u, v: v)
        return linkedOutputs([u, s, v], of: name, from: [a], attributes: ["fullMatrices": isFull]) {
            gradients, outputs, _ in
            func first(_ tensor: Tensor?, _ axis: Int) -> Tensor? {
                tensor?.sliced(from: 0, to: count, axis: axis)
            }
            return [
                gradientOfSVD(
                    first(outputs[0], -1)!, outputs[1], first(outputs[2], -2)!, first(gradients[0], -1),
                    gradients[1],
                    first(gradients[2], -2))
            ]
        }
    }

    /// `U (F o skew(U^T gU) S + S F o skew(V^T gV) + diag(gs)) V^T` with `F_ij = 1 / (s_j^2 - s_i^2)`, and what leaves the
    /// space of the vectors: `(1 - U U^T) gU S^-1 V^T + U S^-1 gV^T (1 - V V^T)`.
    private static func gradientOfSVD(
        _ u: Tensor, _ s: Tensor, _ vt: Tensor, _ gu: Tensor?, _ gs: Tensor?, _ gvt: Tensor?
    ) -> Tensor? {
        if gu == nil, gvt == nil {
            return gs.map { Tensor.product(u.scalingColumns(by: $0), vt, false, false) }
        }
        let count = s.shape[s.rank - 1]
        let isDiagonal = Tensor.eye(count, dtype: .bool)
        let squares = square(s)
        let gaps = which(isDiagonal, 1, squares.unsqueezed(axes: -2) - squares.unsqueezed(axes: -1))
        var inner = gs.map { which(isDiagonal, $0.unsqueezed(axes: -1), 0) }
        func add(_ term: Tensor) { inner = inner.map { $0 + term } ?? term }
        var whole: Tensor?
        if let gu {
            let turn = Tensor.product(u, gu, true, false)
            add(((turn - turn.transposed()) / gaps).scalingColumns(by: s))
            if u.matrixRows > count {
                let outside = (gu - Tensor.product(u, turn, false, false)).scalingColumns(by: reciprocal(s))
                whole = Tensor.product(outside, vt, false, false)
            }
        }
        if let gvt {
            let turn = Tensor.product(vt, gvt, false, true)
            add(((turn - turn.transposed()) / gaps).scalingRows(by: s))
            if vt.matrixColumns > count {
                let outside = (gvt - Tensor.product(turn, vt, true, false)).scalingRows(by: reciprocal(s))
                let term = Tensor.product(u, outside, false, false)
                whole = whole.map { $0 + term } ?? term
            }
        }
        let turned = Tensor.product(Tensor.product(u, inner!, false, false), vt, false, false)
        return whole.map { $0 + turned } ?? turned
    }
}
