/// One recorded operation: how the gradients of its inputs follow from the gradient of its output.
///
/// A node holds the nodes of its inputs, so the graph lives as long as a tensor computed from it. Saved tensors are
/// captured by the derivative; they never include the node's own output with its node (a retain cycle): an operation
/// that needs it saves a copy without the node and asks ``relinked(_:)`` for the link.
@usableFromInline
class Node: @unchecked Sendable {
    /// The gradients of the inputs, given the gradient of the output: given away, so that an elementwise derivative can
    /// reuse its memory.
    typealias Derivative = (_ gradient: consuming Tensor, _ node: Node) -> InputGradients

    let name: StaticString
    /// Which output of a ``MultipleOutputNode`` this stands for; negative for an ordinary node and a ``PartNode``.
    let outputIndex: Int
    fileprivate static let ordinary = -1
    fileprivate static let part = -2
    /// 1 + the largest depth of the inputs: a topological order that needs no counter and no search.
    let depth: Int
    /// The nodes of the inputs, `nil` for those that need no gradient. Three are inline, as few operations have more.
    final var input0: Node?
    final var input1: Node?
    final var input2: Node?
    final var moreInputs: [Node?]
    final var derivative: Derivative?
    /// The gradient that has arrived so far in the running backward walk.
    final var pending = GradientSum()
    /// Where the operation was recorded, if somebody observed it.
    final var origin: NodeOrigin?

    @inline(__always)
    init(
        _ name: StaticString, _ input0: Node?, _ input1: Node? = nil, _ input2: Node? = nil, more: [Node?] = [],
        outputIndex: Int = ordinary, derivative: @escaping Derivative
    ) {
        self.name = name
        self.outputIndex = outputIndex
        var deepest = Swift.max(input0?.depth ?? 0, input1?.depth ?? 0, input2?.depth ?? 0)
        for case let input? in more { deepest = Swift.max(deepest, input.depth) }
        depth = deepest + 1
        self.input0 = input0
        self.input1 = input1
        self.input2 = input2
        moreInputs = more
        self.derivative = derivative
    }

    init(_ name: StaticString, inputs: [Node?], derivative: @escaping Derivative) {
        self.name = name
        outputIndex = Node.ordinary
        depth = 1 + (inputs.lazy.map { $0?.depth ?? 0 }.max() ?? 0)
        input0 = inputs.first ?? nil
        input1 = inputs.dropFirst().first ?? nil
        input2 = inputs.dropFirst(2).first ?? nil
        moreInputs = Array(inputs.dropFirst(3))
        self.derivative = derivative
    }

    /// A node that nothing comes before.
    fileprivate init(leaf name: StaticString) {
        self.name = name
        outputIndex = Node.ordinary
        depth = 0
        moreInputs = []
    }

    /// The nodes of all inputs, and `nil` where there is none.
    final var inputs: [Node?] { [input0, input1, input2] + moreInputs }

    /// Whether input `index` needs a gradient. Derivatives ask before they compute one.
    @inline(__always)
    final func needs(_ index: Int) -> Bool {
        switch index {
        case 0: input0 != nil
        case 1: input1 != nil
        case 2: input2 != nil
        default: moreInputs[index - 3] != nil
        }
    }

    /// A saved copy of this node's output, as part of the graph while gradients are themselves recorded.
    @inline(__always)
    final func relinked(_ output: Tensor) -> Tensor {
        ThreadState.current.isRecording ? Tensor(impl: output.impl.with(node: self)) : output
    }

    /// The name of the operation in messages.
    var label: String { outputIndex >= 0 ? input0?.label ?? "\(name)" : "\(name)" }

    /// Whether the derivative alone says where gradients go.
    @inline(__always)
    final var isOrdinary: Bool { outputIndex == Node.ordinary }

    /// The part of the input that this node's gradient belongs to, if that is all there is to its derivative.
    final var part: Part? {
        outputIndex == Node.part ? unsafeDowncast(self, to: PartNode.self).selected : nil
    }

    final var isReleased: Bool { derivative == nil }

    /// Gives up the saved tensors and moves the links to the inputs to `nodes`, which keeps them alive.
    final func release(into nodes: inout [Node]) {
        for case let node? in inputs { nodes.append(node) }
        input0 = nil
        input1 = nil
        input2 = nil
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
    // Unchecked: the lock guards the variables.
    private let lock = SpinLock()
    private var gathered = GradientSum()
    /// How many sums are being computed of what was gathered: it is whole only while there is none.
    private var sumsOutside = 0
    /// Called after each gradient that was added, on the thread that added it.
    var arrived: (() -> Void)?

    init() { super.init(leaf: "leaf") }

    var gradient: Tensor? {
        get {
            var result: Tensor?
            whenWhole { result = gathered.total }
            return result
        }
        set {
            // What was there is freed outside of the lock.
            var other = GradientSum(newValue)
            whenWhole { swap(&gathered, &other) }
        }
    }

    /// Calls `body` under the lock while no sum is outside: what threads add at the same time is seen added.
    @inline(__always)
    private func whenWhole(_ body: () -> Void) {
        var turns = 0
        while true {
            let isWhole = lock.withLock {
                if sumsOutside == 0 { body() }
                return sumsOutside == 0
            }
            if isWhole { return }
            SpinLock.pause(&turns)
        }
    }

    /// Adds to what is gathered. The sum is computed outside of the lock; what arrives meanwhile is added then.
    func accumulate(_ gradient: consuming Tensor) {
        var rest: Tensor? = consume gradient
        lock.withLock { gathered.start(with: &rest) }
        if rest != nil { putBack(GradientSum(rest.take()), isOutside: false) }
        arrived?()
    }

    /// Adds to a part of what is gathered.
    func accumulate(_ gradient: Tensor, in part: Part) {
        var sum = GradientSum()
        lock.withLock {
            swap(&gathered, &sum)
            sumsOutside += 1
        }
        sum.add(gradient, in: part)
        putBack(sum, isOutside: true)
        arrived?()
    }

    @inline(never)
    private func putBack(_ sum: consuming GradientSum, isOutside: Bool) {
        var isOutside = isOutside
        // A graph can hold objects of the user's, which must not end while others wait for the sum.
        var kept: [Tensor] = []
        while true {
            var earlier = GradientSum()
            lock.withLock {
                if gathered.total == nil { swap(&gathered, &sum) } else { swap(&gathered, &earlier) }
                let goesOutside = sum.total != nil
                sumsOutside += (goesOutside ? 1 : 0) - (isOutside ? 1 : 0)
                isOutside = goesOutside
            }
            if sum.total == nil { return }
            if let total = sum.total, total.impl.node != nil { kept.append(total) }
            if let total = earlier.total, total.impl.node != nil { kept.append(total) }
            earlier.add(sum)
            sum = earlier
        }
    }
}

/// Where a walk that asks for the gradient here ends, and any other goes on to the input. See ``Tensor/asSource``.
final class SourceNode: Node, @unchecked Sendable {
    init(_ input: Node) {
        super.init("source", input) { gradient, _ in InputGradients(gradient) }
    }
}

/// What of a tensor an operation gives.
enum Part {
    case window(Window)
    case slices(Slices)
}

/// A part of the input. Its gradient is added to that part of the input's: an indexed loop would spend its time on zeros
/// otherwise.
final class PartNode: Node, @unchecked Sendable {
    fileprivate let selected: Part

    init(_ name: StaticString, _ input: Node?, _ part: Part) {
        selected = part
        super.init(name, input, outputIndex: Node.part) { gradient, node in
            InputGradients(gradient.placed(in: node.part!))
        }
    }
}

/// An operation with several outputs. Its derivative takes their gradients from `pendingOutputs`.
final class MultipleOutputNode: Node, @unchecked Sendable {
    var pendingOutputs: [Tensor?] = []
    override var label: String { function }
    private let function: String

    init(_ function: String, inputs: [Node?], _ derivative: @escaping Derivative) {
        self.function = function
        super.init("function", inputs: inputs, derivative: derivative)
    }

    /// The node of output `index`: its gradient goes to a place of its own.
    func outputNode(_ index: Int) -> Node {
        Node(name, self, outputIndex: index) { gradient, _ in InputGradients(gradient) }
    }
}

/// What a derivative gives: one gradient for each input, `nil` where none is needed.
@usableFromInline
struct InputGradients {
    var first: Tensor?
    var second: Tensor?
    var third: Tensor?
    var more: [Tensor?] = []

    @inline(__always)
    init(_ first: Tensor?, _ second: Tensor? = nil, _ third: Tensor? = nil) {
        self.first = first
        self.second = second
        self.third = third
    }

    init(_ gradients: [Tensor?]) {
        first = gradients.first ?? nil
        second = gradients.dropFirst().first ?? nil
        third = gradients.dropFirst(2).first ?? nil
        more = Array(gradients.dropFirst(3))
    }

    /// All of them, and `nil` where there is none.
    var all: [Tensor?] { [first, second, third] + more }
}
