import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

@Suite("Clipping and accumulation of gradients")
struct GradientClippingTests {
    private static func model() -> Two {
        let model = Two()
        model.first.gradient = [3, 0]
        model.second.gradient = [-4]
        return model
    }

    @Test(
        "the norm of all gradients together is returned, and limited", arguments: [DType.float32, .float64, .float16])
    func norm(type: DType) {
        let model = Self.model()
        model.to(type)
        #expect(clipGradientNorm(of: model.parameters, maximum: 10) == 5)
        #expect(model.first.gradient!.array(of: Double.self) == [3, 0])
        #expect(clipGradientNorm(of: model.parameters, maximum: 1) == 5)
        // PyTorch: 3 / (5 + 1e-6).
        let expected = Tensor([3 / 5.000001, 0], dtype: type)
        #expect(
            model.first.gradient!.dtype == type
                && model.first.gradient!.allClose(to: expected, absoluteTolerance: type == .float16 ? 1e-3 : 1e-7))
        #expect(abs(clipGradientNorm(of: model.parameters, maximum: 2) - 1) < 1e-3)
    }

    @Test("norms of other orders")
    func orders() {
        let gradients = [Tensor([3, 0]), nil, Tensor([[-4]]), Tensor.zeros([0])]
        #expect(totalNorm(of: gradients) == 5 && totalNorm(of: gradients, order: 1) == 7)
        #expect(totalNorm(of: gradients, order: .infinity) == 4 && totalNorm(of: []) == 0)
        #expect(abs(totalNorm(of: gradients, order: 3) - 4.497941445275415) < 1e-6)
        #expect(totalNorm(of: [Tensor([1e-30]), Tensor([1e-30])], order: 20) > 1e-31)
        // Of float16, whose own sum of squares would be infinite.
        #expect(totalNorm(of: [Tensor.full([100], 1000, dtype: .float16)]) == 10_000)
        #expect(
            totalNorm(of: [Tensor([1, .nan])]).isNaN && totalNorm(of: [Tensor([1, .nan])], order: .infinity).isNaN)
        #expect(totalNorm(of: [Tensor([1, -.infinity]), Tensor([2])]) == .infinity)
    }

    @Test("the gradients of a tape are limited like those that backward gathered")
    func tape() {
        let model = Two()
        let tape = GradientTape()
        let loss = tape.record { (model.first.value * [3, 0]).sum() - (model.second.value * 4).sum() }
        var gradients = tape.gradients(of: loss)
        #expect(clipGradientNorm(of: model.parameters, in: &gradients, maximum: 1) == 5)
        #expect(gradients[model.first]!.allClose(to: Tensor([0.6, 0])))
        #expect(gradients[model.second]!.allClose(to: Tensor([-0.8])) && model.second.gradient == nil)
        clipGradientValues(of: model.parameters, in: &gradients, to: 0.7)
        #expect(gradients[model.second]! == Tensor([-0.7]) && gradients[model.first]!.allClose(to: Tensor([0.6, 0])))
        gradients[model.first] = nil
        #expect(gradients[model.first] == nil && gradients.values.count == 1)
    }

    @Test("values are limited on both sides, NaN stays")
    func values() {
        let model = Self.model()
        model.first.gradient = Tensor([-5, .nan])
        clipGradientValues(of: model.parameters, to: 2)
        #expect(
            model.first.gradient!.array(of: Double.self)[0] == -2
                && model.first.gradient!.isNaN()[1].item(as: Bool.self))
        #expect(model.second.gradient == [-2])
    }

    @Test("a norm that is not finite goes on into the gradients, or stops and names the parameter")
    func nonFinite() async {
        let model = Self.model()
        model.first.gradient = Tensor([3, .nan])
        #expect(clipGradientNorm(of: model.parameters, maximum: 1).isNaN)
        #expect(model.second.gradient!.isNaN().all().item(as: Bool.self))
        model.first.gradient = Tensor([.infinity, 1])
        model.second.gradient = [1]
        #expect(clipGradientNorm(of: model.parameters, maximum: 1) == .infinity)
        #expect(model.second.gradient == [0])
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Self.model()
            model.first.gradient = Tensor([3, .nan])
            clipGradientNorm(of: model.parameters, maximum: 1, ifNotFinite: .stop)
        }.expectMessage("clipGradientNorm: finds a norm of nan: the gradients of first are not finite")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            clipGradientNorm(of: Self.model().parameters, maximum: -1)
        }.expectMessage("clipGradientNorm: maximum must be at least 0, got -1.0")
    }

    /// A batch of 12 in parts of 4: gradients of means, divided by the number of parts.
    @Test(
        "gradients of the parts of a batch add up to those of the whole but for rounding",
        arguments: [(DType.float64, 1e-14), (.float32, 1e-6)])
    func accumulation(type: DType, tolerance: Double) {
        let inputs = Tensor.normal([12, 2], dtype: type, generator: Generator(seed: 1))
        func parameter() -> Parameter { Parameter(Tensor([0.5, -1], dtype: type)) }
        func loss(_ parameter: Parameter, _ inputs: Tensor) -> Tensor {
            square(tanh(matmul(inputs, parameter.value)) - 0.25).mean()
        }
        let (whole, parts, taped) = (parameter(), parameter(), parameter())
        loss(whole, inputs).backward()
        var sum: Gradients?
        for start in [0, 4, 8] {
            (loss(parts, inputs[start..<start + 4]) / 3).backward()
            let tape = GradientTape()
            let gradients = tape.gradients(of: tape.record { loss(taped, inputs[start..<start + 4]) / 3 })
            if sum == nil { sum = gradients } else { sum! += gradients }
        }
        let expected = whole.gradient!
        #expect(parts.gradient!.allClose(to: expected, relativeTolerance: tolerance, absoluteTolerance: tolerance))
        #expect(sum![taped] == parts.gradient)
    }
}
