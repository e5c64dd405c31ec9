import TernCore
import TernNN
import Testing

@Suite("Calls and hooks", .serialized)
struct CallTests {
    @Test("hooks see and replace input and output, in the order in which they were added, until removed")
    func hooks() {
        let layer = Dense(1, 1, bias: false)
        let before = layer.addForwardPreHook { $0 = $0 + 1 }
        let first = layer.addForwardHook { input, output in output = output * input }
        let second = layer.addForwardHook { _, output in output = output + 100 }
        #expect(layer([[1]]) == [[102]])
        before.remove()
        #expect(layer([[1]]) == [[100.5]])
        first.remove()
        second.remove()
        second.remove()
        #expect(layer([[1]]) == [[0.5]])
    }

    @Test("hooks belong to one module, and run when it is called through an existential")
    func hookOfOne() {
        let layers: [any Module<Tensor, Tensor>] = [Dense(1, 1), Dense(1, 1)]
        nonisolated(unsafe) var calls = 0
        let handle = layers[0].addForwardHook { _, _ in calls += 1 }
        defer { handle.remove() }
        for layer in layers { _ = layer([[1]]) }
        #expect(calls == 1)
    }

    @Test("hooks do not keep their module alive")
    func lifetime() {
        weak var layer: Dense?
        do {
            let made = Dense(1, 1)
            made.addForwardHook { _, _ in }
            layer = made
        }
        #expect(layer == nil)
    }

    @Test("a call of a small module without hooks costs little")
    func overhead() {
        final class Same: Module {
            func forward(_ x: Tensor) -> Tensor { x }
        }
        let module = Same()
        let x = Tensor.ones([1])
        let clock = ContinuousClock()
        let best = (0..<20).map { _ in clock.measure { for _ in 0..<1000 { _ = module(x) } } }.min()!
        // Debug builds take some hundred nanoseconds; this guards against walking the tree in every call.
        #expect(best < .microseconds(5000))
    }
}
