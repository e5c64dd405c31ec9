import TernCore
import Testing

// Statistics count the tensors of all threads, and tests run side by side: each of these has a process of its own.

@Suite("Graphs and memory")
struct GraphMemoryTests {
    @Test("a million chained operations run forward, backward and are released, on a small stack")
    func longChain() async {
        await #expect(processExitsWith: .success) {
            withLeakCheck {
                onThread(stackSize: 128 * 1024) {
                    let w = Variable(Tensor([1]))
                    var x = w.value
                    for _ in 0..<1_000_000 { x = x + x.detached * 0 }
                    x.sum().backward()
                    #expect(w.gradient == [1])
                }
            }
        }
    }

    @Test("a million chained operations that are dropped unused are released, on a small stack")
    func droppedChain() async {
        await #expect(processExitsWith: .success) {
            withLeakCheck {
                onThread(stackSize: 128 * 1024) {
                    let w = Variable(Tensor([1]))
                    var x = w.value
                    for _ in 0..<1_000_000 { x = x * 1.0 }
                    #expect(x.requiresGradient)
                }
            }
        }
    }

    @Test("nothing is left of any kind of graph")
    func noLeaks() async {
        await #expect(processExitsWith: .success) {
            // What stays for good, such as the state of this thread, is made before counting.
            for _ in 0..<2 { everyKindOfGraph() }
            withLeakCheck { everyKindOfGraph() }
        }
    }

    @Test("saved tensors are freed as the walk passes them")
    func freedDuringWalk() async {
        await #expect(processExitsWith: .success) {
            let w = Variable(Tensor.ones([1000]))
            var x = w.value
            for _ in 0..<100 { x = sigmoid(x) }
            let loss = x.sum()
            x = Tensor(0)
            let before = memoryStatistics().liveBytes
            resetPeakMemory()
            loss.backward()
            // The walk needs a few gradients at a time, not a hundred.
            #expect(memoryStatistics().peakBytes < before + 5 * 4000)
            #expect(memoryStatistics().liveBytes <= before - 99 * 4000 + 4000)
        }
    }

    @Test("a retained graph keeps its saved tensors until it is dropped")
    func retained() async {
        await #expect(processExitsWith: .success) {
            let w = Variable(Tensor.ones([1000]))
            var loss = sigmoid(sigmoid(w.value)).sum()
            loss.backward(retainGraph: true)
            let before = memoryStatistics().liveBytes
            loss = Tensor(0)
            #expect(memoryStatistics().liveBytes == before - 8000)
        }
    }
}

/// Graphs that are walked, dropped, retained, nested and made by custom functions.
private func everyKindOfGraph() {
    let w = Variable(signedValues([3, 3]))
    let x = signedValues([4, 3])
    let labels = Tensor([0, 1, 2, 1] as [Int])
    func network() -> Tensor {
        let y = tanh(sigmoid(softplus(exp(matmul(x, w.value)))))
        let z = batchNorm(logSoftmax(softmax(y)), weight: w.value[0]).output
        return crossEntropy(checkpointed(z) { dropout(gelu($0)) * w.value[1] }, labels)
    }
    _ = network()
    network().backward()
    network().backward(retainGraph: true)
    network().backward(createGraph: true)
    w.gradient = nil
    let tape = GradientTape(persistent: true)
    let loss = tape.record {
        network() + square(valueAndGradient(at: x) { pow($0 * $0, 1.5).norm(3) + $0.product() }.gradient).sum()
    }
    _ = tape.gradients(of: loss)
    _ = tape.gradient(of: loss, with: w.value)
    _ = hessian(at: x[0]) { CountedSquare(counter: Counter())($0).sum() }
    _ = jvp(at: x, tangent: x) { relu($0).max(axes: 1) }
}
