import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Adaptive softmax")
struct AdaptiveLogSoftmaxTests {
    private func layer() -> AdaptiveLogSoftmaxWithLoss {
        seed(1)
        return AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs: [3, 7], divisor: 2, headBias: true)
    }

    @Test("its parameters have PyTorch's names and shapes")
    func names() {
        let named = layer().namedParameters
        #expect(
            named.map(\.name) == [
                "head.weight", "head.bias", "tail.0.0.weight", "tail.0.1.weight", "tail.1.0.weight", "tail.1.1.weight",
            ])
        #expect(layer().parameters.map(\.shape) == [[5, 8], [5], [4, 8], [4, 4], [2, 8], [5, 2]])
    }

    @Test("probabilities of all classes add up to 1, and those of the labels are the output")
    func probabilities() {
        let layer = layer()
        let x = Tensor.normal([6, 8], generator: Generator(seed: 2))
        let labels = Tensor([0, 5, 11, 2, 3, 7], dtype: .int64)
        let all = layer.logProbabilities(x)
        #expect(all.shape == [6, 12])
        #expect(exp(all).sum(axes: -1).allClose(to: Tensor.ones([6]), relativeTolerance: 1e-5))
        let (output, loss) = layer(x, labels)
        let chosen = all.gathered(labels.unsqueezed(axes: 1), axis: 1).squeezed(axes: 1)
        #expect(output.allClose(to: chosen, relativeTolerance: 1e-5))
        #expect(loss.allClose(to: -output.mean(), relativeTolerance: 1e-6))
        #expect(layer.predictions(x) == all.argmax(axis: -1))
        #expect(layer.predictions(x[2]) == all[2].argmax(axis: -1))
        #expect(layer(x[1], labels[1]).output.allClose(to: output[1], relativeTolerance: 1e-5))
    }

    @Test("wrong cutoffs and labels stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs: [7, 3])
        }.expectMessage("AdaptiveLogSoftmaxWithLoss: expects rising cutoffs in 1..<12, got [7, 3]")
    }
}
