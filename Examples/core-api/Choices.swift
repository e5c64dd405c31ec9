import ExampleSupport
import Tern

// What a network is trained with: each by its name, as an object with settings, or one's own.

/// An optimizer of one's own: steps of one length against the gradient's signs.
final class SignDescent: Optimizer {
    struct Rule: OptimizerRule {
        var learningRate: Double

        func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
            parameter = parameter - learningRate * sign(gradient)
        }
    }
    var groups: [ParameterGroup<Rule>]

    init(_ parameters: [Parameter], learningRate: Double) {
        groups = Self.checkedGroups([ParameterGroup(parameters, Rule(learningRate: learningRate))])
    }
}

func showChoices(seed: UInt64) throws {
    // 2,000 points around four centres; 30 % of them, after a permutation, are kept apart.
    let numbers = Generator(seed: seed)
    let labels = Tensor.randomIntegers([2000], in: 0..<4, generator: numbers)
    let centres = Tensor.normal([4, 20], generator: numbers)
    let points = centres[labels] + 2 * Tensor.normal([2000, 20], generator: numbers)
    let (training, validation) = TensorDataset(points, labels).split(0.3, seed: seed)
    let (loader, validationLoader) = (training.shuffled(seed: seed).batched(128), validation.batched(128))

    let optimizers: [(name: String, make: ([Parameter]) throws -> any Optimizer)] = [
        ("sgd, by name", { try makeOptimizer("sgd", $0, settings: ["learningRate": 0.1]) }),
        ("adagrad, by name", { try makeOptimizer("adagrad", $0) }),
        ("SGD with momentum", { SGD($0, learningRate: 0.1, momentum: 0.9) }),
        ("RMSprop with a rate of 1e-4", { RMSprop($0, learningRate: 1e-4) }),
        ("Adam", { Adam($0, learningRate: 1e-3) }),
        ("one's own, of signs", { SignDescent($0, learningRate: 1e-3) }),
    ]
    for (name, make) in optimizers {
        let model = Sequential(SimpleDense(32, activation: { relu($0) }), SimpleDense(4, activation: { softmax($0) }))
        let optimizer = try make(model.parameters)
        let epochs = train(model, optimizer, loader, validationLoader).epochs
        let (loss, accuracy) = (epochs["loss"]!.values, epochs["validation accuracy"]!.values)
        print("\(name): loss \(fixed(loss[0], 3)) -> \(fixed(loss[4], 3)), validation \(percent(accuracy[4]))")
    }
    try showLossesAndMetrics()
}

/// Five epochs, and what was measured in them.
func train(
    _ model: Sequential, _ optimizer: any Optimizer, _ loader: Pipeline<(Tensor, Tensor), Never>,
    _ validationLoader: Pipeline<(Tensor, Tensor), Never>
) -> History {
    let history = History()
    let loss = CategoricalCrossEntropyLoss()
    let (meanLoss, accuracy) = (Mean(), Accuracy())
    for epoch in 1...5 {
        for (x, labels) in loader.epoch(epoch) {
            let probabilities = model(x)
            let value = loss(probabilities, labels)
            value.backward()
            optimizer.step()
            optimizer.zeroGradients()
            meanLoss.update(value.item(), count: labels.count)
            accuracy.update(probabilities, labels)
        }
        let result = evaluate(model, validationLoader, metrics: ["accuracy": Accuracy()], loss: { loss($0, $1) })
        history.epochs.append(
            training: [("loss", meanLoss.value), ("accuracy", accuracy.value)], validation: result.values, at: epoch)
        meanLoss.reset()
        accuracy.reset()
    }
    return history
}

func showLossesAndMetrics() throws {
    // Probabilities of three classes and of yes, and what is true.
    let classes: Tensor = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]
    let labels = Tensor([0, 1, 2, 2], dtype: .int64)
    let (answers, truth): (Tensor, Tensor) = ([0.9, 0.4, 0.6, 0.2], [1, 1, 0, 0])

    print("losses by name")
    let oneHots = oneHot(labels, classes: 3)
    for (name, prediction, target) in [
        ("sparse_categorical_crossentropy", classes, labels), ("categorical_crossentropy", classes, oneHots),
        ("binary_crossentropy", answers, truth), ("mean_squared_error", classes, oneHots),
        ("kl_divergence", classes, oneHots), ("cosine_similarity", classes, oneHots),
    ] {
        let loss = try makeLoss(name)
        print("  \(name)", fixed(loss(prediction, target).item(), 4))
    }
    let smoothed = CategoricalCrossEntropyLoss(labelSmoothing: 0.1)
    print("as an object, smoothed: \(fixed(smoothed(classes, labels).item(), 4))")
    print("one's own, the largest error: \(fixed(abs(answers - truth).max().item(), 4))")

    print("metrics by name")
    for name in ["binaryAccuracy", "precision", "recall", "auc", "meanAbsoluteError"] {
        let metric = try makeMetric(name)
        metric.update(answers, truth)
        print("  \(name)", fixed(metric.value, 4))
    }
    let amongTwo = Accuracy(.topK(2))
    let certainty = MeanMetric { ($0 * oneHot($1, classes: 3)).sum(axes: 1) }
    amongTwo.update(classes, labels)
    certainty.update(classes, labels)
    print("as an object, among the first two: \(fixed(amongTwo.value, 4))")
    print("one's own, the mean probability of what is true: \(fixed(certainty.value, 4))")
}
