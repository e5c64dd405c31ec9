import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Figures of the memory that tensors hold.
public struct MemoryStatistics: Sendable, Equatable {
    /// Bytes that live tensors hold, as requested.
    public var liveBytes: Int
    /// Number of live storages (views share one).
    public var liveStorages: Int
    /// The largest `liveBytes` since the start, or since ``resetPeakMemory()``. Where several threads allocate, each may
    /// add 64 KiB that are not seen at once.
    public var peakBytes: Int
    /// Bytes that tensors and operations have asked for since the start, also those freed since: the difference of two
    /// readings is what a computation wrote to new memory.
    public var allocatedBytes: Int
    /// Bytes kept for reuse, which ``emptyCache()`` gives back to the system.
    public var cachedBytes: Int
}

/// The statistics of tensor memory in this process.
///
/// ```swift
/// let x = Tensor.zeros([1024])
/// memoryStatistics().liveBytes   // 4096 more than before
/// ```
public func memoryStatistics() -> MemoryStatistics { Allocator.statistics() }

/// Gives the memory that is kept for reuse back to the system, but for blocks of 1 MiB at most that threads work in.
public func emptyCache() { Allocator.emptyCache() }

/// Makes the live bytes of now the peak.
public func resetPeakMemory() { MemoryLedger.resetPeak() }

/// Hands out 64-byte aligned blocks and keeps freed ones, by size class, for the next request of that class: a training
/// step asks for the same sizes again and again, and the system's allocator would return large blocks to the kernel
/// and fault them in anew each time.
enum Allocator {
    static let alignment = 64
    private static let hugePage = 1 << 21
    /// Up to here `malloc` itself, with its cache a thread, is fastest.
    static let smallLimit = 1024

    /// Free blocks by size class. A class is a power of two or one of three steps between: at most 25 % is wasted.
    private struct Cache: @unchecked Sendable {
        var bins = [[UnsafeMutableRawPointer]](repeating: [], count: 4 * 64)
        var cachedBytes = 0
    }
    private static let cache = Mutex(Cache())

    /// The class of a size and the bytes its blocks have.
    @inline(__always)
    static func sizeClass(_ byteCount: Int) -> (index: Int, byteCount: Int) {
        let exponent = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = 1 << (exponent - 2)
        let quarter = (byteCount - 1 - (1 << exponent)) >> (exponent - 2)
        return (4 * exponent + quarter, (1 << exponent) + (quarter + 1) * step)
    }

    /// A block, which is not counted; `nil` if the system has no memory.
    static func block(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        if FencedMemory.isOn { return FencedMemory.block(byteCount, alignment: 1) }
        if byteCount <= smallLimit { return malloc(max(byteCount, 1)) }
        let (index, size) = sizeClass(byteCount)
        let reused = cache.withLock { cache -> UnsafeMutableRawPointer? in
            guard let block = cache.bins[index].popLast() else { return nil }
            cache.cachedBytes -= size
            return block
        }
        if let block = reused ?? fresh(size) { return block }
        emptyCache()
        return fresh(size)
    }

    private static func fresh(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        var block: UnsafeMutableRawPointer?
        if byteCount < hugePage {
            return posix_memalign(&block, alignment, byteCount) == 0 ? block : nil
        }
        guard posix_memalign(&block, hugePage, byteCount) == 0 else { return nil }
        #if os(Linux)
            // Products of large matrices would spend a tenth of their time on address translation. Only a hint: where the
            // system knows no such pages, nothing changes.
            madvise(block, byteCount / hugePage * hugePage, MADV_HUGEPAGE)
        #endif
        return block
    }

    static func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        if FencedMemory.isOn { return FencedMemory.free(block, byteCount) }
        if byteCount <= smallLimit { return systemFree(block) }
        let (index, size) = sizeClass(byteCount)
        cache.withLock { cache in
            cache.bins[index].append(block)
            cache.cachedBytes += size
        }
    }

    /// Calls `body` with memory that several threads work in, 64-byte aligned.
    @inline(__always)
    static func withSharedScratch(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        let scratch = scratch(byteCount)
        body(scratch)
        free(scratch: scratch, byteCount)
    }

    /// Calls `body` with memory that this thread alone works in, 64-byte aligned: that of its last call, which is still in
    /// the cache of its core, where the block that was freed last may be in another one's.
    @inline(__always)
    static func withScratch(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        if FencedMemory.isOn || byteCount > ThreadScratch.limit { return withSharedScratch(byteCount, body) }
        let state = ThreadState.current
        state.ledger.count(bytes: byteCount, storages: 1)
        guard let scratch = state.scratch.take(byteCount) else { stopWithoutMemory(byteCount) }
        body(scratch.memory)
        state.scratch.giveBack(scratch)
        state.ledger.count(bytes: -byteCount, storages: -1)
    }

    /// Memory that kernels work in, 64-byte aligned, until it is freed.
    @inline(__always)
    static func scratch(_ byteCount: Int) -> UnsafeMutableRawPointer {
        ThreadState.current.ledger.count(bytes: byteCount, storages: 1)
        guard let scratch = scratchBlock(scratchSize(byteCount)) else { stopWithoutMemory(byteCount) }
        return scratch
    }

    @inline(__always)
    static func free(scratch: UnsafeMutableRawPointer, _ byteCount: Int) {
        free(scratch, scratchSize(byteCount))
        ThreadState.current.ledger.count(bytes: -byteCount, storages: -1)
    }

    /// What `malloc` gives is not aligned.
    @inline(__always)
    private static func scratchSize(_ byteCount: Int) -> Int {
        FencedMemory.isOn ? byteCount : max(byteCount, smallLimit + 1)
    }

    private static func scratchBlock(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        FencedMemory.isOn ? FencedMemory.block(byteCount, alignment: alignment) : block(byteCount)
    }

    @inline(never)
    private static func stopWithoutMemory(_ byteCount: Int) -> Never {
        mistake("Tensor", "an operation needs \(byteCount) bytes to work in, which the system does not have")
    }

    static func statistics() -> MemoryStatistics {
        let total = MemoryLedger.total()
        return MemoryStatistics(
            liveBytes: total.bytes, liveStorages: total.storages, peakBytes: total.peakBytes,
            allocatedBytes: total.allocatedBytes, cachedBytes: cache.withLock { $0.cachedBytes })
    }

    static func emptyCache() {
        let blocks = cache.withLock { cache in
            let blocks = cache.bins.flatMap { $0 }
            cache = Cache()
            return blocks
        }
        for block in blocks { systemFree(block) }
    }
}

private func systemFree(_ block: UnsafeMutableRawPointer) { free(block) }
