import CTernKernels

extension Tensor {
    /// `scale` times the sum of the squared differences of two tensors of one shape and floating-point type, as one
    /// operation each way. Nothing but the inputs is saved: a loss of a few values costs little more than recording it.
    package static func squaredError(_ a: Tensor, _ b: Tensor, scale: Double) -> Tensor {
        if !a.impl.isContiguous || !b.impl.isContiguous {
            return squaredError(a.contiguous(), b.contiguous(), scale: scale)
        }
        let result = sumOfSquaredDifferences(a, b, scale)
        return result.output(of: "squaredError", from: a, b) { gradient, node in
            let slope =
                ThreadState.current.isRecording
                ? (a - b) * (gradient * (2 * scale)) : scaledDifference(a, b, gradient, 2 * scale)
            if !node.needs(1) { return InputGradients(slope) }
            return InputGradients(node.needs(0) ? slope : nil, -slope)
        }
    }

    /// Differences live on the stack, block by block; blocks and pieces are added in their order.
    private static func sumOfSquaredDifferences(_ a: Tensor, _ b: Tensor, _ scale: Double) -> Tensor {
        let (count, type, size) = (a.count, a.dtype.kernelType, a.dtype.byteCount)
        let block = 1024
        let pieces = Swift.max(1, (count + elementwisePiece - 1) / elementwisePiece)
        let partial = Tensor(uninitialized: pieces == 1 ? [] : [pieces], dtype: a.dtype)
        if count == 0 { partial.fill(0 * scale) }  // The mean of nothing is NaN.
        let (left, right, sums) = (a.impl.pointer, b.impl.pointer, partial.impl.pointer)
        elementwiseLoop(count, nanosecondsPerElement: 0.2) { start, n in
            withUnsafeTemporaryAllocation(byteCount: Swift.min(n, block) * size, alignment: 16) { buffer in
                let difference = buffer.baseAddress!
                let output = sums + start / elementwisePiece * size
                var sum = 0.0
                for first in stride(from: start, to: start + n, by: block) {
                    let length = Swift.min(block, start + n - first)
                    Kernels.vector.binary(
                        type, .subtract, length, left + first * size, 1, right + first * size, 1,
                        difference)
                    Kernels.vector.reduce(type, .sumSquares, length, difference, 1, output)
                    sum += output.number(type)
                }
                output.store(sum * scale, type)
            }
        }
        return pieces == 1 ? partial : partial.sum()
    }

    /// `(a - b) * factor * number` with a scalar tensor `factor`; not recorded.
    private static func scaledDifference(_ a: Tensor, _ b: Tensor, _ factor: Tensor, _ number: Double) -> Tensor {
        let (type, size) = (a.dtype.kernelType, a.dtype.byteCount)
        let result = Tensor(uninitialized: a.shape, dtype: a.dtype)
        let factor = factor.impl.pointer.number(type) * number
        withUnsafeTemporaryAllocation(byteCount: size, alignment: size) { scalar in
            scalar.baseAddress!.store(factor, type)
            elementwiseLoop(a.count, nanosecondsPerElement: 0.3) { start, n in
                let output = result.impl.pointer + start * size
                Kernels.vector.binary(
                    type, .subtract, n, a.impl.pointer + start * size, 1, b.impl.pointer + start * size, 1,
                    output)
                Kernels.vector.binary(type, .multiply, n, output, 1, scalar.baseAddress!, 0, output)
            }
        }
        return result
    }
}

extension UnsafeMutableRawPointer {
    /// The `float32` or `float64` at this place.
    @inline(__always)
    fileprivate func number(_ type: TernType) -> Double {
        type == .TERN_FLOAT32 ? Double(load(as: Float.self)) : load(as: Double.self)
    }

    @inline(__always)
    fileprivate func store(_ number: Double, _ type: TernType) {
        if type == .TERN_FLOAT32 {
            storeBytes(of: Float(number), as: Float.self)
        } else {
            storeBytes(of: number, as: Double.self)
        }
    }
}
