import Foundation
import TernCore

extension Pipeline {
    /// The same elements, made ahead of the loop by threads: in order, and bit for bit the same for any number of
    /// workers.
    ///
    /// An error ends the loop at the element whose work threw it. Leaving the loop early stops the workers: they finish
    /// what they are at, and the loop is left when they have.
    ///
    /// - Parameters:
    ///   - workers: with 0 everything is done by the loop's own thread; at most 1024.
    ///   - ahead: the most elements that are in work or wait for the loop; twice the workers by default.
    public func prefetched(workers: Int = 1, ahead: Int? = nil) -> Pipeline {
        let most = 1024
        if !(0...most).contains(workers) { mistake("prefetched", "expects 0 to \(most) workers, got \(workers)") }
        let ahead = ahead ?? 2 * workers
        if workers > ahead {
            mistake("prefetched", "expects at least as many elements ahead as workers, got \(ahead) for \(workers)")
        }
        if workers == 0 { return self }
        return Pipeline(knownCount: knownCount, passes: passes) { start in
            if !start.workingAhead { return deal(start) }
            let crew = PrefetchCrew(workers: workers, ahead: ahead, deal: deal(start))
            return {
                guard let result = crew.take() else { return nil }
                let box = Handed(result)
                return { box.result }
            }
        }
    }
}

/// A result on its way from the worker that made it to the loop's thread: it is no longer used where it came from.
struct Handed<Element, Failure: Error>: @unchecked Sendable {
    let result: Result<Element, Failure>
    init(_ result: Result<Element, Failure>) { self.result = result }
}

/// The workers of one epoch. They live as long as this object.
private final class PrefetchCrew<Element, Failure: Error> {
    private let queue: PrefetchQueue<Element, Failure>

    init(workers: Int, ahead: Int, deal: @escaping Dealer<Element, Failure>) {
        queue = PrefetchQueue(workers: workers, ahead: ahead, deal: deal)
        for number in 0..<workers {
            let thread = Thread { [queue] in queue.work() }
            thread.name = "tern-data-\(number)"
            thread.start()
        }
    }

    deinit { queue.stopAndWait() }

    func take() -> Result<Element, Failure>? { queue.take() }
}

/// What workers and loop share: elements are dealt in order, made at any time, and taken in order.
private final class PrefetchQueue<Element, Failure: Error>: @unchecked Sendable {
    private let ahead: Int
    /// Held while dealing, which can wait for room or for a slow source, while the loop takes what is ready.
    private let dealing = NSLock()
    private let deal: Dealer<Element, Failure>

    /// Guards what follows, and tells of changes.
    private let condition = NSCondition()
    private var dealt = 0
    private var taken = 0
    private var finished: [Int: Result<Element, Failure>] = [:]
    private var isDealtOut = false
    private var workers: Int

    init(workers: Int, ahead: Int, deal: @escaping Dealer<Element, Failure>) {
        self.workers = workers
        self.ahead = ahead
        self.deal = deal
    }

    /// The life of a worker.
    func work() {
        while let (place, job) = nextJob() {
            let result = job()
            condition.withLock {
                finished[place] = result
                if case .failure = result { isDealtOut = true }
                condition.broadcast()
            }
        }
        condition.withLock {
            workers -= 1
            condition.broadcast()
        }
    }

    private func nextJob() -> (place: Int, job: Job<Element, Failure>)? {
        dealing.lock()
        defer { dealing.unlock() }
        let isGoingOn = condition.withLock {
            while !isDealtOut && dealt - taken >= ahead { condition.wait() }
            return !isDealtOut
        }
        let job = isGoingOn ? deal() : nil
        return condition.withLock {
            guard let job else {
                isDealtOut = true
                condition.broadcast()
                return nil
            }
            dealt += 1
            return (dealt - 1, job)
        }
    }

    /// The next element, or nil after the last.
    func take() -> Result<Element, Failure>? {
        condition.withLock {
            while finished[taken] == nil {
                // An element that was dealt comes, unless its worker is gone.
                if isDealtOut && (taken == dealt || workers == 0) { return nil }
                condition.wait()
            }
            defer {
                taken += 1
                condition.broadcast()
            }
            return finished.removeValue(forKey: taken)
        }
    }

    func stopAndWait() {
        condition.withLock {
            isDealtOut = true
            condition.broadcast()
            while workers > 0 { condition.wait() }
        }
    }
}
