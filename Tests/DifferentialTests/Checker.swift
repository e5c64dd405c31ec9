import Foundation
import Tern

/// Holds programs against themselves, run in another way.
struct Checker {
    private(set) var failures: [String] = []
    /// Derivatives that could be estimated, and those that could not, at a kink.
    private(set) var smooth = 0, kinked = 0
    /// What is being done, for the case that the process stops.
    let note: (String) -> Void

    init(note: @escaping (String) -> Void) { self.note = note }

    private mutating func fail(_ program: Program, _ text: String) {
        failures.append(
            "\(text)\n\(program.listing)\nAlone: TERN_SEED=\(program.seed) TERN_PROGRAMS=1 swift test --filter "
                + "DifferentialTests")
    }

    /// Checks one program, and hands the results of each step to `keep`.
    mutating func check(_ program: Program, keep: ([Tensor]) -> Void = { _ in }) {
        checkSteps(program, keep)
        if program.isLarge || program.seed % 8 == 0 { checkThreads(program) }
        if !program.isLarge { checkDerivative(program) }
    }

    /// Every step for itself, on what the steps before it gave: in any layout and in the program's type, against plain
    /// `float64`.
    private mutating func checkSteps(_ program: Program, _ keep: ([Tensor]) -> Void) {
        note("\(program.listing)\n  running")
        let values = program.run(program.inputs.map { $0.value.floating(program.dtype) })
        for (index, step) in program.steps.enumerated() {
            note("\(program.listing)\n  step \(index), for itself")
            let operands = step.operands.map { values[$0].detached }
            let before = operands.map(\.bytes)
            let results = step.results(placed(operands, step), layout: step.layouts.first)
            keep(results)
            if operands.map(\.bytes) != before { fail(program, "step \(index) changed an operand") }
            if let text = step.difference(results, step.reference(operands, program.dtype)) {
                fail(program, "step \(index): \(text)\n  operands \(operands.map(Program.text))")
                return
            }
        }
    }

    private func placed(_ operands: [Tensor], _ step: Program.Step) -> [Tensor] {
        zip(operands, step.layouts).map { $1.apply(to: $0) }
    }

    /// The same bits on one thread and on three.
    private mutating func checkThreads(_ program: Program) {
        note("\(program.listing)\n  on 1 and on 3 threads")
        let inputs = program.inputs.map { $0.value.floating(program.dtype) }
        let runs = [1, 3].map { count -> [[UInt8]] in
            let usual = threadCount
            threadCount = count
            defer { threadCount = usual }
            let (total, sources, values) = total(program, inputs)
            return values.map(\.bytes) + gradients(of: total, with: sources).map(\.bytes)
        }
        if let index = runs[0].indices.first(where: { runs[0][$0] != runs[1][$0] }) {
            let place = index < program.values.count ? "v\(index)" : "a gradient"
            fail(program, "\(place) has other bits on 3 threads than on 1")
        }
    }

    /// The gradient of the whole in some directions, against differences.
    private mutating func checkDerivative(_ program: Program) {
        let isTame = program.inputs.allSatisfy { program.tame.contains($0.number) }
        let isDifferentiable = program.steps.allSatisfy(\.op.isDifferentiable)
        if !isTame || !isDifferentiable || program.inputs.isEmpty { return }
        note("\(program.listing)\n  derivative")
        let inputs = program.inputs.map(\.value)
        let (total, sources, _) = total(program, inputs)
        let gradients = gradients(of: total, with: sources).map(\.numbers)
        if gradients.isEmpty { return }
        for direction in 0..<2 {
            let directions = inputs.enumerated().filter { $1.dtype.isFloatingPoint }.map {
                Tensor.weights($1.shape, program.seed &+ UInt64(97 * direction + $0))
            }
            var (slope, size) = (0.0, 0.0)
            for (gradient, direction) in zip(gradients, directions) {
                for (a, b) in zip(gradient, direction.numbers) {
                    slope += a * b
                    size += Swift.abs(a * b)
                }
            }
            let step = 1e-6
            func value(_ step: Double) -> (value: Double, size: Double) {
                var rest = directions[...]
                let moved = inputs.map { $0.dtype.isFloatingPoint ? $0 + rest.removeFirst() * step : $0 }
                return withoutGradients { sum(program, program.run(moved)) }
            }
            let (above, here, below) = (value(step), value(0), value(-step))
            let numeric = (above.value - below.value) / (2 * step)
            // What the function's curvature and rounding make of differences.
            let error = 1e-5 * Swift.abs(numeric) + 2e-8 * here.size + 1e-6
            let tolerance = 1e-5 * size + error
            // A kink makes an error of half its bend. The gradient must not decide: an infinite one would excuse all.
            let bend = (above.value - here.value) / step - (here.value - below.value) / step
            // At a jump both sides can rise alike, but not from twice as far.
            let jump = numeric - (value(2 * step).value - value(-2 * step).value) / (4 * step)
            if !(Swift.abs(bend) <= error && 2 * Swift.abs(jump) <= error) {
                kinked += 1
                continue
            }
            smooth += 1
            if !(Swift.abs(slope - numeric) <= tolerance) {
                fail(program, "the derivative in a direction is \(slope), differences give \(numeric) (\(tolerance))")
                return
            }
        }
    }

    /// A weighted sum of all results that can be differentiated.
    private func total(_ program: Program, _ inputs: [Tensor]) -> (total: Tensor, sources: [Tensor], values: [Tensor]) {
        let tape = GradientTape()
        let sources = inputs.map { $0.dtype.isFloatingPoint ? tape.watch($0) : $0 }
        return tape.record {
            let values = program.run(sources)
            var total = Tensor(0, dtype: .float64)
            for number in summed(program) where values[number].requiresGradient {
                total = total + (values[number] * Tensor.weights(values[number].shape, UInt64(number))).sum()
            }
            return (total, sources.filter { $0.dtype.isFloatingPoint }, values.map(\.detached))
        }
    }

    /// The results that are of the program's type and not large.
    private func summed(_ program: Program) -> [Int] {
        program.steps.flatMap(\.results).filter { program.tame.contains($0) && program.values[$0].dtype == .float64 }
    }

    /// The sum of ``total(_:_:)``, and of the magnitudes in it.
    private func sum(_ program: Program, _ values: [Tensor]) -> (value: Double, size: Double) {
        summed(program).reduce((0, 0)) { sum, number in
            let terms = values[number] * Tensor.weights(values[number].shape, UInt64(number))
            return (sum.0 + terms.sum().item(), sum.1 + abs(terms).sum().item())
        }
    }

    private func gradients(of total: Tensor, with sources: [Tensor]) -> [Tensor] {
        if !total.requiresGradient { return [] }
        return GradientTape().gradient(of: total, with: sources, unconnected: .zero).map { $0! }
    }
}
