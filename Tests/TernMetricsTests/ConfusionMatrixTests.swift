import TernCore
import TernMetrics
import TernTestSupport
import Testing

@Suite("Confusion matrix")
struct ConfusionMatrixTests {
    /// The example of scikit-learn's documentation of `confusion_matrix` and `precision_recall_fscore_support`.
    @Test("counts truth by rows and prediction by columns, over batches of classes and of scores")
    func reference() {
        let confusion = ConfusionMatrix(classes: 3)
        #expect(confusion.accuracy.isNaN && confusion.total == 0)
        // y_true = [2, 0, 2, 2, 0, 1], y_pred = [0, 0, 2, 2, 0, 2]
        confusion.update(Tensor([0, 0, 2], dtype: .int64), Tensor([2, 0, 2], dtype: .int64))
        confusion.update([[0, 1, 5], [3, 1, 2], [-2, -3, -1]], Tensor([2, 0, 1], dtype: .uint8))
        #expect(confusion.counts == Tensor([[2, 0, 0], [0, 0, 1], [1, 0, 2]] as [[Int]]))
        #expect(confusion.total == 6 && confusion.accuracy == 4.0 / 6)
        let precision = confusion.precision.array(of: Double.self)
        #expect(precision[0] == 2.0 / 3 && precision[1].isNaN && precision[2] == 2.0 / 3)
        #expect(confusion.recall.array(of: Double.self) == [1, 0, 2.0 / 3])
        #expect(confusion.f1.array(of: Double.self) == [0.8, 0, 2.0 / 3])
        confusion.reset()
        #expect(confusion.total == 0 && confusion.counts == Tensor.zeros([3, 3], dtype: .int64))
    }

    @Test("labels may be one-hot and of any rank, and scores part of a graph")
    func shapes() {
        let confusion = ConfusionMatrix(classes: 2)
        confusion.update(Variable(Tensor([[1, 2], [3, 0]])).value * 2, [[0, 1], [0, 1]])
        #expect(confusion.counts == Tensor([[0, 0], [1, 1]] as [[Int]]))
        confusion.update(Tensor.zeros([2, 3, 2]), Tensor.zeros([2, 3], dtype: .uint8))
        #expect(confusion.counts == Tensor([[6, 0], [1, 1]] as [[Int]]))
    }

    struct Mistake: Sendable {
        let message: String
        let body: @Sendable () -> Void
    }

    static let mistakes = [
        Mistake(message: "ConfusionMatrix: expects 2 to 10000 classes, got 1") { _ = ConfusionMatrix(classes: 1) },
        Mistake(message: "ConfusionMatrix: expects labels in 0..<3, got 3 at element 1") {
            ConfusionMatrix(classes: 3).update(Tensor([0, 1] as [Int]), Tensor([0, 3] as [Int]))
        },
        Mistake(message: "ConfusionMatrix: expects predictions in 0..<3, got -1 at element 0") {
            ConfusionMatrix(classes: 3).update(Tensor([-1, 1] as [Int]), Tensor([0, 2] as [Int]))
        },
        Mistake(message: "ConfusionMatrix: expects predictions [N..., 3] of scores, got [2, 4]") {
            ConfusionMatrix(classes: 3).update(Tensor.zeros([2, 4]), Tensor([0, 1] as [Int]))
        },
        Mistake(
            message: "ConfusionMatrix: expects predictions [N..., C] or [N...] and labels [N...], "
                + "got float32 [2, 3] and int64 [1]"
        ) { ConfusionMatrix(classes: 3).update(Tensor.zeros([2, 3]), Tensor([0] as [Int])) },
    ]

    @Test("wrong use stops with a message", arguments: mistakes.indices)
    func wrongUse(_ index: Int) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
            Self.mistakes[index].body()
        }.expectMessage(Self.mistakes[index].message)
    }
}
