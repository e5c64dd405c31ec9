import Testing

@testable import TernCore

@Suite("Memory that kernels work in")
struct ScratchTests {
    /// From the smallest to more than a thread keeps.
    private static let sizes = [1, 100, 4096, 5000, 1 << 20, (1 << 20) + 1]

    @Test("is aligned and apart from that of the kernels around", arguments: sizes, sizes)
    func apart(outer: Int, inner: Int) {
        // Twice, as the second time there are blocks to take.
        for turn in UInt8(0)..<2 {
            Allocator.withScratch(outer) { first in
                first.initializeMemory(as: UInt8.self, repeating: turn, count: outer)
                for _ in 0..<2 {
                    Allocator.withScratch(inner) { second in
                        second.initializeMemory(as: UInt8.self, repeating: turn + 10, count: inner)
                        #expect(Int(bitPattern: second) % 64 == 0)
                    }
                }
                let bytes = UnsafeRawBufferPointer(start: first, count: outer)
                #expect(bytes.allSatisfy { $0 == turn })
                #expect(Int(bitPattern: first) % 64 == 0)
            }
        }
    }

    @Test("stays with the thread", .enabled(if: !FencedMemory.isOn))
    func stays() {
        @Sendable func place(_ byteCount: Int) -> Int {
            var place = 0
            Allocator.withScratch(byteCount) { place = Int(bitPattern: $0) }
            return place
        }
        let first = place(1 << 19)
        #expect(place(1000) == first)
        #expect(place(1 << 19) == first)
        #expect(onThread { place(1000) } != first)
        #expect(place(1) == first)
    }
}
