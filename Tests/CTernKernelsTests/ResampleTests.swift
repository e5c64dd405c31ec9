import CTernKernels
import Testing

/// Outputs along an axis as sums of inputs: window `o` is `windows[o]`, with random weights.
private struct Taps {
    let input: Int
    let windows: [Range<Int>]

    /// Windows of at most `width` inputs, evenly spread.
    init(_ input: Int, _ output: Int, width: Int) {
        self.input = input
        windows = (0..<output).map { o in
            let first = output == 1 ? 0 : o * Swift.max(0, input - width) / (output - 1)
            return first..<Swift.min(input, first + width)
        }
    }

    var taps: Int { windows.map(\.count).max()! }
}

private struct ResampleCase: CustomTestStringConvertible {
    let planes: Int
    let rows: Taps?
    let columns: Taps?
    let height: Int
    let width: Int

    init(_ planes: Int, _ size: (Int, Int), to output: (Int?, Int?), taps: Int) {
        self.planes = planes
        (height, width) = size
        rows = output.0.map { Taps(size.0, $0, width: taps) }
        columns = output.1.map { Taps(size.1, $0, width: taps) }
    }

    var testDescription: String {
        "\(planes)x\(height)x\(width) -> \(rows?.windows.count ?? height)x\(columns?.windows.count ?? width)"
    }
}

private let cases = [
    ResampleCase(2, (5, 7), to: (9, 11), taps: 2),
    ResampleCase(3, (28, 28), to: (56, 56), taps: 2),
    ResampleCase(1, (20, 40), to: (9, 17), taps: 5),
    ResampleCase(1, (3, 300), to: (2, 290), taps: 4),
    ResampleCase(1, (2, 300), to: (nil, 3), taps: 200),
    ResampleCase(1, (90, 5), to: (2, nil), taps: 70),
    ResampleCase(40, (1, 9), to: (nil, 4), taps: 3),
    ResampleCase(5, (2, 3), to: (3, nil), taps: 1),
    ResampleCase(1, (1, 1), to: (4, 3), taps: 2),
    ResampleCase(2, (5, 40), to: (11, 17), taps: 1),
    ResampleCase(3, (9, 17), to: (4, 71), taps: 1),
    ResampleCase(3, (4, 9), to: (nil, 40), taps: 1),
    ResampleCase(2, (5, 3), to: (9, 3), taps: 1),
]

private func check<Scalar: Real>(_ item: ResampleCase, _: Scalar.Type) {
    var generator = TestNumbers(5)
    let x: [Scalar] = generator.reals(item.planes * item.height * item.width)
    func weights(_ taps: Taps?) -> [Scalar] { taps.map { generator.reals($0.taps * $0.windows.count) } ?? [] }
    let (rowWeights, columnWeights) = (weights(item.rows), weights(item.columns))
    let (height, width) = (item.rows?.windows.count ?? item.height, item.columns?.windows.count ?? item.width)
    var expected: [Double] = []
    for plane in 0..<item.planes {
        for row in 0..<height {
            for column in 0..<width {
                let rows = item.rows?.windows[row] ?? row..<row + 1
                let columns = item.columns?.windows[column] ?? column..<column + 1
                var sum = 0.0
                for r in rows {
                    for c in columns {
                        let a = item.rows.map { rowWeights[row * $0.taps + r - rows.lowerBound] } ?? 1
                        let b = item.columns.map { columnWeights[column * $0.taps + c - columns.lowerBound] } ?? 1
                        sum += Double(a) * Double(b) * Double(x[(plane * item.height + r) * item.width + c])
                    }
                }
                expected.append(sum)
            }
        }
    }
    let size = expected.map { abs($0) }.max()!
    for level in availableLevels {
        let kernels = tern_kernels(level, Scalar.type).pointee.resample!.pointee
        withTaps(item.rows, rowWeights) { rows in
            withTaps(item.columns, columnWeights) { columns in
                let scratch = UnsafeMutableRawPointer.allocate(
                    byteCount: kernels.scratch_bytes(columns) + 64, alignment: 64)
                defer { scratch.deallocate() }
                // In two parts, the second one first.
                let all = item.planes * height
                let y = written(expected.count, Scalar.self) { y in
                    kernels.rows(rows, columns, item.width, all / 3, all, x, y, scratch)
                    kernels.rows(rows, columns, item.width, 0, all / 3, x, y, scratch)
                }
                let tolerance = (Scalar.self == Float.self ? 3e-6 : 1e-14) * size
                let agrees = zip(y, expected).allSatisfy { abs(Double($0) - $1) <= tolerance }
                #expect(agrees, "\(level) \(Scalar.self)")
            }
        }
    }
}

private func withTaps<Scalar: Real>(_ taps: Taps?, _ weights: [Scalar], _ body: (UnsafePointer<TernTaps>?) -> Void) {
    guard let taps else { return body(nil) }
    let firsts = taps.windows.map { Int32($0.lowerBound) }
    let counts = taps.windows.map { Int32($0.count) }
    firsts.withUnsafeBufferPointer { firsts in
        counts.withUnsafeBufferPointer { counts in
            weights.withUnsafeBytes { weights in
                var table = TernTaps(
                    in: taps.input, out: taps.windows.count, taps: taps.taps, firsts: firsts.baseAddress!,
                    counts: counts.baseAddress!, weights: weights.baseAddress!)
                body(&table)
            }
        }
    }
}

@Test("resampling kernels of all levels agree with plain loops", arguments: cases)
private func resampling(_ item: ResampleCase) {
    check(item, Float.self)
    check(item, Double.self)
}

private func checkPoints<Scalar: Real>(_ channels: Int, _ pixels: Int, _ points: Int, _ taps: Int, _: Scalar.Type) {
    var generator = TestNumbers(7)
    let x: [Scalar] = generator.reals(channels * pixels)
    let g: [Scalar] = generator.reals(channels * points)
    let weights: [Scalar] = generator.reals(taps * points)
    let places = (0..<taps * points).map { _ in Int32.random(in: -2..<Int32(pixels), using: &generator) }
    var (y, dx) = ([Double](repeating: 0, count: g.count), [Double](repeating: 0, count: x.count))
    var dw = [Double](repeating: 0, count: weights.count)
    for (i, place) in places.enumerated() where place >= 0 {
        for c in 0..<channels {
            let (point, pixel) = (c * points + i % points, c * pixels + Int(place))
            y[point] += Double(weights[i]) * Double(x[pixel])
            dx[pixel] += Double(weights[i]) * Double(g[point])
            dw[i] += Double(g[point]) * Double(x[pixel])
        }
    }
    let tolerance = Scalar.self == Float.self ? 1e-5 : 1e-13
    func agree(_ actual: [Scalar], _ expected: [Double]) -> Bool {
        zip(actual, expected).allSatisfy { isClose($0, $1, tolerance: tolerance) }
    }
    for level in availableLevels {
        let kernels = tern_kernels(level, Scalar.type).pointee.resample!.pointee
        let results = places.withUnsafeBufferPointer { places in
            let table = TernPoints(pixels: pixels, points: points, taps: taps, places: places.baseAddress!)
            return withUnsafePointer(to: table) { table in
                [
                    written(y.count, Scalar.self) { kernels.gather_points!(table, channels, x, weights, $0) },
                    written(dx.count, Scalar.self) { kernels.scatter_points!(table, channels, g, weights, $0) },
                    written(dw.count, Scalar.self) {
                        kernels.point_products!(table, channels, points / 3, points, x, g, $0)
                        kernels.point_products!(table, channels, 0, points / 3, x, g, $0)
                    },
                ]
            }
        }
        #expect(agree(results[0], y) && agree(results[1], dx) && agree(results[2], dw), "\(level) \(Scalar.self)")
    }
}

@Test("kernels of points of all levels agree with plain loops")
private func points() {
    for (channels, pixels, points, taps) in [(3, 20, 33, 4), (1, 1, 1, 1), (2, 300, 150, 16)] {
        checkPoints(channels, pixels, points, taps, Float.self)
        checkPoints(channels, pixels, points, taps, Double.self)
    }
}
