/// The walk from a result back to the leaves.
///
/// Nodes are visited in the order of falling depth: all that consumed a node's output is deeper than the node, so its
/// gradient is complete when its turn comes, and no node is visited twice. There is no recursion: a graph of a million
/// operations needs no stack.
struct BackwardWalk {
    /// What is wanted, if not the gradients of all leaves.
    final class Selection {
        /// Nodes whose gradient is wanted.
        let sources: Set<ObjectIdentifier>
        /// Nodes on the way to them: no other is visited.
        let needed: Set<ObjectIdentifier>
        var gradients: [ObjectIdentifier: Tensor] = [:]

        init(sources: Set<ObjectIdentifier>, needed: Set<ObjectIdentifier>) {
            self.sources = sources
            self.needed = needed
        }
    }

    /// Where the gradients of leaves go.
    enum Destination {
        /// Each leaf adds up its own.
        case leaves
        /// All of them into ``leafGradients``.
        case list
        /// Like `list`, and only what the selection names.
        case selection(Selection)
    }

    /// Keep saved tensors, so that the graph can be walked again.
    private let retainsGraph: Bool
    /// Record the operations of the derivatives, for gradients of gradients.
    private let createsGraph: Bool
    private let gathersInLeaves: Bool
    private let selection: Selection?
    /// The name in messages.
    private let operation: StaticString

    private(set) var leafGradients = LeafGradients()
    private var waiting = DepthHeap()

    init(retainsGraph: Bool, createsGraph: Bool, to destination: Destination, operation: StaticString) {
        self.retainsGraph = retainsGraph || createsGraph
        self.createsGraph = createsGraph
        self.operation = operation
        switch destination {
        case .leaves: (gathersInLeaves, selection) = (true, nil)
        case .list: (gathersInLeaves, selection) = (false, nil)
        case .selection(let wanted): (gathersInLeaves, selection) = (false, wanted)
        }
    }

    mutating func run(from results: [(node: Node, gradient: Tensor)]) {
        run { walk in
            walk.deliver(results.map(\.gradient), to: results.map(\.node))
        }
    }

    mutating func run(from result: Node, _ gradient: Tensor) {
        run { walk in walk.deliver(gradient, to: result) }
    }

    @inline(__always)
    private mutating func run(_ start: (inout BackwardWalk) -> Void) {
        let state = ThreadState.current
        let wasRecording = state.isRecording
        state.isRecording = createsGraph
        if Observation.isOn { Observation.walkBegins() }
        start(&self)
        while let node = waiting.popDeepest() {
            if retainsGraph || selection != nil || !node.isOrdinary {
                visit(node, state)
            } else {
                visitOnce(node, state)
            }
        }
        if Observation.isOn { Observation.walkEnds() }
        state.isRecording = wasRecording
    }

    // References are handed on, not counted, on the way of most gradients: counting took half of a small graph's time.

    @inline(__always)
    private mutating func deliver(_ gradient: consuming Tensor, to node: consuming Node) {
        if node.depth == 0 { return deliver(gradient, toLeaf: node) }
        if node.pending.total == nil {
            node.pending.start(gradient)
            waiting.push(node)
        } else {
            node.add(gradient)
        }
    }

    private mutating func deliver(_ gradient: consuming Tensor, toLeaf node: Node) {
        let leaf = unsafeDowncast(node, to: Leaf.self)
        if gathersInLeaves { return leaf.accumulate(gradient) }
        // Leaves may be shared by threads, so what arrives for them is kept here.
        leafGradients.update(leaf) { sum in sum.add(gradient) }
    }

    /// Like ``deliver(_:to:)``, of a gradient that belongs to a part of what `node` stands for.
    private mutating func deliver(_ gradient: Tensor, in part: Part, to node: Node) {
        if node.depth == 0 {
            let leaf = unsafeDowncast(node, to: Leaf.self)
            if gathersInLeaves { return leaf.accumulate(gradient, in: part) }
            return leafGradients.update(leaf) { sum in sum.add(gradient, in: part) }
        }
        let isFirst = node.pending.total == nil
        node.add(gradient, in: part)
        if isFirst { waiting.push(node) }
    }

    /// The only visit of a node: it gives up its saved tensors and links. The nodes behind these move into the walk.
    @inline(__always)
    private mutating func visitOnce(_ node: Node, _ state: ThreadState) {
        let gradient = node.pending.takeLast()!
        guard let derivative = node.derivative.take() else { stopReleased(node, operation) }
        if Observation.isOn { Observation.differentiationBegins(node) }
        var gradients = derivative(consume gradient, node)
        if Observation.isOn { Observation.differentiationEnds(node, gradients) }
        if let input = node.input0.take(), let gradient = gradients.first.take() { deliver(gradient, to: input) }
        if let input = node.input1.take(), let gradient = gradients.second.take() { deliver(gradient, to: input) }
        if let input = node.input2.take(), let gradient = gradients.third.take() { deliver(gradient, to: input) }
        if !node.moreInputs.isEmpty {
            let inputs = node.moreInputs
            node.moreInputs = []
            deliver(gradients.more, to: inputs)
        }
    }

    /// The visit of a node that is an output of several or a part, that may be visited again, or of which only a part is wanted.
    @inline(never)
    private mutating func visit(_ node: Node, _ state: ThreadState) {
        let gradient = node.takePending()!
        if let selection, selection.sources.contains(ObjectIdentifier(node)) {
            selection.gradients[ObjectIdentifier(node)] = gradient
            if node is SourceNode { return }
        }
        if node.outputIndex >= 0 { return deliver(gradient, fromOutput: node) }
        guard let derivative = retainsGraph ? node.derivative : node.derivative.take() else {
            stopReleased(node, operation)
        }
        if let part = node.part, state.observers.isEmpty {
            if needs(node.input0!) { deliver(gradient, in: part, to: node.input0!) }
        } else {
            if Observation.isOn { Observation.differentiationBegins(node) }
            let gradients = derivative(consume gradient, node)
            if Observation.isOn { Observation.differentiationEnds(node, gradients) }
            deliver(gradients.all, to: node.inputs)
        }
        if !retainsGraph { node.forget() }
    }

    @inline(never)
    private mutating func deliver(_ gradients: [Tensor?], to inputs: [Node?]) {
        for (input, gradient) in zip(inputs, gradients) {
            guard let input, let gradient, needs(input) else { continue }
            deliver(gradient, to: input)
        }
    }

    /// Whether `node` is on the way to what is wanted.
    private func needs(_ node: Node) -> Bool { selection?.needed.contains(ObjectIdentifier(node)) ?? true }

    /// The gradient of one of several outputs: kept apart at the operation's node until all have arrived.
    private mutating func deliver(_ gradient: Tensor, fromOutput output: Node) {
        let node = unsafeDowncast(output.input0!, to: MultipleOutputNode.self)
        if !needs(node) { return }
        if node.pending.total == nil {
            // Stands for "something has arrived"; the derivative reads `pendingOutputs`.
            node.pending.start(gradient)
            waiting.push(node)
        }
        while node.pendingOutputs.count <= output.outputIndex { node.pendingOutputs.append(nil) }
        Tensor.accumulate(gradient, into: &node.pendingOutputs[output.outputIndex])
    }
}

extension Node {
    /// Frees saved tensors and links. The nodes behind the links that still wait for their visit are held by the walk.
    fileprivate final func forget() {
        derivative = nil
        input0 = nil
        input1 = nil
        input2 = nil
        moreInputs = []
    }

    // The sum is moved out while it changes: were it changed in place, Swift would check at each use, also on the way of
    // gradients that arrive once, that nobody else is changing it.

    /// Adds to the gradient that has arrived already.
    @inline(never)
    fileprivate final func add(_ gradient: Tensor) {
        var sum = pending
        pending = GradientSum()
        sum.add(gradient)
        pending = sum
    }

    @inline(never)
    fileprivate final func add(_ gradient: Tensor, in part: Part) {
        var sum = pending
        pending = GradientSum()
        sum.add(gradient, in: part)
        pending = sum
    }

    fileprivate final func takePending() -> Tensor? {
        let sum = pending
        pending = GradientSum()
        return sum.total
    }
}

/// Nodes that wait for their visit, the deepest first; equal depths leave in an order that only depends on the graph.
private struct DepthHeap {
    /// In a chain one node waits at a time: it needs no array.
    private var single: Node?
    private var nodes: [Node] = []

    @inline(__always)
    mutating func push(_ node: consuming Node) {
        if single == nil && nodes.isEmpty {
            single = node
        } else {
            pushMore(node)
        }
    }

    @inline(__always)
    mutating func popDeepest() -> Node? {
        if let node = single.take() { return node }
        return nodes.isEmpty ? nil : popFromHeap()
    }

    @inline(never)
    private mutating func pushMore(_ node: Node) {
        if let first = single.take() { nodes.append(first) }
        nodes.append(node)
        var child = nodes.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if nodes[parent].depth >= nodes[child].depth { break }
            nodes.swapAt(parent, child)
            child = parent
        }
    }

    @inline(never)
    private mutating func popFromHeap() -> Node {
        let last = nodes.removeLast()
        guard let deepest = nodes.first else { return last }
        nodes[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= nodes.count { break }
            if child + 1 < nodes.count, nodes[child + 1].depth > nodes[child].depth { child += 1 }
            if nodes[parent].depth >= nodes[child].depth { break }
            nodes.swapAt(parent, child)
            parent = child
        }
        return deepest
    }
}

extension Tensor {
    /// Computes the gradient of this tensor with respect to every leaf that it was computed from, and adds it to the
    /// leaf's gradient (`Parameter.gradient`). PyTorch's `Tensor.backward`.
    ///
    /// - Parameters:
    ///   - gradient: the gradient of what is differentiated with respect to this tensor; needed unless this is a scalar,
    ///     whose default is 1.
    ///   - retainGraph: keep the saved tensors, so that `backward` can be called again.
    ///   - createGraph: record the derivatives too, for gradients of gradients; implies `retainGraph`.
    public func backward(_ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false) {
        guard let node = impl.node else {
            mistake(
                "backward",
                "was called on a tensor that depends on no parameter or watched tensor (shape \(shape)): "
                    + "was it computed inside withoutGradients, detached, or from plain tensors instead of parameters?")
        }
        var walk = BackwardWalk(
            retainsGraph: retainGraph, createsGraph: createGraph, to: .leaves, operation: "backward")
        walk.run(from: node, seed(gradient, "backward"))
    }

    /// The gradient that a walk starts with.
    @inline(__always)
    func seed(_ gradient: Tensor?, _ operation: StaticString) -> Tensor {
        if let gradient {
            if gradient.shape != shape {
                mistake("\(operation)", "expects a gradient of shape \(shape), got \(gradient.shape)")
            }
            return gradient.dtype == dtype ? gradient : gradient.converted(to: dtype)
        }
        if count != 1 {
            mistake(
                "\(operation)",
                "needs a gradient for a tensor that is not a scalar (shape \(shape)): reduce it, or pass one"
            )
        }
        if rank == 0, dtype == .float32 { return Tensor.one }
        return Tensor.full(shape, 1, dtype: dtype)
    }

    /// The usual start of a walk, made once.
    private static let one = Tensor.ones([])
}

/// The derivatives of `results`, weighted with `gradients`, with respect to `sources`; `nil` for a source that no result
/// depends on. Only what lies between is computed.
func derivatives(
    of results: [Tensor], with sources: [Tensor], gradients: [Tensor], retainsGraph: Bool = false,
    createsGraph: Bool = false, operation: StaticString
) -> [Tensor?] {
    derivatives(
        of: results, with: sources.map { $0.impl.node }, gradients: gradients, retainsGraph: retainsGraph,
        createsGraph: createsGraph, operation: operation)
}

func derivatives(
    of results: [Tensor], with sources: [Node?], gradients: [Tensor], retainsGraph: Bool, createsGraph: Bool,
    operation: StaticString
) -> [Tensor?] {
    let wanted = Set(sources.compactMap { $0.map { ObjectIdentifier($0) } })
    let seeds = zip(results, gradients).compactMap { result, gradient in
        result.impl.node.map { (node: $0, gradient: result.seed(gradient, operation)) }
    }
    let selection = BackwardWalk.Selection(
        sources: wanted, needed: nodes(between: seeds.map(\.node), and: wanted, operation))
    var walk = BackwardWalk(
        retainsGraph: retainsGraph, createsGraph: createsGraph, to: .selection(selection), operation: operation)
    walk.run(from: seeds)
    return sources.map { source in
        source.flatMap { node in
            selection.gradients[ObjectIdentifier(node)] ?? walk.leafGradients[node]
        }
    }
}

/// The nodes on paths from `roots` to one of `targets`, these included: found with an explicit stack.
private func nodes(
    between roots: [Node], and targets: Set<ObjectIdentifier>, _ operation: StaticString
) -> Set<ObjectIdentifier> {
    var leads: [ObjectIdentifier: Bool] = [:]
    var stack = roots.map { (node: $0, isDone: false) }
    while let (node, isDone) = stack.popLast() {
        let id = ObjectIdentifier(node)
        let inputs = node.inputs
        if isDone {
            leads[id] =
                targets.contains(id) || inputs.contains { $0.map { leads[ObjectIdentifier($0)] == true } ?? false }
        } else if leads[id] == nil {
            // Behind a released node there is no way to see what it depended on.
            if node.depth > 0, node.isReleased { stopReleased(node, operation) }
            leads[id] = false
            stack.append((node, true))
            // The walk ends there too.
            if node is SourceNode, targets.contains(id) { continue }
            for case let input? in inputs where leads[ObjectIdentifier(input)] == nil { stack.append((input, false)) }
        }
    }
    return Set(leads.lazy.filter(\.value).map(\.key))
}

private func stopReleased(_ node: Node, _ operation: StaticString) -> Never {
    mistake(
        "\(operation)",
        "was called a second time through a graph whose saved tensors are freed (at \(node.label)): "
            + "pass retainGraph: true to the first call, or use a persistent tape")
}
