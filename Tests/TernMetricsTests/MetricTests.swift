import TernCore
import TernMetrics
import TernTestSupport
import Testing

@Suite("Metrics")
struct MetricTests {
    @Test("accuracy runs over batches of scores and of classes")
    func accuracy() {
        let accuracy = Accuracy()
        #expect(accuracy.value.isNaN)
        accuracy.update([[0.1, 0.9], [2, 1], [0, 3]], Tensor([1, 1, 1], dtype: .int64))
        #expect(accuracy.value == 2.0 / 3)
        accuracy.update(Tensor([4, 5], dtype: .int64), Tensor([4, 6], dtype: .int32))
        #expect(accuracy.correct == 3 && accuracy.total == 5 && accuracy.value == 0.6)
        accuracy.reset()
        #expect(accuracy.total == 0)
    }

    @Test("labels may be one-hot, labels of any rank count each, and equal scores choose the first class")
    func shapes() {
        let accuracy = Accuracy()
        accuracy.update([[1, 2], [3, 0]], [[0, 1], [0, 1]])
        #expect(accuracy.value == 0.5)
        accuracy.reset()
        accuracy.update(Tensor.zeros([2, 3, 5]), Tensor.zeros([2, 3], dtype: .uint8))
        #expect(accuracy.correct == 6 && accuracy.total == 6)
    }

    @Test("scores may be part of a graph, which is not kept")
    func graph() {
        let parameter = Variable(Tensor([[1, 2]]))
        let accuracy = Accuracy()
        accuracy.update(parameter.value * 2, Tensor([1], dtype: .int64))
        #expect(accuracy.value == 1)
    }

    @Test("the mean is weighted by the number of examples")
    func mean() {
        let mean = Mean()
        #expect(mean.value.isNaN)
        mean.update(2, count: 64)
        mean.update(Tensor(4), count: 32)
        #expect(abs(mean.value - 8.0 / 3) < 1e-15 && mean.count == 96)
        mean.reset()
        mean.update(1)
        mean.update(2)
        #expect(mean.value == 1.5)
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Accuracy().update(Tensor.zeros([2, 3]), Tensor([0], dtype: .int64))
        }.expectMessage(
            "Accuracy: expects predictions [N..., C] or [N...] and labels [N...], got float32 [2, 3] and int64 [1]")
    }
}
