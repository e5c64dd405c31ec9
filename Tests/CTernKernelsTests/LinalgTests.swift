import CTernKernels
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernLinalgKernels {
    tern_kernels(level, type).pointee.linalg!.pointee
}

/// A small matrix of numbers, row-major.
private struct Matrix {
    var values: [Double]
    let rows: Int
    let columns: Int

    init(_ rows: Int, _ columns: Int, _ values: [Double]? = nil) {
        (self.rows, self.columns) = (rows, columns)
        self.values = values ?? [Double](repeating: 0, count: rows * columns)
    }

    init<T: Real>(_ rows: Int, _ columns: Int, of values: [T]) { self.init(rows, columns, values.map { Double($0) }) }

    subscript(i: Int, j: Int) -> Double {
        get { values[i * columns + j] }
        set { values[i * columns + j] = newValue }
    }

    var transposed: Matrix {
        var result = Matrix(columns, rows)
        for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
        return result
    }

    static func * (a: Matrix, b: Matrix) -> Matrix {
        var result = Matrix(a.rows, b.columns)
        for i in 0..<a.rows {
            for j in 0..<b.columns { for k in 0..<a.columns { result[i, j] += a[i, k] * b[k, j] } }
        }
        return result
    }

    /// Which elements stay, the others become 0; `diagonal` takes the place of the diagonal.
    func kept(diagonal: Double? = nil, _ isKept: (Int, Int) -> Bool) -> Matrix {
        var result = self
        for i in 0..<rows {
            for j in 0..<columns {
                if !isKept(i, j) { result[i, j] = 0 }
                if i == j, let diagonal { result[i, j] = diagonal }
            }
        }
        return result
    }

    func isClose(to other: Matrix, _ tolerance: Double) -> Bool {
        let largest = other.values.map { Swift.abs($0) }.max() ?? 0
        return rows == other.rows && columns == other.columns
            && zip(values, other.values).allSatisfy { Swift.abs($0 - $1) <= tolerance * Swift.max(1, largest) }
    }
}

@Suite("Linear algebra") struct LinalgTests {
    @Test("factors of small blocks give them back", arguments: availableLevels, [1, 2, 7, 16, 33])
    func factors(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, _ tolerance: Double) {
            let k = kernels(level, T.type)
            var numbers = TestNumbers(UInt64(n))
            let m = n + 5
            let a: [T] = numbers.reals(m * n)
            let tall = Matrix(m, n, of: a)
            var symmetric = tall.transposed * tall
            for i in 0..<n { symmetric[i, i] += 1 }
            var u = symmetric.values.map { T($0) }
            #expect(k.cholesky(n, &u, n) == n)
            let upper = Matrix(n, n, of: u).kept { $0 <= $1 }
            #expect((upper.transposed * upper).isClose(to: symmetric, tolerance))
            u[0] = -1
            #expect(k.cholesky(n, &u, n) == 0)

            // Of the transpose, whose rows are the columns.
            var lu = tall.transposed.values.map { T($0) }
            var pivots = [Int64](repeating: -1, count: n)
            k.lu(n, m, &lu, m, &pivots)
            let both = Matrix(n, m, of: lu).transposed
            let top = Matrix(n, n, Array(both.values[..<(n * n)]))
            var product = both.kept(diagonal: 1) { $0 >= $1 } * top.kept { $0 <= $1 }
            for j in (0..<n).reversed() {
                for c in 0..<n {
                    (product[j, c], product[Int(pivots[j]), c]) = (product[Int(pivots[j]), c], product[j, c])
                }
            }
            #expect(product.isClose(to: tall, tolerance))

            var qr = tall.transposed.values.map { T($0) }
            var taus = [T](repeating: 0, count: n)
            k.qr(n, m, &qr, m, &taus)
            var restored = Matrix(n, m, of: qr).kept { $0 >= $1 }.transposed
            for j in (0..<n).reversed() {
                var v = Matrix(m, 1)
                for i in j..<m { v[i, 0] = i == j ? 1 : Double(qr[j * m + i]) }
                let w = v.transposed * restored
                for i in 0..<m { for c in 0..<n { restored[i, c] -= Double(taus[j]) * v[i, 0] * w[0, c] } }
            }
            #expect(restored.isClose(to: tall, tolerance))
        }
        check(Float.self, 2e-5)
        check(Double.self, 1e-13)
    }

    @Test("triangular equations are solved in place", arguments: availableLevels, [1, 3, 16, 40])
    func solve(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, _ tolerance: Double) {
            var numbers = TestNumbers(UInt64(n))
            for columns in [1, 5, 70] {
                for isUnit in [false, true] {
                    let t: [T] = numbers.reals(n * n, in: -0.1...0.1).enumerated().map {
                        $0.offset % (n + 1) == 0 ? $0.element + 2 : $0.element
                    }
                    let b: [T] = numbers.reals(n * columns)
                    let lower = Matrix(n, n, of: t).kept(diagonal: isUnit ? 1 : nil) { $0 >= $1 }
                    var x = b
                    kernels(level, T.type).solve(n, columns, t, n, 1, isUnit, &x, columns)
                    #expect((lower * Matrix(n, columns, of: x)).isClose(to: Matrix(n, columns, of: b), tolerance))
                    // The upper triangle of the transpose, from its end.
                    var y = b
                    y.withUnsafeMutableBufferPointer { y in
                        t.withUnsafeBufferPointer { t in
                            kernels(level, T.type).solve(
                                n, columns, t.baseAddress! + n * n - 1, -1, -n, isUnit,
                                y.baseAddress! + (n - 1) * columns, -columns)
                        }
                    }
                    #expect(
                        (lower.transposed * Matrix(n, columns, of: y)).isClose(
                            to: Matrix(n, columns, of: b), tolerance))
                }
            }
        }
        check(Float.self, 1e-5)
        check(Double.self, 1e-14)
    }

    @Test("passes over a matrix and their reflections", arguments: availableLevels, [1, 2, 9, 33])
    func passes(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, _ tolerance: Double) {
            let k = kernels(level, T.type)
            var numbers = TestNumbers(UInt64(n))
            let m = n + 3
            let (a, x, u): ([T], [T], [T]) = (numbers.reals(m * n), numbers.reals(m), numbers.reals(m))
            let (v, w, z): ([T], [T], [T]) = (numbers.reals(n), numbers.reals(n), numbers.reals(n))
            let matrix = Matrix(m, n, of: a)
            let combined = written(n, T.self) { k.combine(m, n, a, n, u, $0) }
            #expect(Matrix(1, n, of: combined).isClose(to: Matrix(1, m, of: u) * matrix, tolerance))
            var changed = a
            let products = written(m, T.self) { k.update(m, n, &changed, n, x, v, u, w, z, $0) }
            var expected = matrix
            for i in 0..<m {
                for j in 0..<n { expected[i, j] -= Double(x[i]) * Double(v[j]) + Double(u[i]) * Double(w[j]) }
            }
            #expect(Matrix(m, n, of: changed).isClose(to: expected, tolerance))
            #expect(Matrix(m, 1, of: products).isClose(to: expected * Matrix(n, 1, of: z), tolerance))
            let flipped = written(m * n, T.self) { k.transposed(m, n, a, n, $0, m) }
            #expect(Matrix(n, m, of: flipped).values == matrix.transposed.values)

            var vector = x
            var beta = 0.0
            let tau = k.reflection(m, &vector, &beta)
            let reflector = Matrix(m, 1, of: vector)
            #expect(vector[0] == 1)
            let old = Matrix(m, 1, of: x)
            let along = (reflector.transposed * old)[0, 0]
            for i in 0..<m {
                let value = old[i, 0] - tau * reflector[i, 0] * along
                #expect(Swift.abs(value - (i == 0 ? beta : 0)) <= 10 * tolerance)
            }
            // Two reflections as one block.
            let gram: [T] = [0, 0.3, 0, 0]
            let t = written(4, T.self) { k.block_reflection(2, gram, [T(0.5), T(0.75)], $0) }
            #expect(Matrix(2, 2, of: t).isClose(to: Matrix(2, 2, [0.5, -0.75 * 0.5 * 0.3, 0, 0.75]), tolerance))
        }
        check(Float.self, 1e-5)
        check(Double.self, 1e-13)
    }

    @Test("sweeps of rotations, alone and two at a time", arguments: availableLevels, [2, 5, 17])
    func rotations(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, _ tolerance: Double) {
            var numbers = TestNumbers(UInt64(n))
            let ends = n - 1
            // Pairs that go together, and those that do not: another direction, or beyond the first one's rows.
            let sweeps = [
                TernSweep(first: 0, count: ends, step: 1, at: 0), TernSweep(first: 0, count: ends, step: 1, at: 2),
                TernSweep(first: n / 3, count: ends - n / 3, step: 1, at: 1),
                TernSweep(first: ends - 1, count: ends, step: -1, at: 0),
                TernSweep(first: ends - 1, count: ends, step: -1, at: 4),
                TernSweep(first: ends - 1, count: Swift.max(1, ends / 2), step: -1, at: 3),
                TernSweep(first: 0, count: Swift.max(1, ends / 2), step: 1, at: 0),
                TernSweep(first: 0, count: ends, step: 1, at: 0),
                TernSweep(first: ends / 4, count: Swift.max(1, ends / 4), step: 1, at: 0),
            ]
            let (c, s): ([T], [T]) = (numbers.reals(n + 5, in: -1...1), numbers.reals(n + 5, in: -1...1))
            for columns in [1, 9, 70] {
                let a: [T] = numbers.reals(n * columns)
                var expected = Matrix(n, columns, of: a)
                for sweep in sweeps {
                    for r in 0..<sweep.count {
                        let (p, at) = (sweep.first + r * sweep.step, sweep.at + r)
                        for j in 0..<columns {
                            let (upper, lower) = (expected[p, j], expected[p + 1, j])
                            expected[p, j] = Double(c[at]) * upper + Double(s[at]) * lower
                            expected[p + 1, j] = Double(c[at]) * lower - Double(s[at]) * upper
                        }
                    }
                }
                var rotated = a
                withUnsafeTemporaryAllocation(byteCount: 256 * n, alignment: 64) { scratch in
                    kernels(level, T.type).rotate(
                        sweeps.count, sweeps, c, s, n, columns, &rotated, columns, scratch.baseAddress!)
                }
                #expect(Matrix(n, columns, of: rotated).isClose(to: expected, tolerance))
            }
        }
        check(Float.self, 1e-5)
        check(Double.self, 1e-13)
    }
}
