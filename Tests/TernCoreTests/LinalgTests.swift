import TernCore
import TernTestSupport
import Testing

/// A matrix with these singular values.
private func matrix(_ m: Int, _ n: Int, values: [Double], seed: UInt64 = 1, dtype: DType = .float64) -> Tensor {
    let count = values.count
    let u = Linalg.qr(numbers([m, count], seed: seed)).q
    let v = Linalg.qr(numbers([n, count], seed: seed + 1)).q
    return matmul(u * Tensor(values), v.transposed()).converted(to: dtype)
}

private func hilbert(_ n: Int, _ dtype: DType) -> Tensor {
    let index = Tensor.arange(n).converted(to: .float64)
    return (1 / (index.unsqueezed(axes: 1) + index + 1)).converted(to: dtype)
}

private func graded(_ n: Int) -> Tensor {
    let scales = exp(Tensor.linspace(-27, 27, count: n, dtype: .float64))
    return numbers([n, n]) * scales * scales.unsqueezed(axes: 1)
}

private func norm(_ x: Tensor) -> Double { x.converted(to: .float64).norm().item() }

private func epsilon(_ dtype: DType) -> Double { dtype == .float32 ? 0x1p-23 : 0x1p-52 }

/// Matrices that are easy, ill-conditioned, rank-deficient, or have values that are equal or nearly so.
private let nearMultiple: [Double] = (0..<24).map { (index: Int) -> Double in
    let group = Double(index / 6)
    return 1 + group + 1e-13 * Double(index)
}
private let bidiagonalWithZeros: Tensor = {
    let eye = Tensor.eye(9, dtype: .float64)
    return eye * Tensor([1, 2, 0, 3, 4, 0, 5, 6, 0]) + eye.rolled(by: 1, axis: 1).upperTriangle()
}()

/// Upper bidiagonal, or tridiagonal and symmetric.
private func banded(_ diagonal: [Double], _ beside: [Double], symmetric: Bool = false) -> Tensor {
    let n = diagonal.count
    let above = (Tensor.eye(n, dtype: .float64) * Tensor(beside)).rolled(by: 1, axis: 1).upperTriangle()
    let upper = Tensor.eye(n, dtype: .float64) * Tensor(diagonal) + above
    return symmetric ? upper + above.transposed() : upper
}

private func repeated(_ count: Int, _ value: (Int) -> Double) -> [Double] { (0..<count).map(value) }

private let matrices: [(name: String, matrix: Tensor)] = {
    var table: [(name: String, matrix: Tensor)] = []
    func add(_ name: String, _ matrix: Tensor) { table.append((name, matrix)) }
    add("one", numbers([1, 1]))
    add("two", numbers([2, 2]))
    add("odd", numbers([17, 17]))
    add("a block and one", numbers([65, 65]))
    add("blocks", numbers([150, 150]))
    add("tall", numbers([70, 33]))
    add("wide", numbers([33, 70]))
    add("column", numbers([40, 1]))
    add("row", numbers([1, 40]))
    add("hilbert", hilbert(20, .float64))
    add("graded", graded(30))
    add("rank 3", matrix(30, 20, values: [5, 2, 1]))
    add("zero", Tensor.zeros([9, 7], dtype: .float64))
    add("identity", Tensor.eye(25, dtype: .float64))
    add("ones", Tensor.ones([12, 12], dtype: .float64))
    add("near-multiple", matrix(24, 24, values: nearMultiple))
    add("huge", numbers([12, 12]) * 1e30)
    add("tiny", numbers([12, 12]) * 1e-30)
    add("bidiagonal with zeros", bidiagonalWithZeros)
    // Large enough to be divided; of most, many values stay when parts are merged.
    add("a part and one", numbers([66, 66]))
    add("rank 3 of many", matrix(90, 80, values: [5, 2, 1]))
    add("ones of many", Tensor.ones([66, 66], dtype: .float64))
    add("zeros of many", Tensor.zeros([70, 70], dtype: .float64))
    add("identity of many", Tensor.eye(129, dtype: .float64))
    add("groups of values", matrix(100, 100, values: repeated(100) { Double(1 + $0 / 25) + 1e-13 * Double($0) }))
    let falling = repeated(100) { Double(sign: .plus, exponent: -$0, significand: 1) }
    add("falling values", matrix(100, 100, values: falling))
    add("graded, of many", graded(90))
    add("second differences", banded(repeated(130) { _ in 2 }, repeated(130) { _ in -1 }, symmetric: true))
    add("Wilkinson's", banded(repeated(101) { Swift.abs(Double($0) - 50) }, repeated(101) { _ in 1 }, symmetric: true))
    add("glued", banded(repeated(105) { Swift.abs(Double($0 % 21) - 10) }, repeated(105) { $0 % 21 == 20 ? 1e-9 : 1 }))
    add("bidiagonal of ones", banded(repeated(90) { _ in 1 }, repeated(90) { _ in 1 }))
    add("bidiagonal and singular", banded(repeated(90) { Double($0 % 9) }, repeated(90) { Double($0 % 7) }))
    add("nilpotent", banded(repeated(80) { _ in 0 }, repeated(80) { Double($0) }))
    return table
}()

@Suite("linear algebra")
struct LinalgTests {
    @Test("the documented examples")
    func examples() {
        let a: Tensor = [[4, 1], [1, 3]]
        #expect(Linalg.solve(a, Tensor([1, 2])).allClose(to: Tensor([1.0 / 11, 7.0 / 11])))
        #expect(Linalg.cholesky([[4, 2], [2, 5]]) == [[2, 0], [1, 2]])
        #expect(Linalg.solveTriangular([[2, 0], [1, 1]], [[4], [5]], upper: false) == [[2], [3]])
        #expect(Linalg.inverse([[2, 0], [0, 4]]) == [[0.5, 0], [0, 0.25]])
        #expect(Linalg.determinant([[2, 1], [1, 3]]).item() == 5)
        #expect(Linalg.lu([[1, 2], [2, 2]]).upper == [[2, 2], [0, 1]])
        #expect(Linalg.qr([[3, 1], [4, 2]]).r.allClose(to: [[-5, -2.2], [0, 0.4]]))
        #expect(Linalg.eigh([[2, 1], [1, 2]]).values.allClose(to: [1, 3]))
        #expect(Linalg.pseudoInverse([[1, 0], [0, 2], [0, 0]]).allClose(to: [[1, 0, 0], [0, 0.5, 0]]))
        let line = Linalg.leastSquares([[0, 1], [1, 1], [2, 1]], Tensor([1, 3, 5]))
        #expect(line.solution.allClose(to: [2, 1], absoluteTolerance: 1e-5))
        #expect(line.rank.item() == 2)
        #expect(line.residuals.item() < 1e-9)
        #expect(Linalg.matrixRank([[1, 2], [2, 4]]).item() == 1)
        #expect(Linalg.matrixPower([[1, 1], [1, 0]], 10) == [[89, 55], [55, 34]])
        #expect(Linalg.matrixExp([[0, 1], [0, 0]]).allClose(to: [[1, 1], [0, 1]]))
        #expect(Linalg.conditionNumber([[2, 0], [0, 0.5]]).allClose(to: Tensor(4)))
    }

    @Test(
        "factors give their matrix back, and orthogonal ones are so, to the precision", arguments: matrices.map(\.name))
    func factors(name: String) {
        let exact = matrices.first { $0.name == name }!.matrix
        for dtype in [DType.float64, .float32] {
            let a = exact.converted(to: dtype)
            let size = norm(a)
            let (m, n) = (a.shape[0], a.shape[1])
            let tolerance = 4 * Double(Swift.max(m, n, 8)) * epsilon(dtype)
            func expectSame(_ x: Tensor, _ text: String) {
                #expect(norm(x - a) <= tolerance * size, "\(text) of \(name), \(dtype)")
            }
            func expectOrthogonal(_ x: Tensor, _ text: String) {
                let product = matmul(x.transposed(), x)
                let error = norm(product - Tensor.eye(product.shape[0], dtype: dtype))
                #expect(error <= tolerance, "\(text) of \(name), \(dtype): \(error)")
            }
            for mode in [Linalg.QRMode.reduced, .complete] {
                let (q, r) = Linalg.qr(a, mode: mode)
                expectSame(matmul(q, r), "qr")
                expectOrthogonal(q, "qr's q")
                #expect(r == r.upperTriangle())
            }
            let (p, l, u) = Linalg.lu(a)
            expectSame(matmul(p, matmul(l, u)), "lu")
            #expect(l == l.lowerTriangle() && u == u.upperTriangle())
            #expect(abs(l).max().item() <= 1)
            for isFull in [false, true] {
                let (u, s, vt) = Linalg.svd(a, fullMatrices: isFull)
                let count = Swift.min(m, n)
                expectSame(matmul(u[0..., ..<count] * s, vt[..<count]), "svd")
                expectOrthogonal(u, "svd's u")
                expectOrthogonal(vt.transposed(), "svd's v")
                let values = s.array(of: Double.self)
                #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
                #expect(norm(Linalg.svdvals(a) - s) <= tolerance * size)
            }
            let scaled = a / Swift.max(1e-36, size)
            for symmetric in [matmul(scaled, scaled.transposed())] + (m == n ? [scaled + scaled.transposed()] : []) {
                let (w, v) = Linalg.eigh(symmetric)
                let error = norm(matmul(v * w, v.transposed()) - symmetric)
                #expect(error <= tolerance * norm(symmetric), "eigh of \(name)")
                expectOrthogonal(v, "eigh's v")
                let values = w.array(of: Double.self)
                #expect(values == values.sorted())
                #expect(norm(Linalg.eigvalsh(symmetric) - w) <= tolerance * norm(symmetric))
            }
        }
    }

    @Test("singular values are as accurate as rounding the matrix allows")
    func accuracy() {
        for (m, n) in [(40, 40), (70, 20), (20, 70)] {
            let values = (0..<20).map { Double(sign: .plus, exponent: -2 * $0, significand: 1) }
            let a = matrix(m, n, values: values)
            let found = Linalg.svdvals(a).array(of: Double.self)
            for (value, expected) in zip(found, values) { #expect(Swift.abs(value - expected) < 1e-14) }
            #expect(found.dropFirst(20).allSatisfy { $0 < 1e-14 })
            #expect(Linalg.matrixRank(a, tolerance: 1e-8).item() == 14)
        }
        // The singular values of an upper bidiagonal matrix, large and small, to nearly all digits.
        let n = 10
        let scales = (0..<n).map { Double(sign: .plus, exponent: -6 * $0, significand: 1) }
        let a = Tensor.eye(n, dtype: .float64) * Tensor(scales)
        let bidiagonal = a + a.rolled(by: 1, axis: 1).upperTriangle() * 0.5
        let product = Linalg.svdvals(bidiagonal).array(of: Double.self).reduce(1, *)
        #expect(Swift.abs(product / scales.reduce(1, *) - 1) < 1e-13)
    }

    @Test(
        "equations of any size are solved to the precision", arguments: [1, 5, 64, 65, 150], [DType.float32, .float64])
    func solutions(n: Int, dtype: DType) {
        let a = numbers([n, n], dtype: dtype) + Tensor.eye(n, dtype: dtype) * Double(n)
        let tolerance = 10 * Double(n) * epsilon(dtype)
        for columns in [1, 7, 150] {
            let b = numbers([n, columns], seed: 3, dtype: dtype)
            func expectSolution(_ a: Tensor, _ x: Tensor) {
                let error = norm(matmul(a, x) - b)
                #expect(error <= tolerance * norm(a) * norm(x) / Double(n).squareRoot() + tolerance * norm(b))
            }
            expectSolution(a, Linalg.solve(a, b))
            expectSolution(a.transposed(), Linalg.solve(a.transposed(), b))
            for isUpper in [false, true] {
                let t = isUpper ? a.upperTriangle() : a.lowerTriangle()
                expectSolution(t, Linalg.solveTriangular(a, b, upper: isUpper))
                expectSolution(t.transposed(), Linalg.solveTriangular(a, b, upper: isUpper, transposed: true))
                let right = Linalg.solveTriangular(a, b.transposed(), upper: isUpper, left: false)
                #expect(norm(matmul(right, t) - b.transposed()) <= tolerance * norm(a) * norm(right))
            }
            let symmetric = matmul(a, a.transposed()) / Double(n)
            let factor = Linalg.cholesky(symmetric)
            #expect(factor == factor.lowerTriangle())
            #expect(norm(matmul(factor, factor.transposed()) - symmetric) <= tolerance * norm(symmetric))
            let solution = Linalg.choleskySolve(b, factor)
            #expect(norm(matmul(symmetric, solution) - b) <= 4 * tolerance * norm(symmetric) * norm(solution))
        }
        let identity = Tensor.eye(n, dtype: dtype)
        #expect(norm(matmul(a, Linalg.inverse(a)) - identity) <= 4 * tolerance)
    }

    @Test(
        "symmetric matrices that are not definite have LDL factors", arguments: [1, 2, 5, 64, 130],
        [DType.float32, .float64])
    func symmetricFactors(n: Int, dtype: DType) {
        let random = numbers([2, n, n], dtype: dtype)
        // With zeros on the diagonal, blocks of two are needed.
        let hollow = random[1].lowerTriangle(diagonal: -1)
        let a = stacked([random[0] + random[0].transposed(), hollow + hollow.transposed()])[0..<(n == 1 ? 1 : 2)]
        let factors = Linalg.ldlFactor(
            a.lowerTriangle() + 7 * Tensor.ones([n, n], dtype: dtype).upperTriangle(diagonal: 1))
        let tolerance = 20 * Double(n) * epsilon(dtype)
        for index in 0..<a.shape[0] {
            let l = factors.lower[index]
            #expect(l == l.lowerTriangle() && l.diagonal() == Tensor.ones([n], dtype: dtype))
            let below = factors.subdiagonal[index].diagonalEmbedded(offset: -1)
            let d = factors.diagonal[index].diagonalEmbedded() + below + below.transposed()
            let permuted = a[index].selected(factors.permutation[index]).selected(factors.permutation[index], axis: 1)
            let product = matmul(matmul(l, d), l.transposed())
            #expect(norm(product - permuted) <= tolerance * norm(a[index]))
            #expect(norm(l) <= 3 * Double(n))
        }
        let b = numbers([a.shape[0], n, 3], seed: 4, dtype: dtype)
        let x = factors.solve(b)
        #expect(norm(matmul(a, x) - b) <= tolerance * (norm(a) * norm(x) + norm(b)))
        #expect(factors.info.sum().item() == 0)
        #expect(Linalg.ldlFactor([[1, 0], [0, 0]]).info.item() == 2)
        #expect(Linalg.ldlFactor(Tensor.zeros([0, 0])).solve(Tensor.zeros([0, 2])).shape == [0, 2])
    }

    @Test("the product of Householder's reflections is orthogonal")
    func reflections() {
        let v = numbers([6, 4])
        let whole = v.lowerTriangle(diagonal: -1) + Tensor.eye(6, 4, dtype: .float64)
        let tau = 2 / square(whole).sum(axes: 0)
        let q = Linalg.householderProduct(v, tau)
        #expect(norm(matmul(q.transposed(), q) - Tensor.eye(4, dtype: .float64)) < 1e-14)
        let one = Linalg.householderProduct([[1, 0], [2, 1]], Tensor([0.4, 0]))
        #expect(one.allClose(to: [[0.6, -0.8], [-0.8, -0.6]]))
        #expect(Linalg.householderProduct(v, Tensor.zeros([0], dtype: .float64)) == Tensor.eye(6, 4, dtype: .float64))
    }

    @Test("of ill-conditioned equations the residual is as small as of others")
    func hilbertEquations() {
        let a = hilbert(12, .float64)
        let b = numbers([12, 1])
        let x = Linalg.solve(a, b)
        #expect(norm(matmul(a, x) - b) <= 1e-14 * norm(a) * norm(x))
        #expect(Linalg.conditionNumber(a).item() > 1e15)
        // Of 8 rows the condition is 1.5e10: what is left of 16 digits.
        let small = hilbert(8, .float64)
        let solution = numbers([8, 1])
        let found = Linalg.solve(small, matmul(small, solution))
        #expect(found.allClose(to: solution, relativeTolerance: 1e-4))
    }

    @Test("the shortest least squares solution, as the normal equations and NumPy have it")
    func leastSquares() {
        let a = matrix(20, 6, values: [4, 3, 2, 1])
        let b = numbers([20, 2], seed: 5)
        let found = Linalg.leastSquares(a, b)
        #expect(found.rank.item() == 4)
        #expect(norm(matmul(a.transposed(), matmul(a, found.solution) - b)) < 1e-12)
        // No part of it lies where A gives 0.
        let (_, _, vt) = Linalg.svd(a, fullMatrices: true)
        #expect(norm(matmul(vt[4...], found.solution)) < 1e-12)
        #expect(found.residuals.allClose(to: square(matmul(a, found.solution) - b).sum(axes: 0)))
        #expect(found.solution.allClose(to: matmul(Linalg.pseudoInverse(a), b), relativeTolerance: 1e-10))
    }

    @Test("nothing hangs on numbers that are not finite, and NaN shows", arguments: [Double.nan, .infinity])
    func notFinite(value: Double) {
        for n in [1, 3, 70] {
            var a = numbers([2, n, n])
            a[1, n / 2, n / 3] = Tensor(value).converted(to: .float64)
            let lower = (a + a.transposed()) / 2
            #expect(Linalg.svdvals(a)[1].isNaN().all().item() == 1)
            #expect(Linalg.svd(a).u[1].isNaN().all().item() == 1)
            #expect(Linalg.svdvals(a)[0].isFinite().all().item() == 1)
            #expect(Linalg.eigh(lower).values[1].isNaN().all().item() == 1)
            #expect(Linalg.eigh(lower).vectors[0].isFinite().all().item() == 1)
            #expect(Linalg.pseudoInverse(a)[1].isNaN().any().item() == 1)
            if value.isNaN { #expect(Linalg.solveAndInfo(a, numbers([n, 1])).solution[1].isNaN().any().item() == 1) }
            #expect(Linalg.qr(a).r[1].isFinite().all().item() == 0)
            #expect(Linalg.matrixExp(a)[1].isFinite().all().item() == 0)
            _ = Linalg.choleskyAndInfo(a)
        }
    }

    @Test("no elements are no special case")
    func empty() {
        let none = Tensor.zeros([0, 0], dtype: .float64)
        #expect(Linalg.cholesky(none).shape == [0, 0])
        #expect(Linalg.determinant(none).item() == 1)
        #expect(Linalg.solve(none, Tensor.zeros([0, 3], dtype: .float64)).shape == [0, 3])
        #expect(Linalg.inverse(none).shape == [0, 0])
        #expect(Linalg.eigh(none).values.shape == [0])
        for shape in [[0, 3], [3, 0], [2, 0, 3], [0, 2, 2], [0, 0]] as [Shape] {
            let a = Tensor.zeros(shape, dtype: .float64)
            let (m, n) = (shape[shape.count - 2], shape[shape.count - 1])
            let (u, s, vt) = Linalg.svd(a, fullMatrices: true)
            #expect(Array(u.shape.suffix(2)) == [m, m] && Array(vt.shape.suffix(2)) == [n, n])
            #expect(s.count == 0 || m * n > 0)
            let lead = Shape(shape.dropLast(2)).elements
            if lead > 0 { #expect(matmul(vt.transposed(), vt).allClose(to: Tensor.eye(n, dtype: .float64))) }
            #expect(Array(Linalg.qr(a).q.shape.suffix(2)) == [m, Swift.min(m, n)])
            #expect(Linalg.qr(a, mode: .complete).q.shape.last == m)
            #expect(Linalg.lu(a).lower.shape.last == Swift.min(m, n))
            #expect(Array(Linalg.pseudoInverse(a).shape.suffix(2)) == [n, m])
            #expect(Linalg.matrixRank(a).sum().item() == 0)
            #expect(
                Array(Linalg.leastSquares(a, Tensor.zeros([m, 2], dtype: .float64)).solution.shape.suffix(2)) == [n, 2])
        }
    }

    @Test("the bits are the same for one and two threads, and in a batch as alone")
    func threads() {
        let threads = threadCount
        defer { threadCount = threads }
        let a = numbers([200, 200], dtype: .float32)
        let symmetric = matmul(a, a.transposed()) / 200 + Tensor.eye(200)
        let many = numbers([40, 20, 20], dtype: .float32)
        let results = [1, 2].map { count in
            threadCount = count
            let (u, s, vt) = Linalg.svd(a)
            let (q, r) = Linalg.qr(a)
            let (w, v) = Linalg.eigh(symmetric)
            return [
                Linalg.cholesky(symmetric), Linalg.solve(a, a.T), u, s, vt, q, r, w, v, Linalg.svdvals(many),
                Linalg.inverse(many), Linalg.qr(many).q,
            ]
        }
        for (index, (one, two)) in zip(results[0], results[1]).enumerated() { #expect(one == two, "\(index)") }
        #expect(Linalg.inverse(many[7]) == results[0][10][7])
    }

    @Test("what cannot be computed stops, or is told")
    func failures() async {
        let (factor, info) = Linalg.choleskyAndInfo([[1, 2], [2, 1]])
        #expect(info.item() == 2 && factor.shape == [2, 2])
        #expect(Linalg.solveAndInfo([[1, 2], [2, 4]], Tensor([1, 1])).info.item() == 2)
        #expect(Linalg.inverseAndInfo([[0, 0], [0, 1]]).info.item() == 1)
        let (sign, logarithm) = Linalg.logDeterminant([[1, 2], [2, 4]])
        #expect(sign.item() == 0 && logarithm.item() == -.infinity)
        expectMessage(
            "cholesky: matrix 1 of 2 is not positive definite: its leading minor of order 2 is not positive",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Linalg.cholesky(stacked([Tensor.eye(2), Tensor([[1, 2], [2, 1]])]))
            })
        expectMessage(
            "solve: the matrix is singular: its pivot 2 is 0",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Linalg.solve([[1, 2], [2, 4]], Tensor([1, 1]))
            })
        expectMessage(
            "svd: expects float32 or float64, got float16: convert with converted(to: .float32)",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Linalg.svd(Tensor.zeros([2, 2], dtype: .float16))
            })
        expectMessage(
            "eigh: expects square matrices, got shape [2, 3]",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Linalg.eigh(Tensor.zeros([2, 3]))
            })
        expectMessage(
            "solve: cannot solve for shape [4] with matrices of shape [3, 3]",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Linalg.solve(Tensor.eye(3), Tensor.zeros([4]))
            })
        expectMessage(
            "qr.backward: the complete factors of more rows than columns have no derivative: use .reduced",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                let tape = GradientTape()
                let a = tape.watch(Tensor.ones([3, 2]))
                _ = tape.gradient(of: tape.record { Linalg.qr(a, mode: .complete).r.sum() }, with: [a])
            })
    }
}
