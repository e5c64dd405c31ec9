/// An operation whose derivative is being computed, see ``Tensor/asOutput(of:from:attributes:derivative:)``.
public struct RecordedOperation {
    fileprivate let node: Node

    /// Whether the gradient of input `index` is wanted.
    public func needsGradient(_ index: Int) -> Bool { node.needs(index) }

    /// The output, for a derivative that is a function of it. The derivative saves what it had before it was made an
    /// output, which has no place in the graph; this is that at its place, for gradients of gradients.
    public func output(_ saved: Tensor) -> Tensor { node.relinked(saved) }
}

extension Tensor {
    /// This tensor as the output of an operation of your own: its derivative is written by hand, and profiles, captured
    /// graphs and messages about anomalies show it by its name, as those of Tern. For several outputs, or a derivative that
    /// saves what `forward` found out, see ``CustomFunction``.
    ///
    /// ```swift
    /// func power(_ base: Double, _ x: Tensor) -> Tensor {
    ///     let y = asOneOperation { exp(x * log(base)) }
    ///     return y.asOutput(of: "power", from: [x], attributes: ["base": base]) { gradient, operation in
    ///         [gradient * operation.output(y) * log(base)]
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: as in messages.
    ///   - inputs: all of them, constants too.
    ///   - attributes: settings that are no tensors.
    ///   - derivative: the gradient with respect to each input, of its shape (it is converted to its type), or `nil` for one
    ///     that has none or needs none, given that of the output. Made of ordinary operations on it, the inputs and
    ///     ``RecordedOperation/output(_:)``, gradients of gradients are right by themselves.
    public func asOutput(
        of name: StaticString, from inputs: [Tensor], attributes: @autoclosure () -> OperationAttributes = [:],
        derivative: @escaping (_ gradient: Tensor, _ operation: RecordedOperation) -> [Tensor?]
    ) -> Tensor {
        let fresh = Tensor(impl: impl.with(node: nil))
        if !dtype.isFloatingPoint { return fresh.output(of: name, from: inputs, attributes: attributes()) }
        let kinds = inputs.map { (shape: $0.shape, dtype: $0.dtype) }
        return fresh.output(of: name, from: inputs, attributes: attributes()) { gradient, node in
            let gradients = derivative(gradient, RecordedOperation(node: node))
            return InputGradients(checkedGradients(gradients, kinds, node))
        }
    }
}

/// The gradients that somebody's derivative gives, of the inputs' shapes and types: what comes next relies on it.
func checkedGradients(_ gradients: [Tensor?], _ inputs: [(shape: Shape, dtype: DType)], _ node: Node) -> [Tensor?] {
    if gradients.count != inputs.count {
        mistake(
            "\(node.label).backward", "must give \(inputs.count) gradients, one an input, got \(gradients.count)")
    }
    return gradients.enumerated().map { index, gradient in
        guard let gradient, node.needs(index) else { return nil }
        let (shape, dtype) = inputs[index]
        if gradient.shape != shape {
            mistake(
                "\(node.label).backward",
                "must give a gradient of shape \(shape) for input \(index), got \(gradient.shape)")
        }
        return gradient.converted(to: dtype)
    }
}
