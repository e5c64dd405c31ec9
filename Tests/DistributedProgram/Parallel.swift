import Foundation
import Tern
import TernDistributed

// Training on all ranks against the same training on one, which each rank can do for itself, and that against plain backward().

/// A network with what could depend on who computes what: dropout, running statistics, a part that some micro-batches do not use,
/// a shared layer, and a parameter that nobody uses.
final class Awkward: Module {
    // No bias before the batch norm: its gradient would be what rounding leaves of 0.
    let first = Linear(6, 16, bias: false), norm = BatchNorm1d(16), shared = Linear(16, 16), dropout = Dropout(0.3)
    let sometimes = Linear(16, 16, bias: false), last = Linear(16, 3), unused = Linear(2, 2)

    func forward(_ x: Tensor) -> Tensor {
        var y = dropout(relu(norm(first(x))))
        y = relu(shared(shared(y)))
        if x[0, 0].item() > 0.3 { y = y + sometimes(y) }
        return last(y)
    }
}

private func examples(_ count: Int, _ dtype: DType = .float32) -> TensorDataset<(Tensor, Tensor)> {
    let numbers = Generator(seed: 9)
    let x = Tensor.normal([count, 6], generator: numbers).converted(to: dtype)
    return TensorDataset(x, Tensor.randomIntegers([count], in: 0..<3, generator: numbers))
}

/// The state after two epochs, and the losses.
private func train(
    _ group: Communicator, microBatches: Int, size: Int = 4, dtype: DType = .float32, bucketByteCount: Int = 25 << 20,
    reproducible: Bool = true, sharded: Bool = false
) throws -> (state: [String: Tensor], losses: [Double], parallel: DataParallel) {
    Tern.seed(5)
    let model = Awkward()
    if dtype != .float32 { model.to(dtype) }
    let optimizer = Adam(model.parameters, learningRate: 1e-2)
    let parallel = try DataParallel(
        model, group, bucketByteCount: bucketByteCount, reproducible: reproducible)
    let partial = ShardedOptimizer(optimizer, among: group)
    // 42 examples: the last step has half of its micro-batches, or fewer, and one that is smaller.
    let loader = examples(42, dtype).shuffled(seed: 3).batched(size).sharded(by: group, microBatches: microBatches)
    var losses: [Double] = []
    for _ in 0..<2 {
        for batch in loader {
            let step = try parallel.backwardWithOutputs(batch) { x, labels in
                let logits = model(x)
                return (crossEntropy(logits, labels), [logits, labels])
            }
            Checks.expect(step.outputs[1].count == step.examples, "outputs of \(step.examples) examples")
            losses.append(step.loss)
            _ = clipGradientNorm(of: model.parameters, maximum: 0.5)
            if sharded { try partial.step() } else { optimizer.step() }
            optimizer.zeroGradients()
        }
    }
    try parallel.checkEqual()
    return (model.stateDictionary(), losses, parallel)
}

func checkParallel(_ group: Communicator, _ words: [String]) throws {
    func compare(
        _ found: (state: [String: Tensor], losses: [Double], parallel: DataParallel),
        _ expected: (state: [String: Tensor], losses: [Double], parallel: DataParallel), _ name: String
    ) {
        for (key, value) in expected.state.sorted(by: { $0.key < $1.key }) {
            Checks.expectSame(found.state[key]!, value, "\(name): \(key)")
        }
        let difference = zip(found.losses, expected.losses).map { abs($0 - $1) }.max()!
        Checks.expect(difference < 1e-6, "\(name): losses differ by \(difference)")
    }
    for microBatches in [4, 5, 6] {
        let alone = try train(.alone, microBatches: microBatches)
        for bytes in [1, 600, 25 << 20] {
            compare(
                try train(group, microBatches: microBatches, bucketByteCount: bytes), alone,
                "\(microBatches) micro-batches, buckets of \(bytes)")
        }
        compare(
            try train(group, microBatches: microBatches, sharded: true), alone, "\(microBatches), sharded optimizer")
        let fast = try train(group, microBatches: microBatches, bucketByteCount: 600, reproducible: false)
        for (key, value) in alone.state where value.dtype.isFloatingPoint {
            Checks.expect(
                fast.state[key]!.allClose(to: value, relativeTolerance: 1e-3, absoluteTolerance: 1e-3),
                "in MPI's order: \(key)")
        }
    }
    for dtype in [DType.float64, .bfloat16, .float16] {
        compare(
            try train(group, microBatches: 4, dtype: dtype), try train(.alone, microBatches: 4, dtype: dtype),
            "\(dtype)")
    }
    try checkAgainstWhole(group)
    try checkAccumulation(group)
    try checkStatistics(group)
    try checkLoader(group)
    try checkMetrics(group)
    try checkSharedState(group)
}

/// One step against `backward()` of the whole batch.
private func checkAgainstWhole(_ group: Communicator) throws {
    Tern.seed(1)
    let model = Sequential(Linear(6, 8), Tanh(), Linear(8, 3))
    let parallel = try DataParallel(model, group, bucketByteCount: 100)
    let (x, labels) = examples(21).batch()
    let batches = examples(21).batched(6).sharded(by: group, microBatches: 4)
    let step = try parallel.backward(Array(batches)[0]) { crossEntropy(model($0), $1) }
    let found = model.parameters.map { $0.gradient! }
    for parameter in model.parameters { parameter.gradient = nil }
    let loss = crossEntropy(model(x), labels)
    loss.backward()
    Checks.expect(abs(step.loss - loss.item()) < 1e-6 && step.examples == 21, "loss \(step.loss), \(loss.item())")
    for (found, parameter) in zip(found, model.parameters) {
        Checks.expect(
            found.allClose(to: parameter.gradient!, relativeTolerance: 1e-5, absoluteTolerance: 1e-6),
            "gradient of the whole batch")
    }
}

/// Gradients are added to those that there are; what is frozen has none.
private func checkAccumulation(_ group: Communicator) throws {
    Tern.seed(1)
    let model = Sequential(Linear(6, 8), Tanh(), Linear(8, 3))
    let parallel = try DataParallel(model, group)
    let batch = Array(examples(24).batched(6).sharded(by: group, microBatches: 4))[0]
    _ = try parallel.backward(batch) { crossEntropy(model($0), $1) }
    let once = model.parameters.map { $0.gradient! }
    _ = try parallel.backward(batch) { crossEntropy(model($0), $1) }
    for (parameter, once) in zip(model.parameters, once) {
        Checks.expectSame(parameter.gradient!, once + once, "added gradients")
        parameter.gradient = nil
    }
    model.parameters[0].requiresGradient = false
    _ = try parallel.backward(batch) { crossEntropy(model($0), $1) }
    Checks.expect(model.parameters[0].gradient == nil, "a frozen parameter has a gradient")
    Checks.expectSame(model.parameters[3].gradient!, once[3], "beside a frozen parameter")
}

/// A batch norm over all ranks against one with the whole batch on one rank.
private func checkStatistics(_ group: Communicator) throws {
    func net() -> Sequential {
        Tern.seed(2)
        return Sequential(Conv2d(3, 4, kernelSize: 3), BatchNorm2d(4), ReLU(), Flatten(), Linear(64, 3))
    }
    let numbers = Generator(seed: 4)
    let images = Tensor.normal([4 * group.size, 3, 6, 6], mean: 3, generator: numbers)
    let labels = Tensor.randomIntegers([4 * group.size], in: 0..<3, generator: numbers)
    let (whole, parts) = (net(), net())
    synchronizeBatchNorms(of: parts, among: group)
    let parallel = try DataParallel(parts, group)
    let (one, other) = (SGD(whole.parameters, learningRate: 0.05), SGD(parts.parameters, learningRate: 0.05))
    let loader = TensorDataset(images, labels).batched(4).sharded(by: group)
    for turn in 0..<20 {
        let loss = crossEntropy(whole(images), labels)
        loss.backward()
        one.step()
        one.zeroGradients()
        var step: DataParallel.Step?
        for batch in loader { step = try parallel.backward(batch) { crossEntropy(parts($0), $1) } }
        other.step()
        other.zeroGradients()
        Checks.expect(abs(step!.loss - loss.item()) < 1e-5, "step \(turn): \(step!.loss), \(loss.item())")
    }
    for (name, value) in whole.stateDictionary() {
        Checks.expect(
            parts.stateDictionary()[name]!.allClose(to: value, relativeTolerance: 1e-4, absoluteTolerance: 1e-5),
            "batch norm over all ranks: \(name)")
    }
    // The second derivative, in float64.
    let layer = BatchNorm2d(2)
    layer.to(.float64)
    synchronizeBatchNorms(of: layer, among: group)
    let own = Tensor.normal([3, 2, 2], dtype: .float64, generator: Generator(seed: UInt64(group.rank)))
    let all = try group.allGather(own.reshaped([1, 3, 2, 2])).reshaped([3 * group.size, 2, 2])
    func secondDerivative(_ x: Tensor, _ norm: (Tensor) -> Tensor) -> Tensor {
        let input = Variable(x.reshaped([x.shape[0], 2, 2, 1]))
        let y = norm(input.value)
        (y * y * y).sum().backward(createGraph: true)
        let first = input.gradient!
        input.gradient = nil
        (first * first).sum().backward()
        return input.gradient!
    }
    let found = secondDerivative(own) { layer($0) }
    let reference = BatchNorm2d(2)
    reference.to(.float64)
    let expected = secondDerivative(all) { reference($0) }[(3 * group.rank)..<(3 * group.rank + 3)]
    Checks.expect(
        found.allClose(to: expected, relativeTolerance: 1e-8, absoluteTolerance: 1e-8),
        "second derivative of a batch norm over all ranks: \(found) \(expected)")
}

/// All examples once an epoch, the same steps on all ranks, and from any step on.
private func checkLoader(_ group: Communicator) throws {
    let dataset = TensorDataset(Tensor((0..<53).map { Double($0) }))
    for parts in [group.size, group.size + 1, 8] {
        let loader = dataset.shuffled(seed: 1).batched(3).sharded(by: group, microBatches: parts)
        let whole = Array(dataset.shuffled(seed: 1).batched(3).epoch(2)).map { $0.array(of: Double.self) }
        for start in [0, 1, loader.count] {
            var seen: [Double] = []
            var steps = 0
            for batch in loader.epoch(2, from: start) {
                let own =
                    batch.microBatches.isEmpty ? Tensor.zeros([0], dtype: .float64) : concatenated(batch.microBatches)
                seen += try group.allGather(own).array(of: Double.self)
                steps += 1
            }
            Checks.expect(
                seen == Array(whole.dropFirst(start * parts).joined()), "examples from step \(start) on: \(seen)")
            Checks.expect(steps == loader.count - start, "steps from \(start) on: \(steps)")
        }
    }
    let dealt = Array(dataset.batched(3).dealt(to: group))
    let counts = try group.allGather(Tensor([dealt.count])).array(of: Int.self)
    Checks.expect(counts.reduce(0, +) == 18 && counts.max()! - counts.min()! <= 1, "dealt: \(counts)")
}

private func checkMetrics(_ group: Communicator) throws {
    let numbers = Generator(seed: 1)
    let scores = Tensor.normal([50, 3], generator: numbers)
    let labels = Tensor.randomIntegers([50], in: 0..<3, generator: numbers)
    let pairs = TensorDataset(scores, labels).batched(7)
    func metrics() -> MetricCollection {
        MetricCollection(["accuracy": Accuracy(), "F1": FBetaScore(.multiclass(classes: 3))])
    }
    let (whole, parts) = (metrics(), metrics())
    for (scores, labels) in pairs { whole.update(scores, labels) }
    for (scores, labels) in pairs.dealt(to: group) { parts.update(scores, labels) }
    try group.merge(parts, through: metrics())
    Checks.expect(parts.savedState == whole.savedState, "merged metrics: \(parts.value), \(whole.value)")
}

/// What a sharded optimizer saves is what the optimizer alone saves, and goes on on any number of ranks.
private func checkSharedState(_ group: Communicator) throws {
    func make() -> (Sequential, Adam) {
        Tern.seed(3)
        let model = Sequential(Linear(6, 8), Tanh(), Linear(8, 3))
        return (model, Adam(model.parameters))
    }
    func turn(_ model: Sequential) {
        let (x, labels) = examples(10).batch()
        crossEntropy(model(x), labels).backward()
    }
    let (one, oneOptimizer) = make()
    let (other, otherOptimizer) = make()
    let sharded = ShardedOptimizer(otherOptimizer, among: group)
    for _ in 0..<3 {
        turn(one)
        oneOptimizer.step()
        oneOptimizer.zeroGradients()
        turn(other)
        try sharded.step()
        sharded.zeroGradients()
    }
    let held = otherOptimizer.groups[0].states.filter { !$0.slots.isEmpty }.count
    Checks.expect(group.size == 1 || held < 4, "\(held) of 4 states on this rank")
    let training = TrainingState(model: one, optimizer: oneOptimizer)
    let shared = TrainingState(model: other)
    shared.keep(sharded.state(of: other), as: "optimizer")
    let (expected, found) = (training.checkpoint(), shared.checkpoint())
    if group.rank == 0 { Checks.expect(found == expected, "the state of a sharded optimizer") }
    let sent = try group.fromFirst(found)!
    try shared.restore(sent)
    turn(one)
    oneOptimizer.step()
    turn(other)
    try sharded.step()
    Checks.expect(digest(of: one) == digest(of: other), "weights after going on")
}
