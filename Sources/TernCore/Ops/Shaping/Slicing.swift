extension Tensor {
    /// The elements `start..<end` along `axis`, every `step`-th; a view. PyTorch's `narrow`, with a step.
    public func sliced(from start: Int, to end: Int, by step: Int = 1, axis: Int) -> Tensor {
        let position = self.axis(axis, "sliced")
        let size = shape[position]
        if start < 0 || end < start || end > size || step < 1 {
            mistake("sliced", "range \(start)..<\(end) by \(step) is out of range for axis \(axis) of shape \(shape)")
        }
        let window = Window(shape, axis: position, start: start, step: step, size: Window.steps(step, in: end - start))
        return window.shape == shape ? self : windowed(window, "sliced")
    }

    /// The elements in reverse order along `axes`, or along all; a view. PyTorch's `torch.flip`.
    ///
    /// ```swift
    /// Tensor([[1, 2], [3, 4]]).flipped(axes: 1)   // [[2, 1], [4, 3]]
    /// ```
    public func flipped(axes: (any Axes)? = nil) -> Tensor {
        var window = Window(shape)
        for axis in self.axes(axes, "flipped") {
            window.starts[axis] = Swift.max(0, shape[axis] - 1)
            window.steps[axis] = -1
        }
        return windowed(window, "flipped")
    }

    /// The elements moved `shift` places up along `axis`; those that leave at one end come in at the other. PyTorch's
    /// `torch.roll`.
    ///
    /// ```swift
    /// Tensor.arange(5).rolled(by: 2)   // [3, 4, 0, 1, 2]
    /// ```
    public func rolled(by shift: Int, axis: Int = 0) -> Tensor {
        let position = axisOrScalar(axis, "rolled")
        if rank == 0 { return self }
        let size = shape[position]
        if size == 0 { return self }
        let split = (size - shift % size) % size
        if split == 0 { return self }
        return concatenated(
            [sliced(from: split, to: size, axis: position), sliced(from: 0, to: split, axis: position)], axis: position)
    }

    /// Rolls along several axes, by a shift for each: see ``rolled(by:axis:)``. PyTorch's `torch.roll`.
    ///
    /// ```swift
    /// Tensor([[1, 2], [3, 4]]).rolled(by: [1, 1], axes: [0, 1])   // [[4, 3], [2, 1]]
    /// ```
    public func rolled(by shifts: [Int], axes: [Int]) -> Tensor {
        if shifts.count != axes.count {
            mistake("rolled", "expects a shift for each axis, got \(shifts) for axes \(axes)")
        }
        return Swift.zip(shifts, axes).reduce(self) { $0.rolled(by: $1.0, axis: $1.1) }
    }

    /// The elements rotated by `count` right angles in the plane of two axes, from the first towards the second if it is
    /// positive; a view. PyTorch's and NumPy's `rot90`.
    ///
    /// ```swift
    /// Tensor([[1, 2], [3, 4]]).rotated90()     // [[2, 4], [1, 3]]
    /// Tensor([[1, 2], [3, 4]]).rotated90(-1)   // [[3, 1], [4, 2]]
    /// ```
    public func rotated90(_ count: Int = 1, axes first: Int = 0, _ second: Int = 1) -> Tensor {
        let (row, column) = (axis(first, "rotated90"), axis(second, "rotated90"))
        if row == column { mistake("rotated90", "expects two axes, got axis \(row) twice for shape \(shape)") }
        switch count & 3 {
        case 1: return flipped(axes: column).transposed(row, column)
        case 2: return flipped(axes: [row, column])
        case 3: return flipped(axes: row).transposed(row, column)
        default: return self
        }
    }
}
