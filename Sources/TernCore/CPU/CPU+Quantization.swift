import CTernKernels

extension CPU {
    func quantize(_ x: Tensor, _ parameters: QuantizationParameters, into y: Tensor) {
        let (source, target) = (x.pointer(as: Float.self), y.pointer(as: UInt8.self))
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.quantize) { start, n in
            Kernels.quantized.quantize(
                n, source + start, 1 / parameters.scale, Int32(parameters.zeroPoint), target + start)
        }
    }

    func multiplyQuantized(
        _ x: Tensor, _ weights: QuantizedWeights, _ activation: PiecewiseLinear?, into y: Tensor
    ) {
        if y.count == 0 { return }
        let kernels = Kernels.quantized
        let (outputs, depth) = (weights.weight.shape[0], weights.weight.shape[1])
        let rows = y.count / outputs
        let packed = PackedBytes.kept(with: weights.weight)
        let rowUnits = kernels.row_units(depth)
        let (rowSize, outputSize) = (depth * x.dtype.byteCount, outputs * y.dtype.byteCount)
        // Rows of a piece: enough to be worth reading the panel's weights.
        let piece = 64
        let (panels, parts) = (kernels.linear_panels(outputs), (rows + piece - 1) / piece)
        Allocator.withSharedScratch(Swift.max(1, rows * rowUnits * 4)) { scratch in
            let units = scratch.assumingMemoryBound(to: Int32.self)
            parallelFor(pieces: parts, work: rows * depth / 4) { part in
                let first = part * piece
                withUnsafePointer(to: weights.source(x, at: first * rowSize)) {
                    kernels.copy_rows(Swift.min(piece, rows - first), depth, $0, units + first * rowUnits)
                }
            }
            withUnsafePointer(to: weights.end(activation)) { end in
                parallelFor(pieces: panels * parts, work: rows * outputs * depth / Cost.quantizedProductsPerNanosecond)
                {
                    let first = $0 / panels * piece
                    kernels.linear(
                        Swift.min(piece, rows - first), outputs, depth, $0 % panels, units + first * rowUnits,
                        packed.bytes, end, y.impl.pointer + first * outputSize)
                }
            }
        }
        withExtendedLifetime(packed) {}
    }

    func correlateQuantized(
        _ geometry: ConvolutionGeometry, _ x: Tensor, _ weights: QuantizedWeights, _ activation: PiecewiseLinear?,
        into y: Tensor
    ) {
        if y.count == 0 { return }
        let kernels = Kernels.quantized
        let packed = PackedBytes.kept(with: weights.weight, geometry)
        let plan = UnsafePointer(packed.plan!)
        let (pieces, units) = (plan.pointee.pieces, plan.pointee.unit_channels)
        let (imageSize, resultSize) = (
            x.count / geometry.images * x.dtype.byteCount, y.count / geometry.images * y.dtype.byteCount
        )
        let copying = x.count / geometry.images / 2
        let work = Int(
            Double(y.count) / Double(geometry.images) * Double(geometry.sumLength)
                / Double(Cost.quantizedProductsPerNanosecond))
        withUnsafePointer(to: weights.end(activation)) { end in
            func copy(_ image: Int, _ first: Int, _ last: Int, _ scratch: UnsafeMutablePointer<Int32>) {
                withUnsafePointer(to: weights.source(x, at: image * imageSize)) {
                    kernels.copy_image(plan, first, last, $0, scratch)
                }
            }
            func correlate(_ image: Int, _ first: Int, _ last: Int, _ scratch: UnsafeMutablePointer<Int32>) {
                kernels.correlate(plan, first, last, scratch, packed.bytes, end, y.impl.pointer + image * resultSize)
            }
            func withUnits(_ body: (UnsafeMutablePointer<Int32>) -> Void) {
                Allocator.withScratch(plan.pointee.source_units * 4) {
                    body($0.assumingMemoryBound(to: Int32.self))
                }
            }
            if geometry.images > 2 {
                // Each image by one thread: its copy stays in the cache.
                return parallelFor(pieces: geometry.images, work: geometry.images * (copying + work)) { image in
                    withUnits { scratch in
                        copy(image, 0, units, scratch)
                        correlate(image, 0, pieces, scratch)
                    }
                }
            }
            withUnits { scratch in
                for image in 0..<geometry.images {
                    let copies = Swift.max(1, Swift.min(units, copying / 8_000))
                    parallelFor(pieces: copies, work: copying) { part in
                        copy(image, units * part / copies, units * (part + 1) / copies, scratch)
                    }
                    let calls = Swift.max(1, Swift.min(pieces, (work + 3_999) / 4_000))
                    parallelFor(pieces: calls, work: work) { part in
                        correlate(image, pieces * part / calls, pieces * (part + 1) / calls, scratch)
                    }
                }
            }
        }
        withExtendedLifetime(packed) {}
    }
}

extension QuantizedWeights {
    fileprivate func source(_ x: Tensor, at offset: Int) -> TernQuantizedSource {
        TernQuantizedSource(
            values: x.impl.pointer + offset, is_float: x.dtype == .float32, inverse_scale: 1 / input.scale,
            zero: Int32(input.zeroPoint))
    }

    fileprivate func end(_ activation: PiecewiseLinear?) -> TernQuantizedEnd {
        var end = TernQuantizedEnd(
            bias: biases.map { UnsafePointer($0.pointer(as: Int32.self)) },
            factors: UnsafePointer(factors.pointer(as: Float.self)), source_zero: Int32(input.zeroPoint), slope: 1,
            low: -.infinity, high: .infinity, to_bytes: output != nil, zero: Int32(output?.zeroPoint ?? 0))
        switch activation {
        case nil: break
        case .relu: end.low = 0
        case .leakyRelu(let slope): end.slope = Float(slope)
        case .hardTanh(let low, let high):
            // In steps of the bytes.
            let step = output?.scale ?? 1
            (end.low, end.high) = (Float(low) / step, Float(high) / step)
        }
        return end
    }
}

/// Weights of bytes as the kernels read them: those of a linear layer, or of a convolution with its plan.
private final class PackedBytes {
    private let geometry: ConvolutionGeometry?
    private let source: UnsafeRawPointer
    let plan: UnsafeMutablePointer<TernQuantizedConvPlan>?
    let bytes: UnsafeMutableRawPointer
    private let byteCount: Int

    private init(_ weight: Tensor, _ geometry: ConvolutionGeometry?) {
        let kernels = Kernels.quantized
        let values = weight.pointer(as: Int8.self)
        self.geometry = geometry
        source = UnsafeRawPointer(values)
        guard let geometry else {
            plan = nil
            byteCount = kernels.linear_bytes(weight.shape[0], weight.shape[1])
            bytes = Allocator.scratch(byteCount)
            kernels.pack_linear(weight.shape[0], weight.shape[1], values, bytes)
            return
        }
        let plan = UnsafeMutablePointer<TernQuantizedConvPlan>.allocate(capacity: 1)
        plan.initialize(to: TernQuantizedConvPlan())
        withUnsafePointer(to: TernConv(geometry)) { kernels.plan_conv($0, plan) }
        self.plan = plan
        byteCount = plan.pointee.packed_bytes
        bytes = Allocator.scratch(byteCount)
        kernels.pack_conv(plan, values, bytes)
    }

    deinit {
        Allocator.free(scratch: bytes, byteCount)
        plan?.deallocate()
    }

    /// Those of a linear layer or a convolution, packed unless an earlier call has left them with the weight.
    static func kept(with weight: Tensor, _ geometry: ConvolutionGeometry? = nil) -> PackedBytes {
        // Plans are of one image.
        var geometry = geometry
        geometry?.images = 1
        return weight.impl.memory.keptForm {
            $0.source == UnsafeRawPointer(weight.impl.pointer) && $0.geometry == geometry
        } orMade: {
            PackedBytes(weight, geometry)
        }
    }
}
