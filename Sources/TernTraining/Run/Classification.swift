import TernCore
import TernData
import TernMetrics
import TernNN
import TernPlot

/// What a classifier says about labelled examples: which class it takes each for, how often that is right, and the pictures
/// that show it.
///
/// ```swift
/// let result = Classification(model, testBatches, classNames: CIFAR10.classes)
/// result.accuracy                                              // 0.7312
/// result.classNames[result.predicted[0]]                       // "cat"
/// try ImageGrid(pictures: result.pictures(of: cifar.test, at: [0, 1, 2])).write(to: "predictions.svg")
/// try HeatMap(confusion: result.confusion, classNames: result.classNames).write(to: "confusion.svg")
/// ```
public struct Classification: Sendable {
    /// C names.
    public let classNames: [String]
    /// The model's outputs [N, C], such as logits or probabilities: the largest is the prediction.
    public let scores: Tensor
    /// The class that each example was taken for, and its own.
    public let predicted, labels: [Int]
    /// Counts [C, C] by truth (rows) and prediction (columns).
    public let confusion: Tensor
    /// The share of the examples that were told right.
    public let accuracy: Double

    /// Asks the model, in evaluation mode.
    ///
    /// - Parameters:
    ///   - model: what is asked; its mode and values stay.
    ///   - batches: inputs and labels [N].
    ///   - classNames: as many as the model has outputs; by default 0, 1, 2 ...
    public init(
        _ model: some Module<Tensor, Tensor>, _ batches: some Sequence<(Tensor, Tensor)>, classNames: [String]? = nil
    ) {
        var labels: [Int] = []
        scores = predict(
            model,
            batches.lazy.map { inputs, targets in
                labels += targets.array(of: Int.self)
                return inputs
            })
        if scores.rank != 2 { mistake("Classification", "expects scores [N, C], got \(scores.shape)") }
        let classes = scores.shape[1]
        if let classNames, classNames.count != classes {
            mistake("Classification", "expects \(classes) class names, got \(classNames.count)")
        }
        self.classNames = classNames ?? (0..<classes).map(String.init)
        self.labels = labels
        let best = scores.argmax(axis: 1)
        predicted = best.array(of: Int.self)
        let matrix = ConfusionMatrix(classes: classes)
        matrix.update(best, Tensor(labels))
        (confusion, accuracy) = (matrix.counts, matrix.accuracy)
    }

    /// The numbers of the examples that were told wrong.
    public var mistakes: [Int] { labels.indices.filter { labels[$0] != predicted[$0] } }

    /// Pictures of some of the examples, with what they were taken for and what they are.
    ///
    /// - Parameters:
    ///   - images: what was classified, as pictures [C, H, W] and in the same order.
    ///   - indices: which ones.
    public func pictures(of images: some Dataset<(Tensor, Tensor), Never>, at indices: [Int]) -> [Picture] {
        indices.map { index in
            Picture(
                images.element(at: index).0, predicted: classNames[predicted[index]], truth: classNames[labels[index]])
        }
    }
}
