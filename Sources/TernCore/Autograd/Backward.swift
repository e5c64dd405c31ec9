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

    /// Keep saved tensors, so that the graph can be walked again.
    private let retainsGraph: Bool
    /// Record the operations of the derivatives, for gradients of gradients.
    private let createsGraph: Bool
    /// The name in messages.
    private let operation: StaticString
    private let selection: Selection?

    private(set) var leafGradients: [(leaf: Leaf, gradient: Tensor?)] = []
    private var waiting = DepthHeap()

    init(retainsGraph: Bool, createsGraph: Bool, selection: Selection? = nil, operation: StaticString) {
        self.retainsGraph = retainsGraph || createsGraph
        self.createsGraph = createsGraph
        self.selection = selection
        self.operation = operation
    }

    mutating func run(from results: some Sequence<(node: Node, gradient: Tensor)>) {
        let state = ThreadState.current
        let wasRecording = state.isRecording
        state.isRecording = createsGraph
        defer { state.isRecording = wasRecording }
        for result in results { deliver(result.gradient, to: result.node) }
        while let node = waiting.popDeepest() { visit(node, state) }
    }

    @inline(__always)
    private mutating func deliver(_ gradient: Tensor, to node: Node) {
        if let selection, !selection.needed.contains(ObjectIdentifier(node)) { return }
        if node.depth == 0 { return deliver(gradient, toLeaf: unsafeDowncast(node, to: Leaf.self)) }
        if node.pending == nil {
            node.pending = gradient
            waiting.push(node)
        } else {
            Tensor.accumulate(gradient, into: &node.pending)
        }
    }

    // Leaves may be shared by threads, so what arrives for them is kept here. They are few: a search beats a table.
    private mutating func deliver(_ gradient: Tensor, toLeaf leaf: Leaf) {
        for index in leafGradients.indices where leafGradients[index].leaf === leaf {
            Tensor.accumulate(gradient, into: &leafGradients[index].gradient)
            return
        }
        if leafGradients.isEmpty { leafGradients.reserveCapacity(8) }
        leafGradients.append((leaf, gradient))
    }

    @inline(__always)
    private mutating func visit(_ node: Node, _ state: ThreadState) {
        let gradient = node.pending!
        node.pending = nil
        if let selection, selection.sources.contains(ObjectIdentifier(node)) {
            selection.gradients[ObjectIdentifier(node)] = gradient
            if node is SourceNode { return }
        }
        guard let derivative = node.derivative else { stopReleased(node, operation) }
        if node.outputIndex >= 0 { return deliver(gradient, fromOutput: node) }
        let gradients = derivative(gradient, node)
        if state.detectsAnomalies { node.checkForAnomaly(gradients) }
        if let input = node.input0, let gradient = gradients.first { deliver(gradient, to: input) }
        if let input = node.input1, let gradient = gradients.second { deliver(gradient, to: input) }
        if !gradients.more.isEmpty {
            for (input, gradient) in zip(node.moreInputs, gradients.more) {
                if let input, let gradient { deliver(gradient, to: input) }
            }
        }
        if !retainsGraph { node.forget() }
    }

    /// The gradient of one of several outputs: kept apart at the operation's node until all have arrived.
    private mutating func deliver(_ gradient: Tensor, fromOutput output: Node) {
        let node = unsafeDowncast(output.input0!, to: MultipleOutputNode.self)
        if let selection, !selection.needed.contains(ObjectIdentifier(node)) { return }
        if node.pending == nil {
            // Stands for "something has arrived"; the derivative reads `pendingOutputs`.
            node.pending = gradient
            waiting.push(node)
        }
        while node.pendingOutputs.count <= output.outputIndex { node.pendingOutputs.append(nil) }
        Tensor.accumulate(gradient, into: &node.pendingOutputs[output.outputIndex])
    }
}

extension Node {
    /// Frees saved tensors and links after the only visit. The nodes behind the links that still wait for their visit
    /// are held by the walk.
    @inline(__always)
    final func forget() {
        derivative = nil
        input0 = nil
        input1 = nil
        if !moreInputs.isEmpty { moreInputs = [] }
    }
}

/// Nodes that wait for their visit, the deepest first; equal depths leave in an order that only depends on the graph.
private struct DepthHeap {
    /// In a chain one node waits at a time: it needs no array.
    private var single: Node?
    private var nodes: [Node] = []

    @inline(__always)
    mutating func push(_ node: Node) {
        if single == nil && nodes.isEmpty {
            single = node
        } else {
            pushMore(node)
        }
    }

    @inline(__always)
    mutating func popDeepest() -> Node? {
        if let node = single {
            single = nil
            return node
        }
        return nodes.isEmpty ? nil : popFromHeap()
    }

    @inline(never)
    private mutating func pushMore(_ node: Node) {
        if let first = single {
            single = nil
            nodes.append(first)
        }
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
                    + "was it computed inside withoutGradients, or detached?")
        }
        var walk = BackwardWalk(retainsGraph: retainGraph, createsGraph: createGraph, operation: "backward")
        walk.run(from: CollectionOfOne((node: node, gradient: seed(gradient, "backward"))))
        for (leaf, gradient) in walk.leafGradients { leaf.accumulate(gradient!) }
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
        return Tensor.full(shape, 1, dtype: dtype)
    }
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
        retainsGraph: retainsGraph, createsGraph: createsGraph, selection: selection, operation: operation)
    walk.run(from: seeds)
    return sources.map { source in
        source.flatMap { node in
            selection.gradients[ObjectIdentifier(node)] ?? walk.leafGradients.first { $0.leaf === node }?.gradient
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
        let inputs = [node.input0, node.input1] + node.moreInputs
        if isDone {
            leads[id] =
                targets.contains(id) || inputs.contains { $0.map { leads[ObjectIdentifier($0)] == true } ?? false }
        } else if leads[id] == nil {
            // Behind a released node there is no way to see what it depended on.
            if node.depth > 0, node.isReleased { stopReleased(node, operation) }
            leads[id] = false
            stack.append((node, true))
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
