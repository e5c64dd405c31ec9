/// The slices of a tensor at places that index arrays name, as NumPy's advanced indexing has them. An array names places
/// along one axis, a mask along as many as it has; arrays are broadcast, and their common axes stand in the result behind
/// the first `position` of the axes that no array names.
struct Slices {
    struct IndexArray {
        let axes: Range<Int>
        /// The integers, or the mask.
        let source: Tensor
        /// The places that it names, in row-major order among those of the axes: `int64`, contiguous and checked.
        let places: Tensor
    }

    /// The shape of what is selected from.
    let base: Shape
    let arrays: [IndexArray]
    let position: Int
    /// Whether no place is named twice.
    let isUnique: Bool
    /// The common shape of the arrays.
    let shape: Shape
    /// The shape of the slices.
    let result: Shape
    /// The number of elements of a slice behind the arrays' axes, and whether they lie together in the base.
    let inner: Int
    let isInnerTogether: Bool

    init(_ base: Shape, _ arrays: [IndexArray], position: Int, isUnique: Bool = false) {
        (self.base, self.arrays, self.position, self.isUnique) = (base, arrays, position, isUnique)
        var shape = arrays[0].places.shape
        for array in arrays.dropFirst() {
            guard let common = shape.broadcast(with: array.places.shape) else {
                mistake(
                    "subscript",
                    "cannot broadcast index arrays of shapes \(arrays.map { "\($0.places.shape)" }.joined(separator: ", "))"
                )
            }
            shape = common
        }
        self.shape = shape
        var result = Shape()
        let others = base.indices.filter { axis in !arrays.contains { $0.axes.contains(axis) } }
        for axis in others[..<position] { result.append(base[axis]) }
        for size in shape { result.append(size) }
        for axis in others[position...] { result.append(base[axis]) }
        self.result = result
        inner = others[position...].reduce(1) { $0 * base[$1] }
        isInnerTogether = others[position...].elementsEqual(base.count - (others.count - position)..<base.count)
    }

    /// The slices at `places`, which `source` names, along one axis.
    init(_ base: Shape, axis: Int, _ source: Tensor, places: Tensor) {
        self.init(base, [IndexArray(axes: axis..<axis + 1, source: source, places: places)], position: axis)
    }

    /// The first axis of each array, and where the common axes stand; of places along one axis, that alone.
    var attributes: OperationAttributes {
        let axes = arrays.map(\.axes.lowerBound)
        if axes == [position], arrays[0].axes.count == 1 { return ["axis": position] }
        return ["axes": axes, "position": position]
    }

    var sources: [Tensor] { arrays.map(\.source) }

    /// Whether several slices at one place are added element by element.
    var addsElements: Bool { !isUnique && (inner == 1 || !isInnerTogether) }

    /// The slice at place 0 of a tensor of the base's shape, as a view.
    fileprivate func first(of tensor: Tensor) -> Tensor {
        var window = Window(base)
        window.shape = []
        for axis in base.indices {
            if arrays.contains(where: { $0.axes.contains(axis) }) {
                window.resultAxes[axis] = -1
            } else {
                window.resultAxes[axis] = window.shape.count
                window.shape.append(base[axis])
            }
        }
        return tensor.view(window)
    }

    /// How far behind the slice at place 0 the slices of a tensor with these strides begin.
    fileprivate func places(_ strides: Shape) -> SlicePlaces {
        asOneOperation {
            let terms = arrays.map { steps($0, strides) }
            if terms.count == 1 { return SlicePlaces(indices: terms[0].indices, step: terms[0].step) }
            let total = terms.dropFirst().reduce(terms[0].indices * terms[0].step) { $0 + $1.indices * $1.step }
            return SlicePlaces(indices: total, step: 1)
        }
    }

    private func steps(_ array: IndexArray, _ strides: Shape) -> (indices: Tensor, step: Int) {
        guard let last = array.axes.last else { return (array.places, 0) }
        if array.axes.dropLast().allSatisfy({ strides[$0] == strides[$0 + 1] * base[$0 + 1] }) {
            return (array.places, strides[last])
        }
        var (rest, total) = (array.places, Tensor.zeros([], dtype: .int64))
        for axis in array.axes.reversed() {
            total = total + rest % base[axis] * strides[axis]
            rest = floorDivide(rest, base[axis])
        }
        return (total, 1)
    }

    /// A number for each slice, the same for slices at one place, below `count`.
    fileprivate var keys: (indices: Tensor, count: Int) {
        var (strides, count) = (base, 1)
        for axis in arrays.flatMap(\.axes).reversed() {
            strides[axis] = count
            count *= base[axis]
        }
        let places = places(strides)
        return (asOneOperation { places.step == 1 ? places.indices : places.indices * places.step }, count)
    }

    /// Whether a slice is the last one at its place, broadcastable to the slices.
    fileprivate var isLast: Tensor {
        let keys = keys
        let order = Tensor.arange(shape.elements).reshaped(shape)
        let last = Tensor.zeros([keys.count], dtype: .int64)
        if order.count > 0 {
            let places = SlicePlaces(indices: keys.indices, step: 1)
            last.backend.putSlices(order, axis: 0, at: places, isUnique: false, into: last.view(shape: [], strides: []))
        }
        var kept = shape
        for _ in position + shape.count..<result.count { kept.append(1) }
        return last.selected(keys.indices).equal(to: order).reshaped(kept)
    }
}

/// How many steps of `step` elements behind a first slice other slices begin.
struct SlicePlaces {
    /// `int64`, contiguous; not negative.
    let indices: Tensor
    let step: Int
}

extension Tensor {
    /// Copies of slices.
    func taken(_ slices: Slices, _ name: StaticString = "subscript") -> Tensor {
        let result = Tensor(uninitialized: slices.result, dtype: dtype)
        if result.count > 0 {
            // Backwards there are no places.
            let isForward = slices.arrays.allSatisfy { $0.axes.allSatisfy { strides[$0] >= 0 } }
            let source = isForward ? self : asOneOperation { contiguous() }
            backend.gatherSlices(
                slices.first(of: source), axis: slices.position, at: slices.places(source.strides), into: result)
        }
        return result.output(of: name, from: self, slices: slices)
    }

    /// Zeros with this tensor in a part of them: the gradient of what gives the part.
    func placed(in part: Part) -> Tensor {
        switch part {
        case .window(let window): return placed(in: window)
        case .slices(let slices):
            var sum = Tensor.zeros(slices.base, dtype: dtype)
            sum.add(self, at: slices)
            return sum
        }
    }

    /// Adds `values`, of the slices' shape and this tensor's type, to slices, those at one place in their order. Memory that
    /// something else refers to is copied first.
    mutating func add(_ values: Tensor, at slices: Slices, _ name: StaticString = "indexAdded") {
        let before = Observation.isOnHere ? self : nil
        let isElements = slices.addsElements
        // Many elements may meet at one place: they are added in `float64` then, and those of halves in `float32` at least.
        let isLong = dtype.isFloatingPoint && slices.shape.elements > 16
        let type = isElements ? (isLong ? .float64 : dtype.accumulator) : dtype
        if values.count == 0 {
            // A result of its own all the same: this tensor may be somebody's, who keeps its place in the graph.
            impl = impl.with(node: impl.node)
        } else {
            update(in: type) { sum in
                sum.backend.addSlices(
                    asOneOperation { values.packed.converted(to: type) }, axis: slices.position,
                    at: slices.places(sum.strides), groups: isElements || slices.isUnique ? nil : slices.keys,
                    isUnique: slices.isUnique, into: slices.first(of: sum))
            }
        }
        let inputs = [before ?? self, values] + slices.sources
        self = output(of: name, from: inputs, attributes: slices.attributes) { gradient, node in
            InputGradients(node.needs(0) ? gradient : nil, node.needs(1) ? gradient.taken(slices) : nil)
        }
    }

    /// Changes the elements in place, computed in `type`; not recorded. Memory that something else refers to is copied
    /// first.
    mutating func update(in type: DType, _ body: (Tensor) -> Void) {
        if type == dtype {
            makeUnique()
            return body(self)
        }
        let changed = asOneOperation {
            let wide = detached.converted(to: type)
            body(wide)
            return wide.converted(to: dtype)
        }
        changed.impl.node = impl.node
        self = changed
    }

    /// Writes `values`, of the slices' shape and this tensor's type, to slices of a window, of those at one place the last.
    /// Memory that something else refers to is copied first.
    mutating func put(_ values: Tensor, in window: Window, at slices: Slices, _ name: StaticString = "replacing") {
        let before = Observation.isOnHere ? self : nil
        makeUnique()
        let part = view(window)
        if values.count > 0 {
            backend.putSlices(
                values.packed, axis: slices.position, at: slices.places(part.strides), isUnique: slices.isUnique,
                into: slices.first(of: part))
        }
        let inputs = [before ?? self, values] + slices.sources
        self = output(of: name, from: inputs, attributes: slices.attributes) { gradient, node in
            var rest = consume gradient
            var part: Tensor?
            if node.needs(1) {
                let all = rest.windowed(window, "sliced").taken(slices)
                part = slices.isUnique ? all : which(slices.isLast, all, Tensor.zeros([], dtype: all.dtype))
            }
            if node.needs(0) {
                rest.put(Tensor.zeros(slices.result, dtype: rest.dtype), in: window, at: slices)
            }
            return InputGradients(node.needs(0) ? rest : nil, part)
        }
    }

    /// These integers as places along an axis of `size`: `int64`, contiguous, and in range; negative ones, which count from
    /// the end, made positive.
    func asPlaces(along size: Int, _ shape: Shape, _ name: StaticString) -> Tensor {
        let indices = asOneOperation { converted(to: .int64).contiguous() }
        if backend.check(indices, below: size, ignoring: nil).wrong == nil { return indices }
        let positive = asOneOperation { which(indices.less(than: 0), indices + size, indices) }
        guard let place = backend.check(positive, below: size, ignoring: nil).wrong else { return positive }
        stopOutOfRange(indices, place, size, shape, name)
    }

    func stopOutOfRange(_ indices: Tensor, _ place: Int, _ size: Int, _ shape: Shape, _ name: StaticString) -> Never {
        mistake(
            "\(name)",
            "index \(indices.array(of: Int.self)[place]) (at place \(place) of the indices) is out of range for size "
                + "\(size) of shape \(shape)")
    }

    /// Where the elements are not 0, in row-major order: an `int64` vector of places in that order.
    func nonZeroPlaces() -> Tensor {
        let source = asOneOperation { packed }
        let counts = backend.nonZeroCounts(source)
        let result = Tensor(uninitialized: [counts.reduce(0, +)], dtype: .int64)
        if result.count > 0 { backend.nonZeroPlaces(source, counts: counts, into: result) }
        return result
    }
}
