import Tern

/// A symmetric, positive definite matrix of a moderate condition.
private func positive(_ x: Tensor) -> Tensor {
    matmul(x, x.transposed()) / Double(Swift.max(1, x.shape[x.rank - 1]))
        + Tensor.eye(x.shape[x.rank - 2], dtype: x.dtype)
}

/// A matrix with singular values that are neither small nor close to each other.
private func regular(_ x: Tensor) -> Tensor {
    let (m, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    return x * 0.3 + Tensor.eye(m, n, dtype: x.dtype) * Tensor.arange(1, n + 1)
}

private func symmetric(_ x: Tensor) -> Tensor { regular(x + x.transposed()) }

extension OpTable {
    mutating func addLinalg() {
        one("cholesky", ["", "batch", "one", "empty"]) { Linalg.cholesky(positive($0)) }
        one("cholesky-upper") { Linalg.cholesky(positive($0), upper: true) }
        one("cholesky-info") { Linalg.choleskyAndInfo($0).info }
        two("choleskySolve") { Linalg.choleskySolve($1, Linalg.cholesky(positive($0))) }
        one("choleskyInverse") { Linalg.choleskyInverse(Linalg.cholesky(positive($0))) }
        for isUpper in [false, true] {
            for isLeft in [false, true] {
                for isUnit in [false, true] {
                    let name = "\(isUpper ? "upper" : "lower")-\(isLeft ? "left" : "right")\(isUnit ? "-unit" : "")"
                    two("solveTriangular-\(name)") {
                        Linalg.solveTriangular(
                            regular($0), $1, upper: isUpper, left: isLeft, unitTriangular: isUnit)
                    }
                }
            }
        }
        two("solveTriangular-broadcast") { Linalg.solveTriangular(regular($0), $1, upper: false) }
        two("solve", ["", "vector", "vectors", "broadcast", "one", "no-columns", "empty"]) {
            Linalg.solve(regular($0), $1)
        }
        two("ldlSolve", ["", "batch", "one"]) { x, b in
            let signs = Tensor([4, -4, 4, -4, 4]).converted(to: x.dtype)[..<x.shape[x.rank - 1]]
            return Linalg.ldlFactor(x + x.transposed() + signs.diagonalEmbedded()).solve(b)
        }
        two("householderProduct", ["", "fewer", "square"]) { Linalg.householderProduct($0, $1) }
        one("inverse") { Linalg.inverse(regular($0)) }
        one("determinant", [""]) { Linalg.determinant($0) }
        one("determinant-singular") { Linalg.determinant(stacked([$0, $0 * 2], axis: -2)) }
        list("logDeterminant") {
            let (sign, logarithm) = Linalg.logDeterminant(regular($0[0]))
            return [sign, logarithm]
        }
        list("logDeterminant-empty") {
            let (sign, logarithm) = Linalg.logDeterminant($0[0])
            return [sign, logarithm]
        }
        for suffix in ["", "-tall", "-wide"] {
            list("lu\(suffix)") {
                let (p, l, u) = Linalg.lu(regular($0[0]))
                return [p, l, u]
            }
            qr("qr\(suffix)", .reduced)
        }
        qr("qr-complete", .complete)
        qr("qr-complete-wide", .complete)
        addSpectra()
        addLeastSquares()
        addMatrixFunctions()
    }

    private mutating func qr(_ name: String, _ mode: Linalg.QRMode) {
        list(name) {
            let (q, r) = Linalg.qr(regular($0[0]), mode: mode)
            return [q, r]
        }
    }

    private mutating func addSpectra() {
        for suffix in ["", "-batch", "-one"] {
            list("eigh\(suffix)") {
                let (w, v) = Linalg.eigh(symmetric($0[0]))
                return [w, square(v), matmul(v * exp(w / 5).unsqueezed(axes: -2), v.transposed())]
            }
        }
        one("eigvalsh", ["", "batch", "one"]) { Linalg.eigvalsh(symmetric($0)) }
        for suffix in ["", "-tall", "-wide", "-one"] {
            list("svd\(suffix)") {
                let (u, s, vt) = Linalg.svd(regular($0[0]))
                return [square(u), s, square(vt), matmul(u * exp(-s / 5).unsqueezed(axes: -2), vt)]
            }
        }
        one("svdvals", ["", "tall", "wide", "one"]) { Linalg.svdvals(regular($0)) }
    }

    private mutating func addLeastSquares() {
        one("pseudoInverse", ["", "tall", "wide"]) { Linalg.pseudoInverse(regular($0)) }
        two("pseudoInverse-rank") { Linalg.pseudoInverse(matmul(regular($0), regular($1)), tolerance: 1e-4) }
        two("leastSquares", ["", "vector", "batch"]) { Linalg.leastSquares(regular($0), $1).solution }
        three("leastSquares-rank") {
            Linalg.leastSquares(matmul(regular($0), regular($1)), $2, tolerance: 1e-4).solution
        }
        one("matrixRank") { Linalg.matrixRank($0) }
    }

    private mutating func addMatrixFunctions() {
        let norms: [MatrixNorm] = [.frobenius, .nuclear, 1, -1, 2, -2, .infinity, .negativeInfinity]
        for (name, norm) in zip(["fro", "nuc", "1", "-1", "2", "-2", "inf", "-inf"], norms) {
            one("matrixNorm-\(name)") { Linalg.matrixNorm(regular($0), norm) }
            one("conditionNumber-\(name)") { Linalg.conditionNumber(regular($0), norm) }
        }
        one("vectorNorm--2") { Linalg.vectorNorm($0, -2, axes: -1) }
        one("vectorNorm--inf") { Linalg.vectorNorm($0, -.infinity, axes: -1) }
        one("matrixPower-5") { Linalg.matrixPower($0, 5) }
        one("matrixPower-0") { Linalg.matrixPower($0, 0) }
        one("matrixPower--2") { Linalg.matrixPower(regular($0), -2) }
        one("matrixExp") { Linalg.matrixExp($0) }
        one("matrixExp-scaled") { Linalg.matrixExp($0 - Tensor.eye(3, dtype: $0.dtype) * 4) }
        list("multiDot") { [Linalg.multiDot($0)] }
        one("tensorInverse") { Linalg.tensorInverse(regular($0.reshaped([6, 6])).reshaped([2, 3, 6])) }
        two("tensorSolve") { Linalg.tensorSolve(regular($0.reshaped([6, 6])).reshaped([2, 3, 6]), $1) }
    }
}
