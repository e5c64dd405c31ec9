/// The result of `body`, of which nothing is kept for the derivative but the inputs: the backward walk runs `body` again.
/// Time for memory (Chen et al., "Training deep nets with sublinear memory cost", 2016). PyTorch's
/// `torch.utils.checkpoint`.
///
/// ```swift
/// let y = checkpointed(x) { x in block(x) }
/// ```
///
/// The second run gives the same bits: this thread's default random generator is put back to where it was. What `body`
/// changes elsewhere, such as running statistics, is changed twice. Gradients reach the inputs and the parameters that
/// `body` uses; other tensors that need gradients should be inputs.
public func checkpointed(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
    guard ThreadState.current.isRecording else { return body(inputs) }
    let state = Generator.default.state
    let substitutes = ThreadState.current.substitutes
    // Recorded to see which parameters it uses; the record is dropped at once.
    let firstSources = inputs.map { $0.requiresGradient ? $0.detached.asSource : $0 }
    let firstRun = body(firstSources)
    guard let root = firstRun.impl.node else { return firstRun }
    let parameters = leaves(below: root).filter { leaf in !firstSources.contains { $0.impl.node === leaf } }
    let node = Node("checkpointed", inputs: inputs.map { $0.impl.node } + parameters) { gradient, _ in
        let sources = inputs.map { $0.requiresGradient ? $0.asSource : $0 }
        let generator = Generator.default
        let now = generator.state
        generator.state = state
        defer { generator.state = now }
        let result = Substitutes.with(all: substitutes) { withGradients { body(sources) } }
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
