/// The result of `body`, of which nothing is kept for the derivative but the inputs: the backward walk runs `body` again.
/// Time for memory (Chen et al., "Training deep nets with sublinear memory cost", 2016). PyTorch's
/// `torch.utils.checkpoint`.
///
/// ```swift
/// let y = checkpointed(x) { x in block(x) }
/// ```
///
/// The second run gives the same bits, wherever the backward walk runs: with the random numbers of the thread's default
/// generator, the ``autocast(_:isEnabled:_:)``, the values of a functional call and the module around it that the first one
/// had. What `body` changes elsewhere, such as running statistics or a generator of its own, is changed twice. Gradients reach
/// the inputs and the parameters that `body` uses; other tensors that need gradients should be inputs.
public func checkpointed(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
    guard ThreadState.current.isRecording else { return body(inputs) }
    let surroundings = Surroundings()
    // Recorded to see which parameters it uses; the record is dropped at once.
    let firstSources = inputs.map { $0.requiresGradient ? $0.detached.asSource : $0 }
    let firstRun = body(firstSources)
    guard let root = firstRun.impl.node else { return firstRun }
    let parameters = leaves(below: root).filter { leaf in !firstSources.contains { $0.impl.node === leaf } }
    let node = Node("checkpointed", inputs: inputs.map { $0.impl.node } + parameters) { gradient, _ in
        let sources = inputs.map { $0.requiresGradient ? $0.asSource : $0 }
        let result = surroundings.restored { withGradients { body(sources) } }
        // Retained, for the parameters' sake of a walk that this one is part of.
        return InputGradients(
            derivatives(
                of: [result], with: sources.map { $0.impl.node } + parameters, gradients: [gradient],
                retainsGraph: true, createsGraph: ThreadState.current.isRecording, operation: "checkpointed"))
    }
    return Tensor(impl: firstRun.impl.with(node: node))
}

/// See ``checkpointed(_:_:)-([Tensor],_)``.
public func checkpointed(_ input: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
    checkpointed([input]) { body($0[0]) }
}

/// What a function's result on this thread depends on besides its arguments.
private struct Surroundings {
    private let generator = Generator.default.state
    private let autocastType = ThreadState.current.autocastType
    private let substitutes = ThreadState.current.substitutes
    /// Who calls decides which module a call reaches, where one was replaced.
    private weak var caller = innermostPathElement

    /// Runs `body` in them, on whatever thread; what is around now is back afterwards.
    func restored<Result>(_ body: () -> Result) -> Result {
        let generator = Generator.default
        let now = generator.state
        generator.state = self.generator
        defer { generator.state = now }
        return Substitutes.with(all: substitutes) {
            autocast(autocastType ?? .bfloat16, isEnabled: autocastType != nil) {
                withoutPathElements { caller.map { withPathElement($0, body) } ?? body() }
            }
        }
    }
}

/// The leaves that a result was computed from, in an order that depends on the graph alone.
private func leaves(below root: Node) -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var stack = [root]
    var leaves: [Node] = []
    while let node = stack.popLast() {
        if node.depth == 0 { leaves.append(node) }
        for case let input? in node.inputs where seen.insert(ObjectIdentifier(input)).inserted { stack.append(input) }
    }
    return leaves
}
