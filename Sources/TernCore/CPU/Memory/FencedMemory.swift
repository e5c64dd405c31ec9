import Foundation
import Synchronization

/// Memory for finding reads and writes outside of it, if the environment variable `TERN_MEMORY` is `fenced`: each block
/// lies against a page that faults, is full of NaN (or the largest integers) at first, and is given back at once. What is
/// written before it is found when it is freed. Slow; for tests of kernels, with or without the address sanitizer.
enum FencedMemory {
    static let isOn: Bool = {
        guard let name = ProcessInfo.processInfo.environment["TERN_MEMORY"] else { return false }
        if name != "fenced" { mistake("TERN_MEMORY", "must be fenced, or not set, got '\(name)'") }
        return true
    }()

    /// A process may have so many pages of different rights that this is about as many blocks as can be fenced; what is
    /// asked for while there are more has no fence.
    private static let limit = 20_000
    private static let fenced = Mutex<Set<UInt>>([])
    private static let pageBytes = sysconf(Int32(_SC_PAGESIZE))
    private static let filler: UInt8 = 0xFF

    /// - Parameter alignment: a power of two. Elements of a tensor need no more than their size; what is more leaves a gap
    ///   before the fence.
    static func block(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        if fenced.withLock({ $0.count }) >= limit {
            var block: UnsafeMutableRawPointer?
            guard posix_memalign(&block, max(alignment, 16), max(byteCount, 1)) == 0, let block else { return nil }
            memset(block, Int32(filler), byteCount)
            return block
        }
        let room = pages(byteCount)
        let mapped = mmap(nil, room + 2 * pageBytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { return nil }
        let start = mapped + pageBytes
        if mprotect(start, room, PROT_READ | PROT_WRITE) != 0 {
            munmap(mapped, room + 2 * pageBytes)
            return nil
        }
        memset(start, Int32(filler), room)
        let block = start + (room - byteCount) / alignment * alignment
        let address = UInt(bitPattern: block)
        fenced.withLock { _ = $0.insert(address) }
        return block
    }

    static func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
        let address = UInt(bitPattern: block)
        guard fenced.withLock({ $0.remove(address) }) != nil else { return systemFree(block) }
        let end = UnsafeMutableRawPointer(bitPattern: pages(address + UInt(byteCount)))!
        let start = end - pages(byteCount)
        if !isFiller(start, block - start) || !isFiller(block + byteCount, end - block - byteCount) {
            mistake("TERN_MEMORY", "found a byte written outside of a block of \(byteCount) bytes")
        }
        munmap(start - pageBytes, end - start + 2 * pageBytes)
    }

    /// Whether no byte of a gap was written: the first one is the filler, and each is like the one before it.
    private static func isFiller(_ gap: UnsafeMutableRawPointer, _ byteCount: Int) -> Bool {
        byteCount == 0 || gap.load(as: UInt8.self) == filler && memcmp(gap, gap + 1, byteCount - 1) == 0
    }

    /// A number of bytes as one of whole pages.
    private static func pages<Bytes: BinaryInteger>(_ bytes: Bytes) -> Bytes {
        (bytes + Bytes(pageBytes) - 1) / Bytes(pageBytes) * Bytes(pageBytes)
    }
}

private func systemFree(_ block: UnsafeMutableRawPointer) { free(block) }
