import Synchronization

/// What one thread has allocated and freed, as far as it has not told the shared figures yet.
///
/// Operations on small tensors would spend a tenth of their time on counting together. So each thread counts for itself,
/// and tells the others when that has come to ``MemoryLedger/limit``; who asks for the figures adds what the ledgers
/// hold. Only its thread writes a ledger: it is atomic for those who read it, and no write waits for another processor.
struct MemoryLedger: ~Copyable {
    /// Bytes at which a thread tells the shared figures: how exact the peak is if several threads allocate.
    private static let limit = 1 << 16

    private let bytes = Atomic<Int>(0)
    private let storages = Atomic<Int>(0)
    /// What was allocated, freed or not, since that was told.
    private let allocated = Atomic<Int>(0)
    /// The largest `bytes` since they were told.
    private var peak = 0

    private static let toldBytes = Atomic<Int>(0)
    private static let toldStorages = Atomic<Int>(0)
    private static let toldAllocated = Atomic<Int>(0)
    private static let peakBytes = Atomic<Int>(0)

    /// Counts storages that were allocated, or freed if the numbers are negative.
    @inline(__always)
    mutating func count(bytes newBytes: Int, storages newStorages: Int) {
        let sum = bytes.load(ordering: .relaxed) &+ newBytes
        bytes.store(sum, ordering: .relaxed)
        storages.store(storages.load(ordering: .relaxed) &+ newStorages, ordering: .relaxed)
        if newStorages > 0 {
            allocated.store(allocated.load(ordering: .relaxed) &+ newBytes, ordering: .relaxed)
        }
        if sum > peak { peak = sum }
        if sum.magnitude >= MemoryLedger.limit { tell() }
    }

    /// Moves what is counted here to the shared figures.
    @inline(never)
    mutating func tell() {
        let before = MemoryLedger.toldBytes.add(bytes.load(ordering: .relaxed), ordering: .relaxed).oldValue
        MemoryLedger.toldStorages.add(storages.load(ordering: .relaxed), ordering: .relaxed)
        MemoryLedger.toldAllocated.add(allocated.load(ordering: .relaxed), ordering: .relaxed)
        MemoryLedger.peakBytes.max(before + peak, ordering: .relaxed)
        allocated.store(0, ordering: .relaxed)
        bytes.store(0, ordering: .relaxed)
        storages.store(0, ordering: .relaxed)
        peak = 0
    }

    /// What all threads hold together: exact while they rest.
    static func total() -> (bytes: Int, storages: Int, peakBytes: Int, allocatedBytes: Int) {
        ThreadState.current.ledger.tell()
        var bytes = toldBytes.load(ordering: .relaxed)
        var storages = toldStorages.load(ordering: .relaxed)
        var allocated = toldAllocated.load(ordering: .relaxed)
        ThreadState.visitAll { state in
            bytes += state.ledger.bytes.load(ordering: .relaxed)
            storages += state.ledger.storages.load(ordering: .relaxed)
            allocated += state.ledger.allocated.load(ordering: .relaxed)
        }
        return (bytes, storages, Swift.max(bytes, peakBytes.load(ordering: .relaxed)), allocated)
    }

    static func resetPeak() { peakBytes.store(total().bytes, ordering: .relaxed) }
}
