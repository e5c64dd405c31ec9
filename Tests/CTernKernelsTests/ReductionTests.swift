import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel) -> TernVectorKernels { tern_vector_kernels(level).pointee }

private let lengths = Array(1...70) + [255, 1023, 1024, 1025, 2100]

@Suite("Reductions") struct ReductionTests {
    private func reduce<T: Element>(_ level: TernLevel, _ op: TernReduce, _ x: Strided<T>) -> T {
        written(1) { y in
            x.withPointer { kernels(level).reduce(T.type, op, x.count, $0, x.stride, y) }
        }[0]
    }

    @Test("float reductions of every length, the same bits for every stride", arguments: availableLevels)
    func floats(level: TernLevel) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            var numbers = TestNumbers(8)
            for n in lengths {
                let x: [T] = numbers.reals(n, in: 0.9...1.11)
                let exact = x.map { Double($0) }
                for (op, reference): (TernReduce, Double) in [
                    (.TERN_REDUCE_SUM, exact.reduce(0, +)), (.TERN_REDUCE_PRODUCT, exact.reduce(1, *)),
                    (.TERN_REDUCE_MAX, exact.max()!), (.TERN_REDUCE_MIN, exact.min()!),
                    (.TERN_REDUCE_SUM_SQUARES, exact.reduce(0) { $0 + $1 * $1 }),
                    (.TERN_REDUCE_SUM_ABS, exact.reduce(0) { $0 + abs($1) }),
                ] {
                    let result = reduce(level, op, Strided(x, stride: 1))
                    #expect(
                        isClose(result, reference, tolerance: op == .TERN_REDUCE_PRODUCT ? 20 * tolerance : tolerance),
                        "\(op), n = \(n)")
                    if n == 17 || n == 2100 {
                        #expect(reduce(level, op, Strided(x, stride: 3)) == result)
                        #expect(
                            reduce(level, op, Strided(x.reversed(), stride: -1))
                                == reduce(level, op, Strided(x.reversed(), stride: 1)))
                    }
                }
                let mean = exact.reduce(0, +) / Double(n)
                let deviations: [T] = written(1) { kernels(level).sum_squared_deviations(T.type, n, x, 1, mean, $0) }
                let reference = exact.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                #expect(abs(Double(deviations[0]) - reference) <= 10 * tolerance * reference + tolerance * tolerance)
            }
        }
        check(Float.self, tolerance: 1e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("integer reductions are exact and wrap", arguments: availableLevels)
    func integers(level: TernLevel) {
        let x: [Int32] = (0..<1000).map { Int32(truncatingIfNeeded: $0 &* 7_654_321) }
        #expect(reduce(level, .TERN_REDUCE_SUM, Strided(x, stride: 1)) == x.reduce(0, &+))
        #expect(reduce(level, .TERN_REDUCE_SUM, Strided(x, stride: 2)) == x.reduce(0, &+))
        #expect(
            reduce(level, .TERN_REDUCE_PRODUCT, Strided(x.map { $0 | 1 }, stride: 1)) == x.reduce(1) { $0 &* ($1 | 1) })
        #expect(reduce(level, .TERN_REDUCE_MAX, Strided(x, stride: 1)) == x.max()!)
        #expect(reduce(level, .TERN_REDUCE_MIN, Strided(x, stride: 1)) == x.min()!)
        let y = x.map { Int64($0) << 20 }
        #expect(reduce(level, .TERN_REDUCE_SUM_SQUARES, Strided(y, stride: 1)) == y.reduce(0) { $0 &+ $1 &* $1 })
        #expect(reduce(level, .TERN_REDUCE_SUM_ABS, Strided(y, stride: 1)) == y.reduce(0) { $0 + abs($1) })
    }

    @Test("a sum of a million equal values has no drift", arguments: availableLevels)
    func longSum(level: TernLevel) {
        let x = [Float](repeating: 0.1, count: 1_000_000)
        #expect(ulps(reduce(level, .TERN_REDUCE_SUM, Strided(x, stride: 1)), Double(Float(0.1)) * 1e6) <= 16)
    }

    @Test("max and min are NaN if any value is, at every place", arguments: availableLevels)
    func nan(level: TernLevel) {
        for n in [1, 5, 16, 40, 70, 1030] {
            for place in 0..<n where n < 100 || place % 97 == 0 || place > 1000 {
                var x = [Float](repeating: 1, count: n)
                x[place] = .nan
                #expect(reduce(level, .TERN_REDUCE_MAX, Strided(x, stride: 1)).isNaN)
                #expect(reduce(level, .TERN_REDUCE_MIN, Strided(x, stride: 1)).isNaN)
                #expect(kernels(level).argmax(.TERN_FLOAT32, n, x, 1) == place)
                #expect(kernels(level).argmin(.TERN_FLOAT32, n, x, 1) == place)
            }
        }
    }

    @Test("argmax and argmin give the first of equal values", arguments: availableLevels)
    func firstExtreme(level: TernLevel) {
        for n in lengths {
            let x = (0..<n).map { Double(($0 * 37) % 23) }
            #expect(kernels(level).argmax(.TERN_FLOAT64, n, x, 1) == x.firstIndex(of: x.max()!)!)
            #expect(kernels(level).argmin(.TERN_FLOAT64, n, x, 1) == x.firstIndex(of: x.min()!)!)
            let strided = Strided(x.map { Int64($0) }, stride: 3)
            strided.withPointer { #expect(kernels(level).argmax(.TERN_INT64, n, $0, 3) == x.firstIndex(of: x.max()!)!) }
        }
        #expect(kernels(level).argmax(.TERN_FLOAT32, 3, [-.infinity, -.infinity, -.infinity] as [Float], 1) == 0)
    }

    @Test("rows are accumulated element for element", arguments: availableLevels)
    func rows(level: TernLevel) {
        var numbers = TestNumbers(9)
        for n in [1, 7, 16, 70] {
            let x: [Float] = numbers.reals(n)
            let old: [Float] = numbers.reals(n)
            for (op, reference): (TernReduce, (Float, Float) -> Float) in [
                (.TERN_REDUCE_SUM, { $0 + $1 }), (.TERN_REDUCE_PRODUCT, { $0 * $1 }),
                (.TERN_REDUCE_MAX, { max($0, $1) }),
                (.TERN_REDUCE_MIN, { min($0, $1) }), (.TERN_REDUCE_SUM_ABS, { $0 + abs($1) }),
                (.TERN_REDUCE_SUM_SQUARES, { $0 + $1 * $1 }),
            ] {
                let y: [Float] = written(n) {
                    $0.update(from: old, count: n)
                    kernels(level).reduce_rows(.TERN_FLOAT32, op, n, x, $0)
                }
                #expect(zip(y, zip(old, x).map(reference)).allSatisfy { abs($0 - $1) < 1e-6 })
            }
        }
    }
}
