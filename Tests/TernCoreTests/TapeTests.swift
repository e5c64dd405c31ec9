import TernCore
import Testing

@Suite("GradientTape")
struct TapeTests {
    @Test("gives gradients of watched tensors and of parameters, and accumulates none")
    func gradients() {
        let w = Variable(Tensor([1, 2]))
        let tape = GradientTape()
        let x = tape.watch(Tensor([3, 4]))
        let loss = tape.record { (w.value * x).sum() }
        let gradients = tape.gradients(of: loss)
        #expect(gradients[w] == [3, 4])
        #expect(gradients[x] == [1, 2])
        #expect(w.gradient == nil)
    }

    @Test("gradients are values that can be scaled")
    func mapped() {
        let w = Variable(Tensor([1, 2]))
        let tape = GradientTape()
        let loss = tape.record { (w.value * w.value).sum() }
        #expect(tape.gradients(of: loss).mapValues { $0 * 10 }[w] == [20, 40])
    }

    @Test("gives the gradient of a tensor on the way, and of the result itself")
    func intermediate() {
        let tape = GradientTape(persistent: true)
        let x = tape.watch(Tensor([3]))
        let y = x * x
        let z = y * y
        #expect(tape.gradient(of: z, with: [y, x, z], gradient: Tensor([1])) == [[18], [108], [1]])
        #expect(tape.gradient(of: x, with: x, gradient: Tensor([5])) == [5])
    }

    @Test("a persistent tape can be asked again")
    func persistent() {
        let tape = GradientTape(persistent: true)
        let x = tape.watch(Tensor(3))
        let (y, z) = tape.record { (x * x, x * x * x) }
        #expect(tape.gradient(of: y, with: x)?.item() == 6)
        #expect(tape.gradient(of: z, with: x)?.item() == 27)
        #expect(tape.gradient(of: z, with: x)?.item() == 27)
    }

    @Test("an unconnected source has no gradient, or zeros by option")
    func unconnected() {
        let tape = GradientTape(persistent: true)
        let (x, other) = (tape.watch(Tensor(3)), tape.watch(Tensor([1, 2])))
        let y = x * x
        #expect(tape.gradient(of: y, with: other) == nil)
        #expect(tape.gradient(of: y, with: Tensor(1)) == nil)
        #expect(tape.gradient(of: y, with: other, unconnected: .zero) == [0, 0])
        #expect(tape.gradients(of: y)[other] == nil)
    }

    @Test("what is computed while recording is stopped is a constant")
    func stopped() {
        let tape = GradientTape()
        let x = tape.watch(Tensor(3))
        let y = tape.record {
            let factor = tape.stopRecording { x * 2 }
            return x * factor
        }
        #expect(tape.gradient(of: y, with: x)?.item() == 6)
    }

    @Test("records inside of withoutGradients")
    func recordsAnyway() {
        let tape = GradientTape()
        let x = tape.watch(Tensor(3))
        let y = withoutGradients { tape.record { x * x } }
        #expect(tape.gradient(of: y, with: x)?.item() == 6)
    }

    @Test("nested tapes give derivatives of derivatives, a stopped one inside does not")
    func nested() {
        let outer = GradientTape(persistent: true)
        let x = outer.watch(Tensor(3))
        func slope() -> Tensor {
            let inner = GradientTape()
            let y = inner.record { x * x * x }
            return inner.gradient(of: y, with: x)!
        }
        let (recorded, stopped) = outer.record { (slope(), outer.stopRecording { slope() }) }
        #expect(recorded.item() == 27)
        #expect(outer.gradient(of: recorded, with: x)?.item() == 18)
        #expect(stopped.item() == 27)
        #expect(!stopped.requiresGradient)
    }

    @Test("a gradient penalty trains through the inner gradient")
    func gradientPenalty() {
        let w = Variable(Tensor([2, 3]))
        let tape = GradientTape()
        let penalty = tape.record {
            let x = Tensor([1, 1])
            let gradient = valueAndGradient(at: x) { (w.value * $0 * $0).sum() }.gradient
            return square(gradient).sum()
        }
        // d/dw (2 w x)^2 = 8 w x^2
        #expect(tape.gradients(of: penalty)[w] == [16, 24])
    }

    @Test("valueAndGradient gives detached values outside of tapes, and zeros for what does not matter")
    func valueAndGradients() {
        let (value, gradients) = valueAndGradient(at: [Tensor(3), Tensor([1, 2])]) { $0[0] * $0[0] }
        #expect(value.item() == 9)
        #expect(!value.requiresGradient)
        #expect(gradients == [Tensor(6), [0, 0]])
    }
}
