/// What may stand in a tensor's subscript: integers, ranges, and the members of ``AxisIndex``.
public protocol TensorIndex: Sendable {
    var axisIndex: AxisIndex { get }
}

/// Which indices of an axis a subscript selects. Written with a leading dot: `x[.all, .every(2)]`.
public struct AxisIndex: TensorIndex {
    enum Kind {
        case at(Int)
        case range(from: Int?, to: Int?, by: Int)
        case newAxis, ellipsis
    }

    let kind: Kind

    public var axisIndex: AxisIndex { self }
}

extension TensorIndex where Self == AxisIndex {
    /// The whole axis. NumPy's `:`.
    public static var all: AxisIndex { AxisIndex(kind: .range(from: nil, to: nil, by: 1)) }

    /// A new axis of size 1. NumPy's `np.newaxis`.
    public static var newAxis: AxisIndex { AxisIndex(kind: .newAxis) }

    /// As many whole axes as are not mentioned. NumPy's `...`, which may also be written in the first place: `x[..., 0]`.
    public static var ellipsis: AxisIndex { AxisIndex(kind: .ellipsis) }

    /// Every `step`-th index; `.every(-1)` reverses the axis. NumPy's `::step`.
    public static func every(_ step: Int) -> AxisIndex { AxisIndex(kind: .range(from: nil, to: nil, by: step)) }

    /// The indices from `start` up to but without `end`, every `step`-th; negative ones count from the end. With a
    /// negative step, `start` is above `end` and the defaults are the last index and all before it. NumPy's
    /// `start:end:step`.
    ///
    /// ```swift
    /// let x = Tensor.arange(6)
    /// x[.range(from: 1, to: -1)]   // [1, 2, 3, 4]
    /// x[.range(from: 4, by: -2)]   // [4, 2, 0]
    /// ```
    public static func range(from start: Int? = nil, to end: Int? = nil, by step: Int = 1) -> AxisIndex {
        AxisIndex(kind: .range(from: start, to: end, by: step))
    }
}

extension Int: TensorIndex {
    /// One index, whose axis the result lacks; negative ones count from the end.
    public var axisIndex: AxisIndex { AxisIndex(kind: .at(self)) }
}

extension Range<Int>: TensorIndex {
    public var axisIndex: AxisIndex { .range(from: lowerBound, to: upperBound) }
}

extension ClosedRange<Int>: TensorIndex {
    public var axisIndex: AxisIndex { .range(from: lowerBound, to: endAfter(upperBound)) }
}

extension PartialRangeFrom<Int>: TensorIndex {
    public var axisIndex: AxisIndex { .range(from: lowerBound) }
}

extension PartialRangeUpTo<Int>: TensorIndex {
    public var axisIndex: AxisIndex { .range(to: upperBound) }
}

extension PartialRangeThrough<Int>: TensorIndex {
    public var axisIndex: AxisIndex { .range(to: endAfter(upperBound)) }
}

/// The end of a range whose last index is `last`. After -1 comes the end of the axis, not index 0; nothing comes after the
/// largest integer, which no axis reaches.
private func endAfter(_ last: Int) -> Int? { last == -1 ? nil : last == .max ? last : last + 1 }

extension Tensor {
    /// Part of a tensor: an index or a range for each axis from the first on; axes that are not mentioned stay whole.
    /// A view; its derivative puts the gradient in the place it was taken from.
    ///
    /// ```swift
    /// let x = Tensor.arange(12).reshaped([3, 4])
    /// x[1]                  // [4, 5, 6, 7]
    /// x[-1, 0]              // 8; as a Swift number: x[-1, 0].item()
    /// x[1..., ..<(-2)]      // [[4, 5], [8, 9]]
    /// x[..., 0]             // [0, 4, 8]
    /// x[.every(-1), 1...2]  // [[9, 10], [5, 6], [1, 2]]
    /// x[.newAxis].shape     // [1, 3, 4]
    /// ```
    ///
    /// Assigning changes this tensor and no other that shares its memory. The new value is broadcast to the part and
    /// converted to this tensor's type; its gradient is that of the part, and the gradient of the old value is 0 there.
    ///
    /// ```swift
    /// var y = Tensor.zeros([2, 3])
    /// y[0, 1...] = Tensor([5, 6])   // [[0, 5, 6], [0, 0, 0]]
    /// y[1] = Tensor(7)              // [[0, 5, 6], [7, 7, 7]]
    /// ```
    ///
    /// Indices and the ends of ranges must lie within the axis, unlike NumPy's, which cuts ranges to fit.
    public subscript(_ indices: any TensorIndex...) -> Tensor {
        get { part(indices) }
        set { setPart(indices, newValue) }
    }

    /// `x[..., 0]`: the indices belong to the last axes.
    public subscript(_ ellipsis: UnboundedRange, _ indices: any TensorIndex...) -> Tensor {
        get { part([AxisIndex(kind: .ellipsis)] + indices) }
        set { setPart([AxisIndex(kind: .ellipsis)] + indices, newValue) }
    }

    private func part(_ indices: [any TensorIndex]) -> Tensor { windowed(Window(shape, indices), "subscript") }

    private mutating func setPart(_ indices: [any TensorIndex], _ value: Tensor) {
        let window = Window(shape, indices)
        if value.shape.broadcast(with: window.shape) != window.shape {
            mistake("subscript", "cannot assign a value of shape \(value.shape) to a part of shape \(window.shape)")
        }
        replace(window, with: value.converted(to: dtype))
    }
}

extension Window {
    /// The window that a subscript selects.
    init(_ base: Shape, _ indices: [any TensorIndex]) {
        self.init(base)
        shape = []
        let kinds = indices.map(\.axisIndex.kind)
        var named = 0
        var ellipses = 0
        for kind in kinds {
            switch kind {
            case .at, .range: named += 1
            case .ellipsis: ellipses += 1
            case .newAxis: break
            }
        }
        if named > base.count { mistake("subscript", "got \(named) indices for shape \(base)") }
        if ellipses > 1 { mistake("subscript", "takes one ellipsis at most, got \(ellipses)") }
        var axis = 0
        for kind in kinds {
            switch kind {
            case .at(let index):
                starts[axis] = Window.resolve(index, axis, base)
                resultAxes[axis] = -1
                axis += 1
            case .range(let start, let end, let step):
                take(axis, from: start, to: end, by: step)
                axis += 1
            case .newAxis: shape.append(1)
            case .ellipsis:
                for _ in named..<base.count { keep(&axis) }
            }
        }
        while axis < base.count { keep(&axis) }
    }

    private mutating func keep(_ axis: inout Int) {
        resultAxes[axis] = shape.count
        shape.append(base[axis])
        axis += 1
    }

    private static func resolve(_ index: Int, _ axis: Int, _ base: Shape) -> Int {
        let resolved = index < 0 ? index + base[axis] : index
        if resolved < 0 || resolved >= base[axis] {
            mistake("subscript", "index \(index) is out of range for axis \(axis) of shape \(base)")
        }
        return resolved
    }

    private mutating func take(_ axis: Int, from start: Int?, to end: Int?, by step: Int) {
        let size = base[axis]
        func fromEnd(_ index: Int) -> Int { index < 0 ? index + size : index }
        if step == 0 { mistake("subscript", "step must not be 0 (axis \(axis) of shape \(base))") }
        let first = start.map(fromEnd) ?? (step > 0 ? 0 : size - 1)
        let limit = end.map(fromEnd) ?? (step > 0 ? size : -1)
        let fits =
            step > 0
            ? 0 <= first && first <= limit && limit <= size
            : (end == nil ? -1 : 0) <= limit && limit <= first && first < size
        if !fits {
            let text = "\(start.map(String.init) ?? "")..<\(end.map(String.init) ?? "")"
            let by = step == 1 ? "" : " by \(step)"
            mistake("subscript", "range \(text)\(by) is out of range for axis \(axis) of shape \(base)")
        }
        starts[axis] = first
        steps[axis] = step
        resultAxes[axis] = shape.count
        shape.append(Window.steps(step, in: limit - first))
    }

    /// How many indices `step` takes from a range of `length`, the first included; the signs do not count.
    static func steps(_ step: Int, in length: Int) -> Int {
        length == 0 ? 0 : Int((length.magnitude - 1) / step.magnitude) + 1
    }
}
