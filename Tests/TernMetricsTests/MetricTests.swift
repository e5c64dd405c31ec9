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

    @Test("yes and no are told apart by a threshold", arguments: [0, 0.5] as [Double], DType.allCases)
    func binary(threshold: Double, labelType: DType) {
        let accuracy = Accuracy(.binary(threshold: threshold))
        // By hand: with 0, yes yes no yes; with 0.5, yes no no no.
        let scores = Tensor([2, 0.25, -1, 0.5])
        let labels = Tensor([1, 0, 0, 1]).converted(to: labelType)
        accuracy.update(scores.unsqueezed(axes: 1), labels)
        accuracy.update(scores, labels.unsqueezed(axes: 1))
        #expect(accuracy.value == 0.75 && accuracy.total == 8)
        accuracy.update(Tensor([1, 0], dtype: .int64), Tensor([1, 1], dtype: .bool))
        #expect(accuracy.correct == 7 && accuracy.total == 10)
        let all = Accuracy(.binary(threshold: threshold))
        all.update(scores, Tensor([1, threshold == 0 ? 1 : 0, 0, threshold == 0 ? 1 : 0]).converted(to: labelType))
        #expect(all.value == 1)
    }

    @Test("each of several labels counts")
    func multilabel() {
        let accuracy = Accuracy(.multilabel(threshold: 0.5))
        accuracy.update([[0.9, 0.2, 0.5], [0.1, 0.6, 0.7]], [[1, 0, 1], [0, 0, 1]])
        #expect(accuracy.correct == 4 && accuracy.total == 6)
        accuracy.update([[0.9]], [[1]])
        #expect(accuracy.correct == 5)
    }

    struct Misfit: Sendable {
        let task: Accuracy.Task
        let scores: Tensor
        let labels: Tensor
        let message: String
    }

    private static let needsThreshold =
        "; scores of yes or no need a threshold: Accuracy(.binary(threshold: 0)) for logits, or scores .> 0 for classes"
    private static let binaryShapes =
        "Accuracy: expects binary predictions and labels [N...] or [N..., 1], got float32 "
    private static let multilabelShapes = "Accuracy: expects multi-label predictions and labels [N..., L], got float32 "

    static let misfits = [
        Misfit(
            task: .multiclass, scores: Tensor.zeros([3, 1]), labels: Tensor.zeros([3], dtype: .int64),
            message: "Accuracy: expects predictions [N..., C] of scores of at least 2 classes, got [3, 1]"
                + needsThreshold),
        Misfit(
            task: .multiclass, scores: Tensor.zeros([3, 2]), labels: Tensor.zeros([3, 1]),
            message: "Accuracy: expects labels [N..., C] of scores of at least 2 classes, got [3, 1]" + needsThreshold),
        Misfit(
            task: .multiclass, scores: Tensor.zeros([3, 2]), labels: Tensor.zeros([3, 4]),
            message: "Accuracy: expects predictions [N..., C] or [N...] and labels [N...], got float32 [3, 2] and "
                + "float32 [3, 4]"),
        Misfit(
            task: .binary(threshold: 0), scores: Tensor.zeros([3, 2]), labels: Tensor.zeros([3]),
            message: binaryShapes + "[3, 2] and float32 [3]"),
        Misfit(
            task: .binary(threshold: 0), scores: Tensor.zeros([3]), labels: Tensor.zeros([1, 3]),
            message: binaryShapes + "[3] and float32 [1, 3]"),
        Misfit(
            task: .binary(threshold: 0), scores: Tensor.zeros([2]), labels: Tensor([0, 0.5]),
            message: "Accuracy: expects labels of 0 or 1, got 0.5"),
        Misfit(
            task: .binary(threshold: 0), scores: Tensor([0, 2], dtype: .int64), labels: Tensor.zeros([2]),
            message: "Accuracy: expects predictions of 0 or 1, got 2.0"),
        Misfit(
            task: .multilabel(threshold: 0), scores: Tensor.zeros([3, 1]), labels: Tensor.zeros([3]),
            message: multilabelShapes + "[3, 1] and float32 [3]"),
    ]

    @Test("a shape that does not fit the task stops", arguments: misfits.indices)
    func misfit(_ index: Int) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
            let misfit = MetricTests.misfits[index]
            Accuracy(misfit.task).update(misfit.scores, misfit.labels)
        }.expectMessage(Self.misfits[index].message)
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
