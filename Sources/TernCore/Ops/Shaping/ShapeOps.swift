extension Tensor {
    /// The same elements in row-major order with another shape; one size may be -1, for what is left. A view if the
    /// tensor is contiguous, a copy otherwise. PyTorch's `reshape`.
    public func reshaped(_ newShape: Shape) -> Tensor {
        let target = resolved(newShape)
        if target == shape { return self }
        let source = isContiguous ? self : copied()
        let result = source.contiguousView(target)
        let old = shape
        return result.output(of: "reshaped", from: self) { gradient, _ in InputGradients(gradient.reshaped(old)) }
    }

    private func resolved(_ newShape: Shape) -> Shape {
        var target = newShape
        var open: Int?
        for (axis, size) in newShape.enumerated() {
            if size == -1 {
                if open != nil { mistake("reshaped", "takes one -1 at most, got \(newShape)") }
                open = axis
                target[axis] = 1
            } else if size < 0 {
                mistake("reshaped", "got a negative size in \(newShape)")
            }
        }
        var elements = target.checkedElements
        if let open, elements > 0 {
            target[open] = count / elements
            elements *= target[open]
        } else if open != nil {
            elements = -1
        }
        if elements != count {
            mistake("reshaped", "cannot make shape \(newShape) of the \(count) elements of shape \(shape)")
        }
        return target
    }

    /// Axes `start...end` merged into one. PyTorch's `flatten`.
    ///
    /// ```swift
    /// Tensor.zeros([64, 16, 5, 5]).flattened(from: 1).shape   // [64, 400]
    /// ```
    public func flattened(from start: Int = 0, to end: Int = -1) -> Tensor {
        let first = axisOrScalar(start, "flattened")
        let last = axisOrScalar(end, "flattened")
        if rank == 0 { return reshaped([1]) }
        if first > last { mistake("flattened", "expects from <= to, got \(start) and \(end) for shape \(shape)") }
        var target = Shape(shape[..<first])
        target.append(shape[first...last].reduce(1, *))
        for size in shape[(last + 1)...] { target.append(size) }
        return reshaped(target)
    }

    /// The axis `axis` cut into axes of the given sizes, one of which may be -1, for what is left. PyTorch's `unflatten`.
    ///
    /// ```swift
    /// Tensor.zeros([64, 400]).unflattened(axis: 1, sizes: [16, 5, -1]).shape   // [64, 16, 5, 5]
    /// ```
    public func unflattened(axis: Int, sizes: Shape) -> Tensor {
        let place = self.axis(axis, "unflattened")
        if sizes.isEmpty { mistake("unflattened", "expects at least one size") }
        var sizes = sizes
        let (size, known) = (shape[place], Shape(sizes.map { $0 == -1 ? 1 : $0 }))
        let isOpen = sizes.filter { $0 == -1 }.count
        if isOpen == 1, !known.contains(where: { $0 < 1 }), size % known.checkedElements == 0 {
            sizes[sizes.firstIndex(of: -1)!] = size / known.checkedElements
        }
        if sizes.contains(where: { $0 < 0 }) || sizes.checkedElements != size {
            mistake("unflattened", "cannot cut axis \(axis) of shape \(shape) into \(sizes)")
        }
        return reshaped(Shape(Array(shape[..<place]) + Array(sizes) + Array(shape[(place + 1)...])))
    }

    /// The axes in another order; a view. PyTorch's `permute`.
    public func permuted(_ order: [Int]) -> Tensor {
        let axes = order.map { axis($0, "permuted") }
        if axes.count != rank || Set(axes).count != rank {
            mistake("permuted", "expects every axis of shape \(shape) once, got \(order)")
        }
        let result = view(
            shape: Shape(axes.map { shape[$0] }), strides: Shape(axes.map { strides[$0] }))
        return result.output(of: "permuted", from: self, attributes: ["axes": axes]) { gradient, _ in
            var inverse = [Int](repeating: 0, count: axes.count)
            for (position, axis) in axes.enumerated() { inverse[axis] = position }
            return InputGradients(gradient.permuted(inverse))
        }
    }

    /// Two axes exchanged; a view. PyTorch's `transpose`.
    public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
        let (first, second) = (axisOrScalar(first, "transposed"), axisOrScalar(second, "transposed"))
        if rank == 0 { return self }
        var order = Array(0..<rank)
        order.swapAt(first, second)
        return permuted(order)
    }

    /// One axis moved to another place, the others in their order; a view. PyTorch's `torch.movedim`.
    ///
    /// ```swift
    /// Tensor.zeros([32, 28, 28, 3]).movingAxis(-1, to: 1).shape   // [32, 3, 28, 28]
    /// ```
    public func movingAxis(_ axis: Int, to destination: Int) -> Tensor {
        let (from, to) = (axisOrScalar(axis, "movingAxis"), axisOrScalar(destination, "movingAxis"))
        if rank == 0 { return self }
        var order = Array(0..<rank)
        order.insert(order.remove(at: from), at: to)
        return permuted(order)
    }

    /// Several axes moved to other places, the others in their order; a view. PyTorch's `torch.movedim`, NumPy's `moveaxis`.
    ///
    /// ```swift
    /// Tensor.zeros([2, 3, 4, 5]).movingAxes([0, 1], to: [-1, 0]).shape   // [3, 4, 5, 2]
    /// ```
    public func movingAxes(_ axes: [Int], to destinations: [Int]) -> Tensor {
        let (from, to) = (axes.map { axis($0, "movingAxes") }, destinations.map { axis($0, "movingAxes") })
        if from.count != to.count || Set(from).count != from.count || Set(to).count != to.count {
            mistake(
                "movingAxes", "expects different axes and a different place for each, got \(axes) to \(destinations)")
        }
        var order = [Int](repeating: -1, count: rank)
        for (axis, place) in Swift.zip(from, to) { order[place] = axis }
        var others = (0..<rank).filter { !from.contains($0) }.makeIterator()
        return permuted(order.map { $0 < 0 ? others.next()! : $0 })
    }

    /// All axes in reverse order; a view. Of a matrix, its transpose.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    public var T: Tensor { permuted((0..<rank).reversed()) }

    /// Axes of size 1, and new leading axes, repeated to `newShape`; a view that repeats memory. -1 keeps a size.
    /// PyTorch's `expand`.
    public func expanded(to newShape: Shape) -> Tensor {
        var target = newShape
        let lead = newShape.count - rank
        for axis in target.indices where target[axis] == -1 && axis >= lead { target[axis] = shape[axis - lead] }
        guard lead >= 0, shape.broadcast(with: target) == target else {
            mistake("expanded", "cannot expand shape \(shape) to \(newShape)")
        }
        if target == shape { return self }
        let result = view(shape: target, strides: broadcastStrides(to: target))
        let old = shape
        return result.output(of: "expanded", from: self) { gradient, _ in InputGradients(gradient.reduced(to: old)) }
    }

    /// The whole tensor `counts[axis]` times along each axis; missing counts in front are 1, missing axes are new.
    /// NumPy's `tile`, PyTorch's `repeat`.
    ///
    /// ```swift
    /// Tensor([1, 2]).tiled([2, 2])   // [[1, 2, 1, 2], [1, 2, 1, 2]]
    /// ```
    public func tiled(_ counts: [Int]) -> Tensor {
        if counts.contains(where: { $0 < 0 }) {
            mistake("tiled", "expects counts that are not negative, got \(counts)")
        }
        let rank = Swift.max(rank, counts.count)
        let counts = [Int](repeating: 1, count: rank - counts.count) + counts
        var result = reshaped(Shape([Int](repeating: 1, count: rank - self.rank) + Array(shape)))
        // One axis at a time: interleaving all new axes could exceed the largest rank.
        for axis in 0..<rank where counts[axis] != 1 {
            var repeats = result.shape
            repeats.insert(counts[axis], at: axis)
            var target = result.shape
            target[axis] = times(counts[axis], axis, "tiled", of: result)
            result = result.unsqueezed(axes: axis).expanded(to: repeats).reshaped(target)
        }
        return result
    }

    /// Each element `count` times in a row along `axis`. PyTorch's `repeat_interleave`.
    ///
    /// ```swift
    /// Tensor([1, 2]).repeated(2, axis: 0)   // [1, 1, 2, 2]
    /// ```
    public func repeated(_ count: Int, axis: Int) -> Tensor {
        let position = self.axis(axis, "repeated")
        if count < 0 { mistake("repeated", "expects a count that is not negative, got \(count)") }
        var repeats = shape
        repeats.insert(count, at: position + 1)
        var target = shape
        target[position] = times(count, position, "repeated", of: self)
        return unsqueezed(axes: position + 1).expanded(to: repeats).reshaped(target)
    }

    /// The size of an axis of `tensor` that is repeated.
    private func times(_ count: Int, _ axis: Int, _ operation: String, of tensor: Tensor) -> Int {
        let (size, overflows) = tensor.shape[axis].multipliedReportingOverflow(by: count)
        if overflows { mistake(operation, "cannot repeat axis \(axis) of shape \(tensor.shape) \(count) times") }
        return size
    }

    /// Without the axes `axes`, whose sizes must be 1, or without all axes of size 1; a view. PyTorch's `squeeze`.
    ///
    /// ```swift
    /// Tensor.zeros([1, 3, 1, 4]).squeezed(axes: 0).shape        // [3, 1, 4]
    /// Tensor.zeros([1, 3, 1, 4]).squeezed(axes: [0, 2]).shape   // [3, 4]
    /// ```
    public func squeezed(axes: (any Axes)? = nil) -> Tensor {
        guard let axes else { return viewReshaped(Shape(shape.filter { $0 != 1 })) }
        var target = shape
        for axis in self.axes(axes, "squeezed").reversed() {
            if shape[axis] != 1 { mistake("squeezed", "expects size 1 at axis \(axis), got shape \(shape)") }
            target.remove(at: axis)
        }
        return viewReshaped(target)
    }

    /// With new axes of size 1, which are the axes `axes` of the result; a view. PyTorch's `unsqueeze`, NumPy's
    /// `expand_dims`.
    ///
    /// ```swift
    /// Tensor.zeros([3, 4]).unsqueezed(axes: 0).shape         // [1, 3, 4]
    /// Tensor.zeros([3, 4]).unsqueezed(axes: [0, -1]).shape   // [1, 3, 4, 1]
    /// ```
    public func unsqueezed(axes: any Axes) -> Tensor {
        let numbers = axes.axisNumbers
        var target = Shape(repeating: -1, count: rank + numbers.count)
        for number in numbers {
            let axis = number < 0 ? number + target.count : number
            if axis < 0 || axis >= target.count {
                let added = numbers.count == 1 ? "a new axis" : "\(numbers.count) new axes"
                mistake("unsqueezed", "axis \(number) is out of range for shape \(shape) with \(added)")
            }
            if target[axis] == 1 { mistake("unsqueezed", "got axis \(axis) twice for shape \(shape)") }
            target[axis] = 1
        }
        var old = 0
        for axis in target.indices where target[axis] < 0 {
            target[axis] = shape[old]
            old += 1
        }
        return viewReshaped(target)
    }

    /// A reshape that only adds or drops axes of size 1: a view for any layout.
    private func viewReshaped(_ target: Shape) -> Tensor {
        if isContiguous { return reshaped(target) }
        var newStrides = Shape(repeating: 0, count: target.count)
        var old = shape.indices.filter { shape[$0] != 1 }.makeIterator()
        for axis in target.indices where target[axis] != 1 { newStrides[axis] = strides[old.next()!] }
        let result = view(shape: target, strides: newStrides)
        let oldShape = shape
        return result.output(of: "reshaped", from: self) { gradient, _ in InputGradients(gradient.reshaped(oldShape)) }
    }
}
