import CTernKernels
import Testing

private struct PoolCase: CustomTestStringConvertible {
    var sizes: TernPool2d
    var planes: Int

    init(
        _ planes: Int, _ size: (Int, Int), kernel: (Int, Int), stride: (Int, Int), before: (Int, Int) = (0, 0),
        output: (Int, Int)? = nil, dilation: (Int, Int) = (1, 1), countsPadding: Bool = true, divisor: Int = 0
    ) {
        let output =
            output ?? (
                (size.0 + 2 * before.0 - (kernel.0 - 1) * dilation.0 - 1) / stride.0 + 1,
                (size.1 + 2 * before.1 - (kernel.1 - 1) * dilation.1 - 1) / stride.1 + 1
            )
        self.planes = planes
        sizes = TernPool2d(
            in_height: size.0, in_width: size.1, out_height: output.0, out_width: output.1, kernel_height: kernel.0,
            kernel_width: kernel.1, stride_height: stride.0, stride_width: stride.1, pad_top: before.0,
            pad_left: before.1, pad_bottom: before.0, pad_right: before.1, dilation_height: dilation.0,
            dilation_width: dilation.1, adaptive: false, counts_padding: countsPadding, divisor: divisor)
    }

    init(_ planes: Int, _ size: (Int, Int), adaptive output: (Int, Int)) {
        self.init(planes, size, kernel: (0, 0), stride: (0, 0), output: output)
        sizes.adaptive = true
    }

    var testDescription: String {
        "\(planes)x\(sizes.in_height)x\(sizes.in_width) -> \(sizes.out_height)x\(sizes.out_width), kernel "
            + "\(sizes.kernel_height)x\(sizes.kernel_width), stride \(sizes.stride_height),\(sizes.stride_width), "
            + "padding \(sizes.pad_top),\(sizes.pad_left)"
    }

    /// The inputs of output `o` along an axis, and how many positions a mean divides by.
    private func window(_ o: Int, _ input: Int, _ output: Int, _ k: Int, _ s: Int, _ pad: Int, _ d: Int) -> ([Int], Int)
    {
        if sizes.adaptive {
            let range = o * input / output..<((o + 1) * input + output - 1) / output
            return (Array(range), range.count)
        }
        let taps = (0..<k).map { o * s - pad + $0 * d }
        let inside = taps.filter { (0..<input).contains($0) }
        return (inside, sizes.counts_padding ? taps.count(where: { $0 < input + pad }) : max(1, inside.count))
    }

    /// For each output of a plane, the indices of its inputs in order, and the divisor of its mean.
    var windows: [(inputs: [Int], divisor: Int)] {
        let s = sizes
        return (0..<s.out_height).flatMap { oy in
            (0..<s.out_width).map { ox in
                let (rows, countY) = window(
                    oy, s.in_height, s.out_height, s.kernel_height, s.stride_height, s.pad_top, s.dilation_height)
                let (columns, countX) = window(
                    ox, s.in_width, s.out_width, s.kernel_width, s.stride_width, s.pad_left, s.dilation_width)
                let inputs = rows.flatMap { y in columns.map { y * s.in_width + $0 } }
                return (inputs, s.divisor == 0 ? countY * countX : s.divisor)
            }
        }
    }
}

private let cases = [
    PoolCase(3, (28, 28), kernel: (2, 2), stride: (2, 2)),
    PoolCase(2, (10, 10), kernel: (2, 2), stride: (2, 2)),
    PoolCase(2, (5, 67), kernel: (2, 2), stride: (2, 2)),
    PoolCase(1, (6, 64), kernel: (2, 2), stride: (2, 2), divisor: 3),
    PoolCase(2, (7, 7), kernel: (2, 2), stride: (2, 2), output: (4, 4)),
    PoolCase(2, (14, 21), kernel: (3, 3), stride: (2, 2), before: (1, 1)),
    PoolCase(2, (14, 21), kernel: (3, 3), stride: (2, 2), before: (1, 1), countsPadding: false),
    PoolCase(2, (9, 150), kernel: (3, 2), stride: (1, 1), before: (1, 1)),
    PoolCase(1, (8, 30), kernel: (5, 4), stride: (3, 5), before: (2, 2)),
    PoolCase(1, (1, 1), kernel: (1, 1), stride: (1, 1)),
    PoolCase(2, (13, 33), adaptive: (4, 5)),
    PoolCase(2, (6, 40), adaptive: (1, 1)),
    PoolCase(2, (3, 3), adaptive: (5, 4)),
]

private func check<Scalar: Real>(_ pool: PoolCase, _: Scalar.Type, average: Bool) {
    var generator = TestNumbers(3)
    var sizes = pool.sizes
    let (input, output) = (sizes.in_height * sizes.in_width, sizes.out_height * sizes.out_width)
    // Few different values, so that there are ties, and now and then a NaN for maxima.
    let x: [Scalar] = (0..<pool.planes * input).map { _ in
        let value = Int.random(in: -4...4, using: &generator)
        return average ? Scalar(value) / 3 : Int.random(in: 0..<40, using: &generator) == 0 ? .nan : Scalar(value)
    }
    let dy: [Scalar] = generator.reals(pool.planes * output)
    let windows = pool.windows
    var y = [Double]()
    var indices = [Int32]()
    var dx = [Double](repeating: 0, count: x.count)
    for plane in 0..<pool.planes {
        for (o, window) in windows.enumerated() {
            let g = Double(dy[plane * output + o])
            if average {
                y.append(window.inputs.reduce(0) { $0 + Double(x[plane * input + $1]) } / Double(window.divisor))
                for i in window.inputs { dx[plane * input + i] += g / Double(window.divisor) }
                continue
            }
            var best = -1
            for i in window.inputs {
                let (value, largest) = (x[plane * input + i], best < 0 ? 0 : x[plane * input + best])
                if best < 0 || value > largest || (value.isNaN && !largest.isNaN) { best = i }
            }
            y.append(best < 0 ? -.infinity : Double(x[plane * input + best]))
            indices.append(Int32(best))
            if best >= 0 { dx[plane * input + best] += g }
        }
    }
    let tolerance = Scalar.self == Float.self ? 1e-6 : 1e-14
    func agree(_ actual: [Scalar], _ expected: [Double]) -> Bool {
        zip(actual, expected).allSatisfy {
            Double($0) == $1 || $0.isNaN && $1.isNaN || abs(Double($0) - $1) <= tolerance * max(1, abs($1))
        }
    }
    for level in availableLevels {
        let kernels = tern_kernels(level, Scalar.type).pointee.pool!.pointee
        var actualY = [Scalar](repeating: 77, count: y.count)
        var actualDx = [Scalar](repeating: 77, count: x.count)
        if average {
            kernels.average(&sizes, pool.planes, x, &actualY)
            kernels.average_spread(&sizes, pool.planes, dy, &actualDx, nil)
        } else {
            var actualIndices = [Int32](repeating: 77, count: y.count)
            var gathered = actualY
            kernels.max(&sizes, pool.planes, x, &actualY, &actualIndices)
            #expect(actualIndices == indices, "\(level) \(Scalar.self)")
            kernels.max_scatter(&sizes, pool.planes, indices, dy, &actualDx, nil)
            kernels.max_gather(&sizes, pool.planes, indices, x, &gathered)
            #expect(agree(gathered, y), "\(level) \(Scalar.self) gather")
        }
        #expect(agree(actualY, y), "\(level) \(Scalar.self)")
        #expect(agree(actualDx, dx), "\(level) \(Scalar.self) derivative")
    }
}

@Test("pooling kernels of all levels agree with plain loops", arguments: cases, [false, true])
private func pooling(_ pool: PoolCase, average: Bool) {
    check(pool, Float.self, average: average)
    check(pool, Double.self, average: average)
}

@Test("a window of -infinity has its first place as maximum")
private func infinities() {
    var sizes = PoolCase(1, (2, 4), kernel: (2, 2), stride: (2, 2)).sizes
    var general = PoolCase(1, (2, 4), kernel: (2, 4), stride: (1, 1)).sizes
    let x = [Float](repeating: -.infinity, count: 8)
    for level in availableLevels {
        let kernels = tern_kernels(level, .TERN_FLOAT32).pointee.pool!.pointee
        var y: [Float] = [0, 0]
        var indices: [Int32] = [9, 9]
        kernels.max(&sizes, 1, x, &y, &indices)
        #expect(y == [-.infinity, -.infinity] && indices == [0, 2])
        kernels.max(&general, 1, x, &y, &indices)
        #expect(y[0] == -.infinity && indices[0] == 0)
    }
}
