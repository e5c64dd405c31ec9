import CTernKernels

extension CPU {
    @inline(__always)
    func fill(_ y: Tensor, _ value: some TensorScalar) {
        // 64 bits are more than a Double holds.
        let integer = type(of: value).dtype == .int64 ? unsafeBitCast(value, to: Int64.self) : nil
        if y.count == 1, y.dtype == .float32 {
            let number = integer.map { Float($0) } ?? Float(value.asDouble)
            y.impl.pointer.assumingMemoryBound(to: Float.self).pointee = number
            return
        }
        let size = y.dtype.byteCount
        elementwiseLoop(y.count, nanosecondsPerElement: Cost.fill) { start, n in
            if let integer {
                Kernels.vector.fill_int64(y.dtype.kernelType, integer, n, y.impl.pointer + start * size)
            } else {
                Kernels.vector.fill(y.dtype.kernelType, value.asDouble, n, y.impl.pointer + start * size)
            }
        }
    }

    func convert(_ x: Tensor, into y: Tensor) {
        let (type, resultType) = (x.dtype.kernelType, y.dtype.kernelType)
        let (size, resultSize) = (x.dtype.byteCount, y.dtype.byteCount)
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.convert) { start, n in
            Kernels.vector.convert(
                type, resultType, n, x.impl.pointer + start * size, 1, y.impl.pointer + start * resultSize)
        }
    }

    func copy(_ x: Tensor, into y: Tensor) {
        let size = y.dtype.byteCount
        let (source, target) = (x.impl.pointer, y.impl.pointer)
        let loop = StridedLoop<2>(y.shape, [y.strides, x.broadcastStrides(to: y.shape)])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.copy) { _, n, offsets in
            Kernels.vector.copy(
                size, n, source + offsets[1] * size, loop.innerStrides[1], target + offsets[0] * size,
                loop.innerStrides[0])
        }
    }

    func add(_ x: Tensor, into y: Tensor) {
        let (type, size) = (y.dtype.kernelType, y.dtype.byteCount)
        let (source, target) = (x.impl.pointer, y.impl.pointer)
        if x.isContiguous, y.isContiguous {
            elementwiseLoop(y.count, nanosecondsPerElement: Cost.add) { start, n in
                Kernels.vector.axpy(type, 1, n, source + start * size, target + start * size)
            }
            return
        }
        let loop = StridedLoop<2>(y.shape, [y.strides, x.strides])
        let (stride, sourceStride) = (loop.innerStrides[0], loop.innerStrides[1])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.addStrided) { _, n, offsets in
            let (sum, added) = (target + offsets[0] * size, source + offsets[1] * size)
            if stride == 1, sourceStride == 1 { return Kernels.vector.axpy(type, 1, n, added, sum) }
            Allocator.withScratch(n * size) { scratch in
                Kernels.vector.binary(type, .add, n, sum, stride, added, sourceStride, scratch)
                Kernels.vector.copy(size, n, scratch, 1, sum, stride)
            }
        }
    }

    func unary(_ function: UnaryFunction, _ x: Tensor, into y: Tensor) {
        let type = x.dtype.kernelType
        map(x, y, Cost.of(function)) { n, x, stride, y in Kernels.vector.unary(type, function, n, x, stride, y) }
    }

    func unary(_ function: ParameterUnaryFunction, _ parameter: Double, _ x: Tensor, into y: Tensor) {
        let type = x.dtype.kernelType
        map(x, y, Cost.of(function)) { n, x, stride, y in
            Kernels.vector.unary_parameter(type, function, parameter, n, x, stride, y)
        }
    }

    func clamp(_ x: Tensor, _ low: Double, _ high: Double, into y: Tensor) {
        let type = x.dtype.kernelType
        map(x, y, Cost.clamp) { n, x, stride, y in Kernels.vector.clamp(type, low, high, n, x, stride, y) }
    }

    func binary(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let type = a.dtype.kernelType
        zip(a, b, y, Cost.binary) { n, a, strideA, b, strideB, y in
            Kernels.vector.binary(type, function, n, a, strideA, b, strideB, y)
        }
    }

    func binary(_ function: ParameterBinaryFunction, _ parameter: Double, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let type = a.dtype.kernelType
        zip(a, b, y, Cost.of(function)) { n, a, strideA, b, strideB, y in
            Kernels.vector.binary_parameter(type, function, parameter, n, a, strideA, b, strideB, y)
        }
    }

    func compare(_ comparison: Comparison, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let type = a.dtype.kernelType
        zip(a, b, y, Cost.binary) { n, a, strideA, b, strideB, y in
            Kernels.vector.compare(
                type, comparison, n, a, strideA, b, strideB, y.assumingMemoryBound(to: UInt8.self))
        }
    }

    func logic(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        // Bytes that are 0 or 1.
        zip(a, b, y, Cost.binary) { n, a, strideA, b, strideB, y in
            Kernels.vector.binary(.TERN_UINT8, function, n, a, strideA, b, strideB, y)
        }
    }

    func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor, into y: Tensor) {
        let (shape, size) = (y.shape, a.dtype.byteCount)
        let choice = condition.pointer(as: UInt8.self)
        let (left, right, result) = (a.impl.pointer, b.impl.pointer, y.impl.pointer)
        let loop = StridedLoop<3>(
            shape,
            [condition.broadcastStrides(to: shape), a.broadcastStrides(to: shape), b.broadcastStrides(to: shape)])
        stridedPieces(loop, count: y.count, nanosecondsPerElement: Cost.choose) { start, n, offsets in
            Kernels.vector.select(
                size, n, choice + offsets[0], loop.innerStrides[0], left + offsets[1] * size, loop.innerStrides[1],
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
