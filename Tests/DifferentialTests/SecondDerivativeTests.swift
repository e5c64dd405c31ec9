import Tern
import Testing

@Suite("Second derivatives")
struct SecondDerivativeTests {
    /// Real numbers of real numbers, through which no gradient flows.
    private static let constant: Set<String> = ["unique", "uniqueConsecutive"]

    @Test(
        "the derivative of an operation's derivative is what its differences give, for every operation",
        arguments: Op.table.filter(\.isDifferentiable).map(\.name))
    func agrees(name: String) {
        let op = Op.table.first { $0.name == name }!
        var (smooth, isReal) = (0, false)
        for seed in 1...60 where smooth < 3 && seed % 29 != 0 {
            let program = Builder.program(of: op, UInt64(seed))
            let (operands, results) = (program.steps[0].operands, program.steps[0].results)
            isReal = isReal || [operands, results].allSatisfy { $0.contains { program.values[$0].dtype == .float64 } }
            guard let derivative = SecondDerivative(program), let (found, numeric, tolerance) = derivative.compared()
            else { continue }
            smooth += 1
            #expect(
                Swift.abs(found - numeric) <= tolerance,
                "\(found), differences give \(numeric) within \(tolerance)\n\(derivative.program.listing)")
        }
        #expect(smooth > 0 || !isReal || Self.constant.contains(name), "no point of \(name) is smooth")
    }
}

/// The slope along a direction of the product of a program's gradient with a vector.
private struct SecondDerivative {
    let program: Program
    /// The inputs of floating-point type, and behind them the gradients of the results.
    private let point: [Tensor]
    private let directions: [Tensor]
    private let vectors: [Tensor]
    private let results: [Int]

    /// `nil` if nothing can be differentiated there.
    init?(_ program: Program) {
        self.program = program
        let inputs = program.inputs.map(\.value)
        let floating = inputs.filter { $0.dtype.isFloatingPoint }
        let isTame = program.inputs.allSatisfy { program.tame.contains($0.number) }
        if floating.isEmpty || !isTame || inputs.contains(where: { $0.count > 200 }) { return nil }
        let tape = GradientTape()
        let values = tape.record { program.run(inputs.map { $0.dtype.isFloatingPoint ? tape.watch($0) : $0 }) }
        results = program.steps[0].results.filter { program.tame.contains($0) && values[$0].requiresGradient }
        if results.isEmpty { return nil }
        point = floating + results.map { Tensor.weights(values[$0].shape, program.seed &+ UInt64($0)) }
        directions = point.enumerated().map { Tensor.weights($1.shape, program.seed &+ 1000 + UInt64($0)) }
        vectors = floating.enumerated().map { Tensor.weights($1.shape, program.seed &+ 2000 + UInt64($0)) }
    }

    /// The product at a point.
    private func product(_ point: [Tensor]) -> Tensor {
        let (inputs, weights) = (point[..<vectors.count], point[vectors.count...])
        let gradients = valueAndGradient(at: Array(inputs)) { floating in
            var rest = floating[...]
            let values = program.run(
                program.inputs.map { $0.value.dtype.isFloatingPoint ? rest.removeFirst() : $0.value })
            return zip(results, weights).map { (values[$0] * $1).sum() }.reduce(Tensor(0, dtype: .float64), +)
        }.gradients
        return zip(gradients, vectors).map { ($0 * $1).sum() }.reduce(Tensor(0, dtype: .float64), +)
    }

    /// By derivatives and by differences, with what these may differ by; `nil` at a kink.
    func compared() -> (found: Double, numeric: Double, tolerance: Double)? {
        let step = 1e-5
        func value(_ step: Double) -> Double {
            product(zip(point, directions).map { $0 + $1 * step }).item()
        }
        let (above, here, below) = (value(step), value(0), value(-step))
        let numeric = (above - below) / (2 * step)
        let gradients = valueAndGradient(at: point, of: product).gradients
        var (slope, size) = (0.0, 0.0)
        for (gradient, direction) in zip(gradients, directions) {
            for (a, b) in zip(gradient.numbers, direction.numbers) {
                slope += a * b
                size += Swift.abs(a * b)
            }
        }
        let error = 1e-4 * (Swift.abs(numeric) + size) + 1e-9 * Swift.abs(here) / step + 1e-5
        let bend = (above - here) / step - (here - below) / step
        let jump = numeric - (value(2 * step) - value(-2 * step)) / (4 * step)
        return Swift.abs(bend) <= error && Swift.abs(jump) <= error ? (slope, numeric, error) : nil
    }
}
