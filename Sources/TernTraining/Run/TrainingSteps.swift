import TernData

/// The batches of an epoch, or of what is left of it: see `steps` of a ``TrainingRun``.
public struct TrainingSteps<Base: Sequence>: Sequence {
    let run: TrainingRun
    let base: Base

    /// Begins the epoch, or goes on with it.
    public func makeIterator() -> Iterator { Iterator(run: run, base: base.makeIterator()) }

    public struct Iterator: IteratorProtocol {
        let run: TrainingRun
        var base: Base.Iterator

        public mutating func next() -> Base.Element? {
            run.checkStepIsDone()
            guard let element = base.next() else { return nil }
            run.beginStep()
            return element
        }
    }
}

extension TrainingRun {
    /// The batches of the epoch that is under way; those that were done before an interruption are not made.
    ///
    /// ```swift
    /// for (images, labels) in run.steps(loader) {
    ///     ...
    ///     try run.advance(["loss": loss.item()], examples: labels.count)
    /// }
    /// ```
    public func steps<Element>(_ loader: Pipeline<Element, Never>) -> TrainingSteps<Pipeline<Element, Never>> {
        beginSteps(loader.knownCount)
        return TrainingSteps(run: self, base: loader.epoch(position.epoch, from: position.step))
    }

    /// The same for batches whose reading can throw: each is a `Result`.
    public func steps<Element, Failure>(
        _ loader: Pipeline<Element, Failure>
    ) -> TrainingSteps<Pipeline<Element, Failure>.Results> {
        beginSteps(loader.knownCount)
        return TrainingSteps(run: self, base: loader.epoch(position.epoch, from: position.step).results)
    }
}
