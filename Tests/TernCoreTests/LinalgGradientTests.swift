import TernCore
import TernTestSupport
import Testing

/// Symmetric and positive definite, of a moderate condition.
private func positive(_ x: Tensor) -> Tensor {
    matmul(x, x.transposed()) + Tensor.eye(x.shape[x.rank - 2], dtype: x.dtype)
}

/// Singular values that are neither small nor close to each other.
private func regular(_ x: Tensor) -> Tensor {
    let (m, n) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    return x * 0.2 + Tensor.eye(m, n, dtype: x.dtype) * Tensor.arange(1, n + 1)
}

private let a = signedValues([3, 3])
private let batch = signedValues([2, 3, 3], seed: 2)
private let tall = signedValues([4, 2], seed: 3)
private let wide = signedValues([2, 4], seed: 4)
private let b = signedValues([3, 2], seed: 5)
private let column = signedValues([3], seed: 6)

@Suite("Derivatives of linear algebra agree with central differences")
struct LinalgGradientTests {
    static let cases: [GradientCase] = equations + factors + spectra + functions

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases where layout != .expanded {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws { try checkSecondGradient(item.function, at: item.inputs) }
}

private let equations: [GradientCase] = [
    .init("solve", [a, b]) { Linalg.solve(regular($0[0]), $0[1]) },
    .init("solve for a vector", [a, column]) { Linalg.solve(regular($0[0]), $0[1]) },
    .init("solve for all of a batch", [batch, b]) { Linalg.solve(regular($0[0]), $0[1]) },
    .init("solveTriangular lower", [a, b]) { Linalg.solveTriangular(regular($0[0]), $0[1], upper: false) },
    .init("solveTriangular upper", [a, b]) { Linalg.solveTriangular(regular($0[0]), $0[1], upper: true) },
    .init("solveTriangular unit", [a, b]) {
        Linalg.solveTriangular($0[0], $0[1], upper: true, unitTriangular: true)
    },
    .init("solveTriangular transposed", [a, b]) {
        Linalg.solveTriangular(regular($0[0]), $0[1], upper: false, transposed: true)
    },
    .init("solveTriangular from the right", [a, b]) {
        Linalg.solveTriangular(regular($0[0]), $0[1].transposed(), upper: true, left: false)
    },
    .init("ldlFactor", [a, b]) { Linalg.ldlFactor($0[0] + $0[0].transposed()).solve($0[1]) },
    .init("householderProduct", [tall, column[0..<2]]) { Linalg.householderProduct($0[0], $0[1]) },
    .init("luFactor", [a, b]) {
        let factors = Linalg.luFactor(regular($0[0]))
        return factors.solve($0[1]) + factors.solve($0[1], transposed: true)
    },
    .init("solveTriangular unit from the right", [a, b]) {
        Linalg.solveTriangular(
            $0[0], $0[1].transposed(), upper: false, transposed: true, left: false, unitTriangular: true)
    },
    .init("choleskySolve", [a, b]) { Linalg.choleskySolve($0[1], Linalg.cholesky(positive($0[0]))) },
    .init("choleskyInverse", [a]) { Linalg.choleskyInverse(Linalg.cholesky(positive($0[0]))) },
    .init("leastSquares", [tall, signedValues([4, 2], seed: 8)]) {
        Linalg.leastSquares(regular($0[0]), $0[1]).solution
    },
    .init("leastSquares of dependent columns", [signedValues([3, 1]), signedValues([1, 2], seed: 2), b]) {
        Linalg.leastSquares(matmul($0[0], $0[1]), $0[2], tolerance: 1e-6).solution
    },
    .init("residuals of leastSquares", [tall, signedValues([4, 2], seed: 8)]) {
        Linalg.leastSquares(regular($0[0]), $0[1]).residuals
    },
]

private let factors: [GradientCase] = [
    .init("cholesky", [a]) { Linalg.cholesky(positive($0[0])) },
    .init("cholesky of a batch, upper", [batch]) { Linalg.cholesky(positive($0[0]), upper: true) },
    .init("lu", [a]) {
        let (_, l, u) = Linalg.lu(regular($0[0]))
        return l + u
    },
    .init("lu of a tall matrix", [tall]) {
        let (_, l, u) = Linalg.lu(regular($0[0]))
        return matmul(l, square(u))
    },
    .init("lu of a wide matrix", [wide]) {
        let (_, l, u) = Linalg.lu(regular($0[0]))
        return matmul(square(l), u)
    },
    .init("lu's lower factor alone", [a]) { Linalg.lu(regular($0[0])).lower },
    .init("qr", [a]) {
        let (q, r) = Linalg.qr(regular($0[0]))
        return q + r
    },
    .init("qr of a tall matrix", [tall]) {
        let (q, r) = Linalg.qr(regular($0[0]))
        return matmul(q, square(r))
    },
    .init("qr of a wide matrix", [wide]) {
        let (q, r) = Linalg.qr(regular($0[0]))
        return matmul(square(q), r)
    },
    .init("qr's orthogonal factor alone", [wide]) { Linalg.qr(regular($0[0])).q },
    .init("qr's triangle alone", [batch]) { Linalg.qr(regular($0[0])).r },
]

private let spectra: [GradientCase] = [
    .init("eigh", [a]) {
        let (w, v) = Linalg.eigh(regular($0[0] + $0[0].transposed()))
        return square(v) * w
    },
    .init("eigvalsh", [batch]) { Linalg.eigvalsh(regular($0[0] + $0[0].transposed())) },
    .init("a function of a symmetric matrix", [a]) {
        let (w, v) = Linalg.eigh(regular($0[0] + $0[0].transposed()))
        return matmul(v * exp(-w), v.transposed())
    },
    .init("svd", [a]) {
        let (u, s, vt) = Linalg.svd(regular($0[0]))
        return matmul(square(u) * s, square(vt))
    },
    .init("svd of a tall matrix", [tall]) {
        let (u, s, vt) = Linalg.svd(regular($0[0]))
        return matmul(u * exp(-s), vt)
    },
    .init("svd of a wide matrix", [wide]) {
        let (u, s, vt) = Linalg.svd(regular($0[0]))
        return matmul(u * exp(-s), vt)
    },
    .init("svd's vectors alone", [tall]) { square(Linalg.svd(regular($0[0])).u) },
    .init("svdvals", [batch]) { Linalg.svdvals(regular($0[0])) },
    .init("pseudoInverse", [wide]) { Linalg.pseudoInverse(regular($0[0])) },
    .init("conditionNumber", [a]) { Linalg.conditionNumber(regular($0[0])) },
    .init("conditionNumber 1", [a]) { Linalg.conditionNumber(regular($0[0]), 1) },
    .init("matrixNorm nuclear", [tall]) { Linalg.matrixNorm(regular($0[0]), .nuclear) },
    .init("matrixNorm -2", [tall]) { Linalg.matrixNorm(regular($0[0]), -2) },
    .init("matrixNorm infinity", [tall]) { Linalg.matrixNorm($0[0], .infinity) },
    .init("vectorNorm -2", [tall]) { Linalg.vectorNorm($0[0], -2, axes: -1) },
]

private let functions: [GradientCase] = [
    .init("inverse", [batch]) { Linalg.inverse(regular($0[0])) },
    .init("determinant", [batch]) { Linalg.determinant($0[0]) },
    .init("logDeterminant", [batch]) { Linalg.logDeterminant(regular($0[0])).logarithm },
    .init("matrixPower", [a]) { Linalg.matrixPower($0[0], 5) },
    .init("matrixPower -2", [a]) { Linalg.matrixPower(regular($0[0]), -2) },
    .init("matrixExp", [batch]) { Linalg.matrixExp($0[0]) },
    .init("multiDot", [tall, wide, column.sliced(from: 0, to: 2, axis: 0).unsqueezed(axes: 0).expanded(to: [4, 2])]) {
        Linalg.multiDot([$0[0], $0[1], $0[2]])
    },
    .init("tensorSolve", [signedValues([2, 2, 4]), signedValues([2, 2], seed: 2)]) {
        Linalg.tensorSolve(regular($0[0].reshaped([4, 4])).reshaped([2, 2, 4]), $0[1])
    },
]
