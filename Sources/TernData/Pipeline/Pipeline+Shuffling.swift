import TernCore

extension Pipeline {
    /// The same elements in an order that is another one in each epoch, and depends on the seed and the epoch's number
    /// alone.
    ///
    /// Each element is drawn from the next `buffer` ones, so a buffer as large as the epoch shuffles evenly. Where the
    /// source is a dataset, what waits in the buffer has not been read yet. A dataset itself has `shuffled(seed:)`,
    /// which needs no buffer.
    ///
    /// Without a `buffer` it is as large as the epoch, also where the source is a sequence whose elements it then holds
    /// in memory. Shuffle before `batched`: it is whole batches that change places behind it.
    public func shuffled(buffer: Int, seed: UInt64 = 0) -> Pipeline {
        if buffer < 1 { mistake("shuffled", "expects a buffer of at least 1, got \(buffer)") }
        return Pipeline(knownCount: knownCount, passes: passes) { start in
            var buffered = ShuffleBuffer<Element, Failure>(
                size: buffer, numbers: generator(seed: seed, epoch: start.epoch))
            if start.place == 0 {
                let next = deal(start)
                return { buffered.take(from: next) }
            }
            // An element's place depends on those before it: they are dealt once more, and not made.
            let next = deal(Start(epoch: start.epoch, workingAhead: false))
            var skipped = 0
            while skipped < start.place, buffered.take(from: next) != nil { skipped += 1 }
            return { buffered.take(from: next) }
        }
    }
}

extension Pipeline {
    /// See ``shuffled(buffer:seed:)``.
    public func shuffled(seed: UInt64) -> Pipeline { shuffled(buffer: .max, seed: seed) }

    /// See ``shuffled(buffer:seed:)``; the seed is 0.
    public func shuffled() -> Pipeline { shuffled(seed: 0) }
}

/// The jobs among which a shuffle chooses.
private struct ShuffleBuffer<Element, Failure: Error> {
    let size: Int
    var numbers: TernCore.Generator
    private var waiting: [Job<Element, Failure>] = []

    init(size: Int, numbers: TernCore.Generator) {
        self.size = size
        self.numbers = numbers
    }

    mutating func take(from next: Dealer<Element, Failure>) -> Job<Element, Failure>? {
        while waiting.count < size, let job = next() { waiting.append(job) }
        if waiting.isEmpty { return nil }
        waiting.swapAt(Int.random(in: 0..<waiting.count, using: &numbers), waiting.count - 1)
        return waiting.removeLast()
    }
}
