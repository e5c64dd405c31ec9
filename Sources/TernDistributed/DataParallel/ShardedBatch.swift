import TernCore
import TernData

/// What one rank has of a step's examples: some of the *micro-batches* that the step is made of.
///
/// ``DataParallel/backward(_:examples:_:)`` takes it.
public struct ShardedBatch<Element> {
    /// Those of this rank, in order; at the end of an epoch it can have none.
    public let microBatches: [Element]
    /// The number, in the step, of the first of them.
    let first: Int
    /// How many micro-batches this step has on all ranks: fewer than ``capacity`` at the end of an epoch.
    let present: Int
    /// How many micro-batches a step has.
    let capacity: Int

    init(_ microBatches: [Element], first: Int, present: Int, capacity: Int) {
        (self.microBatches, self.first, self.present, self.capacity) = (microBatches, first, present, capacity)
    }

    /// A step of one micro-batch, on one rank.
    public init(_ element: Element) { self.init([element], first: 0, present: 1, capacity: 1) }
}

extension Pipeline {
    /// Deals the batches of this pipeline to the ranks: each step takes `microBatches` of them, and every rank makes and computes
    /// its share of these.
    ///
    /// ```swift
    /// let parts = 4                                   // 1, 2 or 4 ranks then give the same bits
    /// let loader = digits.train.shuffled(seed: 1).batched(64 / parts).map { (scaled($0), $1) }
    ///     .sharded(by: group, microBatches: parts)
    /// ```
    ///
    /// Over an epoch the ranks together see each example once, whatever their number; every rank has the same number of steps,
    /// and the last one has fewer micro-batches if they do not come out even, so that some ranks may have none. The number of an
    /// epoch and the place in it mean the same on all ranks, so a run goes on from any step, with another number of ranks too.
    ///
    /// Write it behind `map`, and `prefetched` behind it: what is made ahead before it is made on every rank.
    ///
    /// - Parameters:
    ///   - group: the ranks.
    ///   - microBatches: how many batches of this pipeline make up a step; at least as many as there are ranks, which are the
    ///     default. With more, ranks compute several, one after the other, and exchange gradients once: memory for one at a time,
    ///     and no traffic between.
    public func sharded(
        by group: Communicator, microBatches: Int? = nil
    ) -> Pipeline<ShardedBatch<Element>, Failure> {
        let capacity = microBatches ?? group.size
        if capacity < group.size {
            mistake("sharded", "expects a micro-batch for each of \(group.size) ranks at least, got \(capacity)")
        }
        let own = FixedTree(count: capacity).leaves(of: group.rank, among: group.size)
        return grouped(by: capacity, making: own).map { group in
            ShardedBatch(group.made, first: own.lowerBound, present: group.count, capacity: capacity)
        }
    }

    /// The elements of an evaluation, dealt to the ranks in turn: see ``Communicator/merge(_:through:)``.
    ///
    /// ```swift
    /// let accuracy = Accuracy()
    /// _ = evaluate(model, testLoader.dealt(to: group), metrics: ["accuracy": accuracy])
    /// try group.merge(accuracy, through: Accuracy())
    /// ```
    public func dealt(to group: Communicator) -> Pipeline { sharded(group.rank, of: group.size) }
}
