import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernReduceKernels {
    tern_kernels(level, type).pointee.reduce.pointee
}

private let lengths = Array(1...70) + [255, 1023, 1024, 1025, 2100]

@Suite("Reductions") struct ReductionTests {
    private func reduce<T: Element>(_ level: TernLevel, _ op: ReductionFunction, _ x: Strided<T>) -> T {
        written(1) { y in
            x.withPointer { kernels(level, T.type).reduce(op, x.count, $0, x.stride, y) }
        }[0]
    }

    @Test("float reductions of every length, the same bits for every stride", arguments: availableLevels)
    func floats(level: TernLevel) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            var numbers = TestNumbers(8)
            for n in lengths {
                let x: [T] = numbers.reals(n, in: 0.9...1.11)
                let exact = x.map { Double($0) }
                for (op, reference): (ReductionFunction, Double) in [
                    (.sum, exact.reduce(0, +)), (.product, exact.reduce(1, *)),
                    (.max, exact.max()!), (.min, exact.min()!),
                    (.sumSquares, exact.reduce(0) { $0 + $1 * $1 }),
                    (.sumAbs, exact.reduce(0) { $0 + abs($1) }),
                ] {
                    let result = reduce(level, op, Strided(x, stride: 1))
                    #expect(
                        isClose(result, reference, tolerance: op == .product ? 20 * tolerance : tolerance),
                        "\(op), n = \(n)")
                    if n == 17 || n == 2100 {
                        #expect(reduce(level, op, Strided(x, stride: 3)) == result)
                        #expect(
                            reduce(level, op, Strided(x.reversed(), stride: -1))
                                == reduce(level, op, Strided(x.reversed(), stride: 1)))
                    }
                }
            }
        }
        check(Float.self, tolerance: 1e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("integer reductions are exact and wrap", arguments: availableLevels)
    func integers(level: TernLevel) {
        func check<T: Element & FixedWidthInteger>(_: T.Type) {
            let x = (0..<1000).map { T(truncatingIfNeeded: $0 &* 0x3A5F_1234_7654_321) }
            for stride in [1, 2] {
                #expect(reduce(level, .sum, Strided(x, stride: stride)) == x.reduce(0, &+))
                let odd = x.map { $0 | 1 }
                #expect(reduce(level, .product, Strided(odd, stride: stride)) == odd.reduce(1, &*))
                #expect(reduce(level, .max, Strided(x, stride: stride)) == x.max()!)
                #expect(reduce(level, .min, Strided(x, stride: stride)) == x.min()!)
                #expect(reduce(level, .sumSquares, Strided(x, stride: stride)) == x.reduce(0) { $0 &+ $1 &* $1 })
                #expect(
                    reduce(level, .sumAbs, Strided(x, stride: stride)) == x.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) })
            }
            #expect(kernels(level, T.type).argmax(1000, x, 1) == x.firstIndex(of: x.max()!)!)
            #expect(kernels(level, T.type).argmin(1000, x, 1) == x.firstIndex(of: x.min()!)!)
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
    }

    @Test("a sum of a million equal values has no drift", arguments: availableLevels)
    func longSum(level: TernLevel) {
        let x = [Float](repeating: 0.1, count: 1_000_000)
        #expect(ulps(reduce(level, .sum, Strided(x, stride: 1)), Double(Float(0.1)) * 1e6) <= 16)
    }

    @Test("max and min are NaN if any value is, at every place", arguments: availableLevels)
    func nan(level: TernLevel) {
        for n in [1, 5, 16, 40, 70, 1030] {
            for place in 0..<n where n < 100 || place % 97 == 0 || place > 1000 {
                var x = [Float](repeating: 1, count: n)
                x[place] = .nan
                #expect(reduce(level, .max, Strided(x, stride: 1)).isNaN)
                #expect(reduce(level, .min, Strided(x, stride: 1)).isNaN)
                #expect(kernels(level, .TERN_FLOAT32).argmax(n, x, 1) == place)
                #expect(kernels(level, .TERN_FLOAT32).argmin(n, x, 1) == place)
            }
        }
    }

    @Test("argmax and argmin give the first of equal values", arguments: availableLevels)
    func firstExtreme(level: TernLevel) {
        for n in lengths {
            let x = (0..<n).map { Double(($0 * 37) % 23) }
            #expect(kernels(level, .TERN_FLOAT64).argmax(n, x, 1) == x.firstIndex(of: x.max()!)!)
            #expect(kernels(level, .TERN_FLOAT64).argmin(n, x, 1) == x.firstIndex(of: x.min()!)!)
            let strided = Strided(x.map { Int64($0) }, stride: 3)
            strided.withPointer { #expect(kernels(level, .TERN_INT64).argmax(n, $0, 3) == x.firstIndex(of: x.max()!)!) }
        }
        #expect(kernels(level, .TERN_FLOAT32).argmax(3, [-.infinity, -.infinity, -.infinity] as [Float], 1) == 0)
    }

    @Test("rows, in one group or several, are reduced element for element", arguments: availableLevels)
    func rows(level: TernLevel) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            var numbers = TestNumbers(9)
            for (n, rows, offsets): (Int, Int, [Int]?) in [
                (1, 1, nil), (7, 5, nil), (16, 40, nil), (70, 17, nil), (300, 3, nil), (8, 3, [0, 7000, 900]),
                (33, 1, [50, 20, 10, 0, 40]), (257, 9, [4000, 0]),
            ] {
                let stride = n + 3
                let x: [T] = numbers.reals((offsets?.max() ?? 0) + rows * stride, in: 0.5...1.5)
                for (op, start, combine): (ReductionFunction, Double, (Double, Double) -> Double) in [
                    (.sum, 0, { $0 + $1 }), (.product, 1, { $0 * $1 }),
                    (.max, -.infinity, { max($0, $1) }), (.min, .infinity, { min($0, $1) }),
                    (.sumAbs, 0, { $0 + abs($1) }), (.sumSquares, 0, { $0 + $1 * $1 }),
                ] {
                    let y: [T] = written(n) {
                        kernels(level, T.type).reduce_rows(op, offsets?.count ?? 1, offsets, rows, stride, n, x, $0)
                    }
                    for i in 0..<n {
                        var exact = start
                        for first in offsets ?? [0] {
                            for row in 0..<rows { exact = combine(exact, Double(x[first + row * stride + i])) }
                        }
                        #expect(abs(Double(y[i]) - exact) <= tolerance * abs(exact), "\(op) of \(rows) rows of \(n)")
                    }
                }
            }
        }
        check(Float.self, tolerance: 1e-5)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("rows of integers are reduced exactly, and of floats with a NaN to NaN", arguments: availableLevels)
    func specialRows(level: TernLevel) {
        let x: [Int32] = (0..<60).map { Int32(truncatingIfNeeded: $0 &* 987_654_321) }
        for (op, combine): (ReductionFunction, (Int32, Int32) -> Int32) in [
            (.sum, { $0 &+ $1 }), (.max, { max($0, $1) }), (.min, { min($0, $1) }),
        ] {
            let y: [Int32] = written(10) {
                kernels(level, .TERN_INT32).reduce_rows(op, 2, [0, 30] as [Int], 3, 10, 10, x, $0)
            }
            #expect(y == (0..<10).map { i in (1..<6).reduce(x[i]) { combine($0, x[$1 * 10 + i]) } })
        }
        for place in [0, 20, 59] {
            var floats = [Float](repeating: 1, count: 60)
            floats[place] = .nan
            for op in [ReductionFunction.max, .min, .sum] {
                let y: [Float] = written(3) {
                    kernels(level, .TERN_FLOAT32).reduce_rows(op, 1, nil, 20, 3, 3, floats, $0)
                }
                #expect(y.map(\.isNaN) == (0..<3).map { $0 == place % 3 })
            }
        }
    }

    @Test("running sums of columns, exact to the last place", arguments: availableLevels)
    func runningSums(level: TernLevel) {
        for (rows, stride, n) in [(1, 1, 1), (1000, 1, 1), (1000, 3, 1), (50, 40, 33), (5, 600, 600)] {
            var numbers = TestNumbers(10)
            let x: [Float] = numbers.reals(rows * stride)
            let y: [Float] = written(rows * stride) {
                $0.update(from: x, count: rows * stride)
                kernels(level, .TERN_FLOAT32).cumulative_sum(rows, stride, n, $0)
            }
            var expected = x
            for i in 0..<n {
                var sum = 0.0
                for row in 0..<rows {
                    sum += Double(x[row * stride + i])
                    expected[row * stride + i] = Float(sum)
                }
            }
            #expect(y == expected)
        }
        let y: [Int32] = written(6) {
            $0.update(from: [1, 2, 3, 4, .max, 6], count: 6)
            kernels(level, .TERN_INT32).cumulative_sum(3, 2, 2, $0)
        }
        #expect(y == [1, 2, 4, 6, 4 &+ .max, 12])
    }
}
