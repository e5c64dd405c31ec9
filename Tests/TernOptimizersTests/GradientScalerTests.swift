import TernCore
import TernNN
import TernOptimizers
import Testing

@Suite("Gradient scaler")
struct GradientScalerTests {
    /// The gradient of a product in float16 with a factor that no half holds.
    private func loss(_ parameter: Parameter, _ factor: Double) -> Tensor {
        autocast(.float16) { linear(Tensor([[1]]), parameter.value).converted(to: .float32).sum() * factor }
    }

    @Test("small gradients arrive, which would be 0 in float16 without it")
    func smallGradients() {
        let parameter = Parameter(Tensor([[1]]))
        loss(parameter, 1e-9).backward()
        #expect(parameter.gradient == [[0]])
        parameter.gradient = nil
        let scaler = GradientScaler()
        scaler.scaled(loss(parameter, 1e-9)).backward()
        #expect(scaler.step(SGD([parameter], learningRate: 1)))
        #expect(abs(parameter.gradient!.item() - 1e-9) < 1e-12)
    }

    @Test(
        "a step that is not finite is left out, and the scale follows PyTorch's rule, by loss or by tape",
        arguments: [false, true])
    func scale(usesTape: Bool) {
        let parameter = Parameter(Tensor([[1]]))
        let optimizer = SGD([parameter], learningRate: 0.5)
        let scaler = GradientScaler(initialScale: 8, growthInterval: 2)
        // By hand: two steps double the scale, an infinite gradient halves it and starts the count anew.
        let factors: [(factor: Double, isTaken: Bool, scale: Double)] = [
            (1, true, 8), (1, true, 16), (.infinity, false, 8), (1, true, 8), (.nan, false, 4), (1, true, 4),
            (1, true, 8),
        ]
        var taken = 0
        for (factor, isTaken, scale) in factors {
            optimizer.zeroGradients()
            if usesTape {
                let tape = GradientTape()
                let scaled = tape.record { scaler.scaled(loss(parameter, factor)) }
                #expect(scaler.step(optimizer, tape.gradients(of: scaled)) == isTaken)
            } else {
                scaler.scaled(loss(parameter, factor)).backward()
                #expect(scaler.step(optimizer) == isTaken)
            }
            if isTaken { taken += 1 }
            #expect(scaler.scale == scale)
            #expect(parameter.value.item() == 1 - 0.5 * Double(taken))
        }
    }

    @Test("its state is saved, and nothing else is taken on")
    func state() throws {
        let (scaler, other) = (GradientScaler(initialScale: 4), GradientScaler())
        try other.restore(scaler.savedState)
        #expect(other.scale == 4 && other.stepsTaken == 0)
        #expect(throws: StateDictionaryError.self) { try other.restore(["scale": .number(-1), "steps": .integer(0)]) }
        #expect(other.scale == 4)
    }
}
