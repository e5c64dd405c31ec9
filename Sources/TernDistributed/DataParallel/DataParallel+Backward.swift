import TernCore

extension DataParallel {
    /// The gradients of the mean loss over all examples of a step, added to those that there are, on every rank.
    ///
    /// ```swift
    /// let step = try parallel.backward(batch) { images, labels in crossEntropy(model(images), labels) }
    /// ```
    ///
    /// - Parameters:
    ///   - batch: what this rank has of the step; all ranks call this in each step, those without examples, too.
    ///   - examples: how many a micro-batch has: its weight in the mean.
    ///   - body: the mean loss over a micro-batch, with one element.
    public func backward<Element>(
        _ batch: ShardedBatch<Element>, examples: (Element) -> Int, _ body: (Element) -> Tensor
    ) throws(CommunicationError) -> Step {
        try step(batch, examples: examples, gathersOutputs: false) { (body($0), []) }
    }

    /// The same, and more that the body gives (predictions and targets, say, for metrics) of all ranks, in the order of the
    /// examples: ``DataParallel/Step/outputs``.
    ///
    /// ```swift
    /// let step = try parallel.backwardWithOutputs(batch) { images, labels in
    ///     let logits = model(images)
    ///     return (crossEntropy(logits, labels), [logits, labels])
    /// }
    /// accuracy.update(step.outputs[0], step.outputs[1])
    /// ```
    ///
    /// - Parameters:
    ///   - batch: what this rank has of the step.
    ///   - examples: how many a micro-batch has.
    ///   - body: the mean loss over a micro-batch, and tensors with an axis for its examples first.
    public func backwardWithOutputs<Element>(
        _ batch: ShardedBatch<Element>, examples: (Element) -> Int,
        _ body: (Element) -> (loss: Tensor, outputs: [Tensor])
    ) throws(CommunicationError) -> Step {
        try step(batch, examples: examples, gathersOutputs: true, body)
    }

    /// The gradients of the mean loss over micro-batches of inputs and targets; their examples are counted by the first axis of
    /// the targets. See ``backward(_:examples:_:)``.
    public func backward(
        _ batch: ShardedBatch<(Tensor, Tensor)>, _ body: (Tensor, Tensor) -> Tensor
    ) throws(CommunicationError) -> Step {
        try backward(batch, examples: Self.count) { body($0.0, $0.1) }
    }

    /// The same with more that the body gives, see ``backwardWithOutputs(_:examples:_:)``.
    public func backwardWithOutputs(
        _ batch: ShardedBatch<(Tensor, Tensor)>, _ body: (Tensor, Tensor) -> (loss: Tensor, outputs: [Tensor])
    ) throws(CommunicationError) -> Step {
        try backwardWithOutputs(batch, examples: Self.count) { body($0.0, $0.1) }
    }

    private static func count(_ pair: (Tensor, Tensor)) -> Int { pair.1.rank == 0 ? 1 : pair.1.shape[0] }
}
