import Synchronization

/// One recorded operation: how the gradients of its inputs follow from the gradient of its output.
///
/// A node holds the nodes of its inputs, so the graph lives as long as a tensor computed from it. Saved tensors are
/// captured by the derivative; they never include the node's own output with its node (a retain cycle): an operation
/// that needs it saves a copy without the node and asks ``relinked(_:)`` for the link.
@usableFromInline
class Node: @unchecked Sendable {
    /// The gradients of the inputs, given the gradient of the output.
    typealias Derivative = (_ gradient: Tensor, _ node: Node) -> InputGradients

    let name: StaticString
    /// Which output of a ``MultipleOutputNode`` this stands for; -1 for an ordinary node.
    let outputIndex: Int
    /// 1 + the largest depth of the inputs: a topological order that needs no counter and no search.
    let depth: Int
    /// The nodes of the inputs, `nil` for those that need no gradient. Two are inline, as few operations have more.
    final var input0: Node?
    final var input1: Node?
    final var moreInputs: [Node?]
    final var derivative: Derivative?
    /// The gradient that has arrived so far in the running backward walk.
    final var pending: Tensor?
    /// Where the operation was recorded, in anomaly mode.
    final var modulePath: String?

    init(
        _ name: StaticString, depth: Int, _ input0: Node? = nil, _ input1: Node? = nil, _ moreInputs: [Node?] = [],
        outputIndex: Int = -1, _ derivative: Derivative? = nil
    ) {
        self.name = name
        self.outputIndex = outputIndex
        self.depth = depth
        self.input0 = input0
        self.input1 = input1
        self.moreInputs = moreInputs
        self.derivative = derivative
    }

    /// Whether input `index` needs a gradient. Derivatives ask before they compute one.
    @inline(__always)
    final func needs(_ index: Int) -> Bool {
        switch index {
        case 0: input0 != nil
        case 1: input1 != nil
        default: moreInputs[index - 2] != nil
        }
    }

    /// A saved copy of this node's output, as part of the graph while gradients are themselves recorded.
    @inline(__always)
    final func relinked(_ output: Tensor) -> Tensor {
        ThreadState.current.isRecording ? Tensor(impl: output.impl.with(node: self)) : output
    }

    /// The name of the operation in messages.
    var label: String { outputIndex >= 0 ? input0?.label ?? "\(name)" : "\(name)" }

    final var isReleased: Bool { derivative == nil }

    /// Gives up the saved tensors and moves the links to the inputs to `nodes`, which keeps them alive.
    final func release(into nodes: inout [Node]) {
        if let node = input0 { nodes.append(node) }
        if let node = input1 { nodes.append(node) }
        for case let node? in moreInputs { nodes.append(node) }
        input0 = nil
        input1 = nil
        moreInputs = []
        // After the links: saved tensors refer to nodes that `nodes` now holds, so this frees no node by recursion.
        derivative = nil
    }

    deinit {
        guard derivative != nil, depth > 1 else { return }
        // A chain freed by recursion would overflow the stack at 10,000 to 30,000 nodes.
        var orphans: [Node] = []
        release(into: &orphans)
        while var node = orphans.popLast() {
            if isKnownUniquelyReferenced(&node), node.derivative != nil { node.release(into: &orphans) }
        }
    }
}

/// A tensor that gradients are gathered for: a parameter, or one that a tape watches.
@usableFromInline
final class Leaf: Node, @unchecked Sendable {
    private let gathered = Mutex<Tensor?>(nil)

    init() { super.init("leaf", depth: 0) }

    var gradient: Tensor? {
        get { gathered.withLock { $0 } }
        set { gathered.withLock { $0 = newValue } }
    }

    func accumulate(_ gradient: Tensor) {
        gathered.withLock { Tensor.accumulate(gradient, into: &$0) }
    }
}

/// Where a walk that asks for the gradient here ends, and any other goes on to the input. See ``Tensor/asSource``.
final class SourceNode: Node, @unchecked Sendable {
    init(_ input: Node) {
        super.init("source", depth: input.depth + 1, input) { gradient, _ in InputGradients(gradient) }
    }
}

/// An operation with several outputs. Its derivative takes their gradients from `pendingOutputs`.
final class MultipleOutputNode: Node, @unchecked Sendable {
    var pendingOutputs: [Tensor?] = []
    private let type: Any.Type

    /// - Parameter type: whose name stands for the operation in messages.
    init(_ type: Any.Type, inputs: [Node?], _ derivative: @escaping Derivative) {
        self.type = type
        super.init(
            "function", depth: 1 + (inputs.lazy.map { $0?.depth ?? 0 }.max() ?? 0), inputs.first ?? nil,
            inputs.count > 1 ? inputs[1] : nil, Array(inputs.dropFirst(2)), derivative)
    }

    override var label: String { "\(type)" }

    /// The node of output `index`: its gradient goes to a place of its own.
    func outputNode(_ index: Int) -> Node {
        Node(name, depth: depth + 1, self, outputIndex: index) { gradient, _ in InputGradients(gradient) }
    }
}

/// What a derivative gives: one gradient for each input, `nil` where none is needed.
@usableFromInline
struct InputGradients {
    var first: Tensor?
    var second: Tensor?
    var more: [Tensor?] = []

    @inline(__always)
    init(_ first: Tensor?, _ second: Tensor? = nil) {
        self.first = first
        self.second = second
    }

    @inline(__always)
    init(_ first: Tensor?, _ second: Tensor?, _ third: Tensor?) {
        self.first = first
        self.second = second
        more = [third]
    }

    init(_ gradients: [Tensor?]) {
        first = gradients.first ?? nil
        second = gradients.count > 1 ? gradients[1] : nil
        more = Array(gradients.dropFirst(2))
    }
}

// MARK: - Recording

/// Whether an operation on these tensors is to be recorded.
@inline(__always)
func records(_ a: Tensor) -> Bool {
    a.impl.node != nil && ThreadState.current.isRecording
}

@inline(__always)
func records(_ a: Tensor, _ b: Tensor) -> Bool {
    (a.impl.node != nil || b.impl.node != nil) && ThreadState.current.isRecording
}

@inline(__always)
func records(_ tensors: [Tensor]) -> Bool {
    tensors.contains { $0.impl.node != nil } && ThreadState.current.isRecording
}

extension Tensor {
    /// Makes this fresh result the output of a recorded operation. Call it only if ``records(_:)`` says so, and before
    /// the result is handed out.
    @inline(__always)
    func recorded(_ name: StaticString, from a: Tensor, _ derivative: @escaping Node.Derivative) -> Tensor {
        let input = a.impl.node
        attach(Node(name, depth: 1 + (input?.depth ?? 0), input, nil, [], derivative), from: [a])
        return self
    }

    @inline(__always)
    func recorded(_ name: StaticString, from a: Tensor, _ b: Tensor, _ derivative: @escaping Node.Derivative) -> Tensor
    {
        let inputA = a.impl.node
        let inputB = b.impl.node
        attach(
            Node(name, depth: 1 + Swift.max(inputA?.depth ?? 0, inputB?.depth ?? 0), inputA, inputB, [], derivative),
            from: [a, b])
        return self
    }

    @inline(__always)
    func recorded(
        _ name: StaticString, from a: Tensor, _ b: Tensor, _ c: Tensor, _ derivative: @escaping Node.Derivative
    ) -> Tensor {
        let (inputA, inputB, inputC) = (a.impl.node, b.impl.node, c.impl.node)
        let depth = 1 + Swift.max(inputA?.depth ?? 0, inputB?.depth ?? 0, inputC?.depth ?? 0)
        attach(Node(name, depth: depth, inputA, inputB, [inputC], derivative), from: [a, b, c])
        return self
    }

    func recorded(_ name: StaticString, from inputs: [Tensor], _ derivative: @escaping Node.Derivative) -> Tensor {
        let nodes = inputs.map { $0.impl.node }
        let depth = 1 + (nodes.lazy.map { $0?.depth ?? 0 }.max() ?? 0)
        attach(
            Node(
                name, depth: depth, nodes.first ?? nil, nodes.count > 1 ? nodes[1] : nil, Array(nodes.dropFirst(2)),
                derivative), from: inputs)
        return self
    }

    /// These values as a source of differentiation of their own: a derivative with respect to them does not count what
    /// else depends on this tensor, yet gradients go on to it.
    var asSource: Tensor {
        guard let input = impl.node else { return Tensor(impl: impl.with(node: Leaf())) }
        return Tensor(impl: impl.with(node: SourceNode(input)))
    }

    @inline(__always)
    private func attach(_ node: Node, from inputs: @autoclosure () -> [Tensor]) {
        impl.node = node
        if ThreadState.current.detectsAnomalies { checkForAnomaly(node, from: inputs()) }
    }

    /// A copy of this fresh result without its node, for a derivative that uses the output.
    @inline(__always)
    var savedOutput: Tensor { Tensor(impl: impl.with(node: nil)) }

    /// Adds `gradient` to what has arrived, in place where nothing else refers to that memory and nothing is recorded.
    @inline(__always)
    static func accumulate(_ gradient: Tensor, into sum: inout Tensor?) {
        guard sum != nil else {
            sum = gradient
            return
        }
        if sum!.impl.node == nil, gradient.impl.node == nil, gradient.isContiguous, gradient.dtype == sum!.dtype,
            isKnownUniquelyReferenced(&sum!.impl), isKnownUniquelyReferenced(&sum!.impl.storage), sum!.isContiguous
        {
            sum!.addInPlace(gradient)
        } else {
            sum = sum! + gradient
        }
    }
}
