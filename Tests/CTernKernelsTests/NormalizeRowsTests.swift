import CTernKernels
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernNormalizeKernels {
    tern_kernels(level, type).pointee.normalize!.pointee
}

/// The sum of many numbers without the rounding errors of a loop (Neumaier).
private func exactSum(_ values: [Double]) -> Double {
    var (sum, rest) = (0.0, 0.0)
    for value in values {
        let total = sum + value
        rest += abs(sum) >= abs(value) ? (sum - total) + value : (value - total) + sum
        sum = total
    }
    return sum + rest
}

/// What the formula says, in double precision.
private struct Reference {
    var y: [Double], dx: [Double], dgamma: [Double], dbeta: [Double], mean: [Double] = [], variance: [Double] = []

    init<T: Real>(_ sizes: TernNormalizeRows, rows: Int, _ x: [T], _ g: [T], _ gamma: [T]?, _ beta: [T]?) {
        let columns = sizes.segments * sizes.span
        (y, dx) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: x.count))
        (dgamma, dbeta) = (
            [Double](repeating: 0, count: sizes.groups * sizes.segments),
            [Double](repeating: 0, count: sizes.groups * sizes.segments)
        )
        for r in 0..<rows {
            let range = r * columns..<(r + 1) * columns
            let channel = { (i: Int) in r % sizes.groups * sizes.segments + (i - r * columns) / sizes.span }
            let m = sizes.centers ? exactSum(range.map { Double(x[$0]) }) / Double(columns) : 0
            let v = exactSum(range.map { (Double(x[$0]) - m) * (Double(x[$0]) - m) }) / Double(columns)
            mean.append(m)
            variance.append(v)
            let scale = 1 / (v + sizes.epsilon).squareRoot()
            var (sum, dot) = (0.0, 0.0)
            for i in range {
                let normalized = (Double(x[i]) - m) * scale
                let weight = gamma.map { Double($0[channel(i)]) } ?? 1
                y[i] = normalized * weight + (beta.map { Double($0[channel(i)]) } ?? 0)
                dgamma[channel(i)] += Double(g[i]) * normalized
                dbeta[channel(i)] += Double(g[i])
                sum += Double(g[i]) * weight
                dot += Double(g[i]) * weight * normalized
            }
            for i in range {
                let weight = gamma.map { Double($0[channel(i)]) } ?? 1
                let normalized = (Double(x[i]) - m) * scale
                let center = sizes.centers ? sum / Double(columns) : 0
                dx[i] = scale * (Double(g[i]) * weight - center - normalized * dot / Double(columns))
            }
        }
    }
}

@Suite("Normalized rows") struct NormalizeRowsTests {
    /// Rows, groups, segments, span.
    static let sizes = [
        (3, 1, 1, 1), (5, 1, 7, 1), (2, 1, 16, 1), (70, 1, 33, 1), (2, 1, 5000, 1), (6, 3, 2, 1), (6, 3, 1, 5),
        (4, 2, 3, 17), (40, 2, 2, 4), (2, 1, 2, 2500), (1, 1, 64, 1),
    ]

    @Test("forward and backward follow the formula", arguments: availableLevels, sizes)
    func formula(level: TernLevel, size: (Int, Int, Int, Int)) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            for variant in 0..<8 {
                let (rows, groups, segments, span) = size
                var sizes = TernNormalizeRows(
                    groups: groups, segments: segments, span: span, centers: variant & 1 == 0, epsilon: 0.5)
                var numbers = TestNumbers(UInt64(variant + rows))
                let (count, channels) = (rows * segments * span, groups * segments)
                let x: [T] = numbers.reals(count, in: 1...4)
                let g: [T] = numbers.reals(count)
                let gamma: [T]? = variant & 2 == 0 ? numbers.reals(channels) : nil
                let beta: [T]? = variant & 4 == 0 ? numbers.reals(channels) : nil
                let expected = Reference(sizes, rows: rows, x, g, gamma, beta)
                var (mean, variance) = ([T](repeating: 0, count: rows), [T](repeating: 0, count: rows))
                let table = kernels(level, T.type)
                let cut = rows / 2
                let y: [T] = written(count) {
                    table.rows_forward(&sizes, cut, rows, x, gamma, beta, &mean, &variance, $0)
                    table.rows_forward(&sizes, 0, cut, x, gamma, beta, &mean, &variance, $0)
                }
                var dx: [T] = []
                let sums: [T] = written(4 * channels) { sums in
                    dx = written(count) {
                        table.rows_backward(&sizes, 0, rows, x, g, mean, variance, gamma, $0, sums)
                    }
                }
                let only: [T] = written(count) {
                    table.rows_backward(&sizes, 0, rows, x, g, mean, variance, gamma, $0, nil)
                }
                #expect(only.count == dx.count)
                for i in 0..<count {
                    #expect(isClose(y[i], expected.y[i], tolerance: tolerance))
                    #expect(isClose(dx[i], expected.dx[i], tolerance: 8 * tolerance))
                    #expect(isClose(only[i], expected.dx[i], tolerance: 8 * tolerance))
                }
                for r in 0..<rows { #expect(isClose(variance[r], expected.variance[r], tolerance: tolerance)) }
                for c in 0..<channels {
                    #expect(isClose(sums[c], expected.dgamma[c], tolerance: 40 * tolerance))
                    #expect(isClose(sums[channels + c], expected.dbeta[c], tolerance: 40 * tolerance))
                }
            }
        }
        check(Float.self, tolerance: 2e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("the variance of a row survives a mean 10,000 times the deviation", arguments: availableLevels, [100, 4096])
    func stable(level: TernLevel, columns: Int) {
        var numbers = TestNumbers(23)
        let x: [Float] = numbers.reals(columns, in: 9999...10001)
        var sizes = TernNormalizeRows(groups: 1, segments: columns, span: 1, centers: true, epsilon: 0)
        var (mean, variance) = ([Float(0)], [Float(0)])
        let _: [Float] = written(columns) {
            kernels(level, .TERN_FLOAT32).rows_forward(&sizes, 0, 1, x, nil, nil, &mean, &variance, $0)
        }
        let m = x.reduce(0) { $0 + Double($1) } / Double(columns)
        let v = x.reduce(0) { $0 + (Double($1) - m) * (Double($1) - m) } / Double(columns)
        #expect(abs(Double(mean[0]) - m) <= 1e-7 * m)
        #expect(abs(Double(variance[0]) - v) <= 1e-5 * v)
    }

    @Test("halves give what the same floats give, rounded", arguments: availableLevels, Half.all)
    func halves(level: TernLevel, half: Half) {
        let (stored, single) = (
            half.tables(level).half.normalize!.pointee, half.tables(level).single.normalize!.pointee
        )
        for (rows, groups, segments, span) in Self.sizes {
            var numbers = TestNumbers(92)
            var sizes = TernNormalizeRows(groups: groups, segments: segments, span: span, centers: true, epsilon: 1e-3)
            let (count, channels) = (rows * segments * span, groups * segments)
            let (x, g) = (half.numbers(count, &numbers, in: 1...3), half.numbers(count, &numbers))
            let (wide, wideG) = (half.widened(x), half.widened(g))
            let gamma: [Float] = numbers.reals(channels)
            let zeros = [Float](repeating: 0, count: rows)
            var (mean, variance, wideMean, wideVariance) = (zeros, zeros, zeros, zeros)
            let y: [UInt16] = written(count) {
                stored.rows_forward(&sizes, 0, rows, x, gamma, gamma, &mean, &variance, $0)
            }
            let wideY: [Float] = written(count) {
                single.rows_forward(&sizes, 0, rows, wide, gamma, gamma, &wideMean, &wideVariance, $0)
            }
            #expect(mean == wideMean && variance == wideVariance && y == half.rounded(wideY))
            var (sums, wideSums) = (
                [Float](repeating: 1, count: 4 * channels), [Float](repeating: 2, count: 4 * channels)
            )
            let dx: [UInt16] = written(count) {
                stored.rows_backward(&sizes, 0, rows, x, g, mean, variance, gamma, $0, &sums)
            }
            let wideDx: [Float] = written(count) {
                single.rows_backward(&sizes, 0, rows, wide, wideG, mean, variance, gamma, $0, &wideSums)
            }
            #expect(sums == wideSums && dx == half.rounded(wideDx))
        }
    }
}
