import CTernKernels

extension Tensor {
    /// `scale` times the sum of the squared differences of two tensors of one shape and floating-point type, as one
    /// operation that saves the differences: a loss of a few values costs as much as its overhead.
    package static func squaredError(_ a: Tensor, _ b: Tensor, scale: Double) -> Tensor {
        let difference = zip(.TERN_BINARY_SUBTRACT, a, b, "squaredError")
        let result = difference.sumOfSquares(times: scale)
        guard records(a, b) else { return result }
        return result.recorded("squaredError", from: a, b) { gradient, node in
            // Gradients of gradients need the differences as a function of the inputs.
            let slope =
                ThreadState.current.isRecording
                ? (a - b) * (gradient * (2 * scale)) : difference.scaled(gradient, 2 * scale)
            return InputGradients(node.needs(0) ? slope : nil, node.needs(1) ? -slope : nil)
        }
    }

    /// Of a contiguous tensor; not recorded.
    private func sumOfSquares(times scale: Double) -> Tensor {
        let pieces = Swift.max(1, (count + elementwisePiece - 1) / elementwisePiece)
        let type = dtype.kernelType
        let size = dtype.byteCount
        let partial = Tensor(uninitialized: pieces == 1 ? [] : [pieces], dtype: dtype)
        if count == 0 { partial.fill(0.0) }
        elementwiseLoop(count, nanosecondsPerElement: 0.1) { start, n in
            Kernels.vector.reduce(
                type, .TERN_REDUCE_SUM_SQUARES, n, impl.pointer + start * size, 1,
                partial.impl.pointer + start / elementwisePiece * size)
        }
        let sum = pieces == 1 ? partial : partial.sum()
        if dtype == .float32 {
            sum.pointer(as: Float.self).pointee *= Float(scale)
        } else {
            sum.pointer(as: Double.self).pointee *= scale
        }
        return sum
    }

    /// This contiguous tensor times a scalar tensor and a number; not recorded.
    private func scaled(_ factor: Tensor, _ number: Double) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: dtype)
        let type = dtype.kernelType
        let size = dtype.byteCount
        func run(_ factor: UnsafeRawPointer) {
            elementwiseLoop(count, nanosecondsPerElement: 0.2) { start, n in
                Kernels.vector.binary(
                    type, .TERN_BINARY_MULTIPLY, n, impl.pointer + start * size, 1, factor, 0,
                    result.impl.pointer + start * size)
            }
        }
        if dtype == .float32 {
            withUnsafePointer(to: factor.item(as: Float.self) * Float(number)) { run($0) }
        } else {
            withUnsafePointer(to: factor.item(as: Double.self) * number) { run($0) }
        }
        return result
    }
}
