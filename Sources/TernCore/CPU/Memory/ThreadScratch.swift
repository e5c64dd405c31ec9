/// Memory that a thread keeps for its kernels to work in. A kernel gets the block that the last one gave back, which is in
/// the cache of the thread's core; one inside of another, the block below.
struct ThreadScratch: ~Copyable {
    /// Larger blocks, which do not stay in a core's cache, are not kept.
    static let limit = 1 << 20

    struct Block {
        let memory: UnsafeMutableRawPointer
        fileprivate let byteCount: Int
    }
    private var blocks: [Block] = []

    /// A block of this size or larger, 64-byte aligned; `nil` if the system has no memory.
    @inline(__always)
    mutating func take(_ byteCount: Int) -> Block? {
        if let block = blocks.popLast() {
            if block.byteCount >= byteCount { return block }
            Allocator.free(block.memory, block.byteCount)
        }
        return ThreadScratch.block(byteCount)
    }

    @inline(__always)
    mutating func giveBack(_ block: Block) { blocks.append(block) }

    @inline(never)
    private static func block(_ byteCount: Int) -> Block? {
        let size = Allocator.sizeClass(max(byteCount, 4096)).byteCount
        return Allocator.block(size).map { Block(memory: $0, byteCount: size) }
    }

    deinit {
        for block in blocks { Allocator.free(block.memory, block.byteCount) }
    }
}
