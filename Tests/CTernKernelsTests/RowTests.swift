import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernRowKernels {
    tern_kernels(level, type).pointee.rows!.pointee
}

@Suite("Softmax and cross-entropy rows") struct RowTests {
    @Test("softmax, log-softmax and their derivatives", arguments: availableLevels, [1, 2, 3, 10, 15, 16, 17, 33, 100])
    func softmax(level: TernLevel, columns: Int) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            var numbers = TestNumbers(UInt64(columns))
            let rows = 3
            let n = rows * columns
            var x: [T] = numbers.reals(n, in: -20...20)
            x[0] = 1000
            let g: [T] = numbers.reals(n)
            let y: [T] = written(n) { kernels(level, T.type).softmax(rows, columns, x, $0) }
            let logs: [T] = written(n) { kernels(level, T.type).log_softmax(rows, columns, x, $0) }
            let dx: [T] = written(n) { kernels(level, T.type).softmax_backward(rows, columns, y, g, $0) }
            let dLogs: [T] = written(n) { kernels(level, T.type).log_softmax_backward(rows, columns, logs, g, $0) }
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let values = x[range].map { Double($0) }
                let most = values.max()!
                let sum = values.reduce(0) { $0 + exp($1 - most) }
                let dot = range.reduce(0) { $0 + Double(g[$1]) * Double(y[$1]) }
                let total = range.reduce(0) { $0 + Double(g[$1]) }
                for i in range {
                    let logarithm = Double(x[i]) - most - log(sum)
                    #expect(isClose(y[i], exp(logarithm), tolerance: tolerance))
                    #expect(isClose(logs[i], logarithm, tolerance: tolerance))
                    #expect(isClose(dx[i], Double(y[i]) * (Double(g[i]) - dot), tolerance: 4 * tolerance))
                    #expect(isClose(dLogs[i], Double(g[i]) - exp(logarithm) * total, tolerance: 40 * tolerance))
                }
            }
        }
        check(Float.self, tolerance: 4e-7)
        check(Double.self, tolerance: 1e-15)
    }

    @Test("softmax of infinities and NaN", arguments: availableLevels)
    func infiniteRows(level: TernLevel) {
        let x: [Float] = [-.infinity, 0, -.infinity, -.infinity, .nan, 1]
        let y: [Float] = written(6) { kernels(level, .TERN_FLOAT32).softmax(3, 2, x, $0) }
        #expect(y[0] == 0 && y[1] == 1)
        #expect(y[2...].allSatisfy { $0.isNaN })
    }

    @Test("cross-entropy with smoothing and ignored rows", arguments: availableLevels, [0, 0.1])
    func crossEntropy(level: TernLevel, smoothing: Double) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            for columns in [2, 10, 17, 50] {
                var numbers = TestNumbers(11)
                let rows = 5
                let n = rows * columns
                let x: [T] = numbers.reals(n, in: -9...9)
                let labels = (0..<rows).map { $0 == 2 ? -100 : Int64($0 * 7 % columns) }
                var loss = [T](repeating: 0, count: rows)
                let p: [T] = written(n) {
                    let invalid = kernels(level, T.type).cross_entropy(
                        rows, columns, x, labels, -100, smoothing, &loss, $0)
                    #expect(invalid == -1)
                }
                let scale: [T] = numbers.reals(rows)
                let dx: [T] = written(n) {
                    kernels(level, T.type).cross_entropy_backward(
                        rows, columns, p, labels, -100, smoothing, scale, 1, $0)
                }
                for row in 0..<rows {
                    let values = (0..<columns).map { Double(x[row * columns + $0]) }
                    let most = values.max()!
                    let logSum = most + log(values.reduce(0) { $0 + exp($1 - most) })
                    let label = Int(labels[row])
                    let mean = values.reduce(0) { $0 + logSum - $1 } / Double(columns)
                    let reference = label < 0 ? 0 : (1 - smoothing) * (logSum - values[label]) + smoothing * mean
                    #expect(isClose(loss[row], reference, tolerance: tolerance))
                    for c in 0..<columns {
                        let probability = exp(values[c] - logSum)
                        #expect(isClose(p[row * columns + c], probability, tolerance: tolerance))
                        let target = smoothing / Double(columns) + (c == label ? 1 - smoothing : 0)
                        let slope = label < 0 ? 0 : Double(scale[row]) * (probability - target)
                        #expect(isClose(dx[row * columns + c], slope, tolerance: 3 * tolerance))
                    }
                }
            }
        }
        check(Float.self, tolerance: 1e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("rows of a million equal values have no drift", arguments: availableLevels)
    func longRows(level: TernLevel) {
        let n = 1 << 20
        let x = [Float](repeating: 0.1, count: n)
        let y: [Float] = written(n) { kernels(level, .TERN_FLOAT32).softmax(1, n, x, $0) }
        #expect(abs(Double(y[n - 1]) * Double(n) - 1) < 1e-6)
        let logs: [Float] = written(n) { kernels(level, .TERN_FLOAT32).log_softmax(1, n, x, $0) }
        #expect(abs(Double(logs[0]) + log(Double(n))) < 1e-6 * 14)
        // With g = x the dot product is x itself.
        let dx: [Float] = written(n) { kernels(level, .TERN_FLOAT32).softmax_backward(1, n, y, x, $0) }
        #expect(dx.allSatisfy { abs(Double($0) * Double(n)) < 1e-7 })
        let dLogs: [Float] = written(n) { kernels(level, .TERN_FLOAT32).log_softmax_backward(1, n, logs, x, $0) }
        #expect(dLogs.allSatisfy { abs($0) < 4e-7 })
    }

    @Test("the slope at a sure label is that of the others, not 1 - 1", arguments: availableLevels, [3, 10, 16, 40])
    func sureLabels(level: TernLevel, columns: Int) {
        for label in [0, columns / 2, columns - 1] {
            var x = [Float](repeating: 0, count: columns)
            x[label] = 25
            var loss: [Float] = [0]
            var p = x
            _ = kernels(level, .TERN_FLOAT32).cross_entropy(1, columns, x, [Int64(label)], -100, 0, &loss, &p)
            let dx: [Float] = written(columns) {
                kernels(level, .TERN_FLOAT32).cross_entropy_backward(
                    1, columns, p, [Int64(label)], -100, 0, [2] as [Float], 0, $0)
            }
            let other = exp(-25) / (1 + Double(columns - 1) * exp(-25))
            for c in 0..<columns {
                let exact = 2 * (c == label ? -other * Double(columns - 1) : other)
                #expect(abs(Double(dx[c]) / exact - 1) < 1e-6)
            }
        }
    }

    @Test("the first label out of range is reported", arguments: availableLevels)
    func invalidLabel(level: TernLevel) {
        let x = [Float](repeating: 0, count: 12)
        var loss = [Float](repeating: 0, count: 4)
        var p = x
        for (labels, row): ([Int64], Int) in [([0, 2, 3, 5], 2), ([0, -1, 1, 1], 1), ([0, 1, 2, 2], -1)] {
            #expect(kernels(level, .TERN_FLOAT32).cross_entropy(4, 3, x, labels, -100, 0, &loss, &p) == row)
        }
    }
}
