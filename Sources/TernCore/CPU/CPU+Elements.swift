import CTernKernels

extension CPU {
    @inline(__always)
    func fill(_ y: Tensor, _ value: some TensorScalar) {
        // 64 bits are more than a Double holds.
        let integer = exactInteger(value, for: y.dtype)
        if y.count == 1, y.dtype == .float32 {
            let number = integer.map { Float($0) } ?? Float(value.asDouble)
            y.impl.pointer.assumingMemoryBound(to: Float.self).pointee = number
            return
        }
        let size = y.dtype.byteCount
        elementwiseLoop(y.count, nanosecondsPerElement: Cost.fill) { start, n in
            if let integer {
                Kernels.of(y.dtype).elementwise.fill_int64(integer, n, y.impl.pointer + start * size)
            } else {
                Kernels.of(y.dtype).elementwise.fill(value.asDouble, n, y.impl.pointer + start * size)
            }
        }
    }

    /// A number as the 64 bits that a type of 64-bit integers has for it; `nil` if a Double tells as much.
    @inline(__always)
    private func exactInteger<Scalar: TensorScalar>(_ value: Scalar, for dtype: DType) -> Int64? {
        if Scalar.dtype == .int64 { return unsafeBitCast(value, to: Int64.self) }
        if Scalar.dtype == .uint64 {
            let bits = unsafeBitCast(value, to: UInt64.self)
            if bits <= UInt64(Int64.max) || dtype == .uint64 { return Int64(bitPattern: bits) }
        }
        return nil
    }

    func convert(_ x: Tensor, into y: Tensor) {
        let kernel = Kernels.of(x.dtype).convert(to: y.dtype)
        let (size, resultSize) = (x.dtype.byteCount, y.dtype.byteCount)
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.convert) { start, n in
            kernel(n, x.impl.pointer + start * size, 1, y.impl.pointer + start * resultSize)
        }
    }

    /// These halves as `float32`.
    func widened(_ x: Tensor) -> Tensor {
        let wide = Tensor(uninitialized: x.shape, dtype: .float32)
        convert(x.packed, into: wide)
        return wide
    }

    func copy(_ x: Tensor, into y: Tensor) {
        let (kernel, size) = (Kernels.of(y.dtype).elementwise.copy, y.dtype.byteCount)
        let (source, target) = (x.impl.pointer, y.impl.pointer)
        let loop = StridedLoop<2>(y.shape, [y.strides, x.broadcastStrides(to: y.shape)])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.copy) { _, n, offsets in
            kernel(
                n, source + offsets[1] * size, loop.innerStrides[1], target + offsets[0] * size,
                loop.innerStrides[0])
        }
    }

    func add(_ x: Tensor, into y: Tensor) {
        let (kernels, size) = (Kernels.of(y.dtype), y.dtype.byteCount)
        let axpy = kernels.elementwise.axpy
        let (source, target) = (x.impl.pointer, y.impl.pointer)
        if x.isContiguous, y.isContiguous {
            elementwiseLoop(y.count, nanosecondsPerElement: Cost.add) { start, n in
                axpy(1, n, source + start * size, target + start * size)
            }
            return
        }
        let loop = StridedLoop<2>(y.shape, [y.strides, x.strides])
        let (stride, sourceStride) = (loop.innerStrides[0], loop.innerStrides[1])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.addStrided) { _, n, offsets in
            let (sum, added) = (target + offsets[0] * size, source + offsets[1] * size)
            if stride == 1, sourceStride == 1 { return axpy(1, n, added, sum) }
            Allocator.withScratch(n * size) { scratch in
                kernels.binary(.add)(n, sum, stride, added, sourceStride, scratch)
                kernels.elementwise.copy(n, scratch, 1, sum, stride)
            }
        }
    }

    func unary(_ function: UnaryFunction, _ x: Tensor, into y: Tensor) {
        let kernel = Kernels.of(x.dtype).unary(function)
        map(x, y, Cost.of(function)) { n, x, stride, y in kernel(n, x, stride, y) }
    }

    func unary(_ function: ParameterUnaryFunction, _ parameter: Double, _ x: Tensor, into y: Tensor) {
        let kernel = Kernels.of(x.dtype).unary(function)
        map(x, y, Cost.of(function)) { n, x, stride, y in kernel(parameter, n, x, stride, y) }
    }

    func clamp(_ x: Tensor, _ low: Double, _ high: Double, into y: Tensor) {
        let kernel = Kernels.of(x.dtype).elementwise.clamp
        map(x, y, Cost.clamp) { n, x, stride, y in kernel(low, high, n, x, stride, y) }
    }

    func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let kernel = Kernels.of(a.dtype).binary(function)
        zip(a, b, y, Cost.of(function)) { n, a, strideA, b, strideB, y in kernel(n, a, strideA, b, strideB, y) }
    }

    func binary(_ function: ParameterBinaryFunction, _ parameter: Double, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let kernel = Kernels.of(a.dtype).binary(function)
        zip(a, b, y, Cost.of(function)) { n, a, strideA, b, strideB, y in
            kernel(parameter, n, a, strideA, b, strideB, y)
        }
    }

    func compare(_ comparison: Comparison, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let kernel = Kernels.of(a.dtype).compare(comparison)
        zip(a, b, y, Cost.binary) { n, a, strideA, b, strideB, y in
            kernel(n, a, strideA, b, strideB, y.assumingMemoryBound(to: UInt8.self))
        }
    }

    func logic(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let kernel = Kernels.of(.bool).binary(function)
        zip(a, b, y, Cost.binary) { n, a, strideA, b, strideB, y in kernel(n, a, strideA, b, strideB, y) }
    }

    func integer(_ function: IntegerFunction, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let kernel = Kernels.of(a.dtype).integer(function)
        zip(a, b, y, Cost.of(function)) { n, a, strideA, b, strideB, y in kernel(n, a, strideA, b, strideB, y) }
    }

    func clampBackward(_ g: Tensor, _ x: Tensor, _ low: Double, _ high: Double, into y: Tensor) {
        let kernel = Kernels.of(x.dtype).clampBackward
        zip(g, x, y, Cost.binary) { n, g, strideG, x, strideX, y in kernel(low, high, n, g, strideG, x, strideX, y) }
    }

    func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let (kernel, shape, size) = (Kernels.of(a.dtype).elementwise.select, y.shape, a.dtype.byteCount)
        let choice = condition.pointer(as: UInt8.self)
        let (left, right, result) = (a.impl.pointer, b.impl.pointer, y.impl.pointer)
        let loop = StridedLoop<3>(
            shape,
            [condition.broadcastStrides(to: shape), a.broadcastStrides(to: shape), b.broadcastStrides(to: shape)])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.choose) { start, n, offsets in
            kernel(
                n, choice + offsets[0], loop.innerStrides[0], left + offsets[1] * size, loop.innerStrides[1],
                right + offsets[2] * size, loop.innerStrides[2], result + start * size)
        }
    }

    @inline(__always)
    private func map(
        _ x: Tensor, _ y: Tensor, _ nanosecondsPerElement: Double,
        _ kernel: (_ n: Int, _ x: UnsafeMutableRawPointer, _ stride: Int, _ y: UnsafeMutableRawPointer) -> Void
    ) {
        let size = x.dtype.byteCount
        let (input, output) = (x.impl.pointer, y.impl.pointer)
        if x.isContiguous {
            elementwiseLoop(x.count, nanosecondsPerElement: nanosecondsPerElement) { start, n in
                kernel(n, input + start * size, 1, output + start * size)
            }
        } else {
            let loop = StridedLoop<1>(x.shape, [x.strides])
            stridedPieces(loop, count: x.count, nanosecondsPerElement: nanosecondsPerElement) { start, n, offsets in
                kernel(n, input + offsets[0] * size, loop.innerStrides[0], output + start * size)
            }
        }
    }

    @inline(__always)
    private func zip(
        _ a: Tensor, _ b: Tensor, _ y: Tensor, _ nanosecondsPerElement: Double,
        _ kernel: (
            _ n: Int, _ a: UnsafeMutableRawPointer, _ strideA: Int, _ b: UnsafeMutableRawPointer, _ strideB: Int,
            _ y: UnsafeMutableRawPointer
        ) -> Void
    ) {
        let (size, resultSize) = (a.dtype.byteCount, y.dtype.byteCount)
        let (left, right, output) = (a.impl.pointer, b.impl.pointer, y.impl.pointer)
        let wholeA = a.isContiguous && a.count == y.count
        let wholeB = b.isContiguous && b.count == y.count
        if (wholeA || a.count == 1) && (wholeB || b.count == 1) {
            let strideA = a.count == 1 ? 0 : 1
            let strideB = b.count == 1 ? 0 : 1
            elementwiseLoop(y.count, nanosecondsPerElement: nanosecondsPerElement) { start, n in
                kernel(
                    n, left + start * strideA * size, strideA, right + start * strideB * size, strideB,
                    output + start * resultSize)
            }
        } else {
            let loop = StridedLoop<2>(y.shape, [a.broadcastStrides(to: y.shape), b.broadcastStrides(to: y.shape)])
            stridedPieces(loop, count: y.count, nanosecondsPerElement: nanosecondsPerElement) { start, n, offsets in
                kernel(
                    n, left + offsets[0] * size, loop.innerStrides[0], right + offsets[1] * size, loop.innerStrides[1],
                    output + start * resultSize)
            }
        }
    }
}
