import Tern
import TernTestSupport
import Testing

@Suite("Classification") struct ClassificationTests {
    @Test("predictions, accuracy, confusion and pictures come from one pass over the batches")
    func result() {
        // Rows of one-hot inputs, so that an identity tells the class.
        let dropout = Dropout(0.9)
        let model = Sequential { dropout }
        let inputs: Tensor = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
        let labels = Tensor([0, 1, 1, 1])
        let result = Classification(
            model, TensorDataset(inputs, labels).batched(3), classNames: ["cat", "dog", "emu"])
        #expect(result.scores == inputs && dropout.isTraining)
        #expect(result.predicted == [0, 1, 2, 1] && result.labels == [0, 1, 1, 1] && result.mistakes == [2])
        #expect(result.accuracy == 0.75)
        #expect(result.confusion.array(of: Int.self) == [1, 0, 0, 0, 2, 1, 0, 0, 0])
        let images = TensorDataset(Tensor.zeros([4, 1, 2, 2], dtype: .uint8), labels)
        let pictures = result.pictures(of: images, at: [1, 2])
        #expect(pictures.map(\.isWrong) == [false, true])
        #expect(Classification(model, [(inputs, labels)]).classNames == ["0", "1", "2"])
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Classification(Sequential {}, [(Tensor.zeros([2, 3]), Tensor([0, 1]))], classNames: ["a", "b"])
        }.expectMessage("Classification: expects 3 class names, got 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Classification(Sequential {}, [(Tensor.zeros([2]), Tensor([0, 1]))])
        }.expectMessage("Classification: expects scores [N, C], got [2]")
    }

    @Test("the digest is of all parameters to the last bit, and of nothing else")
    func digests() {
        let (a, b) = (Linear(3, 2), Linear(3, 2))
        #expect(digest(of: a) == digest(of: a) && digest(of: a) != digest(of: b))
        b.weight.value = a.weight.value
        b.bias!.value = a.bias!.value
        #expect(digest(of: a) == digest(of: b))
        b.bias!.value = b.bias!.value + Tensor([0, 1e-3])
        #expect(digest(of: a) != digest(of: b))
        // FIPS 180-4 of no bytes.
        #expect(digest(of: ReLU()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
