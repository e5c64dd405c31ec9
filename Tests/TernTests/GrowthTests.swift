import Tern
import Testing

// Statistics count the tensors of all threads, and tests run side by side: each of these has a process of its own.

@Suite("Memory while a program goes on")
struct GrowthTests {
    @Test("a training holds as much after 200 steps as after 20, and asks the system for no more")
    func training() async {
        await #expect(processExitsWith: .success) {
            // Which of several threads takes how much at once is by chance.
            threadCount = 1
            let line = Linear(1, 1)
            let network = Sequential {
                Conv2d(1, 4, kernelSize: 5)
                BatchNorm2d(4)
                ReLU()
                MaxPool2d(2)
                Flatten()
                Dropout(0.2)
                Linear(4 * 12 * 12, 10)
            }
            let optimizers: [any Optimizer] = [SGD(line.parameters, learningRate: 0.01), Adam(network.parameters)]
            let (x, images) = (Tensor.uniform([6, 1]), Tensor.uniform([8, 1, 28, 28]))
            let labels = Tensor.randomIntegers([8], in: 0..<10)
            func steps(_ count: Int) {
                for _ in 0..<count {
                    mseLoss(line(x), x * 2).backward()
                    crossEntropy(network(images), labels).backward()
                    for optimizer in optimizers {
                        optimizer.step()
                        optimizer.zeroGradients()
                    }
                }
            }
            expectNoGrowth(after: 20, 180, steps)
        }
    }

    @Test("predictions hold as much after 200 images as after 2")
    func prediction() async {
        await #expect(processExitsWith: .success) {
            threadCount = 1
            let model = Sequential {
                Conv2d(3, 8, kernelSize: 3)
                BatchNorm2d(8)
                LeakyReLU()
                Flatten()
                Linear(8 * 14 * 14, 10)
            }
            let image = Tensor.uniform([1, 3, 16, 16])
            model.eval()
            for folds in [false, true] {
                if folds { fold(model, tracing: image) }
                expectNoGrowth(after: 2, 198) { count in
                    withoutGradients { for _ in 0..<count { _ = model(image).argmax(axis: 1) } }
                }
            }
        }
    }
}

private func expectNoGrowth(after first: Int, _ others: Int, _ steps: (Int) -> Void) {
    steps(first)
    let before = memoryStatistics()
    steps(others)
    let after = memoryStatistics()
    #expect(after.liveStorages == before.liveStorages && after.liveBytes == before.liveBytes)
    #expect(after.cachedBytes == before.cachedBytes)
}
