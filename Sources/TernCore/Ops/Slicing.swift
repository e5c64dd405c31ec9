extension Tensor {
    /// The elements `start..<end` along `axis`, every `step`-th; a view. PyTorch's `narrow`, with a step.
    public func sliced(axis: Int, from start: Int, to end: Int, by step: Int = 1) -> Tensor {
        let position = self.axis(axis, "sliced")
        let size = shape[position]
        if start < 0 || end < start || end > size || step < 1 {
            mistake("sliced", "range \(start)..<\(end) by \(step) is out of range for axis \(axis) of shape \(shape)")
        }
        var newShape = shape
        newShape[position] = (end - start + step - 1) / step
        if newShape == shape { return self }
        var newStrides = strides
        newStrides[position] *= step
        let result = view(shape: newShape, strides: newStrides, offset: impl.offset + start * strides[position])
        guard records(self) else { return result }
        let old = shape
        return result.recorded("sliced", from: self) { gradient, _ in
            InputGradients(gradient.placed(in: old, axis: position, from: start, by: step))
        }
    }

    /// Zeros of `shape` with this tensor at `start`, `start + step`, ... along `axis`: the gradient of a slice.
    func placed(in shape: Shape, axis: Int, from start: Int, by step: Int) -> Tensor {
        let result = Tensor.zeros(shape, dtype: dtype)
        let end = start + Swift.max(0, (self.shape[axis] - 1) * step + 1)
        result.sliced(axis: axis, from: start, to: self.shape[axis] == 0 ? start : end, by: step).write(self)
        guard records(self) else { return result }
        return result.recorded("placed", from: self) { gradient, _ in
            InputGradients(gradient.sliced(axis: axis, from: start, to: self.shape[axis] == 0 ? start : end, by: step))
        }
    }

    /// Copies the elements of `source`, of this shape, into the memory of this view of fresh memory.
    func write(_ source: Tensor) {
        let size = dtype.byteCount
        let loop = StridedLoop<2>(shape, [strides, source.broadcastStrides(to: shape)])
        stridedPieces(loop, count: count, nanosecondsPerElement: 0.3) { _, n, offsets in
            Kernels.vector.copy(
                size, n, source.impl.pointer + offsets[1] * size, loop.innerStrides[1],
                impl.pointer + offsets[0] * size, loop.innerStrides[0])
        }
    }
}

/// Tensors joined along an existing axis; sizes along the others must agree. PyTorch's `torch.cat`.
public func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { mistake("concatenated", "expects at least one tensor") }
    let position = first.axis(axis, "concatenated")
    let dtype = tensors.reduce(first.dtype) { $0.promoted(with: $1.dtype) }
    let parts = tensors.map { $0.converted(to: dtype) }
    var shape = first.shape
    shape[position] = 0
    for part in parts {
        var others = part.shape
        if others.count == shape.count { others[position] = shape[position] }
        if others != shape || part.rank != first.rank {
            mistake("concatenated", "expects equal sizes but along axis \(axis), got \(first.shape) and \(part.shape)")
        }
        shape[position] += part.shape[position]
    }
    let result = Tensor(uninitialized: shape, dtype: dtype)
    var start = 0
    for part in parts {
        let end = start + part.shape[position]
        result.sliced(axis: position, from: start, to: end).write(part)
        start = end
    }
    guard records(parts) else { return result }
    let sizes = parts.map { $0.shape[position] }
    return result.recorded("concatenated", from: parts) { gradient, node in
        var start = 0
        return InputGradients(
            sizes.enumerated().map { index, size in
                defer { start += size }
                return node.needs(index) ? gradient.sliced(axis: position, from: start, to: start + size) : nil
            })
    }
}
