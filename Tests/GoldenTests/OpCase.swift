import Tern
import TernTesting

/// An operation under test: the name of its golden case, and the call.
struct OpCase: Sendable {
    let name: String
    let call: @Sendable ([Tensor]) -> [Tensor]

    /// What is wrong with the outputs and gradients for operands of one type and layout.
    func failures(_ goldens: Goldens, _ dtype: DType, _ layout: TensorLayout) -> [String] {
        let group = goldens.cases[name]!
        let convert = { (tensor: Tensor) in
            layout.of(tensor.dtype.isFloatingPoint ? tensor.converted(to: dtype) : tensor)
        }
        let tape = GradientTape()
        let inputs = goldens.list(name, "in").enumerated().map { index, input in
            group["grad\(index)"] == nil ? convert(input) : tape.watch(convert(input))
        }
        let outputs = tape.record { call(inputs) }
        var failures: [String] = []
        let expected = goldens.list(name, "out")
        if outputs.count != expected.count { failures.append("\(outputs.count) outputs, expected \(expected.count)") }
        for (index, (actual, expected)) in zip(outputs, expected).enumerated() {
            let type = expected.dtype.isFloatingPoint ? dtype : expected.dtype
            if actual.dtype != type { failures.append("output \(index) is \(actual.dtype), expected \(type)") }
            if let text = difference(actual, expected, .of(type)) { failures.append("output \(index): \(text)") }
        }
        let gradients = gradients(tape, outputs, inputs, group, convert)
        for (index, actual) in gradients {
            if actual.dtype != dtype { failures.append("gradient \(index) is \(actual.dtype), expected \(dtype)") }
            if let text = difference(actual, group["grad\(index)"]!, .of(dtype)) {
                failures.append("gradient \(index): \(text)")
            }
        }
        return failures.map { "\(name), \(dtype), \(layout): \($0)" }
    }

    /// What is wrong with the outputs and gradients for operands of halves: they must be those for the same numbers as
    /// `float32`, which are held against PyTorch's, to the tolerance of the type: outputs element by element, gradients at
    /// the size of the largest. And they must be PyTorch's own for halves, to that tolerance, or nearer to what `float64`
    /// gives for the same numbers: PyTorch rounds the steps of some to halves, we only the result.
    func failures(_ goldens: Goldens, half dtype: DType, _ layout: TensorLayout) -> [String] {
        let group = goldens.cases[name]!
        func run(_ type: DType) -> (outputs: [Tensor], gradients: [(Int, Tensor)]) {
            let convert = { (tensor: Tensor) in
                layout.of(tensor.dtype.isFloatingPoint ? tensor.converted(to: dtype).converted(to: type) : tensor)
            }
            let tape = GradientTape()
            let inputs = goldens.list(name, "in").enumerated().map { index, input in
                group["grad\(index)"] == nil ? convert(input) : tape.watch(convert(input))
            }
            let outputs = tape.record { call(inputs) }
            return (outputs, gradients(tape, outputs, inputs, group, convert))
        }
        let (halves, floats, exact) = (run(dtype), run(.float32), run(.float64))
        var failures: [String] = []
        func compare(_ name: String, _ actual: Tensor, _ exact: Tensor) {
            guard let expected = group["\(name).\(dtype)"] else { return }
            // What cancels has the accuracy of the terms.
            let own = Tolerance.of(expected.dtype)
            let tolerance = name.hasPrefix("grad") ? own.atSize(of: expected) : own
            if let text = difference(actual, expected, tolerance, unlessNearerTo: exact) {
                failures.append("\(name) beside PyTorch's: \(text)")
            }
        }
        for (index, (actual, exact)) in zip(halves.outputs, exact.outputs).enumerated() {
            compare("out\(index)", actual, exact)
        }
        for ((index, actual), (_, exact)) in zip(halves.gradients, exact.gradients) {
            compare("grad\(index)", actual, exact)
        }
        for (index, (actual, expected)) in zip(halves.outputs, floats.outputs).enumerated() {
            // Statistics of halves are floats, of numbers that are halves.
            let isFloat = expected.dtype == .float32
            if actual.dtype != (isFloat ? dtype : expected.dtype), !(isFloat && actual.dtype == .float32) {
                failures.append("output \(index) is \(actual.dtype), expected \(expected.dtype)")
            }
            if let text = difference(actual, expected, .of(isFloat ? dtype : expected.dtype)) {
                failures.append("output \(index): \(text)")
            }
        }
        for ((index, actual), (_, expected)) in zip(halves.gradients, floats.gradients) {
            if actual.dtype != dtype { failures.append("gradient \(index) is \(actual.dtype), expected \(dtype)") }
            // What is saved for the derivative and summed on the way was rounded, so small elements beside large ones
            // have the accuracy of these.
            // What is beyond the type's range is infinite.
            let expected = expected.converted(to: dtype).converted(to: .float32)
            if let text = difference(actual, expected, Tolerance.of(dtype).atSize(of: expected)) {
                failures.append("gradient \(index): \(text)")
            }
        }
        return failures.map { "\(name), \(dtype), \(layout): \($0)" }
    }

    /// The gradients of the inputs that have an expected one, by the input's index.
    private func gradients(
        _ tape: GradientTape, _ outputs: [Tensor], _ inputs: [Tensor], _ group: [String: Tensor],
        _ convert: (Tensor) -> Tensor
    ) -> [(Int, Tensor)] {
        let wanted = inputs.indices.filter { group["grad\($0)"] != nil }
        if wanted.isEmpty { return [] }
        let weighted = outputs.indices.compactMap { index in
            group["cot\(index)"].map { (output: outputs[index], cotangent: convert($0)) }
        }
        let sources = wanted.map { inputs[$0] }
        let found: [Tensor?]
        if weighted.count == 1 {
            found = tape.gradient(
                of: weighted[0].output, with: sources, gradient: weighted[0].cotangent, unconnected: .zero)
        } else {
            let terms = tape.record { weighted.map { ($0.output * $0.cotangent).sum() } }
            let total = tape.record { terms.dropFirst().reduce(terms[0], +) }
            found = tape.gradient(of: total, with: sources, unconnected: .zero)
        }
        return zip(wanted, found).map { ($0, $1!) }
    }

    /// The types that the case is defined for: both, unless its expected values are `float32` themselves or no input is
    /// floating-point.
    func dtypes(_ goldens: Goldens) -> [DType] {
        let outputs = goldens.list(name, "out").map(\.dtype)
        if outputs.contains(.float32) { return [.float32] }
        let hasFloats = goldens.list(name, "in").contains { $0.dtype.isFloatingPoint }
        return hasFloats ? [.float32, .float64] : [outputs.contains(.float64) ? .float64 : .float32]
    }
}

/// A table of cases: one line each, or one for a family of cases whose names begin alike.
struct OpTable {
    private(set) var cases: [OpCase] = []

    mutating func list(_ name: String, _ call: @escaping @Sendable ([Tensor]) -> [Tensor]) {
        cases.append(OpCase(name: name, call: call))
    }
    mutating func none(_ name: String, _ call: @escaping @Sendable () -> Tensor) { list(name) { _ in [call()] } }
    mutating func one(_ name: String, _ call: @escaping @Sendable (Tensor) -> Tensor) { list(name) { [call($0[0])] } }
    mutating func two(_ name: String, _ call: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
        list(name) { [call($0[0], $0[1])] }
    }
    mutating func three(_ name: String, _ call: @escaping @Sendable (Tensor, Tensor, Tensor) -> Tensor) {
        list(name) { [call($0[0], $0[1], $0[2])] }
    }
    /// Cases `name-suffix`; an empty suffix is `name` itself.
    mutating func one(_ name: String, _ suffixes: [String], _ call: @escaping @Sendable (Tensor) -> Tensor) {
        for suffix in suffixes { one(suffix.isEmpty ? name : "\(name)-\(suffix)", call) }
    }
    mutating func two(_ name: String, _ suffixes: [String], _ call: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
        for suffix in suffixes { two(suffix.isEmpty ? name : "\(name)-\(suffix)", call) }
    }
}
