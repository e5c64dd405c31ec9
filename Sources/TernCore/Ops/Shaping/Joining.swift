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
        result.sliced(from: start, to: end, axis: position).write(part)
        start = end
    }
    let sizes = parts.map { $0.shape[position] }
    return result.output(of: "concatenated", from: parts, attributes: ["axis": position]) { gradient, node in
        var start = 0
        return InputGradients(
            sizes.enumerated().map { index, size in
                defer { start += size }
                return node.needs(index) ? gradient.sliced(from: start, to: start + size, axis: position) : nil
            })
    }
}

/// Tensors of one shape joined along a new axis. PyTorch's `torch.stack`.
///
/// ```swift
/// stacked([Tensor([1, 2]), Tensor([3, 4])])            // [[1, 2], [3, 4]]
/// stacked([Tensor([1, 2]), Tensor([3, 4])], axis: 1)   // [[1, 3], [2, 4]]
/// ```
public func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { mistake("stacked", "expects at least one tensor") }
    for tensor in tensors where tensor.shape != first.shape {
        mistake("stacked", "expects tensors of one shape, got \(first.shape) and \(tensor.shape)")
    }
    let position = axis < 0 ? axis + first.rank + 1 : axis
    return concatenated(tensors.map { $0.unsqueezed(axes: position) }, axis: position)
}

extension Tensor {
    /// The slices along `axis`, without that axis; views. PyTorch's `torch.unbind`.
    public func unstacked(axis: Int = 0) -> [Tensor] {
        let position = self.axis(axis, "unstacked")
        var window = Window(shape)
        window.shape.remove(at: position)
        for axis in position..<rank { window.resultAxes[axis] -= 1 }
        window.resultAxes[position] = -1
        return (0..<shape[position]).map { index in
            window.starts[position] = index
            return windowed(window, "unstacked")
        }
    }

    /// Parts of the given sizes along `axis`, which add up to its size; views. PyTorch's `torch.split`.
    ///
    /// ```swift
    /// Tensor.arange(6).split(sizes: [1, 2, 3])   // [0], [1, 2], [3, 4, 5]
    /// ```
    public func split(sizes: [Int], axis: Int = 0) -> [Tensor] {
        let position = self.axis(axis, "split")
        let rest = sizes.reduce(shape[position]) { rest, size in size < 0 || size > rest ? -1 : rest - size }
        if rest != 0 {
            mistake("split", "expects sizes that add up to \(shape[position]) (axis \(axis) of \(shape)), got \(sizes)")
        }
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return sliced(from: start, to: start + size, axis: position)
        }
    }

    /// `count` parts along `axis` whose sizes differ by one at most, the larger ones first; views. NumPy's `array_split`.
    ///
    /// ```swift
    /// Tensor.arange(5).split(into: 2)   // [0, 1, 2], [3, 4]
    /// ```
    public func split(into count: Int, axis: Int = 0) -> [Tensor] {
        if !(1...maximumParts).contains(count) { mistake("split", "expects 1 to \(maximumParts) parts, got \(count)") }
        let (size, more) = shape[self.axis(axis, "split")].quotientAndRemainder(dividingBy: count)
        return split(sizes: (0..<count).map { $0 < more ? size + 1 : size }, axis: axis)
    }

    /// Parts of `size` along `axis`, the last one smaller if there is a remainder; views. PyTorch's `torch.split`.
    ///
    /// ```swift
    /// Tensor.arange(5).split(size: 2)   // [0, 1], [2, 3], [4]
    /// ```
    public func split(size: Int, axis: Int = 0) -> [Tensor] {
        let whole = shape[self.axis(axis, "split")]
        if size < 1 { mistake("split", "expects a size of at least 1, got \(size)") }
        if whole / size > maximumParts {
            mistake("split", "expects at most \(maximumParts) parts, got \(whole / size) of size \(size)")
        }
        // One part of nothing.
        let full = whole / size
        let rest = whole - full * size
        return split(
            sizes: [Int](repeating: size, count: full) + (rest > 0 || whole == 0 ? [rest] : []), axis: axis)
    }

    /// Parts along `axis` that end before the given indices, and the rest; views. Negative indices count from the end, and
    /// those beyond it are cut; where they do not rise, a part is empty. PyTorch's `tensor_split` with indices, NumPy's
    /// `split`.
    ///
    /// ```swift
    /// Tensor.arange(6).split(at: [1, 4])   // [0], [1, 2, 3], [4, 5]
    /// ```
    public func split(at indices: [Int], axis: Int = 0) -> [Tensor] {
        let position = self.axis(axis, "split")
        let size = shape[position]
        let places = indices.map { Swift.min(size, Swift.max(0, $0 < 0 ? $0 + size : $0)) }
        return Swift.zip([0] + places, places + [size]).map { start, end in
            sliced(from: start, to: Swift.max(start, end), axis: position)
        }
    }

    /// Parts of one size along `axis`, at most `count`, of which the last one may be smaller; views. There may be fewer parts:
    /// see ``split(into:axis:)`` for exactly `count`. PyTorch's `torch.chunk`.
    ///
    /// ```swift
    /// Tensor.arange(6).chunked(into: 4)   // [0, 1], [2, 3], [4, 5]
    /// ```
    public func chunked(into count: Int, axis: Int = 0) -> [Tensor] {
        if !(1...maximumParts).contains(count) {
            mistake("chunked", "expects 1 to \(maximumParts) parts, got \(count)")
        }
        let size = shape[self.axis(axis, "chunked")]
        return split(size: Swift.max(1, size / count + (size % count > 0 ? 1 : 0)), axis: axis)
    }
}

/// More parts than anybody wants, and fewer than memory has room for.
private let maximumParts = 1 << 24
