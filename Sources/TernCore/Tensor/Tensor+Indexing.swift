/// What may stand in a tensor's subscript: integers, ranges, the members of ``AxisIndex``, and arrays of indices or masks,
/// as tensors or as Swift arrays.
public protocol TensorIndex: Sendable {
    /// Which indices of an axis it stands for.
    var axisIndex: AxisIndex { get }
}

/// Which indices of an axis a subscript selects. Written with a leading dot: `x[.all, .every(2)]`.
public struct AxisIndex: TensorIndex {
    enum Kind {
        case at(Int)
        case range(from: Int?, to: Int?, by: Int)
        case newAxis, ellipsis
        case array(Tensor)
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

    /// The indices from `start` up to but without `end`, every `step`-th; negative ones count from the end, and ends
    /// outside of the axis are moved to its ends. With a negative step, `start` is above `end` and the defaults are the last
    /// index and all before it. NumPy's `start:end:step`.
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

extension Tensor: TensorIndex {
    /// Indices of an axis, in any order and negative ones counted from the end, or where a mask is true.
    public var axisIndex: AxisIndex { AxisIndex(kind: .array(self)) }
}

extension Array: TensorIndex where Element: TensorElements {
    public var axisIndex: AxisIndex { AxisIndex(kind: .array(Tensor(self))) }
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
    /// Arrays of integers take the places that they name, a mask (of `bool`) those where it is true; it stands for as many
    /// axes as it has. Then the part is a copy. Several arrays, and integers beside them, are broadcast against each other:
    /// element by element they name a place. Their axes take the place of those that they stand for, or come first where
    /// something else stands between them. NumPy's rule (PyTorch takes single integers out first, and does not count them).
    ///
    /// ```swift
    /// x[[2, 0]]                         // [[8, 9, 10, 11], [0, 1, 2, 3]]
    /// x[[0, 1], [-1, 2]]                // [3, 6]
    /// x[.all, Tensor([[0, 1]], dtype: .int64)].shape   // [3, 1, 2]
    /// x[x .> 9]                         // [10, 11]
    /// x[[true, false, true], 1]         // [1, 9]
    /// ```
    ///
    /// Assigning changes this tensor and no other that shares its memory. The new value is broadcast to the part and
    /// converted to this tensor's type; its gradient is that of the part, and the gradient of the old value is 0 there. Where
    /// index arrays name a place twice, the last value stays.
    ///
    /// ```swift
    /// var y = Tensor.zeros([2, 3])
    /// y[0, 1...] = Tensor([5, 6])   // [[0, 5, 6], [0, 0, 0]]
    /// y[1] = 7                      // [[0, 5, 6], [7, 7, 7]]
    /// y[y .> 6] = 1                 // [[0, 5, 6], [1, 1, 1]]
    /// y[[0, 1], [0, 2]] += 3        // [[3, 5, 6], [1, 1, 4]]
    /// ```
    ///
    /// A number of a variable is assigned as a tensor: `y[0] = Tensor(rate)`.
    ///
    /// An index must lie within the axis; a range that runs past an end is cut.
    public subscript(_ indices: any TensorIndex...) -> Tensor {
        get { part(indices) }
        set { setPart(indices, newValue) }
    }

    /// `x[..., 0]`: the indices belong to the last axes.
    public subscript(_ ellipsis: UnboundedRange, _ indices: any TensorIndex...) -> Tensor {
        get { part([AxisIndex(kind: .ellipsis)] + indices) }
        set { setPart([AxisIndex(kind: .ellipsis)] + indices, newValue) }
    }

    /// What a list of indices selects, for code that does not know how many there are.
    public subscript(indices indices: [any TensorIndex]) -> Tensor {
        get { part(indices) }
        set { setPart(indices, newValue) }
    }

    // Were the number of a type that has arithmetic, `x[0] + 1` could mean that.
    /// Assigns a number that is written out to all of a part, converted to this tensor's type: `x[0, 1] = 7`.
    @_disfavoredOverload
    public subscript(_ indices: any TensorIndex...) -> WeakNumber {
        get { .real(part(indices).item()) }
        set { setPart(indices, Tensor.full([], newValue, dtype: dtype)) }
    }

    /// Assigns a number that is written out to all of a part along the last axes: `x[..., 0] = 7`.
    @_disfavoredOverload
    public subscript(_ ellipsis: UnboundedRange, _ indices: any TensorIndex...) -> WeakNumber {
        get { .real(part([AxisIndex(kind: .ellipsis)] + indices).item()) }
        set { setPart([AxisIndex(kind: .ellipsis)] + indices, Tensor.full([], newValue, dtype: dtype)) }
    }

    private func part(_ indices: [any TensorIndex]) -> Tensor {
        let selected = Subscript(shape, indices)
        let part = selected.isWhole && selected.slices != nil ? self : windowed(selected.window, "subscript")
        return selected.slices.map { part.taken($0) } ?? part
    }

    private mutating func setPart(_ indices: [any TensorIndex], _ value: Tensor) {
        replace(Subscript(shape, indices), with: value)
    }

    /// Writes `value`, broadcast and converted, to what a subscript selects.
    mutating func replace(_ selected: Subscript, with value: Tensor) {
        let value = value.converted(to: dtype)
        selected.check(value)
        if let (mask, behind) = selected.mask, value.rank <= behind { return fill(where: mask, with: value) }
        guard let slices = selected.slices else { return replace(selected.window, with: value) }
        put(value.expanded(to: slices.result), in: selected.window, at: slices)
    }
}
