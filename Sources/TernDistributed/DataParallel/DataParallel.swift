import TernCore
import TernLayers
import TernNN

/// Trains one model on many ranks: each computes the gradients of its share of a step's examples, and all get their mean. PyTorch's
/// `DistributedDataParallel`.
///
/// ```swift
/// let group = Communicator.world
/// Tern.seed(1)
/// let model = LeNet()
/// let optimizer = Adam(model.parameters)
/// let parallel = try DataParallel(model, group)
/// let loader = digits.train.shuffled(seed: 1).batched(64 / group.size).map { (scaled($0), $1) }.sharded(by: group)
/// for batch in loader {
///     let step = try parallel.backward(batch) { images, labels in crossEntropy(model(images), labels) }
///     optimizer.step()
///     optimizer.zeroGradients()
///     group.print("\(step.loss)")
/// }
/// ```
///
/// All else stays as in a program of one rank, which this is without a launcher. After ``backward(_:examples:_:)`` every rank has
/// the same gradients, those of the mean loss over all examples of the step: so `clipGradientNorm` clips by the norm over all
/// ranks, and the optimizers of all ranks do the same.
///
/// **Order and bits.** Reproducible, the sums over micro-batches are added in a fixed tree. For the same micro-batches, any number
/// of ranks (up to theirs) and of threads gives the same weights, bit for bit: also with dropout, whose random numbers follow from
/// the thread's default generator and the number of the micro-batch, and with running statistics, which are the means of those
/// that the micro-batches give. Ranks must compute with the same instruction set for that (`TERN_CPU`). Without, MPI adds, in an
/// order that it chooses.
///
/// **Traffic.** Gradients travel in buckets, in the order in which rank 0 completed them in its first step, each as soon as the walk
/// of the last micro-batch has completed all that are in it; the walk goes on meanwhile. Parameters without a gradient on some
/// ranks count as zeros there; on all ranks, they have none.
public final class DataParallel {
    /// The model.
    public let model: any Module
    /// Its ranks.
    public let group: Communicator
    /// Whether sums have a fixed order.
    public let reproducible: Bool
    /// The bytes that a bucket has at most, but for a single parameter that is larger.
    public let bucketByteCount: Int

    let parameters: [Parameter]
    let names: [String]
    let buffers: [Buffer]
    /// The same ranks, on a channel that nobody else uses.
    let connection: Communicator
    private(set) var buckets: [GradientBucket] = []
    /// The place of each parameter's bucket.
    private var bucketOf: [Int: Int] = [:]
    /// The parameters that the buckets have.
    private var planned: [Int] = []
    /// The order in which the first walk completed them; `nil` when the ranks have agreed on it.
    var completed: [Int]? = []
    private var walk: Walk?
    private var stepNumber = 0
    /// The sizes of the buckets, in the order in which they are sent; those of the last step.
    public var bucketByteCounts: [Int] { buckets.map { $0.count * $0.dtype.byteCount } }

    /// What was sent, and how long it took.
    public internal(set) var traffic = Traffic()

    /// What a step is doing.
    private struct Walk {
        let tree: FixedTree
        let present: Int
        let branches: [Range<Int>]
        var sums: [Int: GradientSums] = [:]
        /// Of the last micro-batch: how many gradients are still to come.
        var arriving: [Int] = []
        var last: Int?
        var isComplete: Set<Int> = []
        var nextBucket = 0
    }

    /// Makes all ranks' models the same as that of rank 0, and checks that they are.
    ///
    /// - Parameters:
    ///   - model: of the same build on all ranks; its parameters have values.
    ///   - group: the ranks.
    ///   - bucketByteCount: how much travels at once.
    ///   - reproducible: whether the sums have a fixed order.
    /// - Throws: if the models differ in more than their values.
    public init(
        _ model: any Module, _ group: Communicator = .world, bucketByteCount: Int = 25 << 20, reproducible: Bool = true
    ) throws(CommunicationError) {
        let named = model.namedParameters
        if named.isEmpty { mistake("DataParallel", "expects a model with parameters, got \(type(of: model)) without") }
        if let pending = named.first(where: { !$0.parameter.hasValue }) {
            mistake(
                "DataParallel",
                "expects parameters with values, got \(pending.name) without: call the model on a batch first, or give the "
                    + "layer its input size")
        }
        if bucketByteCount < 1 { mistake("DataParallel", "expects buckets of at least 1 byte, got \(bucketByteCount)") }
        (self.model, self.group, self.reproducible) = (model, group, reproducible)
        self.bucketByteCount = bucketByteCount
        (names, parameters) = (named.map(\.name), named.map(\.parameter))
        buffers = model.buffers.filter(\.hasValue)
        connection = try group.split(color: 0, key: group.rank)
        try shareModel()
    }

    // MARK: A step

    /// What a step gave, the same on all ranks.
    public struct Step {
        /// The mean loss over all examples of the step.
        public let loss: Double
        /// How many examples that were.
        public let examples: Int
        /// What the body gave besides, of all micro-batches joined along the first axis; without a graph.
        public let outputs: [Tensor]
    }

    func step<Element>(
        _ batch: ShardedBatch<Element>, examples: (Element) -> Int, gathersOutputs: Bool,
        _ body: (Element) -> (loss: Tensor, outputs: [Tensor])
    ) throws(CommunicationError) -> Step {
        stepNumber += 1
        if group.isAlone && batch.capacity == 1 {
            let element = batch.microBatches[0]
            let (loss, outputs) = body(element)
            loss.backward()
            return Step(loss: loss.item(), examples: examples(element), outputs: outputs.map(\.detached))
        }
        let tree = FixedTree(count: batch.capacity)
        checkRanksWithout(batch, tree)
        plan()
        let earlier = parameters.map(\.gradient)
        for parameter in parameters { parameter.gradient = nil }
        let branches = tree.branches(of: tree.leaves(of: group.rank, among: group.size))
            .filter { $0.lowerBound < batch.present }
        walk = Walk(tree: tree, present: batch.present, branches: branches)
        defer { walk = nil }
        for bucket in buckets { bucket.begin(branches: reproducible ? branches.count : min(branches.count, 1)) }

        let counts = batch.microBatches.map(examples)
        let begin = ContinuousClock.now
        let all = ExampleCount(
            own: counts.reduce(0, +), step: "step \(stepNumber), \(batch.present) of \(batch.capacity) micro-batches",
            connection)
        let numbers = StepNumbers()
        let statistics = RunningStatistics(buffers)
        var losses: [Range<Int>: Double] = [:]
        var outputs: [[Tensor]] = []
        for (place, element) in batch.microBatches.enumerated() {
            let microBatch = batch.first + place
            numbers.begin(microBatch)
            statistics.begin()
            let (loss, more) = body(element)
            if loss.count != 1 {
                mistake("DataParallel.backward", "expects a loss with one element, got shape \(loss.shape)")
            }
            outputs.append(more.map(\.detached))
            let share = Double(counts[place]) / Double(max(try all.total(), 1))
            let isLast = place == batch.microBatches.count - 1
            if isLast {
                walk!.arriving = loss.gradientArrivals(at: parameters)
                walk!.last = microBatch
                listen(true)
            }
            loss.backward(Tensor.full(loss.shape, share, dtype: loss.dtype))
            if isLast { listen(false) }
            losses[microBatch..<(microBatch + 1)] = loss.item() * share
            statistics.end(microBatch, share, tree)
            if !isLast { takeGradients(of: microBatch) }
        }
        numbers.end()
        let count = try all.total()
        return try finish(
            batch, count, losses, statistics, gathersOutputs ? outputs : nil, earlier,
            computed: ContinuousClock.now - begin - all.waited)
    }

    /// A batch norm that waits for all ranks would wait for those without examples.
    private func checkRanksWithout<Element>(_ batch: ShardedBatch<Element>, _ tree: FixedTree) {
        let isWithout = (0..<group.size).contains { tree.leaves(of: $0, among: group.size).lowerBound >= batch.present }
        if !isWithout || !model.modules.contains(where: { ($0 as? BatchNorm)?.normalizing != nil }) { return }
        mistake(
            "DataParallel.backward",
            "has \(batch.present) micro-batches for \(group.size) ranks, and a batch norm over all ranks, which needs one on "
                + "each: leave out the rest of an epoch with batched(_:dropLast:) and a count that comes out even")
    }

    /// Moves the gradients of a micro-batch into the sums.
    private func takeGradients(of microBatch: Int) {
        for index in planned {
            let gradient = parameters[index].gradient
            parameters[index].gradient = nil
            walk!.sums[index, default: GradientSums()].add(gradient, of: microBatch, walk!.tree)
        }
    }

    /// Begins or ends to notice gradients as they arrive.
    private func listen(_ isOn: Bool) {
        for index in planned {
            parameters[index].gradientArrived = isOn ? { [unowned self] in arrived(index) } : nil
        }
    }

    /// A gradient has come to a parameter.
    private func arrived(_ index: Int) {
        walk!.arriving[index] -= 1
        if walk!.arriving[index] == 0 { complete(index) }
    }

    /// The gradients of a parameter are all there.
    private func complete(_ index: Int) {
        guard let bucket = bucketOf[index], walk!.isComplete.insert(index).inserted else { return }
        completed?.append(index)
        var sums = walk!.sums.removeValue(forKey: index) ?? GradientSums()
        if let last = walk!.last {
            sums.add(parameters[index].gradient, of: last, walk!.tree)
            parameters[index].gradient = nil
        }
        var gradients = sums.take(walk!.branches, walk!.tree)
        if !reproducible && gradients.count > 1 {
            gradients = [gradients.dropFirst().reduce(gradients[0], GradientSums.sum)]
        }
        buckets[bucket].put(gradients, of: index)
        // The last one waits for what travels with it.
        launchBuckets(through: buckets.count - 1)
    }

    /// Sends the buckets that are full, in their order.
    func launchBuckets(through end: Int) {
        while walk!.nextBucket < end, buckets[walk!.nextBucket].missing == 0 {
            buckets[walk!.nextBucket].launch(
                connection, walk!.tree, present: walk!.present, reproducible: reproducible)
            walk!.nextBucket += 1
        }
    }

    /// After the walk: completes the parameters that it brought fewer gradients than it seemed.
    func flush() -> (FixedTree, branches: [Range<Int>]) {
        for index in planned where walk!.isComplete.contains(index) && parameters[index].gradient != nil {
            mistake(
                "DataParallel.backward",
                "finds a gradient of \(names[index]) that came after the others were sent: a derivative must not call backward() "
                    + "itself")
        }
        for bucket in buckets { for index in bucket.parameters { complete(index) } }
        return (walk!.tree, walk!.branches)
    }

    /// Sets the gradients of all ranks, added to those that there were.
    func setGradients(_ earlier: [Tensor?]) {
        for (index, parameter) in parameters.enumerated() {
            var gradient = bucketOf[index].flatMap { bucket in
                buckets[bucket].gradient(of: index, shape: parameter.shape)?.converted(to: parameter.dtype)
            }
            if let former = earlier[index] { gradient = withoutGradients { gradient.map { former + $0 } ?? former } }
            parameter.gradient = gradient
        }
    }

    // MARK: Buckets

    /// Makes buckets of the parameters that are trained now.
    private func plan() {
        let trained = parameters.indices.filter { parameters[$0].requiresGradient }
        if trained == planned && !buckets.isEmpty { return }
        if trained.isEmpty { mistake("DataParallel.backward", "expects parameters that are trained: all are frozen") }
        planned = trained
        // Gradients are completed from the last layers on, as a rule.
        setBuckets(trained.reversed())
        completed = []
    }

    func setBuckets(_ order: [Int]) {
        var lists: [(dtype: DType, parameters: [Int])] = []
        var open: [DType: (parameters: [Int], byteCount: Int)] = [:]
        for index in order {
            let dtype = parameters[index].dtype.accumulator
            let byteCount = parameters[index].value.count * dtype.byteCount
            if let bucket = open[dtype], bucket.byteCount + byteCount > bucketByteCount {
                lists.append((dtype, bucket.parameters))
                open[dtype] = nil
            }
            var bucket = open[dtype] ?? ([], 0)
            bucket.parameters.append(index)
            bucket.byteCount += byteCount
            open[dtype] = bucket
        }
        for dtype in [DType.float32, .float64] {
            if let bucket = open[dtype] { lists.append((dtype, bucket.parameters)) }
        }
        let sizes = parameters.map { $0.value.count }
        buckets = lists.enumerated().map { place, list in
            GradientBucket(
                list.parameters, sizes: sizes, dtype: list.dtype,
                extras: place == lists.count - 1 ? 1 + buffers.count : 0)
        }
        bucketOf = [:]
        for (place, bucket) in buckets.enumerated() { for index in bucket.parameters { bucketOf[index] = place } }
    }
}
