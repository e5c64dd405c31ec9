import TernCore
import TernNN

/// A layer under test: how to make one, how to call it, and with what.
struct LayerSubject {
    let makeLayer: () -> any Module
    let call: (any Module, [Tensor]) -> [Tensor]
    let inputs: [Tensor]
    /// The check that runs, for messages of a program that stops.
    let report: CheckReport
    let name: String

    init(
        _ makeLayer: @escaping () -> any Module, _ inputs: [Tensor], call: @escaping (any Module, [Tensor]) -> [Tensor]
    ) {
        self.makeLayer = makeLayer
        self.inputs = inputs.map(\.detached)
        self.call = call
        report = CheckReport()
        name = typeName(of: makeLayer())
    }

    /// A new layer as it was made.
    func fresh(seed: UInt64 = 1) -> LayerHarness {
        TernCore.seed(seed)
        return LayerHarness(makeLayer(), self)
    }

    /// A new layer that has been called in training, with values of parameters that are none of those, such as 0 and 1, that
    /// hide what is wrong.
    func prepared(seed: UInt64 = 1) -> LayerHarness {
        let harness = fresh(seed: seed)
        harness.train()
        withoutGradients { for _ in 0..<2 { _ = run(harness) } }
        let generator = Generator(seed: seed &+ 100)
        for parameter in harness.parameters where parameter.hasValue {
            let noise = Tensor.uniform(parameter.shape, in: -0.1..<0.1, generator: generator)
            parameter.value = parameter.value.detached + noise.converted(to: parameter.dtype)
        }
        return harness
    }

    /// The outputs, with the thread's random numbers from a seed on.
    func run(_ harness: LayerHarness, _ inputs: [Tensor]? = nil, seed: UInt64 = 7) -> [Tensor] {
        // Copies: a layer that changes its input is found by one check and does not confuse the others.
        let inputs = inputs ?? self.inputs.map(\.duplicate)
        TernCore.seed(seed)
        return harness(inputs)
    }

    /// Outputs, and the gradients of the floating-point inputs and the parameters for cotangents that a seed decides.
    struct Derivatives {
        var outputs: [Tensor]
        var inputs: [Tensor?]
        var parameters: [(name: String, gradient: Tensor?)]

        /// All of them, with a name for messages.
        var all: [(name: String, tensor: Tensor?)] {
            outputs.enumerated().map { ("output \($0.offset)", $0.element) }
                + inputs.enumerated().map { ("the gradient of input \($0.offset)", $0.element) }
                + parameters.map { ("the gradient of \($0.name)", $0.gradient) }
        }
    }

    func differentiate(_ harness: LayerHarness, _ inputs: [Tensor]? = nil) -> Derivatives {
        let inputs = inputs ?? self.inputs.map(\.duplicate)
        let variables = inputs.map { $0.dtype.isFloatingPoint ? Variable($0) : nil }
        let parameters = harness.layer.namedParameters
        for (_, parameter) in parameters where parameter.hasValue { parameter.gradient = nil }
        let given = zip(variables, inputs).map { variable, tensor in variable?.value ?? tensor }
        let outputs = run(harness, given)
        let generator = Generator(seed: 3)
        for output in outputs where output.dtype.isFloatingPoint {
            let cotangent = Tensor.uniform(output.shape, in: -1..<1, dtype: .float64, generator: generator)
            if output.requiresGradient {
                output.backward(cotangent.converted(to: output.dtype), retainGraph: true)
            }
        }
        return Derivatives(
            outputs: outputs.map(\.detached), inputs: variables.map { $0?.gradient },
            parameters: harness.layer.namedParameters.map { ($0.name, $0.parameter.gradient) })
    }

    /// The floating-point inputs in another type.
    func inputs(as dtype: DType) -> [Tensor] {
        inputs.map { $0.dtype.isFloatingPoint ? $0.converted(to: dtype) : $0 }
    }

    /// The number of examples, and whether an input has one for each of them.
    var batchSize: Int { inputs.first?.shape.first ?? 0 }

    func hasBatch(_ input: Tensor) -> Bool { input.shape.first == batchSize }

    /// The examples of these numbers alone.
    func examples(_ range: Range<Int>) -> [Tensor] {
        inputs.map {
            hasBatch($0) ? $0.sliced(from: range.lowerBound, to: range.upperBound, axis: 0).contiguous() : $0
        }
    }
}

/// A layer under a parent of its own, whose inputs and outputs are arrays of tensors whatever those of the layer are.
final class LayerHarness: Module {
    let layer: any Module
    private let subject: LayerSubject

    init(_ layer: any Module, _ subject: LayerSubject) {
        self.layer = layer
        self.subject = subject
    }

    func forward(_ inputs: [Tensor]) -> [Tensor] { subject.call(layer, inputs) }

    func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit(subject.name, layer) }

    /// What a program that stops in the layer says in front: which check it was.
    var pathName: String { "checkLayer(\(subject.report.check))" }
}

/// The name of the type alone.
func typeName(of value: Any) -> String {
    String(String(describing: type(of: value)).prefix { $0 != "<" })
}

extension Module {
    /// The parameters and all buffers with a value, by path.
    var allValues: [(name: String, value: Tensor)] {
        namedParameters.filter(\.parameter.hasValue).map { ($0.name, $0.parameter.value.detached) } + bufferValues
    }

    var bufferValues: [(name: String, value: Tensor)] {
        namedBuffers.filter(\.buffer.hasValue).map { ($0.name, $0.buffer.value) }
    }
}

extension CheckReport {
    /// Notes if two tensors do not have the same bits.
    func expectSameBits(_ actual: Tensor?, _ expected: Tensor?, _ what: @autoclosure () -> String) {
        switch (actual, expected) {
        case (nil, nil): break
        case (let actual?, let expected?):
            if hasSameBits(actual, expected) { return }
            add("\(what()): \(detail(actual, expected))")
        default: add("\(what()): got \(actual == nil ? "none" : "one"), expected \(expected == nil ? "none" : "one")")
        }
    }

    /// Notes if two tensors differ by more than a tolerance, or in their types.
    func expectClose(
        _ actual: Tensor?, _ expected: Tensor?, _ tolerance: Tolerance? = nil, _ what: @autoclosure () -> String
    ) {
        switch (actual, expected) {
        case (nil, nil): break
        case (let actual?, let expected?):
            if let wrong = firstDifference(actual, expected, tolerance: tolerance, nanIsEqual: true) {
                add("\(what()): \(wrong)")
            } else if actual.dtype != expected.dtype {
                add("\(what()): got \(actual.dtype), expected \(expected.dtype)")
            }
        default: add("\(what()): got \(actual == nil ? "none" : "one"), expected \(expected == nil ? "none" : "one")")
        }
    }

    private func detail(_ actual: Tensor, _ expected: Tensor) -> String {
        if actual.dtype != expected.dtype { return "got \(actual.dtype), expected \(expected.dtype)" }
        let equal = Tolerance(relative: 0, absolute: 0)
        return firstDifference(actual, expected, tolerance: equal, nanIsEqual: true)?.description
            ?? "the values are equal, their bits are not"
    }
}

extension Tensor {
    /// The same values in memory of their own, outside of every graph.
    var duplicate: Tensor { withUnsafeBytes { Tensor(shape: shape, dtype: dtype, bytes: $0) } }
}
