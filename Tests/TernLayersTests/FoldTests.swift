import TernCore
import TernLayers
import TernNN
import TernTestSupport
import TernTesting
import Testing

/// A layer, a batch normalization behind it, and an input.
private struct Pair: CustomTestStringConvertible, Sendable {
    typealias Layer = any Module<Tensor, Tensor>

    let name: String
    let input: Shape
    let layer: @Sendable () -> Layer
    let norm: @Sendable () -> BatchNorm

    var testDescription: String { name }

    static let all = [
        Pair(name: "Linear", input: [4, 7], layer: { Linear(7, 5) }, norm: { BatchNorm1d(5) }),
        Pair(
            name: "Linear without bias", input: [4, 7], layer: { Linear(7, 5, bias: false) }, norm: { BatchNorm1d(5) }),
        Pair(
            name: "Conv1d", input: [2, 4, 9], layer: { Conv1d(4, 6, kernelSize: 3, groups: 2) },
            norm: { BatchNorm1d(6) }),
        Pair(
            name: "Conv2d", input: [2, 3, 8, 9],
            layer: { Conv2d(3, 6, kernelSize: [3, 2], stride: 2, padding: 1, bias: false, paddingMode: .reflect) },
            norm: { BatchNorm2d(6, epsilon: 1e-2, affine: false) }),
        Pair(
            name: "Conv2d that waits for its input", input: [2, 3, 8, 9], layer: { Conv2d(6, kernelSize: 3) },
            norm: { BatchNorm2d() }),
        Pair(
            name: "Conv3d", input: [1, 2, 5, 6, 5], layer: { Conv3d(2, 4, kernelSize: 2, dilation: 2) },
            norm: { BatchNorm3d(4) }),
        Pair(
            name: "ConvTranspose1d", input: [2, 4, 6], layer: { ConvTranspose1d(4, 6, kernelSize: 4, stride: 2) },
            norm: { BatchNorm1d(6) }),
        Pair(
            name: "ConvTranspose2d in groups", input: [2, 6, 5, 4],
            layer: { ConvTranspose2d(6, 9, kernelSize: 3, stride: 2, padding: 1, groups: 3, bias: false) },
            norm: { BatchNorm2d(9) }),
        Pair(
            name: "ConvTranspose3d", input: [1, 2, 3, 3, 3], layer: { ConvTranspose3d(2, 3, kernelSize: 2) },
            norm: { BatchNorm3d(3) }),
        Pair(
            name: "DepthwiseConv1d", input: [2, 4, 9], layer: { DepthwiseConv1d(4, kernelSize: 3, multiplier: 2) },
            norm: { BatchNorm1d(8) }),
        Pair(
            name: "DepthwiseConv2d", input: [2, 4, 7, 7], layer: { DepthwiseConv2d(4, kernelSize: 3, bias: false) },
            norm: { BatchNorm2d(4) }),
    ]
}

/// A model of one's own, whose layers are no Sequential's.
private final class Block: Module {
    let conv1 = Conv2d(3, 4, kernelSize: 3, padding: 1, bias: false), bn1 = BatchNorm2d(4)
    let conv2 = Conv2d(4, 4, kernelSize: 3, padding: 1), bn2 = BatchNorm2d(4)
    let stem = Conv2d(3, 4, kernelSize: 1, bias: false), bnOfStem = BatchNorm2d(4)

    func forward(_ x: Tensor) -> Tensor {
        let around = bnOfStem(stem(x))
        return relu(bn2(conv2(relu(bn1(conv1(x))))) + around)
    }
}

extension Module {
    /// Gives batch normalizations statistics and parameters as after a training, and runs in evaluation.
    fileprivate func settle() {
        for case let norm as BatchNorm in modules {
            norm.runningMean?.value = Tensor.normal(norm.runningMean!.shape, dtype: norm.runningMean!.dtype)
            norm.runningVariance?.value = Tensor.uniform(
                norm.runningVariance!.shape, in: 0.5..<2, dtype: norm.runningVariance!.dtype)
            norm.weight?.value = Tensor.normal(norm.weight!.shape, dtype: norm.weight!.dtype)
            norm.bias?.value = Tensor.normal(norm.bias!.shape, dtype: norm.bias!.dtype)
        }
        eval()
    }

    fileprivate func predict(_ input: Input) -> Output { withoutGradients { self(input) } }
}

@Suite("Folding")
struct FoldTests {
    @Test("a folded model computes the same, in one layer", arguments: Pair.all, [DType.float32, .float64])
    private func same(_ pair: Pair, dtype: DType) throws {
        for activation in [nil, LeakyReLU(slope: 0.3)] {
            let model = Sequential([pair.layer(), pair.norm()] + (activation.map { [$0] } ?? []))
            let x = Tensor.normal(pair.input, dtype: dtype)
            model.to(dtype)
            _ = model(x)
            model.settle()
            let expected = model.predict(x)
            let folding = fold(model, tracing: x)
            #expect(folding.folded.map { "\($0.layer) \($0.batchNorm)" } == ["0 1"] && folding.left.isEmpty)
            try requireClose(model.predict(x), expected, tolerance: Tolerance.of(dtype).atSize(of: expected))
            #expect(model[1].parameters.isEmpty && model[1].buffers.isEmpty)
            #expect(model.namedParameters.map(\.name) == ["0.weight", "0.bias"])
            #expect(captureGraph(of: model, x).operationCounts["batchNorm"] == nil)
            #expect(fold(model, tracing: x).folded.isEmpty)
        }
    }

    @Test("modules of one's own fold as their operations show, whatever the batch")
    func ownModules() throws {
        let (model, x) = (Block(), Tensor.normal([5, 3, 6, 6]))
        model.settle()
        let expected = model.predict(x)
        let folding = fold(model, tracing: x[0..<1])
        #expect(
            folding.folded.map { "\($0.layer) \($0.batchNorm)" } == ["stem bnOfStem", "conv1 bn1", "conv2 bn2"])
        try requireClose(model.predict(x), expected, tolerance: Tolerance.of(.float32).atSize(of: expected))
    }

    @Test("what cannot be folded stays as it is, with the reason")
    func left() throws {
        final class Several: Module {
            let shared = Conv2d(2, 2, kernelSize: 1), first = BatchNorm2d(2), second = BatchNorm2d(2)
            let read = Conv2d(2, 2, kernelSize: 1), third = BatchNorm2d(2)
            let normalized = Conv2d(2, 2, kernelSize: 1), fourth = BatchNorm2d(2, tracksRunningStatistics: false)
            let tied = Conv2d(2, 2, kernelSize: 1), fifth = BatchNorm2d(2)
            let computed = Conv2d(2, 2, kernelSize: 1), sixth = BatchNorm2d(2)
            let last = BatchNorm2d(2)

            func forward(_ x: Tensor) -> Tensor {
                var x = second(shared(first(shared(x))))
                x = read(x)
                x = x + third(x)
                x = fourth(normalized(x))
                x = fifth(tied(x)) + tied.weight.value.sum()
                x = sixth(computed(x))
                return last(relu(x))
            }
        }
        let (model, x) = (Several(), Tensor.normal([2, 2, 3, 3]))
        weightNorm(model.computed)
        model.settle()
        let expected = model.predict(x)
        let folding = fold(model, tracing: x)
        #expect(folding.folded.isEmpty)
        #expect(
            folding.left.map { "\($0.batchNorm): \($0.reason)" } == [
                "first: 'shared' runs more than once or shares its parameters",
                "second: 'shared' runs more than once or shares its parameters",
                "third: the output before it is read by something else too",
                "fourth: it normalizes with statistics of the batch",
                "fifth: 'tied' runs more than once or shares its parameters",
                "sixth: 'computed' has parametrizations",
                "last: its input is not the output of one convolution or linear layer",
            ])
        #expect(hasSameBits(model.predict(x), expected))
    }

    @Test("a model in training is not folded")
    func training() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            fold(Sequential(Conv2d(3, 4, kernelSize: 3), BatchNorm2d(4)), tracing: Tensor.ones([1, 3, 5, 5]))
        }.expectMessage("fold: expects a model in evaluation, but '1' is in training: call eval() first")
    }

    @Test("folded weights are frozen and of a type as before, and train on")
    func further() {
        let model = Sequential(Conv2d(3, 4, kernelSize: 3, bias: false), BatchNorm2d(4), ReLU())
        let x = Tensor.normal([2, 3, 5, 5])
        model.settle()
        model[0].freeze()
        fold(model, tracing: x)
        #expect(model.parameters.allSatisfy { !$0.requiresGradient && $0.dtype == .float32 })
        model.unfreeze()
        model.train()
        model(x).sum().backward()
        #expect(model.parameters.count == 2 && model.parameters.allSatisfy { $0.gradient != nil })
    }
}
