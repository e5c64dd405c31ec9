import TernCore

extension Pipeline {
    /// The same elements in an order that is another one in each epoch, and depends on the seed and the epoch's number
    /// alone.
    ///
    /// Each element is drawn from the next `buffer` ones, so a buffer as large as the epoch shuffles evenly. Where the
    /// source is a dataset, what waits in the buffer has not been read yet. A dataset itself has `shuffled(seed:)`,
    /// which needs no buffer.
    public func shuffled(buffer: Int, seed: UInt64 = 0) -> Pipeline {
        if buffer < 1 { mistake("shuffled", "expects a buffer of at least 1, got \(buffer)") }
        return Pipeline(knownCount: knownCount, passes: passes) { epoch in
            let next = deal(epoch)
            var numbers = generator(seed: seed, epoch: epoch)
            var waiting: [Job<Element, Failure>] = []
            return {
                while waiting.count < buffer, let job = next() { waiting.append(job) }
                if waiting.isEmpty { return nil }
                waiting.swapAt(Int.random(in: 0..<waiting.count, using: &numbers), waiting.count - 1)
                return waiting.removeLast()
            }
        }
    }
}
