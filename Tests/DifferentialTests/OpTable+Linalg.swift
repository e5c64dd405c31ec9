import Tern

/// A symmetric, positive definite matrix of a moderate condition.
private func positive(_ x: Tensor) -> Tensor {
    matmul(x, x.transposed()) / Double(Swift.max(1, x.shape[x.rank - 1]))
        + Tensor.eye(x.shape[x.rank - 2], dtype: x.dtype)
}

/// A matrix with singular values that are neither small nor close to each other, whatever is in `x`.
private func regular(_ x: Tensor) -> Tensor {
    let (m, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    let size = Double(Swift.max(1, m, n))
    return tanh(x) * (0.25 / size) + Tensor.eye(m, n, dtype: x.dtype)
        * (Tensor.arange(1, n + 1).converted(to: x.dtype) / size)
}

private func symmetric(_ x: Tensor) -> Tensor { regular(x + x.transposed()) }

extension OpTable {
    mutating func addLinalg() {
        square("cholesky") { [Linalg.cholesky(positive($0))] }
        square("choleskyAndInfo") { [Linalg.choleskyAndInfo(positive($0)).factor] }
        square("choleskyInverse") { [Linalg.choleskyInverse(Linalg.cholesky(positive($0)))] }
        equations("choleskySolve") { Linalg.choleskySolve($1, Linalg.cholesky(positive($0))) }
        equations("solve") { Linalg.solve(regular($0), $1) }
        op("luFactor") { b in
            let n = b.one(of: [1, 2, 5, 17])
            let (x, y) = (b.operand([n, n], [.float], .finite), b.operand([n, 3], [.float], .finite))
            return Call([x, y]) { [Linalg.luFactor(regular($0[0])).solve($0[1])] }
        }
        op("ldlFactor") { b in
            let n = b.one(of: [1, 2, 5, 17])
            let (x, y) = (b.operand([n, n], [.float], .finite), b.operand([n, 3], [.float], .finite))
            return Call([x, y]) { [Linalg.ldlFactor(symmetric($0[0])).solve($0[1])] }
        }
        op("householderProduct") { b in
            let (m, n) = (b.number(in: 3...9), b.number(in: 1...3))
            return Call([b.operand([m, n], [.float], .finite), b.operand([n], [.float], .finite)]) {
                [Linalg.householderProduct(tanh($0[0]), tanh($0[1]))]
            }
        }
        equations("solveAndInfo") { Linalg.solveAndInfo(regular($0), $1).solution }
        equations("solveTriangular") { Linalg.solveTriangular(regular($0), $1, upper: false) }
        equations("leastSquares") { Linalg.leastSquares(regular($0), $1).solution }
        square("inverse") { [Linalg.inverse(regular($0))] }
        square("inverseAndInfo") { [Linalg.inverseAndInfo(regular($0)).inverse] }
        square("determinant") { [Linalg.determinant(regular($0) * Double($0.shape[$0.rank - 1]))] }
        square("logDeterminant") { [Linalg.logDeterminant(regular($0)).logarithm] }
        square("matrixExp") { [Linalg.matrixExp(regular($0))] }
        square("matrixPower") { [Linalg.matrixPower(regular($0), 3)] }
        square("eigh") {
            let (w, v) = Linalg.eigh(symmetric($0))
            return [w, matmul(v * w.unsqueezed(axes: -2), v.transposed())]
        }
        square("eigvalsh") { [Linalg.eigvalsh(symmetric($0))] }
        any("lu") {
            let (_, l, u) = Linalg.lu(regular($0))
            return [l, u]
        }
        any("qr") {
            let (q, r) = Linalg.qr(regular($0))
            return [matmul(q, r), r * r]
        }
        any("svd") {
            let (u, s, vt) = Linalg.svd(regular($0))
            return [s, matmul(u * s.unsqueezed(axes: -2), vt)]
        }
        any("svdvals") { [Linalg.svdvals(regular($0))] }
        any("pseudoInverse") { [Linalg.pseudoInverse(regular($0))] }
        any("matrixRank") { [Linalg.matrixRank(regular($0)).converted(to: $0.dtype) + 0 * $0.sum(axes: [-1, -2])] }
        any("conditionNumber") { [Linalg.conditionNumber(regular($0))] }
        any("matrixNorm") { [Linalg.matrixNorm($0), Linalg.matrixNorm(regular($0), 2)] }
        op("vectorNorm") { b in
            let x = b.operand(rank: 1...3, [.float], .nonZero, isNonEmpty: true)
            let p = b.one(of: [-1, -2, 1, 2.5])
            return Call([x], "p: \(p)") { [Linalg.vectorNorm($0[0], p, axes: -1)] }
        }
        op("multiDot") { b in
            let sizes = (0..<5).map { _ in b.number(in: 1...9) }
            return Call((0..<4).map { b.operand([sizes[$0], sizes[$0 + 1]]) }) { [Linalg.multiDot($0)] }
        }
        op("tensorInverse") { b in
            Call([b.operand([2, 2, 4])]) {
                [Linalg.tensorInverse(regular($0[0].reshaped([4, 4])).reshaped([2, 2, 4]))]
            }
        }
        op("tensorSolve") { b in
            Call([b.operand([2, 2, 4]), b.operand([2, 2])]) {
                [Linalg.tensorSolve(regular($0[0].reshaped([4, 4])).reshaped([2, 2, 4]), $0[1])]
            }
        }
    }

    /// A function of square matrices.
    private mutating func square(_ name: String, _ call: @escaping @Sendable (Tensor) -> [Tensor]) {
        op(name) { b in
            let n = b.one(of: [1, 2, 3, 5, 8, 17])
            return Call([b.operand(b.chance(0.3) ? [2, n, n] : [n, n], [.float], .finite)]) { call($0[0]) }
        }
    }

    /// A function of matrices of any sizes.
    private mutating func any(_ name: String, _ call: @escaping @Sendable (Tensor) -> [Tensor]) {
        op(name) { b in
            let (m, n) = (b.one(of: [1, 2, 3, 5, 8, 17]), b.one(of: [1, 2, 3, 5, 8, 17]))
            return Call([b.operand(b.chance(0.3) ? [2, m, n] : [m, n], [.float], .finite)]) { call($0[0]) }
        }
    }

    /// A function of square matrices and what they are multiplied with.
    private mutating func equations(_ name: String, _ call: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
        op(name) { b in
            let (n, columns) = (b.one(of: [1, 2, 3, 5, 8, 17]), b.number(in: 1...5))
            let a = b.operand([n, n], [.float], .finite)
            return Call([a, b.operand(b.chance(0.3) ? [2, n, columns] : [n, columns], [.float], .finite)]) {
                [call($0[0], $0[1])]
            }
        }
    }
}
