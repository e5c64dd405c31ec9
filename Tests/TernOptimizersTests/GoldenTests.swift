import TernCore
import TernNN
import TernOptimizers
import Testing

struct GoldenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable ([Parameter]) -> any Optimizer
    let after10: [Double]
    let after1000: [Double]

    var testDescription: String { name }
}

@Suite("Optimizers agree with PyTorch")
struct GoldenTests {
    /// As in Tests/Goldens/optimizers.py.
    func train(_ make: ([Parameter]) -> any Optimizer, steps: Int, dtype: DType, through gradients: Bool) -> [Double] {
        let start = Tensor([0.5, -1.25, 2, 0, -0.375, 1.5], dtype: dtype)
        let curvature = Tensor([0.25, 0.5, 0.75, 1, 1.25, 1.5], dtype: dtype)
        let parameter = Parameter(start)
        let optimizer = make([parameter])
        for step in 0..<steps {
            let force = Double(step % 5 - 2) / 8
            let slope = (parameter.value.detached - 0.25) * curvature + force
            if gradients {
                let tape = GradientTape()
                let loss = tape.record { (parameter.value * slope).sum() }
                optimizer.step(tape.gradients(of: loss))
            } else {
                parameter.gradient = slope
                optimizer.step()
                optimizer.zeroGradients()
            }
        }
        return parameter.value.array(of: Double.self)
    }

    @Test("after 10 and 1,000 steps in float64", arguments: GoldenCase.all)
    func float64(golden: GoldenCase) {
        for (steps, expected) in [(10, golden.after10), (1000, golden.after1000)] {
            let values = train(golden.make, steps: steps, dtype: .float64, through: steps == 10)
            for (value, expected) in zip(values, expected) {
                #expect(abs(value - expected) <= 1e-10 * max(1, abs(expected)), "after \(steps) steps")
            }
        }
    }

    @Test("after 10 steps in float32", arguments: GoldenCase.all)
    func float32(golden: GoldenCase) {
        let values = train(golden.make, steps: 10, dtype: .float32, through: false)
        for (value, expected) in zip(values, golden.after10) {
            #expect(abs(value - expected) <= 1e-5 + 1.3e-6 * abs(expected))
        }
    }
}
