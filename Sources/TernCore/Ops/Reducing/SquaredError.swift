extension Tensor {
    /// `scale` times the sum of the squared differences of two tensors of one shape and floating-point type, as one
    /// operation each way. Nothing but the inputs is saved: a loss of a few values costs little more than recording it.
    package static func squaredError(_ a: Tensor, _ b: Tensor, scale: Double) -> Tensor {
        if a.dtype.isHalf {
            let (wideA, wideB) = (a.converted(to: .float32), b.converted(to: .float32))
            return squaredError(wideA, wideB, scale: scale).converted(to: a.dtype)
        }
        if !a.impl.isContiguous || !b.impl.isContiguous {
            return squaredError(a.contiguous(), b.contiguous(), scale: scale)
        }
        let result = Tensor(uninitialized: [], dtype: a.dtype)
        a.backend.squaredError(a, b, scale: scale, into: result)
        return result.output(of: "squaredError", from: a, b, attributes: ["scale": scale]) { gradient, node in
            let slope: Tensor
            if ThreadState.current.isRecording {
                slope = (a - b) * (gradient * (2 * scale))
            } else {
                slope = Tensor(uninitialized: a.shape, dtype: a.dtype)
                a.backend.scaledDifference(a, b, gradient, 2 * scale, into: slope)
            }
            if !node.needs(1) { return InputGradients(slope) }
            return InputGradients(node.needs(0) ? slope : nil, -slope)
        }
    }
}
