import TernCore

/// The work that makes one element of a pipeline. It may run on any thread.
typealias Job<Element, Failure: Error> = @Sendable () -> Result<Element, Failure>

/// Deals out the jobs of one epoch, one after the other, to one thread at a time.
///
/// Dealing decides everything that depends on order (which examples, which batch); the work itself is in the jobs. This
/// is why any number of workers makes the same elements.
typealias Dealer<Element, Failure: Error> = () -> Job<Element, Failure>?

/// Where dealing begins, and how.
struct Start {
    var epoch: Int
    /// The place in the epoch of the first element that is dealt. The work of those before it is not done.
    var place = 0
    /// Whether jobs may be begun before the loop asks for them. Without it, what is dealt and thrown away costs
    /// nothing.
    var workingAhead = true
}

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
    let deal: @Sendable (Start) -> Dealer<Element, Failure>
    let passes: Passes

    init(knownCount: Int?, passes: Passes, deal: @escaping @Sendable (Start) -> Dealer<Element, Failure>) {
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

    /// The same pipeline, each pass over which is the epoch of this number (the first is 0), from the element at
    /// `place` on: to go on where a run was interrupted.
    ///
    /// ```swift
    /// for (images, labels) in loader.epoch(3, from: 120) { ... }     // the fourth epoch without its first 120 batches
    /// ```
    ///
    /// The elements are bit for bit those of a whole pass. Those before them are not made, unless the source is a
    /// sequence, which has to be read from its start. Write it last, after `map` and so on.
    ///
    /// - Parameters:
    ///   - number: of the epoch; at least 0.
    ///   - place: at the epoch's end or behind it there are no elements.
    public func epoch(_ number: Int, from place: Int = 0) -> Pipeline {
        if place < 0 { mistake("Pipeline.epoch", "expects a place of at least 0, got \(place)") }
        return Pipeline(knownCount: knownCount.map { Swift.max($0 - place, 0) }, passes: passes) { start in
            let (sum, isTooLarge) = place.addingReportingOverflow(start.place)
            return deal(Start(epoch: number, place: isTooLarge ? .max : sum, workingAhead: start.workingAhead))
        }
    }

    /// Begins the next epoch.
    fileprivate func pass() -> PipelinePass<Element, Failure> {
        PipelinePass(deal: deal(Start(epoch: passes.next())))
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
