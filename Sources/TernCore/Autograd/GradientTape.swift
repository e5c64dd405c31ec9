/// Computes gradients as values, with nothing accumulated anywhere. TensorFlow's `tf.GradientTape`.
///
/// ```swift
/// let tape = GradientTape()
/// let loss = tape.record { crossEntropy(model(images), labels) }
/// optimizer.step(tape.gradients(of: loss))
/// ```
/// ```swift
/// let tape = GradientTape()
/// let x = tape.watch(Tensor(3))
/// tape.gradient(of: x * x, with: x)   // 6.0
/// ```
///
/// Parameters are watched by themselves. A tape is single-use (the saved tensors are freed while it computes) unless it
/// is persistent. Tapes nest: a gradient that is computed while another tape records is recorded by that one.
public final class GradientTape {
    /// What ``gradient(of:with:gradient:unconnected:)->[Tensor?]`` gives for a source that the result does not depend
    /// on.
    public enum Unconnected: Sendable {
        /// No gradient: `nil`.
        case none
        /// Zeros of the source's shape.
        case zero
    }

    private let isPersistent: Bool
    private var isUsed = false

    /// - Parameter persistent: keep the saved tensors, so that gradients can be asked for more than once.
    public init(persistent: Bool = false) { isPersistent = persistent }

    /// `tensor` as a source of differentiation: operations on what this returns are recorded. A tensor that already
    /// needs gradients is returned as it is.
    public func watch(_ tensor: Tensor) -> Tensor {
        if tensor.requiresGradient { return tensor }
        if !tensor.dtype.isFloatingPoint {
            mistake("GradientTape.watch", "expects a floating-point tensor, got \(tensor.dtype)")
        }
        return Tensor(impl: tensor.impl.with(node: Leaf()))
    }

    /// Runs `body` with recording on, also inside of ``withoutGradients(_:)``.
    public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
        let state = ThreadState.current
        let wasRecording = state.isRecording
        state.isRecording = true
        state.tapeDepth += 1
        defer {
            state.isRecording = wasRecording
            state.tapeDepth -= 1
        }
        return try body()
    }

    /// Runs `body` without recording, inside of ``record(_:)``.
    public func stopRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
        try withoutGradients(body)
    }

    /// The gradients of `result` with respect to every parameter and watched tensor that it was computed from.
    ///
    /// - Parameters:
    ///   - result: a floating-point tensor that was computed while the tape recorded.
    ///   - gradient: the gradient with respect to `result`; its default is 1 for a scalar.
    public func gradients(of result: Tensor, gradient: Tensor? = nil) -> Gradients {
        begin("GradientTape.gradients")
        let node = connected(result, "GradientTape.gradients")
        var walk = BackwardWalk(
            retainsGraph: isPersistent, createsGraph: createsGraphOfDerivatives, to: .list,
            operation: "GradientTape.gradients")
        walk.run(from: node, result.seed(gradient, "GradientTape.gradients"))
        return Gradients(walk.leafGradients)
    }

    /// The gradients of `result` with respect to `sources`, in their order. Only what lies between is computed.
    ///
    /// - Parameters:
    ///   - result: what is differentiated.
    ///   - sources: watched tensors, values of parameters, or tensors computed on the way to the result.
    ///   - gradient: the gradient with respect to `result`; its default is 1 for a scalar.
    ///   - unconnected: what stands for a source that the result does not depend on. A result that depends on nothing at
    ///     all stops, unless zeros are asked for.
    public func gradient(
        of result: Tensor, with sources: [Tensor], gradient: Tensor? = nil, unconnected: Unconnected = .none
    ) -> [Tensor?] {
        begin("GradientTape.gradient")
        if unconnected == .none { _ = connected(result, "GradientTape.gradient") }
        let gradients = derivatives(
            of: [result], with: sources, gradients: [result.seed(gradient, "GradientTape.gradient")],
            retainsGraph: isPersistent, createsGraph: createsGraphOfDerivatives, operation: "GradientTape.gradient")
        return zip(gradients, sources).map { gradient, source in
            gradient ?? (unconnected == .zero ? Tensor.zeros(source.shape, dtype: source.dtype) : nil)
        }
    }

    /// The gradient of `result` with respect to one source, see ``gradient(of:with:gradient:unconnected:)->[Tensor?]``.
    public func gradient(
        of result: Tensor, with source: Tensor, gradient: Tensor? = nil, unconnected: Unconnected = .none
    ) -> Tensor? {
        self.gradient(of: result, with: [source], gradient: gradient, unconnected: unconnected)[0]
    }

    private func begin(_ operation: StaticString) {
        if isUsed && !isPersistent {
            mistake(
                "\(operation)",
                "was called a second time on a single-use tape: make it with GradientTape(persistent: true)")
        }
        isUsed = true
    }

    /// The node of a result; stops if it depends on nothing.
    private func connected(_ result: Tensor, _ operation: StaticString) -> Node {
        guard let node = result.impl.node else {
            mistake(
                "\(operation)",
                "expects a result that depends on a parameter or a watched tensor, got one of shape \(result.shape) "
                    + "that does not: was it computed inside withoutGradients, or detached?")
        }
        return node
    }
}

/// Whether derivatives are recorded: a tape records around this place, and recording is not stopped.
var createsGraphOfDerivatives: Bool {
    let state = ThreadState.current
    return state.tapeDepth > 0 && state.isRecording
}

/// Gradients by the tensor or parameter that they belong to: what ``GradientTape/gradients(of:gradient:)`` gives and
/// optimizers take.
public struct Gradients: Sendable {
    private var leaves: LeafGradients

    init(_ leaves: LeafGradients) { self.leaves = leaves }

    /// The gradient of a watched tensor or of a parameter's value; `nil` if the result did not depend on it.
    public subscript(_ tensor: Tensor) -> Tensor? {
        guard let node = tensor.impl.node else { return nil }
        return leaves[node]
    }

    /// The gradient of a variable or parameter; `nil` if the result did not depend on it.
    public subscript(_ variable: Variable) -> Tensor? {
        get { leaves[variable.leaf] }
        set { leaves.set(newValue, of: variable.leaf) }
    }

    /// Adds gradients of the same variables, such as those of another part of a batch; one that only one side has is taken
    /// as it is.
    public static func += (lhs: inout Gradients, rhs: Gradients) {
        for entry in rhs.leaves.entries { lhs.leaves.update(entry.leaf) { $0.add(entry.sum) } }
    }

    /// The same gradients, each replaced by what `transform` makes of it: scaled or clipped, say.
    public func mapValues(_ transform: (Tensor) -> Tensor) -> Gradients {
        Gradients(leaves.mapValues(transform))
    }

    /// All gradients, in no particular meaning of order.
    public var values: [Tensor] { leaves.entries.map { $0.sum.total! } }
}

// MARK: - Scopes

/// Runs `body` without recording on this thread. PyTorch's `torch.no_grad`.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withRecording(false, body)
}

/// Runs `body` with recording on, inside of ``withoutGradients(_:)``. PyTorch's `torch.enable_grad`.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withRecording(true, body)
}

@inline(__always)
private func withRecording<Result>(_ isOn: Bool, _ body: () throws -> Result) rethrows -> Result {
    let state = ThreadState.current
    let wasRecording = state.isRecording
    state.isRecording = isOn
    defer { state.isRecording = wasRecording }
    return try body()
}
