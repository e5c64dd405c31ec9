// The one way out of every operation: its result is linked to the graph where an input needs gradients, and shown to who
// observes the thread.

/// Whether operations on this tensor are to be recorded.
@inline(__always)
func records(_ a: Tensor) -> Bool {
    a.impl.node != nil && ThreadState.current.isRecording
}

@inline(__always)
func records(_ a: Tensor, _ b: Tensor) -> Bool {
    (a.impl.node != nil || b.impl.node != nil) && ThreadState.current.isRecording
}

@inline(__always)
func records(_ a: Tensor, _ b: Tensor, _ c: Tensor?) -> Bool {
    (a.impl.node != nil || b.impl.node != nil || c?.impl.node != nil) && ThreadState.current.isRecording
}

@inline(__always)
func records(_ tensors: [Tensor]) -> Bool {
    tensors.contains { $0.impl.node != nil } && ThreadState.current.isRecording
}

extension Tensor {
    // `derivative` and `attributes` are expressions that are evaluated only if they are needed: the closure of an operation
    // that is not recorded is never made.

    /// This fresh result as the output of an operation without a derivative.
    @inline(__always)
    consuming func output(
        of name: StaticString, from inputs: @autoclosure () -> [Tensor],
        attributes: @autoclosure () -> OperationAttributes = [:]
    ) -> Tensor {
        if Observation.isOn { reportOutput(of: name, from: inputs(), attributes()) }
        return self
    }

    /// This fresh result as the output of an operation on `a`.
    @inline(__always)
    consuming func output(
        of name: StaticString, from a: Tensor, attributes: @autoclosure () -> OperationAttributes = [:],
        _ derivative: @autoclosure () -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: [a], attributes(), recorded: records(a)) { _ in
            Node(name, a.impl.node, derivative: derivative())
        }
    }

    @inline(__always)
    consuming func output(
        of name: StaticString, from a: Tensor, _ b: Tensor, attributes: @autoclosure () -> OperationAttributes = [:],
        _ derivative: @autoclosure () -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: [a, b], attributes(), recorded: records(a, b)) { _ in
            Node(name, a.impl.node, b.impl.node, derivative: derivative())
        }
    }

    @inline(__always)
    consuming func output(
        of name: StaticString, from a: Tensor, _ b: Tensor, _ c: Tensor?,
        attributes: @autoclosure () -> OperationAttributes = [:], _ derivative: @autoclosure () -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: [a, b] + (c.map { [$0] } ?? []), attributes(), recorded: records(a, b, c)) { _ in
            Node(name, a.impl.node, b.impl.node, c?.impl.node, derivative: derivative())
        }
    }

    @inline(__always)
    consuming func output(
        of name: StaticString, from inputs: [Tensor], attributes: @autoclosure () -> OperationAttributes = [:],
        _ derivative: @autoclosure () -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: inputs, attributes(), recorded: records(inputs)) { _ in
            Node(name, inputs: inputs.map { $0.impl.node }, derivative: derivative())
        }
    }

    /// This fresh result as the output of an operation whose derivative uses the output: `derivative` gets a copy without the
    /// node, which would make the graph hold itself, and asks ``Node/relinked(_:)`` for the link.
    @inline(__always)
    consuming func output(
        of name: StaticString, from a: Tensor, attributes: @autoclosure () -> OperationAttributes = [:],
        _ derivative: (_ saved: Tensor) -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: [a], attributes(), recorded: records(a)) { result in
            Node(name, a.impl.node, derivative: derivative(result.withoutNode))
        }
    }

    @inline(__always)
    consuming func output(
        of name: StaticString, from a: Tensor, _ b: Tensor, attributes: @autoclosure () -> OperationAttributes = [:],
        _ derivative: (_ saved: Tensor) -> Node.Derivative
    ) -> Tensor {
        output(of: name, from: [a, b], attributes(), recorded: records(a, b)) { result in
            Node(name, a.impl.node, b.impl.node, derivative: derivative(result.withoutNode))
        }
    }

    /// This view of a window of `input` as the output of an operation.
    @inline(__always)
    consuming func output(of name: StaticString, from input: Tensor, window: Window) -> Tensor {
        output(of: name, from: [input], window.attributes, recorded: records(input)) { _ in
            PartNode(name, input.impl.node, .window(window))
        }
    }

    /// These copies of slices of `input` as the output of an operation.
    consuming func output(of name: StaticString, from input: Tensor, slices: Slices) -> Tensor {
        output(of: name, from: [input] + slices.sources, slices.attributes, recorded: records(input)) { _ in
            PartNode(name, input.impl.node, .slices(slices))
        }
    }

    @inline(__always)
    private consuming func output(
        of name: StaticString, from inputs: @autoclosure () -> [Tensor],
        _ attributes: @autoclosure () -> OperationAttributes,
        recorded isRecorded: Bool, _ node: (_ result: Tensor) -> Node
    ) -> Tensor {
        // Were the node set through `self`, the reference would be counted once more, also where nothing is recorded.
        let result = (consume self).impl
        if isRecorded { result.node = node(Tensor(impl: result)) }
        if Observation.isOn { Tensor(impl: result).reportOutput(of: name, from: inputs(), attributes()) }
        return Tensor(impl: result)
    }

    @inline(never)
    private func reportOutput(of name: StaticString, from inputs: [Tensor], _ attributes: OperationAttributes) {
        Observation.report("\(name)", inputs, attributes, [self])
    }

    /// A copy of this fresh result without the node that it is about to get.
    @inline(__always)
    private var withoutNode: Tensor { Tensor(impl: impl.with(node: nil)) }

    /// These values as a source of differentiation of their own: a derivative with respect to them does not count what
    /// else depends on this tensor, yet gradients go on to it.
    var asSource: Tensor {
        guard let input = impl.node else { return Tensor(impl: impl.with(node: Leaf())) }
        return Tensor(impl: impl.with(node: SourceNode(input)))
    }

    /// Adds `gradient` to what has arrived, in place where nothing else refers to that memory and nothing is recorded.
    @inline(__always)
    static func accumulate(_ gradient: Tensor, into sum: inout Tensor?) {
        guard var total = sum.take() else {
            sum = gradient
            return
        }
        if total.impl.shape != gradient.impl.shape { stopAccumulating(gradient, total) }
        if total.impl.node == nil, gradient.impl.node == nil, gradient.isContiguous, gradient.dtype == total.dtype,
            total.isUnique
        {
            total.add(gradient)
            if Observation.isOn { Observation.reportSum(total, gradient) }
            sum = total
        } else {
            sum = total + gradient
        }
    }

    @inline(never)
    private static func stopAccumulating(_ gradient: Tensor, _ total: Tensor) -> Never {
        mistake(
            "backward",
            "cannot add a gradient of shape \(gradient.shape) to one of shape \(total.shape): was the value of a "
                + "parameter replaced between forward and backward?")
    }
}
