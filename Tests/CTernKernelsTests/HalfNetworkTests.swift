import CTernKernels
import Testing

/// Halves are converted as they are read and written, and computed by the same plans and loops as float32: so results
/// are those of float32 on the same numbers, rounded, bit for bit.
@Suite("Halves in networks") struct HalfNetworkTests {
    /// What one type's kernels give for one convolution; `Stored` is as it lies in memory.
    private struct Convolution<Stored: Element> {
        var y: [Stored], dx: [Stored], dw: [Float], db: [Float]

        init(
            _ kernels: TernConvKernels, _ conv: TernConv, x: [Stored], w: [Stored], bias: [Stored], dy: [Stored]
        ) {
            var conv = conv
            func correlate(_ pass: TernConvPass, _ source: [Stored], _ bias: [Stored]?, _ count: Int) -> [Stored] {
                written(count) { y in
                    for phase in 0..<conv.phases(pass) {
                        var plan = TernConvPlan()
                        kernels.plan(pass, phase, &conv, &plan)
                        var packed = [UInt8](repeating: 0xFF, count: plan.packed_bytes)
                        kernels.pack(&plan, 0, plan.pack_pieces, w, &packed)
                        withScratch(plan.scratch_bytes) { scratch in
                            for piece in (0..<plan.pieces).reversed() {
                                kernels.correlate(&plan, piece, piece + 1, source, packed, bias, y, scratch)
                            }
                        }
                    }
                }
            }
            y = correlate(.TERN_CONV_FORWARD, x, bias, conv.outputs)
            dx = correlate(.TERN_CONV_INPUT_GRADIENT, dy, nil, conv.inputs)
            var plan = TernConvWeightPlan()
            kernels.plan_weight_gradient(&conv, &plan)
            var (dw, db) = (
                [Float](repeating: 0, count: plan.partials * w.count),
                [Float](repeating: 0, count: plan.partials * bias.count)
            )
            withScratch(plan.scratch_bytes) { kernels.weight_gradient(&plan, 0, plan.pieces, x, dy, &dw, &db, $0) }
            (self.dw, self.db) = (dw, db)
        }
    }

    @Test("convolutions", arguments: availableLevels, Half.all)
    func convolutions(level: TernLevel, half: Half) {
        let (kernels, single) = half.tables(level)
        for seed in 1...40 {
            let conv = TernConv.random(seed: UInt64(seed))
            var numbers = TestNumbers(UInt64(seed))
            let (x, w) = (half.numbers(conv.inputs, &numbers), half.numbers(conv.weights, &numbers))
            let (bias, dy) = (
                half.numbers(conv.groups * conv.out_channels, &numbers), half.numbers(conv.outputs, &numbers)
            )
            let result = Convolution(kernels.conv!.pointee, conv, x: x, w: w, bias: bias, dy: dy)
            let reference = Convolution(
                single.conv!.pointee, conv, x: half.widened(x), w: half.widened(w), bias: half.widened(bias),
                dy: half.widened(dy))
            #expect(result.y == half.rounded(reference.y), "\(conv)")
            #expect(result.dx == half.rounded(reference.dx), "\(conv)")
            #expect(result.dw == reference.dw && result.db == reference.db, "\(conv)")
        }
    }

    @Test("pooling", arguments: availableLevels, Half.all)
    func pooling(level: TernLevel, half: Half) {
        let (kernels, single) = (half.tables(level).half.pool!.pointee, half.tables(level).single.pool!.pointee)
        // Kernel, stride, padding; or adaptive.
        for (k, s, pad, adaptive) in [
            (2, 2, 0, false), (3, 2, 1, false), (3, 1, 1, false), (7, 7, 3, false), (0, 0, 0, true),
        ] {
            let (height, width, planes) = (14, 21, 3)
            let (outHeight, outWidth) =
                adaptive ? (4, 5) : ((height + 2 * pad - k) / s + 1, (width + 2 * pad - k) / s + 1)
            var sizes = TernPool2d(
                in_height: height, in_width: width, out_height: outHeight, out_width: outWidth, kernel_height: k,
                kernel_width: k, stride_height: s, stride_width: s, pad_top: pad, pad_left: pad, pad_bottom: pad,
                pad_right: pad, dilation_height: 1, dilation_width: 1, adaptive: adaptive, counts_padding: true,
                divisor: 0)
            var numbers = TestNumbers(91)
            let (inputs, outputs) = (planes * height * width, planes * outHeight * outWidth)
            let (x, dy) = (half.numbers(inputs, &numbers), half.numbers(outputs, &numbers))
            let (wide, wideDy) = (half.widened(x), half.widened(dy))
            var (indices, wideIndices) = ([Int32](repeating: 0, count: outputs), [Int32](repeating: 0, count: outputs))
            let largest: [UInt16] = written(outputs) { kernels.max(&sizes, planes, x, $0, &indices) }
            #expect(largest == half.rounded(written(outputs) { single.max(&sizes, planes, wide, $0, &wideIndices) }))
            #expect(indices == wideIndices)
            let gathered: [UInt16] = written(outputs) { kernels.max_gather(&sizes, planes, indices, x, $0) }
            #expect(gathered == largest)
            let mean: [UInt16] = written(outputs) { kernels.average(&sizes, planes, x, $0) }
            #expect(mean == half.rounded(written(outputs) { single.average(&sizes, planes, wide, $0) }))
            withScratch(kernels.scratch_bytes(&sizes)) { scratch in
                let dx: [UInt16] = written(inputs) { kernels.max_scatter(&sizes, planes, indices, dy, $0, scratch) }
                #expect(
                    dx == half.rounded(written(inputs) { single.max_scatter(&sizes, planes, indices, wideDy, $0, nil) })
                )
                let spread: [UInt16] = written(inputs) { kernels.average_spread(&sizes, planes, dy, $0, scratch) }
                #expect(
                    spread == half.rounded(written(inputs) { single.average_spread(&sizes, planes, wideDy, $0, nil) }))
            }
        }
    }

    @Test("batch normalization", arguments: availableLevels, Half.all)
    func normalization(level: TernLevel, half: Half) {
        let (kernels, single) = (
            half.tables(level).half.normalize!.pointee, half.tables(level).single.normalize!.pointee
        )
        for (batch, channels, size) in [(5, 3, 1), (300, 37, 1), (3, 2, 4), (4, 3, 49), (2, 2, 2500)] {
            var numbers = TestNumbers(92)
            let n = batch * channels * size
            let (x, g) = (half.numbers(n, &numbers, in: 1...3), half.numbers(n, &numbers))
            let gamma: [Float] = numbers.reals(channels)
            let zeros = [Float](repeating: 0, count: channels)
            var (mean, variance, wideMean, wideVariance) = (zeros, zeros, zeros, zeros)
            let y: [UInt16] = written(n) {
                kernels.forward(
                    batch, channels, size, 0, channels, x, gamma, gamma, 1e-3, TernActivation(), &mean, &variance, $0)
            }
            let wide = half.widened(x)
            let wideY: [Float] = written(n) {
                single.forward(
                    batch, channels, size, 0, channels, wide, gamma, gamma, 1e-3, TernActivation(), &wideMean,
                    &wideVariance, $0)
            }
            #expect(mean == wideMean && variance == wideVariance && y == half.rounded(wideY))
            let again: [UInt16] = written(n) {
                kernels.normalize(
                    batch, channels, size, 0, channels, x, mean, variance, gamma, gamma, 1e-3, TernActivation(), $0)
            }
            #expect(again == y)
            var (dgamma, dbeta, wideGamma, wideBeta) = (zeros, zeros, zeros, zeros)
            let dx: [UInt16] = written(n) {
                kernels.backward(
                    batch, channels, size, 0, channels, x, g, mean, variance, gamma, nil, 1e-3, TernActivation(), true,
                    $0, &dgamma, &dbeta)
            }
            let wideDx: [Float] = written(n) {
                single.backward(
                    batch, channels, size, 0, channels, wide, half.widened(g), mean, variance, gamma, nil, 1e-3,
                    TernActivation(), true, $0, &wideGamma, &wideBeta)
            }
            #expect(dgamma == wideGamma && dbeta == wideBeta && dx == half.rounded(wideDx))
        }
    }
}
