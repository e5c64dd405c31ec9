import Dispatch
import TernCore
import TernTesting
import Testing

/// A convolution whose weights are kept packed outside of training.
private struct Kept: CustomTestStringConvertible, Sendable {
    let name: String
    let input: Shape
    let weight: Shape
    let convolve: @Sendable (Tensor, Tensor) -> Tensor

    var testDescription: String { name }

    static let all = [
        Kept(name: "conv1d", input: [2, 3, 20], weight: [5, 3, 4]) { conv1d($0, $1, padding: 1) },
        Kept(name: "few channels, along the width", input: [1, 3, 16, 16], weight: [6, 3, 3, 3]) { conv2d($0, $1) },
        Kept(name: "many channels", input: [1, 20, 9, 9], weight: [40, 20, 3, 3]) { conv2d($0, $1, stride: 2) },
        Kept(name: "Winograd", input: [1, 32, 16, 16], weight: [32, 32, 3, 3]) { conv2d($0, $1, padding: 1) },
        Kept(name: "groups", input: [2, 8, 7, 7], weight: [8, 1, 3, 3]) { conv2d($0, $1, padding: 1, groups: 8) },
        Kept(name: "conv3d", input: [1, 4, 5, 6, 7], weight: [6, 4, 2, 3, 3]) { conv3d($0, $1, padding: 1) },
        Kept(name: "convTranspose1d", input: [2, 4, 9], weight: [4, 3, 4]) { convTranspose1d($0, $1, stride: 2) },
        Kept(name: "convTranspose2d", input: [1, 6, 7, 7], weight: [6, 2, 4, 4]) {
            convTranspose2d($0, $1, stride: 2, padding: 1)
        },
        Kept(name: "convTranspose3d, in phases", input: [1, 3, 4, 4, 4], weight: [3, 2, 3, 3, 3]) {
            convTranspose3d($0, $1, stride: 2)
        },
    ]

    /// The result with weights that nothing is kept of.
    func fresh(_ x: Tensor, _ weight: Tensor) -> Tensor { convolve(x, (weight * 1).detached) }
}

@Suite("Weights that stay packed")
struct PackedWeightsTests {
    @Test("follow every change of a variable", arguments: Kept.all, [DType.float32, .float64, .float16, .bfloat16])
    private func changes(_ test: Kept, type: DType) {
        let x = Tensor.normal(test.input, dtype: type)
        let weight = Variable(Tensor.normal(test.weight, dtype: type))
        func check(_ change: String) {
            withoutGradients {
                for _ in 0..<3 {
                    #expect(hasSameBits(test.convolve(x, weight.value), test.fresh(x, weight.value)), "after \(change)")
                }
            }
        }
        check("nothing")
        weight.update { $0 *= 2 }
        check("a product in place")
        weight.update { $0[0] = $0[0] + 1 }
        check("a slice that was set")
        weight.update { $0 = $0.flipped(axes: 0) }
        check("a new value")
        weight.value = Tensor.normal(test.weight, dtype: type)
        check("a value that was set")
        let former = weight.value
        weight.update { $0 *= 3 }
        check("a change of a value that somebody else holds")
        withoutGradients { #expect(hasSameBits(test.convolve(x, former), test.fresh(x, former))) }
    }

    @Test("follow an optimizer's step, and writes through a buffer")
    func inPlace() {
        let x = Tensor.normal([1, 3, 16, 16])
        let (weight, gradient) = (Variable(Tensor.normal([6, 3, 3, 3])), Tensor.normal([6, 3, 3, 3]))
        var slots: [Tensor] = []
        let changes: [(inout Tensor) -> Void] = [
            { value in
                let isFused = value.updateSGD(
                    gradient: gradient, slots: &slots, learningRate: 0.1, momentum: 0.9, dampening: 0, weightDecay: 0,
                    nesterov: false)
                #expect(isFused)
            },
            { value in value.withUnsafeMutableBuffer(of: Float.self) { $0[5] = 100 } },
        ]
        for change in changes + changes {
            let before = withoutGradients { conv2d(x, weight.value) }
            weight.update(change)
            withoutGradients {
                #expect(!hasSameBits(conv2d(x, weight.value), before))
                #expect(hasSameBits(conv2d(x, weight.value), conv2d(x, (weight.value * 1).detached)))
            }
        }
    }

    @Test("are those of a window of the memory, not of another one")
    func windows() {
        let (x, weights) = (Tensor.normal([1, 3, 9, 9]), Tensor.normal([2, 6, 3, 3, 3]))
        for index in [0, 1, 0, 1] {
            #expect(hasSameBits(conv2d(x, weights[index]), conv2d(x, weights[index] * 1)))
        }
    }

    @Test("are for shapes in turn, and several threads at once")
    func threads() {
        let weight = Variable(Tensor.normal([40, 20, 3, 3]))
        let inputs = (1...6).map { Tensor.normal([$0, 20, 8 + $0 % 2, 9]) }
        let expected = withoutGradients { inputs.map { conv2d($0, (weight.value * 1).detached) } }
        DispatchQueue.concurrentPerform(iterations: 60) { turn in
            let result = withoutGradients { conv2d(inputs[turn % 6], weight.value) }
            #expect(hasSameBits(result, expected[turn % 6]))
        }
    }

    @Test("are at most two, none while training, and gone with a change or the weight")
    func memory() async {
        await #expect(processExitsWith: .success) {
            func storages() -> Int { memoryStatistics().liveStorages }
            var weight: Variable? = Variable(Tensor.normal([40, 20, 3, 3]))
            let inputs = (1...6).map { Tensor.normal([$0, 20, 9, 9]) }
            func train() {
                for x in inputs { conv2d(x, weight!.value).sum().backward() }
                weight!.gradient = nil
            }
            // What stays for good, such as the state of a worker, is made before counting.
            train()
            let before = storages()
            train()
            #expect(storages() == before)
            withoutGradients {
                for (index, x) in inputs.enumerated() {
                    for _ in 0..<3 { _ = conv2d(x, weight!.value) }
                    #expect(storages() == before + min(2, index + 1))
                }
            }
            weight!.update { $0 *= 2 }
            #expect(storages() == before)
            withoutGradients { _ = conv2d(inputs[0], weight!.value) }
            #expect(storages() == before + 1)
            weight = nil
            #expect(storages() == before - 1)
        }
    }

    @Test("and a prediction after the first takes no new memory from the system")
    func noNewMemory() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.normal([1, 3, 32, 32])
            let (w1, w2) = (Variable(Tensor.normal([32, 3, 3, 3])), Variable(Tensor.normal([64, 32, 3, 3])))
            let (w3, bias) = (Variable(Tensor.normal([10, 64 * 28 * 28])), Variable(Tensor.normal([10])))
            func predict() {
                withoutGradients {
                    let features = relu(conv2d(relu(conv2d(x, w1.value)), w2.value))
                    _ = linear(features.flattened(from: 1), w3.value, bias.value)
                }
            }
            threadCount = 1
            for _ in 0..<2 { predict() }
            let before = memoryStatistics()
            for _ in 0..<100 { predict() }
            let after = memoryStatistics()
            #expect(after.cachedBytes == before.cachedBytes)
            #expect(after.liveBytes == before.liveBytes && after.liveStorages == before.liveStorages)
        }
    }
}
