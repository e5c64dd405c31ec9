import TernCore

/// The work that makes one element of a pipeline. It may run on any thread.
typealias Job<Element, Failure: Error> = @Sendable () -> Result<Element, Failure>

/// Deals out the jobs of one epoch, one after the other, to one thread at a time.
///
/// Dealing decides everything that depends on order (which examples, which batch); the work itself is in the jobs. This
/// is why any number of workers makes the same elements.
typealias Dealer<Element, Failure: Error> = () -> Job<Element, Failure>?

/// Elements that are made, epoch by epoch, from a dataset or another source: batches, usually.
///
/// Each pass over a pipeline is the next epoch, and pipelines made from one another (by `map` and so on) count their
/// passes together. A pipeline whose work cannot throw is a sequence:
///
/// ```swift
/// for (images, labels) in loader { ... }
/// ```
///
/// Where reading or a `map` can throw, the type of the error is the pipeline's `Failure`, and the loop goes over
/// `results`:
///
/// ```swift
/// for batch in loader.results {
///     let (images, labels) = try batch.get()
/// }
/// ```
public struct Pipeline<Element, Failure: Error>: Sendable {
    /// The number of elements of an epoch: nil if the source is a sequence, whose length shows at its end only.
    public let knownCount: Int?
    let deal: @Sendable (_ epoch: Int) -> Dealer<Element, Failure>
    let passes: Passes

    init(knownCount: Int?, passes: Passes, deal: @escaping @Sendable (_ epoch: Int) -> Dealer<Element, Failure>) {
        self.knownCount = knownCount
        self.passes = passes
        self.deal = deal
    }

    /// The number of elements of an epoch. The source must know it: see `knownCount`.
    public var count: Int {
        guard let knownCount else {
            mistake("Pipeline.count", "is not known before the end of a sequence: see knownCount")
        }
        return knownCount
    }

    /// The same pipeline, each pass over which is the epoch of this number (the first is 0): to go on where a run was
    /// interrupted.
    public func epoch(_ number: Int) -> Pipeline {
        Pipeline(knownCount: knownCount, passes: passes) { _ in deal(number) }
    }

    /// Begins the next epoch.
    fileprivate func pass() -> PipelinePass<Element, Failure> {
        PipelinePass(deal: deal(passes.next()))
    }

    /// The same elements as values that can also be the error that ended the epoch.
    public var results: Results { Results(base: self) }

    /// See `Pipeline.results`.
    public struct Results: Sequence {
        let base: Pipeline

        /// Begins the next epoch.
        public func makeIterator() -> Iterator { Iterator(pass: base.pass()) }

        public struct Iterator: IteratorProtocol {
            fileprivate var pass: PipelinePass<Element, Failure>

            public mutating func next() -> Result<Element, Failure>? { pass.next() }
        }
    }
}

extension Pipeline: Sequence where Failure == Never {
    public var underestimatedCount: Int { knownCount ?? 0 }

    /// Begins the next epoch.
    public func makeIterator() -> PipelineIterator<Element> { PipelineIterator(pass: pass()) }
}

/// The elements of one epoch of a pipeline that cannot throw.
public struct PipelineIterator<Element>: IteratorProtocol {
    fileprivate var pass: PipelinePass<Element, Never>

    public mutating func next() -> Element? { pass.next()?.get() }
}

/// The elements of one epoch.
private struct PipelinePass<Element, Failure: Error> {
    /// Nil after the last element and after an error, so that nothing of the epoch is kept.
    var deal: Dealer<Element, Failure>?

    mutating func next() -> Result<Element, Failure>? {
        let result = deal?()?()
        switch result {
        case .success: break
        case .failure, nil: deal = nil
        }
        return result
    }
}
