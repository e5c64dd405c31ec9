import Synchronization
import TernCore

/// A dataset whose examples are read once and then kept in memory: see `Dataset.cached()`.
public struct CachedDataset<Base: Dataset>: Dataset {
    /// The dataset whose examples these are.
    public let base: Base
    private let memory: ExampleMemory<Base.Element>

    init(_ base: Base) {
        self.base = base
        memory = ExampleMemory(count: base.count)
    }

    public var count: Int { base.count }

    public func element(at index: Int) throws(Base.Failure) -> Base.Element {
        checkIndex(index, "CachedDataset")
        if let known = memory[index] { return known }
        let element = try base.element(at: index)
        memory[index] = element
        return element
    }

    public func batch(of elements: [Base.Element]) -> Base.Batch { base.batch(of: elements) }

    public func order(epoch: Int) -> [Int] { base.order(epoch: epoch) }

    /// The examples that are in memory by now.
    public var cachedCount: Int { memory.filledCount }
}

extension CachedDataset: ClassifiedDataset where Base: ClassifiedDataset {
    public var labels: [Int] { base.labels }
    public var classNames: [String] { base.classNames }
}

extension Dataset {
    /// The same examples, each of which is read when it is first asked for, and then stays in memory: for examples that
    /// are slow to read, as pictures in files are. What is random belongs behind it, into `map(seed:)`. TensorFlow's
    /// `Dataset.cache`.
    ///
    /// An example that two threads ask for at the same time may be read twice; one whose reading throws is read again.
    public func cached() -> CachedDataset<Self> { CachedDataset(self) }
}

/// What has been read so far. Its copies share it.
private final class ExampleMemory<Element>: @unchecked Sendable {
    // Unchecked: the lock guards the slots, and elements are handed from thread to thread by pipelines too.
    private var slots: [Element?]
    private var filled = 0
    private let lock = Mutex(())

    init(count: Int) { slots = Array(repeating: nil, count: count) }

    subscript(index: Int) -> Element? {
        get { lock.withLock { _ in slots[index] } }
        set {
            lock.withLock { _ in
                if slots[index] == nil { filled += 1 }
                slots[index] = newValue
            }
        }
    }

    var filledCount: Int { lock.withLock { _ in filled } }
}
