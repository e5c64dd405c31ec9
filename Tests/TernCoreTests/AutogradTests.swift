import Foundation
import Synchronization
import TernCore
import Testing

@Suite("Backward")
struct AutogradTests {
    @Test("gradients accumulate until they are cleared")
    func accumulation() {
        let w = Variable(Tensor([1, 2, 3]))
        (w.value * w.value).sum().backward()
        #expect(w.gradient == [2, 4, 6])
        (w.value * 3).sum().backward()
        #expect(w.gradient == [5, 7, 9])
        w.gradient = nil
        w.value.sum().backward()
        #expect(w.gradient == [1, 1, 1])
    }

    @Test("a gradient that was read does not change when more is accumulated")
    func gradientsAreValues() {
        let w = Variable(Tensor([1, 2]))
        w.value.sum().backward()
        let first = w.gradient!
        w.value.sum().backward()
        #expect(first == [1, 1])
        #expect(w.gradient == [2, 2])
    }

    @Test("paths that meet are summed, and each operation is differentiated once")
    func diamond() {
        let w = Variable(Tensor([2, 3]))
        let counter = Counter()
        let shared = CountedSquare(counter: counter)(w.value)
        let deep = ((shared * 2) * 3).sum()
        (deep + shared.sum()).backward()
        #expect(w.gradient == [28, 42])
        #expect(counter.backwards.load(ordering: .relaxed) == 1)
    }

    @Test("backward of a tensor takes a gradient of its shape")
    func nonScalar() {
        let w = Variable(Tensor([1, 2]))
        (w.value * w.value).backward(Tensor([10, 100]))
        #expect(w.gradient == [20, 400])
    }

    @Test("a retained graph can be walked again")
    func retained() {
        let w = Variable(Tensor([2, 3]))
        let loss = exp(w.value).sum()
        loss.backward(retainGraph: true)
        let once = w.gradient!
        loss.backward()
        #expect(w.gradient == once + once)
    }

    @Test("scopes nest")
    func scopes() {
        let w = Variable(Tensor([1]))
        withoutGradients {
            #expect(!(w.value * 2).requiresGradient)
            withGradients {
                #expect((w.value * 2).requiresGradient)
                withoutGradients { #expect(!(w.value * 2).requiresGradient) }
                #expect((w.value * 2).requiresGradient)
            }
            #expect(!(w.value * 2).requiresGradient)
        }
        #expect((w.value * 2).requiresGradient)
    }

    @Test("a scope ends when an error leaves it")
    func scopeEndsWithError() {
        struct Failure: Error {}
        let w = Variable(Tensor([1]))
        #expect(throws: Failure.self) { try withoutGradients { throw Failure() } }
        #expect((w.value * 2).requiresGradient)
    }

    @Test("scopes are of their thread")
    func scopesArePerThread() async {
        let w = Variable(Tensor([1]))
        let recorded = withoutGradients { onThread { (w.value * 2).requiresGradient } }
        #expect(recorded)
    }

    @Test("a detached tensor shares memory and stops gradients")
    func detached() {
        let w = Variable(Tensor([2, 3]))
        let y = w.value * 2
        #expect(y.detached.sharesMemory(with: y))
        #expect(!y.detached.requiresGradient)
        (y * y.detached).sum().backward()
        #expect(w.gradient == [8, 12])
    }

    @Test("a frozen variable is not recorded, and is again once unfrozen")
    func frozen() {
        let w = Variable(Tensor([2]))
        w.requiresGradient = false
        #expect(!(w.value * 2).requiresGradient)
        w.requiresGradient = true
        (w.value * 2).sum().backward()
        #expect(w.gradient == [2])
    }

    @Test("updating a variable leaves tensors computed from it, and saved ones, alone")
    func updates() {
        let w = Variable(Tensor([2, 3]))
        let before = w.value
        let loss = (w.value * w.value).sum()
        w.update { $0 = $0 - 1 }
        #expect(before == [2, 3])
        #expect(w.value == [1, 2])
        #expect(w.value.requiresGradient)
        loss.backward()
        #expect(w.gradient == [4, 6])
    }

    @Test("a derivative that no input needs is not computed")
    func needs() {
        let w = Variable(Tensor([2]))
        let seen = Seen()
        AskedProduct(seen: seen)(w.value, Tensor([5])).sum().backward()
        #expect(seen.values.withLock { $0 } == [true, false])
        #expect(w.gradient == [5])
    }

    @Test("create-graph makes gradients that can be differentiated")
    func createGraph() {
        let w = Variable(Tensor([2]))
        (w.value * w.value * w.value).sum().backward(createGraph: true)
        let gradient = w.gradient!
        #expect(gradient.requiresGradient)
        w.gradient = nil
        gradient.sum().backward()
        #expect(w.gradient == [12])
    }

    @Test("third derivatives are right")
    func thirdOrder() {
        let x = Tensor([0.7], dtype: .float64)
        func derivative(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
            { valueAndGradient(at: $0) { f($0).sum() }.gradient }
        }
        // d^3 tanh = (6 t^2 - 2) (1 - t^2)
        let t = tanh(x)
        let expected = (square(t) * 6 - 2) * (1 - square(t))
        #expect(derivative(derivative(derivative { tanh($0) }))(x).allClose(to: expected))
    }

    @Test("8 threads that train give what each gives alone")
    func threadsTrain() {
        let alone = (0..<8).map { trained(seed: UInt64($0)) }
        let together = Results(count: 8)
        let threads = (0..<8).map { index in
            startedThread { together.set(index, trained(seed: UInt64(index))) }
        }
        for thread in threads { thread.wait() }
        #expect(together.values == alone)
    }

    @Test("what two threads add to the gradient of one parameter is all there, and never out of sight")
    func threadsShareParameter() {
        let w = Variable(Tensor([1, 2]))
        w.gradient = Tensor([0, 0])
        let running = Mutex(2)
        let threads = (0..<2).map { _ in
            startedThread {
                for _ in 0..<10_000 { (w.value * w.value).sum().backward() }
                running.withLock { $0 -= 1 }
            }
        }
        var last: Float = 0
        var falls = 0
        while running.withLock({ $0 > 0 }) {
            let now = w.gradient?.array(of: Float.self)[0] ?? -1
            if now < last { falls += 1 }
            last = max(last, now)
        }
        for thread in threads { thread.wait() }
        #expect(falls == 0)
        #expect(w.gradient == [40_000, 80_000])
    }
}

/// A small regression, trained for some steps: its final weights.
private func trained(seed: UInt64) -> [Float] {
    let x = signedValues([16, 4], seed: seed).converted(to: .float32)
    let target = x.sum(axes: 1, keepAxes: true)
    let w1 = Variable(signedValues([4, 8], seed: seed + 1).converted(to: .float32) * 0.5)
    let w2 = Variable(signedValues([8, 1], seed: seed + 2).converted(to: .float32) * 0.5)
    for _ in 0..<20 {
        let loss = square(matmul(tanh(matmul(x, w1.value)), w2.value) - target).mean()
        loss.backward()
        for w in [w1, w2] {
            let step = w.gradient! * 0.05
            w.update { $0 = $0 - step }
            w.gradient = nil
        }
    }
    return w1.value.array(of: Float.self) + w2.value.array(of: Float.self)
}

private final class Results: Sendable {
    private let stored: Mutex<[[Float]]>
    init(count: Int) { stored = Mutex(Array(repeating: [], count: count)) }
    func set(_ index: Int, _ value: [Float]) { stored.withLock { $0[index] = value } }
    var values: [[Float]] { stored.withLock { $0 } }
}

final class Counter: Sendable {
    let backwards = Atomic<Int>(0)
}

struct CountedSquare: CustomFunction {
    let counter: Counter
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        context.save(inputs[0])
        return [square(inputs[0])]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        counter.backwards.add(1, ordering: .relaxed)
        return [gradients[0] * context.saved[0] * 2]
    }
}

private final class Seen: Sendable {
    let values = Mutex<[Bool]>([])
}

private struct AskedProduct: CustomFunction {
    let seen: Seen
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        context.save(inputs[0], inputs[1])
        return [inputs[0] * inputs[1]]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        seen.values.withLock { $0 = [context.needsGradient(0), context.needsGradient(1)] }
        return [
            context.needsGradient(0) ? gradients[0] * context.saved[1] : nil,
            context.needsGradient(1) ? gradients[0] * context.saved[0] : nil,
        ]
    }
}
