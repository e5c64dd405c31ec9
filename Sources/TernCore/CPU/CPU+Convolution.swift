import CTernKernels

extension CPU {
    func correlate(
        _ pass: CorrelationPass, _ geometry: ConvolutionGeometry, _ source: Tensor, _ weight: Tensor, bias: Tensor?,
        into y: Tensor, keepsWeights: Bool
    ) {
        if y.count == 0 { return }
        if keepsWeights {
            let weights = PackedWeights.kept(with: weight, pass, geometry)
            return weights.forEachPhase { plan, packed in correlate(geometry, plan, source, packed, bias, y) }
        }
        for phase in 0..<geometry.phases(of: pass) {
            withUnsafePointer(to: geometry.plan(pass, phase: phase, source.dtype)) { plan in
                Allocator.withSharedScratch(plan.pointee.packed_bytes) { packed in
                    pack(weight, plan, into: packed)
                    correlate(geometry, plan, source, packed, bias, y)
                }
            }
        }
    }

    func pack(_ weight: Tensor, _ plan: UnsafePointer<TernConvPlan>, into packed: UnsafeMutableRawPointer) {
        let kernels = Kernels.of(weight.dtype).conv
        parallelFor(pieces: plan.pointee.pack_pieces, work: weight.count) { piece in
            kernels.pack(plan, piece, piece + 1, weight.impl.pointer, packed)
        }
    }

    private func correlate(
        _ geometry: ConvolutionGeometry, _ plan: UnsafePointer<TernConvPlan>, _ source: Tensor,
        _ packed: UnsafeRawPointer, _ bias: Tensor?, _ y: Tensor
    ) {
        let kernels = Kernels.of(source.dtype).conv
        inCalls(plan.pointee.pieces, geometry.nanoseconds, plan.pointee.scratch_bytes) { first, last, scratch in
            kernels.correlate(
                plan, first, last, source.impl.pointer, packed, bias?.impl.pointer, y.impl.pointer, scratch)
        }
    }

    func correlationWeightGradient(
        _ geometry: ConvolutionGeometry, _ x: Tensor, _ dy: Tensor, into dw: Tensor, bias: Tensor?
    ) {
        let kernels = Kernels.of(x.dtype)
        let real = x.dtype.accumulator
        if dw.dtype != real {
            // Sums of halves are floats until the last.
            let sums = Tensor(uninitialized: dw.shape, dtype: real)
            let biasSums = bias.map { Tensor(uninitialized: $0.shape, dtype: real) }
            correlationWeightGradient(geometry, x, dy, into: sums, bias: biasSums)
            convert(sums, into: dw)
            if let bias, let biasSums { convert(biasSums, into: bias) }
            return
        }
        let (kernel, size) = (kernels.conv.weight_gradient, real.byteCount)
        var plan = TernConvWeightPlan()
        withUnsafePointer(to: TernConv(geometry)) { kernels.conv.plan_weight_gradient($0, &plan) }
        let (scratchBytes, partials, pieces) = (plan.scratch_bytes, plan.partials, plan.pieces)
        withUnsafePointer(to: plan) { plan in
            func compute(_ weightSums: UnsafeMutableRawPointer, _ biasSums: UnsafeMutableRawPointer?) {
                inCalls(pieces, geometry.nanoseconds, scratchBytes) { first, last, scratch in
                    kernel(plan, first, last, x.impl.pointer, dy.impl.pointer, weightSums, biasSums, scratch)
                }
            }
            if partials == 1 { return compute(dw.impl.pointer, bias?.impl.pointer) }
            let biasBytes = bias.map { $0.count * size } ?? 0
            let weightBytes = dw.count * size
            Allocator.withSharedScratch(partials * (weightBytes + biasBytes)) { sums in
                let biasSums = bias == nil ? nil : sums + partials * weightBytes
                compute(sums, biasSums)
                add(partials, sums, into: dw)
                if let bias, let biasSums { add(partials, biasSums, into: bias) }
            }
        }
    }

    /// A call prepares tables, so it takes enough pieces to be worth it. How they are grouped changes no bits.
    @inline(__always)
    private func inCalls(
        _ pieces: Int, _ nanoseconds: Int, _ scratchBytes: Int,
        _ body: (_ first: Int, _ last: Int, _ scratch: UnsafeMutableRawPointer) -> Void
    ) {
        let calls = Swift.max(1, Swift.min(pieces, 128, (nanoseconds + 7_999) / 8_000))
        parallelFor(pieces: calls, work: nanoseconds) { call in
            Allocator.withScratch(scratchBytes) { scratch in
                body(pieces * call / calls, pieces * (call + 1) / calls, scratch)
            }
        }
    }

    /// Adds up `partials` arrays, at least two, in order: piece by piece, so that sums stay in the cache.
    private func add(_ partials: Int, _ sums: UnsafeMutableRawPointer, into result: Tensor) {
        let (kernels, size, count, piece) = (Kernels.of(result.dtype), result.dtype.byteCount, result.count, 2048)
        let (addTwo, axpy) = (kernels.binary(.add), kernels.elementwise.axpy)
        parallelFor(pieces: (count + piece - 1) / piece, work: count * partials / 20) { index in
            let (start, n) = (index * piece, Swift.min(piece, count - index * piece))
            let sum = result.impl.pointer + start * size
            let part = { partial in sums + (partial * count + start) * size }
            addTwo(n, part(0), 1, part(1), 1, sum)
            for partial in 2..<partials { axpy(1, n, part(partial), sum) }
        }
    }
}

extension ConvolutionGeometry {
    /// How many products an output is the sum of.
    var sumLength: Int { inChannels * planes.kernel * rows.kernel * columns.kernel }

    /// A rough time on one core.
    fileprivate var nanoseconds: Int {
        let outputs = images * groups * outChannels * planes.output * rows.output * columns.output
        // Channels by themselves take as long as their memory.
        if inChannels == 1, outChannels == 1 { return Int(Double(outputs) * Cost.copy) }
        return outputs * sumLength / Cost.correlationsPerNanosecond
    }
}

extension ConvolutionGeometry {
    /// How many plans a pass has: an input gradient falls into as many parts as the stride of the depth.
    func phases(of pass: CorrelationPass) -> Int { pass == .forward ? 1 : planes.usedStride }

    func plan(_ pass: CorrelationPass, phase: Int, _ type: DType) -> TernConvPlan {
        var plan = TernConvPlan()
        withUnsafePointer(to: TernConv(self)) { sizes in
            Kernels.of(type).conv.plan(
                pass == .forward ? .TERN_CONV_FORWARD : .TERN_CONV_INPUT_GRADIENT, phase, sizes, &plan)
        }
        return plan
    }
}

extension WindowAxis {
    /// The stride, or with a single window any that leads beyond the input: gradients go through as many phases.
    fileprivate var usedStride: Int { output > 1 ? stride : Swift.min(stride, before + input + after) }
}

extension TernConv {
    init(_ geometry: ConvolutionGeometry) {
        let (planes, rows, columns) = (geometry.planes, geometry.rows, geometry.columns)
        self.init(
            images: geometry.images, groups: geometry.groups, in_channels: geometry.inChannels,
            out_channels: geometry.outChannels, in_depth: planes.input, in_height: rows.input, in_width: columns.input,
            out_depth: planes.output, out_height: rows.output, out_width: columns.output, kernel_depth: planes.kernel,
            kernel_height: rows.kernel, kernel_width: columns.kernel, stride_depth: planes.usedStride,
            stride_height: rows.usedStride, stride_width: columns.usedStride, pad_front: planes.before,
            pad_top: rows.before, pad_left: columns.before, dilation_depth: planes.dilation,
            dilation_height: rows.dilation, dilation_width: columns.dilation)
    }
}
