extension Linalg {
    /// Eigenvalues and eigenvectors of symmetric matrices: `A = V diag(w) V^T`. PyTorch's `torch.linalg.eigh`.
    ///
    ///     a [..., N, N] -> values [..., N] in rising order, vectors [..., N, N]
    ///
    /// Only the lower triangle of `a` is read; the gradient is symmetric. The sign of a vector, and the vectors of an
    /// eigenvalue that occurs several times, are not unique, and the gradient of vectors grows as eigenvalues come close:
    /// that of ``eigvalsh(_:)`` does not. About 9 N^3 multiplications and additions.
    ///
    /// ```swift
    /// Linalg.eigh([[2, 1], [1, 2]]).values   // [1, 3]
    /// ```
    public static func eigh(_ a: Tensor) -> (values: Tensor, vectors: Tensor) {
        checkSquare("eigh", a)
        let results = eigh(a, "eigh")
        return (results[0], results[1])
    }

    /// The eigenvalues of symmetric matrices in rising order, see ``eigh(_:)``. PyTorch's `torch.linalg.eigvalsh`. Where no
    /// gradient is needed they cost a fraction of the vectors.
    public static func eigvalsh(_ a: Tensor) -> Tensor {
        checkSquare("eigvalsh", a)
        if records(a) { return eigh(a, "eigvalsh")[0] }
        let values = Tensor(uninitialized: Shape(a.shape.dropLast()), dtype: a.dtype)
        a.backend.symmetricEigen(asOneOperation { a.detached.copied() }, into: values, vectors: nil)
        return values.output(of: "eigvalsh", from: [a])
    }

    private static func eigh(_ a: Tensor, _ name: StaticString) -> [Tensor] {
        let values = Tensor(uninitialized: Shape(a.shape.dropLast()), dtype: a.dtype)
        let vectors = Tensor(uninitialized: a.shape, dtype: a.dtype)
        a.backend.symmetricEigen(asOneOperation { a.detached.copied() }, into: values, vectors: vectors)
        return linkedOutputs([values, vectors], of: name, from: [a]) { gradients, outputs, _ in
            // V (diag(gw) + the symmetric part of V^T gV / (w_j - w_i)) V^T
            let (w, v) = (outputs[0], outputs[1])
            let scaled = gradients[0].map { v.scalingColumns(by: $0) }
            guard let gv = gradients[1] else {
                return [scaled.map { Tensor.product($0, v, false, true) }]
            }
            let n = v.matrixRows
            let gaps = w.unsqueezed(axes: -2) - w.unsqueezed(axes: -1)
            let isDiagonal = Tensor.eye(n, dtype: .bool)
            let turn = Tensor.product(v, gv, true, false)
            let skew = (turn - turn.transposed()) * 0.5
            let inner = which(isDiagonal, 0, skew / which(isDiagonal, 1, gaps))
            let turned = Tensor.product(v, inner, false, false)
            return [Tensor.product(scaled.map { $0 + turned } ?? turned, v, false, true)]
        }
    }
}
