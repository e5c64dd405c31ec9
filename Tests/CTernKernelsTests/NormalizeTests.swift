import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernNormalizeKernels {
    tern_kernels(level, type).pointee.normalize!.pointee
}

private struct Extent: CustomTestStringConvertible, Sendable {
    let batch: Int, channels: Int, size: Int
    var count: Int { batch * channels * size }
    var testDescription: String { "[\(batch), \(channels), \(size)]" }
    /// The places of channel `c`.
    func places(_ c: Int) -> [Int] { (0..<batch).flatMap { n in (0..<size).map { (n * channels + c) * size + $0 } } }
}

private let extents = [
    Extent(batch: 2, channels: 1, size: 1), Extent(batch: 5, channels: 3, size: 1),
    Extent(batch: 300, channels: 37, size: 1), Extent(batch: 3, channels: 2, size: 4),
    Extent(batch: 4, channels: 3, size: 49), Extent(batch: 2, channels: 2, size: 2500),
    Extent(batch: 9, channels: 2, size: 1024),
]

@Suite("Batch normalization") struct NormalizeTests {
    /// Everything in one call, and in ranges of channels of uneven lengths.
    private func ranges(_ channels: Int) -> [[Range<Int>]] {
        let cut = max(1, channels / 3)
        return [[0..<channels], [0..<cut, cut..<channels]]
    }

    @Test("training forward and backward against a reference", arguments: availableLevels, extents)
    private func training(level: TernLevel, extent: Extent) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            var numbers = TestNumbers(21)
            let (batch, channels, size) = (extent.batch, extent.channels, extent.size)
            let x: [T] = numbers.reals(extent.count, in: 9...12)
            let g: [T] = numbers.reals(extent.count)
            let gamma: [T] = numbers.reals(channels)
            let beta: [T] = numbers.reals(channels)
            let epsilon = 1e-3
            var results: [[[T]]] = []
            for ranges in ranges(channels) {
                var mean = [T](repeating: 0, count: channels)
                var variance = mean
                var dgamma = mean
                var dbeta = mean
                let y: [T] = written(extent.count) { y in
                    for r in ranges {
                        kernels(level, T.type).forward(
                            batch, channels, size, r.lowerBound, r.upperBound, x, gamma, beta, epsilon,
                            TernActivation(), &mean,
                            &variance, y)
                    }
                }
                let dx: [T] = written(extent.count) { dx in
                    for r in ranges {
                        kernels(level, T.type).backward(
                            batch, channels, size, r.lowerBound, r.upperBound, x, g, mean, variance, gamma, nil,
                            epsilon, TernActivation(), true, dx,
                            &dgamma, &dbeta)
                    }
                }
                results.append([mean, variance, y, dx, dgamma, dbeta])
            }
            #expect(results[0] == results[1], "ranges of channels change the result")
            let (mean, variance, y, dx) = (results[0][0], results[0][1], results[0][2], results[0][3])
            for c in 0..<channels {
                let places = extent.places(c)
                let count = Double(places.count)
                let m = places.reduce(0) { $0 + Double(x[$1]) } / count
                let v = places.reduce(0) { $0 + (Double(x[$1]) - m) * (Double(x[$1]) - m) } / count
                let inverse = 1 / (v + epsilon).squareRoot()
                let sum = places.reduce(0) { $0 + Double(g[$1]) }
                let dot = places.reduce(0) { $0 + Double(g[$1]) * (Double(x[$1]) - m) * inverse }
                #expect(isClose(mean[c], m, tolerance: tolerance))
                #expect(isClose(variance[c], v, tolerance: tolerance))
                #expect(abs(Double(results[0][4][c]) - dot) <= tolerance * 10 * count.squareRoot())
                #expect(abs(Double(results[0][5][c]) - sum) <= tolerance * 10 * count.squareRoot())
                let worst = places.reduce(0.0) {
                    let normalized = (Double(x[$1]) - m) * inverse
                    let slope = Double(gamma[c]) * inverse * (Double(g[$1]) - sum / count - normalized * dot / count)
                    let value = normalized * Double(gamma[c]) + Double(beta[c])
                    return max($0, abs(Double(y[$1]) - value), abs(Double(dx[$1]) - slope) / max(1, inverse))
                }
                #expect(worst <= 40 * tolerance, "channel \(c)")
            }
        }
        check(Float.self, tolerance: 1e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test(
        "evaluation uses the given statistics, and absent gamma and beta are 1 and 0", arguments: availableLevels,
        [1, 6, 40])
    func evaluation(level: TernLevel, size: Int) {
        var numbers = TestNumbers(22)
        let (batch, channels) = (3, 5)
        let n = batch * channels * size
        let x: [Float] = numbers.reals(n)
        let g: [Float] = numbers.reals(n)
        let mean: [Float] = numbers.reals(channels)
        let variance: [Float] = numbers.reals(channels, in: 0.5...2)
        let y: [Float] = written(n) {
            kernels(level, .TERN_FLOAT32).normalize(
                batch, channels, size, 0, channels, x, mean, variance, nil, nil, 1e-5, TernActivation(), $0)
        }
        var dgamma = [Float](repeating: 0, count: channels)
        var dbeta = dgamma
        var onlyGamma = dgamma
        var onlyBeta = dgamma
        let dx: [Float] = written(n) {
            kernels(level, .TERN_FLOAT32).backward(
                batch, channels, size, 0, channels, x, g, mean, variance, nil, nil, 1e-5, TernActivation(), false, $0,
                &dgamma,
                &dbeta)
        }
        kernels(level, .TERN_FLOAT32).backward(
            batch, channels, size, 0, channels, x, g, mean, variance, nil, nil, 1e-5, TernActivation(), false, nil,
            &onlyGamma,
            &onlyBeta)
        #expect(dgamma == onlyGamma && dbeta == onlyBeta)
        for i in 0..<n {
            let c = i / size % channels
            let inverse = 1 / (Double(variance[c]) + 1e-5).squareRoot()
            #expect(isClose(y[i], (Double(x[i]) - Double(mean[c])) * inverse, tolerance: 1e-6))
            #expect(isClose(dx[i], Double(g[i]) * inverse, tolerance: 1e-6))
        }
    }

    @Test("the variance survives a mean 10,000 times the deviation", arguments: availableLevels, [1, 16, 1024])
    func stable(level: TernLevel, size: Int) {
        var numbers = TestNumbers(23)
        let batch = 4096 / size
        let x: [Float] = numbers.reals(4096, in: 9999...10001)
        var mean = [Float(0)]
        var variance = [Float(0)]
        let _: [Float] = written(4096) {
            kernels(level, .TERN_FLOAT32).forward(
                batch, 1, size, 0, 1, x, nil, nil, 1e-5, TernActivation(), &mean, &variance, $0)
        }
        let m = x.reduce(0) { $0 + Double($1) } / 4096
        let v = x.reduce(0) { $0 + (Double($1) - m) * (Double($1) - m) } / 4096
        #expect(abs(Double(mean[0]) - m) <= 1e-7 * m)
        #expect(abs(Double(variance[0]) - v) <= 1e-5 * v)
    }
}
