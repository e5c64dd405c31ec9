/// A selection of a tensor's elements that is a view: where it starts on each axis of the tensor (the base), how far it
/// steps there, and which axis of the result it walks along.
///
/// Slices, single indices, reversed and new axes and diagonals are all windows, so they share one derivative. No element
/// is selected twice.
struct Window {
    /// The shape that is selected from.
    let base: Shape
    /// For each axis of the base: the first index, the step (which may be negative), and the axis of the result that
    /// steps, or -1 if only the first index is taken.
    var starts: Shape
    var steps: Shape
    var resultAxes: Shape
    /// The shape of the result. Axes that nothing steps along are new and have size 1.
    var shape: Shape

    /// All of `base`.
    init(_ base: Shape) {
        self.base = base
        shape = base
        starts = Shape(repeating: 0, count: base.count)
        steps = Shape(repeating: 1, count: base.count)
        resultAxes = base
        for axis in 0..<base.count { resultAxes.sizes[axis] = axis }
    }

    /// `size` indices along one axis, from `start` on.
    init(_ base: Shape, axis: Int, start: Int, step: Int, size: Int) {
        self.init(base)
        starts[axis] = start
        steps[axis] = step
        shape[axis] = size
    }

    /// Axes of the base that the result lacks step along -1.
    var attributes: OperationAttributes {
        ["starts": starts, "steps": steps, "axes": resultAxes, "shape": shape]
    }
}

extension Tensor {
    /// The elements of a window as a view; not recorded.
    func view(_ window: Window) -> Tensor {
        var first = 0
        var newStrides = Shape(repeating: 0, count: window.shape.count)
        for axis in 0..<rank {
            let stride = impl.strides.sizes[axis]
            first += window.starts.sizes[axis] * stride
            let target = window.resultAxes.sizes[axis]
            // A step that leaves the axis at once may be as large as any number; its stride is never used.
            if target >= 0 { newStrides.sizes[target] &+= window.steps.sizes[axis] &* stride }
        }
        return view(shape: window.shape, strides: newStrides, first: first)
    }

    /// The elements of a window; a view, or a copy.
    func windowed(_ window: Window, _ name: StaticString, copied: Bool = false) -> Tensor {
        let result = copied ? view(window).copied() : view(window)
        return result.output(of: name, from: self, window: window)
    }

    /// Zeros with this tensor in a window of them: the gradient of ``windowed(_:_:)``.
    func placed(in window: Window) -> Tensor {
        let result = Tensor.zeros(window.base, dtype: dtype)
        result.view(window).write(self)
        return result.output(of: "placed", from: self) { gradient, _ in
            InputGradients(gradient.windowed(window, "sliced"))
        }
    }

    /// Writes `value`, which broadcasts to the window's shape and has this tensor's type, into a window. Memory that
    /// something else refers to is copied first: a loop over all windows costs what one copy does.
    mutating func replace(_ window: Window, with value: Tensor) {
        // An observer may ask for the elements before: then there is somebody else who refers to them.
        let before = Observation.isOnHere ? self : nil
        makeUnique()
        view(window).write(value)
        let valueShape = value.shape
        self = output(of: "replacing", from: before ?? self, value, attributes: window.attributes) { gradient, node in
            var rest = consume gradient
            // A view would keep the memory of `rest` from being written.
            let part = node.needs(1) ? rest.windowed(window, "sliced", copied: node.needs(0)) : nil
            if node.needs(0) { rest.replace(window, with: Tensor.zeros([], dtype: rest.dtype)) }
            return InputGradients(node.needs(0) ? rest : nil, part?.reduced(to: valueShape))
        }
    }

    /// Copies the elements of `source`, which broadcasts to this view of fresh memory, into that memory.
    func write(_ source: Tensor) { backend.copy(source, into: self) }

    /// `self += other` for a view of a sum that nobody else sees.
    @inline(__always)
    func add(_ other: Tensor) { backend.add(other, into: self) }
}
