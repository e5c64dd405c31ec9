/// A differentiable function with a derivative written by hand. PyTorch's `torch.autograd.Function`.
///
/// ```swift
/// struct Exponential: CustomFunction {
///     func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
///         let y = exp(inputs[0])
///         context.save(y)
///         return [y]
///     }
///     func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
///         [gradients[0] * context.saved[0]]
///     }
/// }
/// let y = Exponential()(x)
/// ```
///
/// `forward` runs unrecorded, and is all that runs where nothing needs a gradient. `backward` is made of ordinary
/// operations on the gradients and on saved inputs and outputs: then gradients of gradients are right by themselves. Other
/// tensors that are saved count as constants there.
public protocol CustomFunction {
    /// The outputs. What `backward` needs is left with ``FunctionContext/save(_:)``.
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor]

    /// The gradient with respect to each input, of its shape (it is converted to its type); `nil` for one that has none
    /// or does not need it, see ``FunctionContext/needsGradient(_:)``.
    ///
    /// - Parameters:
    ///   - gradients: with respect to each output; zeros for one that nothing was computed from.
    ///   - context: what ``forward(_:_:)`` saved, and which inputs need a gradient.
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?]

    /// What messages, the profiler and captured graphs call the operation; the default is the type's name.
    var name: String { get }

    /// The settings that belong to the operation, for the profiler and captured graphs; the default is none.
    var attributes: OperationAttributes { get }

    /// The floating-point operations of products that `forward` computes, which profiles and summaries of models show: 2 for
    /// each multiplication with its addition, and nothing for other operations; the default is 0. Those of `backward` are
    /// counted as the ordinary operations that they are.
    func floatingPointOperations(_ inputs: [Shape]) -> Int
}

extension CustomFunction {
    public var name: String { "\(Self.self)" }
    public var attributes: OperationAttributes { [:] }
    public func floatingPointOperations(_ inputs: [Shape]) -> Int { 0 }
}

/// What connects `forward` and `backward` of a ``CustomFunction``, for one call.
public final class FunctionContext {
    private enum Saved {
        /// An input, with its place in the graph, or a constant.
        case tensor(Tensor)
        /// An output without its place in the graph, which would make the graph hold itself.
        case output(Int, Tensor)
    }

    private var inputs: [Tensor]
    private let needed: [Bool]
    private var marked: [Tensor] = []
    private var pending: [Tensor] = []
    private var stored: [Saved] = []
    /// While `backward` runs.
    fileprivate weak var node: MultipleOutputNode?

    fileprivate init(_ inputs: [Tensor], isRecording: Bool) {
        self.inputs = isRecording ? inputs : []
        needed = inputs.map { isRecording && $0.requiresGradient }
    }

    /// Keeps tensors for `backward`, in this order. They are freed as soon as it has run, unless the graph is retained.
    public func save(_ tensors: Tensor...) { pending += tensors }

    /// The saved tensors.
    public var saved: [Tensor] {
        stored.map { saved in
            switch saved {
            case .tensor(let tensor): tensor
            case .output(let index, let tensor):
                if let node, ThreadState.current.isRecording {
                    Tensor(impl: tensor.impl.with(node: node.outputNode(index)))
                } else {
                    tensor
                }
            }
        }
    }

    /// The saved tensors, which the context gives up unless `backward` may run again; ``saved`` is empty then. What `forward`
    /// computed for the derivative alone is nobody else's now: to write to it copies nothing.
    public func takeSaved() -> [Tensor] {
        let tensors = saved
        if let node, node.isReleased { stored = [] }
        return tensors
    }

    /// Whether a gradient of input `index` is wanted. Known in `forward` too: nothing need be saved for one that is not.
    public func needsGradient(_ index: Int) -> Bool { needed[index] }

    /// Says that gradients do not flow through an output. Outputs that are not of a floating-point type are so by
    /// themselves.
    public func markNotDifferentiable(_ output: Tensor) { marked.append(output) }

    fileprivate func isDifferentiable(_ output: Tensor) -> Bool {
        output.dtype.isFloatingPoint && !marked.contains { $0.impl === output.impl }
    }

    /// Sorts what was saved into inputs, outputs and the rest.
    fileprivate func finish(_ outputs: [Tensor]) {
        stored = pending.map { tensor in
            if inputs.contains(where: { $0.impl === tensor.impl }) { return .tensor(tensor) }
            if let index = outputs.firstIndex(where: { $0.impl === tensor.impl }), isDifferentiable(tensor) {
                return .output(index, tensor)
            }
            return .tensor(tensor.detached)
        }
        (inputs, pending, marked) = ([], [], [])
    }
}

extension CustomFunction {
    /// The only output of the function.
    public func callAsFunction(_ inputs: Tensor...) -> Tensor {
        let outputs = apply(inputs)
        if outputs.count != 1 { mistake(name, "gives \(outputs.count) outputs: call apply for them") }
        return outputs[0]
    }

    /// The outputs of the function. PyTorch's `apply`.
    public func apply(_ inputs: [Tensor]) -> [Tensor] {
        let isRecording = records(inputs)
        let context = FunctionContext(inputs, isRecording: isRecording)
        let outputs = asOneOperation { forward(inputs, context) }
        let results = isRecording ? recorded(outputs, inputs, context) : outputs.map(\.detached)
        if Observation.isOn {
            Observation.report(
                name, inputs, attributes, results,
                floatingPointOperations: floatingPointOperations(inputs.map(\.shape)))
        }
        return results
    }

    private func recorded(_ outputs: [Tensor], _ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {

        let differentiable = outputs.map(context.isDifferentiable)
        let kinds = outputs.map { (shape: $0.shape, dtype: $0.dtype) }
        context.finish(outputs)
        let inputKinds = inputs.map { (shape: $0.shape, dtype: $0.dtype) }
        let node = MultipleOutputNode(name, inputs: inputs.map { $0.impl.node }) { [self] _, node in
            let node = unsafeDowncast(node, to: MultipleOutputNode.self)
            let pending = node.pendingOutputs
            node.pendingOutputs = []
            context.node = node
            defer { context.node = nil }
            let gradients = kinds.enumerated().map { index, kind in
                (index < pending.count ? pending[index] : nil) ?? Tensor.zeros(kind.shape, dtype: kind.dtype)
            }
            return InputGradients(checkedGradients(backward(gradients, context), inputKinds, node))
        }
        return zip(outputs.indices, outputs).map { index, output in
            differentiable[index] ? Tensor(impl: output.impl.with(node: node.outputNode(index))) : output.detached
        }
    }
}
