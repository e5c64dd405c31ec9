import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Activation layers")
struct ActivationTests {
    @Test("PReLU learns a weight for all or for each channel")
    func preluModule() throws {
        let input = Tensor.normal([2, 3, 4])
        try checkModule({ PReLU() }, input: input, parameters: [("weight", [1])])
        try checkModule({ PReLU(3, initial: 0.1) }, input: input, parameters: [("weight", [3])])
        #expect(PReLU(2).weight.value == [0.25, 0.25])
    }

    @Test("layers compute what their operations compute")
    func operations() {
        let x = Tensor.normal([2, 4, 3, 6])
        #expect(Hardsigmoid()(x) == hardSigmoid(x))
        #expect(QuickGELU()(x) == quickGelu(x))
        #expect(SwiGLU(axis: 1)(x) == swiGLU(x, axis: 1))
        #expect(GEGLU()(x) == geGLU(x))
        #expect(Softmax2d()(x[0]) == softmax(x, axis: 1)[0])
    }

    @Test("RReLU draws slopes between its bounds in training, and takes the middle in evaluation")
    func rreluModes() {
        seed(5)
        let layer = RReLU()
        let x = Tensor.full([10_000], -1)
        let slopes = (-layer(x)).array(of: Double.self)
        #expect(slopes.allSatisfy { $0 >= 0.125 && $0 < 0.33334 })
        let mean: Double = slopes.reduce(0, +) / 10_000
        #expect(mean > 0.226 && mean < 0.232)
        #expect(layer(x) != layer(x))
        let kept: Tensor = [2, 0]
        #expect(layer(kept) == kept)
        layer.eval()
        #expect(layer(x) == leakyRelu(x, slope: 11.0 / 48))
        // The derivative is the slope that was drawn.
        let (value, gradient) = valueAndGradient(at: x) { rrelu($0, training: true).sum() }
        #expect(abs(value.item() + gradient.sum().item()) < 1e-2)
    }

    @Test("wrong settings and inputs stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Hardtanh(min: 1, max: 0) }
            .expectMessage("Hardtanh: min must not be above max, got 1.0 and 0.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = CELU(alpha: 0) }
            .expectMessage("CELU: alpha must be positive, got 0.0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = PReLU(0) }
            .expectMessage("PReLU: count must be positive, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Sequential(PReLU(4))(Tensor.zeros([2, 3]))
        }.expectMessage(
            "Sequential.0: prelu: expects a weight of 1 or 3 values for an input of shape [2, 3], got shape [4]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GLU()(Tensor.zeros([2, 3]))
        }.expectMessage("GLU: glu: expects an even size of axis -1, got 3 (input [2, 3])")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Softmax2d()(Tensor.zeros([2, 3]))
        }.expectMessage("Softmax2d: Softmax2d: expects an input of shape [N, C, H, W] or [C, H, W], got [2, 3]")
    }
}
