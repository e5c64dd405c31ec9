import Dispatch
import Synchronization
import TernCore
import TernLosses
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

    @Test("figures count the tensors of all threads, also while these run and after they ended")
    func figuresOfThreads() async {
        await #expect(processExitsWith: .success) {
            let made = DispatchSemaphore(value: 0)
            let seen = DispatchSemaphore(value: 0)
            let tensors = Mutex<[Tensor]>([])
            _ = Tensor([1])
            let before = memoryStatistics()
            let thread = startedThread {
                tensors.withLock { $0 = [Tensor.zeros([100]), Tensor.zeros([1, 2]), Tensor.zeros([50_000])] }
                made.signal()
                seen.wait()
            }
            func check() {
                let now = memoryStatistics()
                #expect(now.liveBytes == before.liveBytes + 400 + 8 + 200_000)
                #expect(now.liveStorages == before.liveStorages + 3)
                #expect(now.peakBytes >= now.liveBytes)
            }
            made.wait()
            check()
            seen.signal()
            thread.wait()
            check()
            // Freed by another thread than the one that made them.
            tensors.withLock { $0 = [] }
            #expect(memoryStatistics().liveBytes == before.liveBytes)
            #expect(memoryStatistics().liveStorages == before.liveStorages)
        }
    }

    @Test("the peak is exact where one thread allocates", arguments: [1, 25, 10_000, 100_000])
    func peak(count: Int) async {
        await #expect(processExitsWith: .success) { [count] in
            let before = memoryStatistics().liveBytes
            resetPeakMemory()
            #expect(memoryStatistics().peakBytes == before)
            do {
                let tensors = (0..<3).map { _ in Tensor.zeros([count]) }
                #expect(tensors.count == 3)
            }
            #expect(memoryStatistics().liveBytes == before)
            #expect(memoryStatistics().peakBytes == before + 3 * 4 * count)
            resetPeakMemory()
            #expect(memoryStatistics().peakBytes == before)
        }
    }

    @Test("memory that a view or a copy still refers to is not changed", arguments: [3, 16, 17, 1000])
    func sharing(count: Int) {
        var x = Tensor.ones([count])
        let view = x[1...]
        let copy = x
        x.withUnsafeMutableBuffer(of: Float.self) { $0[1] = 5 }
        #expect(view.sum() == Tensor(Float(count - 1)))
        #expect(copy.sum() == Tensor(Float(count)))
        #expect(x.sum() == Tensor(Float(count + 4)))
        #expect(!x.sharesMemory(with: copy))
        #expect(view.sharesMemory(with: copy))
        let place = x.withUnsafeMutableBuffer(of: Float.self) { $0.baseAddress }
        #expect(x.withUnsafeMutableBuffer(of: Float.self) { $0.baseAddress } == place)
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
