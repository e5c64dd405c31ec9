import CTernKernels
import Testing

extension TestNumbers {
    /// Values that float32 holds exactly.
    fileprivate mutating func values(_ count: Int) -> [Double] {
        (reals(count, in: -1...1) as [Float]).map(Double.init)
    }
}

/// The depth of a convolution of volumes.
private struct Depth {
    var size = 1
    var kernel = 1
    var stride = 1
    var before = 0
    var after = 0
    var dilation = 1

    /// That of images, or any.
    static func random(_ g: inout TestNumbers) -> Depth {
        if Bool.random(using: &g) { return Depth() }
        while true {
            let depth = Depth(
                size: Int.random(in: 1...6, using: &g), kernel: Int.random(in: 1...3, using: &g),
                stride: Int.random(in: 1...3, using: &g), before: Int.random(in: 0...3, using: &g),
                after: Int.random(in: 0...3, using: &g), dilation: Int.random(in: 1...2, using: &g))
            if depth.size + depth.before + depth.after - (depth.kernel - 1) * depth.dilation > 0 { return depth }
        }
    }
}

extension TernConv {
    fileprivate init(
        _ images: Int, _ channels: (Int, Int), depth: Depth = Depth(), _ size: (Int, Int), kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), before: (Int, Int) = (0, 0), after: (Int, Int)? = nil,
        dilation: (Int, Int) = (1, 1), groups: Int = 1
    ) {
        func output(_ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
            (input + padding - (kernel - 1) * dilation - 1) / stride + 1
        }
        let after = after ?? before
        self.init(
            images: images, groups: groups, in_channels: channels.0, out_channels: channels.1, in_depth: depth.size,
            in_height: size.0, in_width: size.1,
            out_depth: output(depth.size, depth.kernel, depth.stride, depth.before + depth.after, depth.dilation),
            out_height: output(size.0, kernel.0, stride.0, before.0 + after.0, dilation.0),
            out_width: output(size.1, kernel.1, stride.1, before.1 + after.1, dilation.1), kernel_depth: depth.kernel,
            kernel_height: kernel.0, kernel_width: kernel.1, stride_depth: depth.stride, stride_height: stride.0,
            stride_width: stride.1, pad_front: depth.before, pad_top: before.0, pad_left: before.1,
            dilation_depth: depth.dilation, dilation_height: dilation.0, dilation_width: dilation.1)
    }

    /// Any convolution that has outputs, small enough for plain loops.
    static func random(seed: UInt64) -> TernConv {
        var g = TestNumbers(seed)
        while true {
            let kernel = (Int.random(in: 1...6, using: &g), Int.random(in: 1...6, using: &g))
            let size = (
                Int.random(in: 1...9, using: &g), Int.random(in: 1...(Bool.random(using: &g) ? 12 : 70), using: &g)
            )
            let dilation = (Int.random(in: 1...2, using: &g), Int.random(in: 1...3, using: &g))
            let before = (Int.random(in: 0...4, using: &g), Int.random(in: 0...4, using: &g))
            let after = (Int.random(in: 0...4, using: &g), Int.random(in: 0...4, using: &g))
            let fits =
                (size.0 + before.0 + after.0 - (kernel.0 - 1) * dilation.0 > 0)
                && (size.1 + before.1 + after.1 - (kernel.1 - 1) * dilation.1 > 0)
            guard fits else { continue }
            let conv = TernConv(
                Int.random(in: 1...3, using: &g),
                (
                    Int.random(in: 1...(Bool.random(using: &g) ? 9 : 20), using: &g),
                    Int.random(in: 1...(Bool.random(using: &g) ? 9 : 70), using: &g)
                ),
                depth: .random(&g), size,
                kernel: kernel, stride: (Int.random(in: 1...3, using: &g), Int.random(in: 1...3, using: &g)),
                before: before, after: after, dilation: dilation, groups: Int.random(in: 0...3, using: &g) == 0 ? 2 : 1)
            if conv.products < 60_000 { return conv }
        }
    }

    var inputs: Int { images * groups * in_channels * in_depth * in_height * in_width }
    var outputs: Int { images * groups * out_channels * out_depth * out_height * out_width }
    var weights: Int { groups * out_channels * in_channels * kernel }
    fileprivate var kernel: Int { kernel_depth * kernel_height * kernel_width }
    fileprivate var products: Int { outputs * in_channels * kernel }
    /// How many plans a pass has.
    func phases(_ pass: TernConvPass) -> Int { pass == .TERN_CONV_FORWARD ? 1 : stride_depth }

    /// Calls `body` with the indices of an output, an input and a weight for every product of the convolution.
    fileprivate func eachProduct(_ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
        for image in 0..<images {
            for group in 0..<groups {
                for o in 0..<out_channels {
                    for c in 0..<in_channels {
                        let output = (image * groups + group) * out_channels + o
                        let input = (image * groups + group) * in_channels + c
                        let filter = (group * out_channels + o) * in_channels + c
                        for (k, oz) in (0..<kernel).flatMap({ k in (0..<out_depth).map { (k, $0) } }) {
                            let (kz, ky, kx) = (
                                k / kernel_width / kernel_height, k / kernel_width % kernel_height, k % kernel_width
                            )
                            let z = oz * stride_depth - pad_front + kz * dilation_depth
                            if z < 0 || z >= in_depth { continue }
                            let (outputPlane, inputPlane) = (output * out_depth + oz, input * in_depth + z)
                            for oy in 0..<out_height {
                                let y = oy * stride_height - pad_top + ky * dilation_height
                                if y < 0 || y >= in_height { continue }
                                for ox in 0..<out_width {
                                    let x = ox * stride_width - pad_left + kx * dilation_width
                                    if x < 0 || x >= in_width { continue }
                                    body(
                                        (outputPlane * out_height + oy) * out_width + ox,
                                        (inputPlane * in_height + y) * in_width + x,
                                        filter * kernel + k)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A convolution that messages describe.
private struct ConvCase: CustomTestStringConvertible {
    let conv: TernConv

    var testDescription: String {
        "\(conv.images)x\(conv.groups)x\(conv.in_channels)x\(conv.in_depth)x\(conv.in_height)x\(conv.in_width) -> \(conv.out_channels)x\(conv.out_depth)x\(conv.out_height)x\(conv.out_width), "
            + "kernel \(conv.kernel_depth)x\(conv.kernel_height)x\(conv.kernel_width), stride \(conv.stride_depth),\(conv.stride_height),\(conv.stride_width), "
            + "padding \(conv.pad_front),\(conv.pad_top),\(conv.pad_left), dilation \(conv.dilation_depth),\(conv.dilation_height),\(conv.dilation_width)"
    }
}

/// What the kernels of one level give for one convolution.
private struct ConvResults<Scalar: Real> {
    var y: [Scalar], dx: [Scalar], dw: [Scalar], db: [Scalar]
    /// The input gradient from a bias on, as a transposed convolution has it.
    var transposed: [Scalar]

    /// - Parameter calls: how many calls share the pieces of a result.
    init(
        _ level: TernLevel, _ conv: TernConv, x: [Double], w: [Double], bias: [Double], transposedBias: [Double],
        dy: [Double], calls: Int = 1
    ) {
        let kernels = tern_kernels(level, Scalar.type).pointee.conv!.pointee
        var conv = conv
        let (x, w, bias, dy) = (x.map(Scalar.init), w.map(Scalar.init), bias.map(Scalar.init), dy.map(Scalar.init))

        func correlate(_ pass: TernConvPass, _ source: [Scalar], _ bias: [Scalar]?, _ count: Int) -> [Scalar] {
            // Memory starts as NaN, so that whatever is not written, or read before, shows.
            var result = [Scalar](repeating: .nan, count: count)
            for phase in 0..<conv.phases(pass) {
                var plan = TernConvPlan()
                kernels.plan(pass, phase, &conv, &plan)
                var packed = [Scalar](repeating: .nan, count: plan.packed_bytes / MemoryLayout<Scalar>.size)
                for piece in 0..<plan.pack_pieces { kernels.pack(&plan, piece, piece + 1, w, &packed) }
                for call in 0..<calls {
                    withScratch(plan.scratch_bytes) {
                        kernels.correlate(
                            &plan, plan.pieces * call / calls, plan.pieces * (call + 1) / calls, source, packed,
                            bias, &result, $0)
                    }
                }
            }
            return result
        }
        y = correlate(.TERN_CONV_FORWARD, x, bias, conv.outputs)
        dx = correlate(.TERN_CONV_INPUT_GRADIENT, dy, nil, conv.inputs)
        transposed = correlate(.TERN_CONV_INPUT_GRADIENT, dy, transposedBias.map(Scalar.init), conv.inputs)

        var plan = TernConvWeightPlan()
        kernels.plan_weight_gradient(&conv, &plan)
        var dw = [Scalar](repeating: .nan, count: plan.partials * w.count)
        var db = [Scalar](repeating: .nan, count: plan.partials * bias.count)
        for call in 0..<calls {
            withScratch(plan.scratch_bytes) {
                kernels.weight_gradient(
                    &plan, plan.pieces * call / calls, plan.pieces * (call + 1) / calls, x, dy, &dw, &db, $0)
            }
        }
        func total(_ sums: [Scalar], _ count: Int) -> [Scalar] {
            (0..<count).map { i in (0..<plan.partials).reduce(0) { $0 + sums[$1 * count + i] } }
        }
        self.dw = total(dw, w.count)
        self.db = total(db, bias.count)
    }
}

/// Memory of NaNs with a guard behind it.
func withScratch(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 64, alignment: 64)
    defer { scratch.deallocate() }
    memset(scratch, 0xFF, byteCount + 64)
    body(scratch)
    for i in byteCount..<byteCount + 64 {
        #expect(scratch.load(fromByteOffset: i, as: UInt8.self) == 0xFF, "scratch is overrun")
    }
}

private func memset(_ pointer: UnsafeMutableRawPointer, _ value: UInt8, _ count: Int) {
    pointer.initializeMemory(as: UInt8.self, repeating: value, count: count)
}

/// The largest difference of sums of `terms` products, relative to their size: sums of both signs have no relative
/// accuracy of their own.
private func difference<Scalar: Real>(_ actual: [Scalar], _ expected: [Double], _ terms: Int) -> Double {
    let scale = expected.reduce(Double(max(1, terms)).squareRoot()) { max($0, abs($1)) }
    let worst = zip(actual, expected).reduce(0) { worst, pair in
        let difference = abs(Double(pair.0) - pair.1)
        return difference.isNaN ? .infinity : max(worst, difference)
    }
    return worst / scale
}

private func check(_ conv: TernConv, seed: UInt64 = 1) {
    var generator = TestNumbers(seed)
    let (x, w) = (generator.values(conv.inputs), generator.values(conv.weights))
    let (bias, dy) = (generator.values(conv.groups * conv.out_channels), generator.values(conv.outputs))
    let transposedBias = generator.values(conv.groups * conv.in_channels)
    let plane = conv.out_depth * conv.out_height * conv.out_width
    let kernel = conv.kernel
    var y = (0..<conv.outputs).map { bias[$0 / plane % bias.count] }
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: w.count)
    var db = [Double](repeating: 0, count: bias.count)
    for i in dy.indices { db[i / plane % bias.count] += dy[i] }
    x.withUnsafeBufferPointer { x in
        w.withUnsafeBufferPointer { w in
            dy.withUnsafeBufferPointer { dy in
                y.withUnsafeMutableBufferPointer { y in
                    dx.withUnsafeMutableBufferPointer { dx in
                        dw.withUnsafeMutableBufferPointer { dw in
                            conv.eachProduct { output, input, weight in
                                y[output] += x[input] * w[weight]
                                dx[input] += dy[output] * w[weight]
                                dw[weight] += dy[output] * x[input]
                            }
                        }
                    }
                }
            }
        }
    }
    let inPlane = conv.in_depth * conv.in_height * conv.in_width
    let transposed = dx.indices.map { dx[$0] + transposedBias[$0 / inPlane % transposedBias.count] }
    for level in availableLevels {
        let single = ConvResults<Float>(
            level, conv, x: x, w: w, bias: bias, transposedBias: transposedBias, dy: dy)
        #expect(difference(single.y, y, kernel * conv.in_channels) < 5e-6, "\(level) float32 forward")
        #expect(difference(single.dx, dx, kernel * conv.out_channels) < 5e-6, "\(level) float32 input gradient")
        #expect(
            difference(single.transposed, transposed, kernel * conv.out_channels) < 5e-6, "\(level) float32 transposed")
        #expect(difference(single.dw, dw, conv.images * plane) < 5e-6, "\(level) float32 weight gradient")
        #expect(difference(single.db, db, conv.images * plane) < 5e-6, "\(level) float32 bias gradient")
        let double = ConvResults<Double>(
            level, conv, x: x, w: w, bias: bias, transposedBias: transposedBias, dy: dy)
        #expect(difference(double.y, y, kernel * conv.in_channels) < 1e-13, "\(level) float64 forward")
        #expect(difference(double.dx, dx, kernel * conv.out_channels) < 1e-13, "\(level) float64 input gradient")
        #expect(
            difference(double.transposed, transposed, kernel * conv.out_channels) < 1e-13,
            "\(level) float64 transposed")
        #expect(difference(double.dw, dw, conv.images * plane) < 1e-13, "\(level) float64 weight gradient")
        #expect(difference(double.db, db, conv.images * plane) < 1e-13, "\(level) float64 bias gradient")

        let shared = ConvResults<Float>(
            level, conv, x: x, w: w, bias: bias, transposedBias: transposedBias, dy: dy, calls: 3)
        #expect(shared.y == single.y && shared.dx == single.dx, "\(level) however pieces are shared")
        #expect(shared.dw == single.dw && shared.db == single.db, "\(level) however pieces are shared")
    }
}

@Test(
    "convolution kernels of all levels agree with plain loops for shapes of networks",
    arguments: [
        TernConv(2, (1, 6), (28, 28), kernel: (5, 5), before: (2, 2)),
        TernConv(3, (6, 16), (14, 14), kernel: (5, 5)),
        TernConv(1, (3, 32), (32, 32), kernel: (3, 3), before: (1, 1)),
        TernConv(1, (16, 48), (16, 16), kernel: (3, 3), stride: (2, 2), before: (1, 1)),
        TernConv(2, (40, 33), (7, 7), kernel: (1, 1)),
        TernConv(2, (24, 24), (14, 14), kernel: (1, 1), stride: (2, 2)),
        TernConv(2, (1, 1), (12, 33), kernel: (3, 3), before: (1, 1), groups: 12),
        TernConv(1, (1, 2), (15, 17), kernel: (3, 3), stride: (2, 2), before: (1, 1), groups: 8),
        TernConv(1, (40, 20), (9, 9), kernel: (3, 3), before: (2, 2), dilation: (2, 2)),
        // Images in lanes, not a full vector of them at the end.
        TernConv(19, (3, 5), (6, 7), kernel: (3, 3), before: (1, 1)),
        TernConv(35, (2, 7), (5, 6), kernel: (3, 2), stride: (2, 1), before: (1, 2), groups: 2),
        TernConv(16, (4, 3), (9, 5), kernel: (3, 3), stride: (2, 3), before: (3, 2), dilation: (1, 2)),
        // Bands of rows: outputs and windows larger than one buffer.
        TernConv(1, (1, 1), (70, 60), kernel: (3, 3), before: (1, 1)),
        TernConv(1, (3, 18), (37, 61), kernel: (3, 3), stride: (2, 1), before: (1, 1)),
        TernConv(1, (300, 4), (13, 13), kernel: (2, 2)),
        // Volumes: channels, the width and images in lanes.
        TernConv(
            2, (5, 20), depth: Depth(size: 6, kernel: 3, before: 1, after: 1), (7, 8), kernel: (3, 3), before: (1, 1)),
        TernConv(
            1, (2, 3), depth: Depth(size: 5, kernel: 2, stride: 2, dilation: 2), (6, 40), kernel: (3, 3), groups: 2),
        TernConv(
            18, (2, 3), depth: Depth(size: 4, kernel: 3, stride: 3, before: 2), (5, 4), kernel: (2, 2), stride: (2, 1)),
        // More input channels, with the taps of the depth, than one piece of a weight gradient takes.
        TernConv(1, (50, 3), depth: Depth(size: 3, kernel: 3, before: 1, after: 1), (3, 4), kernel: (2, 2)),
        // Sequences that are cut into strips: channels, the width and images in lanes.
        TernConv(2, (20, 33), (1, 700), kernel: (1, 3), before: (0, 1)),
        TernConv(1, (6, 40), (1, 1300), kernel: (1, 4), stride: (1, 3), before: (0, 2), dilation: (1, 2)),
        TernConv(1, (2, 3), (1, 2100), kernel: (1, 3), stride: (1, 2), before: (0, 2)),
        TernConv(2, (1, 2), (1, 1200), kernel: (1, 5), before: (0, 2), groups: 3),
        TernConv(17, (2, 1), (1, 600), kernel: (1, 9), stride: (1, 4), before: (0, 4)),
        // Winograd's algorithm: tiles that lie half outside, blocks that end within images, channels past the last
        // vector, several pieces, more padding than a tile has, rows that are cut into strips.
        TernConv(2, (32, 32), (8, 8), kernel: (3, 3), before: (1, 1)),
        TernConv(5, (33, 70), (7, 5), kernel: (3, 3), before: (1, 0), after: (0, 2)),
        TernConv(2, (40, 36), (9, 8), kernel: (3, 3)),
        TernConv(9, (130, 32), (4, 4), kernel: (3, 3), before: (1, 1)),
        TernConv(4, (32, 200), (5, 6), kernel: (3, 3), before: (1, 1)),
        TernConv(1, (32, 35), (6, 7), kernel: (3, 3), before: (5, 4), after: (3, 6)),
        TernConv(1, (34, 32), (3, 300), kernel: (3, 3), before: (1, 1)),
        // Its phases of kernels with stride 2: those of one tap and of two first, rows of tiles that end with full ones or
        // with one or two lower ones, odd sizes, padding on one side alone, of more than the kernel, and none.
        TernConv(16, (32, 32), (11, 11), kernel: (3, 3), stride: (2, 2), before: (1, 1)),
        TernConv(11, (33, 40), (16, 10), kernel: (3, 3), stride: (2, 2), after: (1, 1)),
        TernConv(32, (40, 33), (9, 6), kernel: (3, 3), stride: (2, 2), before: (1, 0), after: (1, 1)),
        TernConv(8, (32, 70), (14, 14), kernel: (4, 4), stride: (2, 2), before: (1, 1)),
        TernConv(32, (70, 32), (10, 9), kernel: (4, 4), stride: (2, 2)),
        TernConv(16, (32, 36), (7, 8), kernel: (4, 4), stride: (2, 2), before: (2, 3), after: (1, 0)),
        TernConv(16, (36, 34), (9, 10), kernel: (3, 4), stride: (2, 2), before: (1, 1)),
        TernConv(16, (32, 33), (8, 11), kernel: (4, 3), stride: (2, 2), before: (0, 1), after: (2, 0)),
        TernConv(8, (32, 33), (8, 8), kernel: (4, 4), stride: (2, 2), before: (5, 4), after: (4, 5)),
        TernConv(1, (33, 32), (13, 540), kernel: (4, 4), stride: (2, 2), before: (1, 1)),
        // Three taps in a phase, two taps of stride 1.
        TernConv(8, (32, 33), (11, 10), kernel: (5, 5), stride: (2, 2), before: (2, 2)),
        TernConv(8, (33, 32), (12, 9), kernel: (6, 5), stride: (2, 2), before: (3, 1)),
        TernConv(5, (33, 70), (8, 9), kernel: (2, 2), after: (1, 0)),
        // Kernels that are cut into two along one axis or both: into two and two taps, three and two, three and three;
        // few channels, few tiles, padding beyond the kernel and none, rows that are cut into strips.
        TernConv(9, (16, 16), (9, 8), kernel: (4, 4), before: (1, 1), after: (2, 2)),
        TernConv(5, (17, 24), (11, 12), kernel: (5, 5), before: (2, 2), after: (2, 2)),
        TernConv(4, (33, 70), (12, 10), kernel: (5, 5)),
        TernConv(3, (24, 18), (11, 13), kernel: (6, 6), before: (3, 2), after: (2, 3)),
        TernConv(8, (16, 20), (9, 8), kernel: (5, 3), before: (2, 1), after: (2, 1)),
        TernConv(8, (20, 16), (8, 9), kernel: (2, 4), before: (0, 2), after: (1, 1)),
        TernConv(2, (18, 16), (6, 9), kernel: (5, 5), before: (6, 5), after: (5, 7)),
        TernConv(1, (16, 17), (6, 520), kernel: (5, 6), before: (2, 2), after: (2, 3)),
        TernConv(1, (16, 16), (32, 31), kernel: (3, 3), before: (1, 1), after: (1, 1)),
        // Few channels, images in lanes: some lanes empty, blocks of some rows of tiles and of strips of them.
        TernConv(33, (8, 16), (9, 8), kernel: (3, 3), before: (1, 1)),
        TernConv(19, (4, 20), (12, 11), kernel: (5, 5)),
        TernConv(35, (7, 17), (10, 13), kernel: (4, 4), stride: (2, 2), before: (1, 1)),
        TernConv(9, (6, 33), (8, 9), kernel: (5, 5), stride: (2, 2), before: (2, 2)),
        TernConv(16, (5, 16), (40, 6), kernel: (4, 4), before: (1, 2), after: (2, 1)),
        TernConv(17, (9, 18), (6, 70), kernel: (3, 3), before: (1, 1)),
        TernConv(18, (16, 6), (8, 9), kernel: (5, 5), before: (2, 2)),
        // Their input gradients by the tiles of outputs: several blocks of channels, some lanes empty, kernels cut into two,
        // strides, tiles with one output, sources that nothing reads, padding beyond the kernel.
        TernConv(30, (6, 16), (14, 13), kernel: (5, 5)),
        TernConv(15, (13, 17), (9, 8), kernel: (3, 3), before: (1, 1)),
        TernConv(47, (7, 16), (10, 12), kernel: (4, 4), stride: (2, 2), before: (1, 0)),
        TernConv(16, (9, 18), (11, 12), kernel: (3, 3), stride: (2, 2)),
        TernConv(31, (3, 16), (8, 9), kernel: (6, 5), before: (7, 2)),
        // 1x1 kernels of many channels: pixels of several rows in a panel and several panels in a row, of several images
        // in a unit of the weights' gradient, groups; strides, the last pixel at the end of its row or before it, of one
        // axis alone; and those that are no product because pixels are left out at the end or come from padding.
        TernConv(7, (23, 9), (5, 5), kernel: (1, 1), groups: 3),
        TernConv(1, (270, 260), (5, 7), kernel: (1, 1)),
        TernConv(3, (33, 70), (9, 37), kernel: (1, 1), stride: (2, 2)),
        TernConv(2, (70, 12), (70, 67), kernel: (1, 1), stride: (2, 2), groups: 2),
        TernConv(9, (9, 40), (14, 13), kernel: (1, 1), stride: (2, 2)),
        TernConv(2, (24, 9), (13, 29), kernel: (1, 1), stride: (3, 1)),
        TernConv(2, (9, 24), (5, 100), kernel: (1, 1), stride: (1, 4)),
        TernConv(2, (20, 33), (1, 701), kernel: (1, 1), stride: (1, 2)),
        TernConv(2, (20, 33), (14, 14), kernel: (1, 1), stride: (2, 2), before: (1, 1)),
        TernConv(
            2, (20, 33), depth: Depth(size: 5, kernel: 1, stride: 2), (14, 14), kernel: (1, 1), stride: (2, 2)),
        TernConv(2, (20, 33), depth: Depth(size: 3, kernel: 1), (14, 14), kernel: (1, 1), stride: (2, 2)),
        TernConv(2, (20, 33), depth: Depth(size: 3, kernel: 1), (6, 7), kernel: (1, 1)),
        // Nothing but padding for some taps or outputs.
        TernConv(2, (2, 3), (1, 1), kernel: (3, 3), before: (1, 1)),
        TernConv(1, (2, 20), (2, 3), kernel: (2, 2), stride: (3, 3), before: (4, 4)),
    ].map(ConvCase.init))
private func networkShapes(_ test: ConvCase) { check(test.conv) }

@Test("convolution kernels of all levels agree with plain loops for random shapes", arguments: 0..<8)
private func randomShapes(_ part: UInt64) {
    for seed in part * 20..<(part + 1) * 20 { check(.random(seed: seed), seed: seed) }
}

@Test("a convolution of no images has no results, and gradients of zero")
private func noImages() {
    let conv = TernConv(0, (2, 20), (5, 5), kernel: (3, 3))
    for level in availableLevels {
        let results = ConvResults<Float>(
            level, conv, x: [], w: [Double](repeating: 1, count: 360), bias: [Double](repeating: 1, count: 20),
            transposedBias: [1, 1], dy: [])
        #expect(results.y.isEmpty && results.dx.isEmpty)
        #expect(results.dw == [Float](repeating: 0, count: 360) && results.db == [Float](repeating: 0, count: 20))
    }
}
