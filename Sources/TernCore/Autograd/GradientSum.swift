/// A gradient that arrives in parts: of the whole tensor, or of windows or slices of it, which are added where they belong. A part
/// costs what it has, not what the tensor has.
///
/// The sum has the bits of one that adds whole tensors, with zeros outside of the windows. Of those zeros only one trace
/// is left: they turn a -0.0 into 0.0. So the sum keeps a box that every -0.0 lies in, and around that adds zeros, too. Two
/// windows apart from each other leave no such box.
struct GradientSum {
    private(set) var total: Tensor?
    /// Where elements can be -0.0; `nil` stands for everywhere.
    private var negativeZeros: WindowBox?

    init(_ gradient: Tensor? = nil) { total = gradient }

    /// The sum, to which nothing will be added.
    @inline(__always)
    mutating func takeLast() -> Tensor? { total.take() }

    /// What arrives first.
    @inline(__always)
    mutating func start(_ gradient: consuming Tensor) { total = gradient }

    /// Takes `gradient` if nothing has arrived.
    @inline(__always)
    mutating func start(with gradient: inout Tensor?) {
        if total == nil { swap(&total, &gradient) }
    }

    /// Adds a gradient of the whole tensor. A sum is -0.0 only where both terms are.
    @inline(__always)
    mutating func add(_ gradient: Tensor) { Tensor.accumulate(gradient, into: &total) }

    mutating func add(_ other: GradientSum) {
        guard let gradient = other.total else { return }
        if total == nil { negativeZeros = other.negativeZeros }
        add(gradient)
    }

    /// Adds a gradient that belongs to a part, in place where nothing else refers to the sum's memory.
    mutating func add(_ gradient: Tensor, in part: Part) {
        switch part {
        case .window(let window): add(gradient, in: window)
        case .slices(let slices): add(gradient, at: slices)
        }
    }

    private mutating func add(_ gradient: Tensor, at slices: Slices) {
        // What something with positive zeros is added to has no -0.0.
        let hasNone = negativeZeros?.isEmpty == true
        negativeZeros = WindowBox(nothingOf: slices.base)
        guard var sum = total.take() else {
            total = gradient.placed(in: .slices(slices))
            return
        }
        // Single elements and halves are added in a wider type, which is rounded to once.
        let isExact = !slices.addsElements && !gradient.dtype.isHalf
        if hasNone, isExact, gradient.dtype == sum.dtype, !records(sum, gradient), sum.isUnique {
            sum.add(gradient, at: slices)
            total = sum
        } else {
            total = sum + gradient.placed(in: .slices(slices))
        }
    }

    private mutating func add(_ gradient: Tensor, in window: Window) {
        guard var sum = total.take() else {
            total = gradient.placed(in: window)
            negativeZeros = WindowBox(around: window)
            return
        }
        let zeros = negativeZeros ?? WindowBox(around: Window(window.base))
        let around = zeros.isEmpty ? zeros : zeros.union(WindowBox(around: window))
        negativeZeros = zeros.isEmpty ? zeros : zeros.intersection(WindowBox(around: window))
        if gradient.dtype != sum.dtype || !sum.isUnique {
            total = sum + gradient.placed(in: window)
            return
        }
        if zeros.isEmpty {
            sum.view(window).add(gradient)
        } else {
            let part = asOneOperation { gradient.placed(in: window.moved(into: around)) }
            sum.view(around.window).add(part)
        }
        if records(sum, gradient) {
            // As if a whole tensor were made and added: the same graph, so that sums in it keep their order, too.
            let part = Node("placed", gradient.impl.node) { gradient, _ in
                InputGradients(gradient.windowed(window, "sliced"))
            }
            sum.impl.node = Node("+", sum.impl.node, gradient.requiresGradient ? part : nil) { gradient, node in
                InputGradients(node.needs(0) ? gradient : nil, node.needs(1) ? gradient : nil)
            }
        }
        if Observation.isOn { Observation.reportSum(sum, gradient) }
        total = sum
    }
}

/// The least box of whole axes around a window.
private final class WindowBox {
    private let base: Shape
    private var lower: Shape
    private var upper: Shape
    let isEmpty: Bool

    private init(_ base: Shape, _ lower: Shape, _ upper: Shape) {
        self.base = base
        self.lower = lower
        self.upper = upper
        isEmpty = (0..<base.count).contains { lower.sizes[$0] >= upper.sizes[$0] }
    }

    convenience init(nothingOf base: Shape) {
        let nowhere = Shape(repeating: 0, count: base.count)
        self.init(base, nowhere, nowhere)
    }

    convenience init(around window: Window) {
        var (lower, upper) = (window.starts, window.starts)
        for axis in 0..<window.base.count {
            let target = window.resultAxes.sizes[axis]
            let size = target < 0 ? 1 : window.shape.sizes[target]
            let last = window.starts.sizes[axis] + (size - 1) * window.steps.sizes[axis]
            lower.sizes[axis] = size == 0 ? 0 : Swift.min(lower.sizes[axis], last)
            upper.sizes[axis] = size == 0 ? 0 : Swift.max(upper.sizes[axis], last) + 1
        }
        self.init(window.base, lower, upper)
    }

    func intersection(_ other: WindowBox) -> WindowBox { combined(other, Swift.max, Swift.min) }

    func union(_ other: WindowBox) -> WindowBox { other.isEmpty ? self : combined(other, Swift.min, Swift.max) }

    private func combined(
        _ other: WindowBox, _ chooseLower: (Int, Int) -> Int, _ chooseUpper: (Int, Int) -> Int
    ) -> WindowBox {
        var (lower, upper) = (lower, upper)
        for axis in 0..<base.count {
            lower.sizes[axis] = chooseLower(lower.sizes[axis], other.lower.sizes[axis])
            upper.sizes[axis] = chooseUpper(upper.sizes[axis], other.upper.sizes[axis])
        }
        return WindowBox(base, lower, upper)
    }

    /// These elements of the base.
    var window: Window {
        var window = Window(base)
        window.starts = lower
        window.shape = sizes
        return window
    }

    var sizes: Shape {
        var sizes = base
        for axis in 0..<base.count { sizes.sizes[axis] = upper.sizes[axis] - lower.sizes[axis] }
        return sizes
    }

    fileprivate func place(_ index: Int, _ axis: Int) -> Int { index - lower.sizes[axis] }
}

extension Window {
    /// The same elements as a window of a box around it.
    fileprivate func moved(into box: WindowBox) -> Window {
        var moved = Window(box.sizes)
        (moved.steps, moved.resultAxes, moved.shape) = (steps, resultAxes, shape)
        for axis in 0..<base.count { moved.starts.sizes[axis] = box.place(starts.sizes[axis], axis) }
        return moved
    }
}

/// Gradients of leaves, in the order of arrival.
struct LeafGradients: Sendable {
    struct Entry: @unchecked Sendable {
        // Unchecked: sums are written before they are shared.
        let leaf: Leaf
        var sum: GradientSum
    }

    private(set) var entries: [Entry] = []
    /// The places of many leaves. Of a few, a search finds one faster.
    private var places: [ObjectIdentifier: Int] = [:]
    private static let few = 16

    func place(of leaf: Node) -> Int? {
        if entries.count > LeafGradients.few { return places[ObjectIdentifier(leaf)] }
        return entries.firstIndex { $0.leaf === leaf }
    }

    subscript(leaf: Node) -> Tensor? { place(of: leaf).map { entries[$0].sum.total! } }

    /// Calls `body` with the sum of `leaf`, which is empty the first time.
    @inline(__always)
    mutating func update(_ leaf: Leaf, _ body: (inout GradientSum) -> Void) {
        if let place = place(of: leaf) { return body(&entries[place].sum) }
        entries.append(Entry(leaf: leaf, sum: GradientSum()))
        body(&entries[entries.count - 1].sum)
        if entries.count <= LeafGradients.few { return }
        if places.isEmpty {
            for (place, entry) in entries.enumerated() { places[ObjectIdentifier(entry.leaf)] = place }
        } else {
            places[ObjectIdentifier(leaf)] = entries.count - 1
        }
    }

    mutating func set(_ gradient: Tensor?, of leaf: Leaf) {
        if let gradient { return update(leaf) { $0 = GradientSum(gradient) } }
        var rest = LeafGradients()
        for entry in entries where entry.leaf !== leaf { rest.update(entry.leaf) { $0 = entry.sum } }
        self = rest
    }

    func mapValues(_ transform: (Tensor) -> Tensor) -> LeafGradients {
        var result = self
        for place in entries.indices { result.entries[place].sum = GradientSum(transform(entries[place].sum.total!)) }
        return result
    }
}
