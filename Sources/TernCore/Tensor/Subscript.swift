/// What a subscript selects: a window, and where index arrays stand, slices of that.
struct Subscript {
    private(set) var window: Window
    private(set) var slices: Slices?
    /// Whether the window is the whole tensor.
    private(set) var isWhole = true

    init(_ base: Shape, _ indices: [any TensorIndex]) {
        window = Window(base)
        window.shape = []
        let kinds = indices.map(\.axisIndex.kind)
        var (named, ellipses, hasArrays) = (0, 0, false)
        for kind in kinds {
            switch kind {
            case .at, .range: named += 1
            case .array(let array):
                named += array.dtype == .bool ? array.rank : 1
                hasArrays = true
            case .ellipsis: ellipses += 1
            case .newAxis: break
            }
        }
        if named > base.count { mistake("subscript", "got \(named) indices for shape \(base)") }
        if ellipses > 1 { mistake("subscript", "takes one ellipsis at most, got \(ellipses)") }
        var axis = 0
        var arrays: [Slices.IndexArray] = []
        // Integers beside index arrays count as such: NumPy's rule.
        var place = ArraysPlace()
        for kind in kinds {
            if hasArrays { place.visit(kind, window.shape.count) }
            switch kind {
            case .at(let index):
                window.starts[axis] = Subscript.resolve(index, axis, base)
                window.resultAxes[axis] = -1
                axis += 1
                isWhole = false
            case .range(let start, let end, let step):
                if start != nil || end != nil || step != 1 { isWhole = false }
                take(axis, from: start, to: end, by: step)
                axis += 1
            case .newAxis:
                window.shape.append(1)
                isWhole = false
            case .ellipsis:
                for _ in named..<base.count { keep(&axis) }
            case .array(let array):
                arrays.append(take(array, &axis))
            }
        }
        while axis < base.count { keep(&axis) }
        if hasArrays {
            slices = Slices(
                window.shape, arrays, position: place.isSplit ? 0 : place.position,
                isUnique: arrays.count == 1 && arrays[0].isMask)
        }
    }

    /// The shape of what is selected.
    var shape: Shape { slices?.result ?? window.shape }

    /// A mask alone, in a shape that broadcasts to the tensor's, and how many axes are behind it.
    var mask: (Tensor, behind: Int)? {
        guard isWhole, let slices, slices.arrays.count == 1, slices.arrays[0].isMask else { return nil }
        let array = slices.arrays[0]
        let behind = window.base.count - array.axes.upperBound
        return (array.source.reshaped(Shape(Array(array.source.shape) + [Int](repeating: 1, count: behind))), behind)
    }

    /// Stops unless `value` broadcasts to what is selected.
    func check(_ value: Tensor) {
        if value.shape.broadcast(with: shape) != shape {
            mistake("subscript", "cannot assign a value of shape \(value.shape) to a part of shape \(shape)")
        }
    }

    private mutating func keep(_ axis: inout Int) {
        window.resultAxes[axis] = window.shape.count
        window.shape.append(window.base[axis])
        axis += 1
    }

    private static func resolve(_ index: Int, _ axis: Int, _ base: Shape) -> Int {
        let resolved = index < 0 ? index + base[axis] : index
        if resolved < 0 || resolved >= base[axis] {
            mistake("subscript", "index \(index) is out of range for axis \(axis) of shape \(base)")
        }
        return resolved
    }

    /// Python's rule: ends that lie outside of the axis are moved to its ends.
    private mutating func take(_ axis: Int, from start: Int?, to end: Int?, by step: Int) {
        let size = window.base[axis]
        if step == 0 { mistake("subscript", "step must not be 0 (axis \(axis) of shape \(window.base))") }
        let ends = step > 0 ? 0...size : -1...size - 1
        func clamped(_ index: Int) -> Int {
            Swift.min(Swift.max(index < 0 ? index + size : index, ends.lowerBound), ends.upperBound)
        }
        let first = start.map(clamped) ?? (step > 0 ? ends.lowerBound : ends.upperBound)
        let limit = end.map(clamped) ?? (step > 0 ? ends.upperBound : ends.lowerBound)
        let isEmpty = step > 0 ? limit <= first : limit >= first
        window.starts[axis] = isEmpty ? 0 : first
        window.steps[axis] = step
        window.resultAxes[axis] = window.shape.count
        window.shape.append(isEmpty ? 0 : Window.steps(step, in: limit - first))
    }

    /// Keeps the axes whose places an array names.
    private mutating func take(_ array: Tensor, _ axis: inout Int) -> Slices.IndexArray {
        let base = window.base
        let start = window.shape.count
        if array.dtype == .bool {
            let axes = axis..<axis + array.rank
            if Shape(base[axes]) != array.shape {
                mistake("subscript", "expects a mask of the sizes of axes \(axes) of shape \(base), got \(array.shape)")
            }
            while axis < axes.upperBound { keep(&axis) }
            return Slices.IndexArray(
                axes: start..<window.shape.count, source: array, places: array.nonZeroPlaces())
        }
        if !array.dtype.isInteger {
            mistake("subscript", "expects indices of integers or bool, got \(array.dtype)\(array.dtype.integerHint)")
        }
        let places = array.asPlaces(along: base[axis], base, "subscript")
        keep(&axis)
        return Slices.IndexArray(axes: start..<start + 1, source: array, places: places)
    }
}

extension Slices.IndexArray {
    var isMask: Bool { source.dtype == .bool }
}

/// Where the common axes of index arrays stand: in the place of the arrays, or first if something stands between these.
private struct ArraysPlace {
    /// How many axes of the result come before the first array.
    private(set) var position = 0
    private(set) var isSplit = false
    private var hasBegun = false
    private var hasEnded = false

    mutating func visit(_ kind: AxisIndex.Kind, _ axes: Int) {
        switch kind {
        case .at, .array:
            if hasEnded { isSplit = true }
            if !hasBegun { position = axes }
            hasBegun = true
        case .range, .newAxis, .ellipsis: hasEnded = hasBegun
        }
    }
}

extension Window {
    /// How many indices `step` takes from a range of `length`, the first included; the signs do not count.
    static func steps(_ step: Int, in length: Int) -> Int {
        length == 0 ? 0 : Int((length.magnitude - 1) / step.magnitude) + 1
    }
}
