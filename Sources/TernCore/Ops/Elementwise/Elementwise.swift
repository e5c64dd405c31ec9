import CTernKernels

/// Elements one piece of a parallel elementwise operation has.
let elementwisePiece = 16_384

extension Tensor {
    /// This tensor with elements of another type; itself if it has it already. Recorded between floating-point types.
    /// PyTorch's `Tensor.to(dtype)`, which leaves open what happens to numbers out of range.
    ///
    /// - Floating-point numbers become integers without their fraction; what is out of range becomes the nearest integer of
    ///   the type, and NaN becomes 0: `[-1.5, 300, .nan]` as `uint8` is `[0, 255, 0]`.
    /// - Integers become narrower ones by their low bits: `[-1, 300]` as `uint8` is `[255, 44]`.
    /// - What is not 0 becomes `true`; `true` becomes 1.
    /// - Numbers become floating-point ones rounded to the nearest, and infinite beyond the range.
    public func converted(to newType: DType) -> Tensor {
        if newType == dtype { return self }
        let source = isContiguous ? self : copied()
        let result = Tensor(uninitialized: shape, dtype: newType)
        elementwiseLoop(count, nanosecondsPerElement: 0.3) { start, n in
            Kernels.vector.convert(
                dtype.kernelType, newType.kernelType, n, source.impl.pointer + start * dtype.byteCount, 1,
                result.impl.pointer + start * newType.byteCount)
        }
        guard newType.isFloatingPoint, records(self) else { return result }
        let oldType = dtype
        return result.output(of: "converted", from: self, attributes: ["type": newType]) { gradient, _ in
            InputGradients(gradient.converted(to: oldType))
        }
    }

    /// A contiguous tensor with these elements in memory of its own; not recorded.
    func copied() -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: dtype)
        result.copyElements(from: self)
        return result
    }

    /// Copies the elements of `source`, which broadcasts to this contiguous tensor's shape, into its memory.
    func copyElements(from source: Tensor) {
        let size = dtype.byteCount
        let loop = StridedLoop<1>(shape, [source.broadcastStrides(to: shape)])
        let base = source.impl.pointer
        stridedPieces(loop, count: count, nanosecondsPerElement: 0.3) { start, n, offsets in
            Kernels.vector.copy(
                size, n, base + offsets[0] * size, loop.innerStrides[0], impl.pointer + start * size, 1)
        }
    }

    /// This tensor if it is contiguous, otherwise a contiguous copy. PyTorch's `contiguous`.
    public func contiguous() -> Tensor {
        if isContiguous { return self }
        let result = copied()
        return result.output(of: "contiguous", from: self) { gradient, _ in InputGradients(gradient) }
    }

    /// `self += other` without a new tensor, for sums that nobody else sees. Both are contiguous and of one shape and type.
    func addInPlace(_ other: Tensor) {
        elementwiseLoop(count, nanosecondsPerElement: 0.2) { start, n in
            let bytes = start * dtype.byteCount
            Kernels.vector.axpy(dtype.kernelType, 1, n, other.impl.pointer + bytes, impl.pointer + bytes)
        }
    }
}

extension Tensor {
    /// `self += source` of the same shape and type, for a view of a sum that nobody else sees.
    func addElements(of source: Tensor) {
        if isContiguous, source.isContiguous { return addInPlace(source) }
        let (type, size) = (dtype.kernelType, dtype.byteCount)
        let loop = StridedLoop<2>(shape, [strides, source.strides])
        let (stride, sourceStride) = (loop.innerStrides[0], loop.innerStrides[1])
        stridedPieces(loop, count: count, nanosecondsPerElement: 0.4) { _, n, offsets in
            let (sum, added) = (impl.pointer + offsets[0] * size, source.impl.pointer + offsets[1] * size)
            if stride == 1, sourceStride == 1 { return Kernels.vector.axpy(type, 1, n, added, sum) }
            Allocator.withScratch(n * size) { scratch in
                Kernels.vector.binary(type, .add, n, sum, stride, added, sourceStride, scratch)
                Kernels.vector.copy(size, n, scratch, 1, sum, stride)
            }
        }
    }
}

/// Cuts `0..<count` in pieces of `size`, and runs them in parallel if that pays.
@inline(__always)
func elementwiseLoop(
    _ count: Int, nanosecondsPerElement: Double, piece size: Int = elementwisePiece,
    _ body: (_ start: Int, _ n: Int) -> Void
) {
    if count <= size {
        if count > 0 { body(0, count) }
        return
    }
    let pieces = (count + size - 1) / size
    parallelFor(pieces: pieces, work: Int(Double(count) * nanosecondsPerElement)) { piece in
        let start = piece * size
        body(start, min(size, count - start))
    }
}

/// Runs the inner loops of `loop`, about `size` elements a piece, in parallel if that pays. `body` gets the place in the
/// contiguous output, the length of the run and the offsets of the operands.
@inline(__always)
func stridedPieces<let operands: Int>(
    _ loop: StridedLoop<operands>, count: Int, nanosecondsPerElement: Double, piece size: Int = elementwisePiece,
    _ body: (_ start: Int, _ n: Int, _ offsets: InlineArray<operands, Int>) -> Void
) {
    if count == 0 { return }
    let inner = loop.inner
    let loops = loop.loops
    if loops == 1 {
        elementwiseLoop(count, nanosecondsPerElement: nanosecondsPerElement, piece: size) { start, n in
            var offsets = InlineArray<operands, Int>(repeating: 0)
            for i in 0..<operands { offsets[i] = start * loop.innerStrides[i] }
            body(start, n, offsets)
        }
        return
    }
    let loopsAPiece = max(1, size / inner)
    let pieces = (loops + loopsAPiece - 1) / loopsAPiece
    // A short inner loop costs about ten nanoseconds besides its elements.
    let work = Int(Double(count) * nanosecondsPerElement) + loops * 10
    parallelFor(pieces: pieces, work: work) { piece in
        let range = piece * loopsAPiece..<min(loops, (piece + 1) * loopsAPiece)
        loop.forEach(range) { index, offsets in body(index * inner, inner, offsets) }
    }
}

// MARK: - Applying kernels

extension Tensor {
    /// A place for the result of an elementwise operation on this tensor: its own memory if nobody else refers to that,
    /// because the tensor was given away (a `consuming` parameter), and new memory otherwise. What a reused place holds
    /// is read for the last time by the operation.
    @inline(__always)
    mutating func reusedPlace() -> Tensor {
        // An observer may ask for the input's elements.
        isUnique && !Observation.isOn ? detached : Tensor(uninitialized: shape, dtype: dtype)
    }

    /// A unary kernel on every element.
    @inline(__always)
    func map(_ operation: UnaryFunction, nanosecondsPerElement: Double = 0.5, into place: Tensor? = nil) -> Tensor {
        mapped(nanosecondsPerElement, into: place) { n, x, stride, y in
            Kernels.vector.unary(dtype.kernelType, operation, n, x, stride, y)
        }
    }

    /// - Parameter place: contiguous memory for the result; new memory if absent.
    @inline(__always)
    func mapped(
        _ nanosecondsPerElement: Double, into place: Tensor? = nil,
        _ kernel: (_ n: Int, _ x: UnsafeMutableRawPointer, _ stride: Int, _ y: UnsafeMutableRawPointer) -> Void
    ) -> Tensor {
        let result = place ?? Tensor(uninitialized: shape, dtype: dtype)
        let size = dtype.byteCount
        let input = impl.pointer
        let output = result.impl.pointer
        if isContiguous {
            elementwiseLoop(count, nanosecondsPerElement: nanosecondsPerElement) { start, n in
                kernel(n, input + start * size, 1, output + start * size)
            }
        } else {
            let loop = StridedLoop<1>(shape, [strides])
            stridedPieces(loop, count: count, nanosecondsPerElement: nanosecondsPerElement) { start, n, offsets in
                kernel(n, input + offsets[0] * size, loop.innerStrides[0], output + start * size)
            }
        }
        return result
    }

    /// A binary kernel on every pair of elements of two tensors of one type, broadcast against each other.
    @inline(__always)
    static func zip(
        _ a: Tensor, _ b: Tensor, _ name: StaticString, result resultType: DType? = nil,
        nanosecondsPerElement: Double = 0.3, into place: Tensor? = nil,
        _ kernel: (
            _ n: Int, _ a: UnsafeMutableRawPointer, _ strideA: Int, _ b: UnsafeMutableRawPointer, _ strideB: Int,
            _ y: UnsafeMutableRawPointer
        ) -> Void
    ) -> Tensor {
        let shape = broadcastShape(a, b, name)
        let size = a.dtype.byteCount
        let result = place ?? Tensor(uninitialized: shape, dtype: resultType ?? a.dtype)
        let resultSize = result.dtype.byteCount
        let (left, right, output) = (a.impl.pointer, b.impl.pointer, result.impl.pointer)
        let wholeA = a.isContiguous && a.count == result.count
        let wholeB = b.isContiguous && b.count == result.count
        if (wholeA || a.count == 1) && (wholeB || b.count == 1) {
            let strideA = a.count == 1 ? 0 : 1
            let strideB = b.count == 1 ? 0 : 1
            elementwiseLoop(result.count, nanosecondsPerElement: nanosecondsPerElement) { start, n in
                kernel(
                    n, left + start * strideA * size, strideA, right + start * strideB * size, strideB,
                    output + start * resultSize)
            }
        } else {
            let loop = StridedLoop<2>(shape, [a.broadcastStrides(to: shape), b.broadcastStrides(to: shape)])
            stridedPieces(loop, count: result.count, nanosecondsPerElement: nanosecondsPerElement) {
                start, n, offsets in
                kernel(
                    n, left + offsets[0] * size, loop.innerStrides[0], right + offsets[1] * size, loop.innerStrides[1],
                    output + start * resultSize)
            }
        }
        return result
    }

    @inline(__always)
    static func zip(
        _ operation: BinaryFunction, _ a: Tensor, _ b: Tensor, _ name: StaticString, into place: Tensor? = nil
    ) -> Tensor {
        zip(a, b, name, into: place) { n, left, strideA, right, strideB, output in
            Kernels.vector.binary(a.dtype.kernelType, operation, n, left, strideA, right, strideB, output)
        }
    }

    @inline(__always)
    static func broadcastShape(_ a: Tensor, _ b: Tensor, _ name: StaticString) -> Shape {
        if a.impl.shape == b.impl.shape { return a.impl.shape }
        guard let shape = a.shape.broadcast(with: b.shape) else {
            mistake("\(name)", "cannot broadcast shapes \(a.shape) and \(b.shape)")
        }
        return shape
    }

    /// Both tensors in their common type.
    @inline(__always)
    static func promoted(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.dtype == b.dtype { return (a, b) }
        let common = a.dtype.promoted(with: b.dtype)
        return (a.converted(to: common), b.converted(to: common))
    }
}
