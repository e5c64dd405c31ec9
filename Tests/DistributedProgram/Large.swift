import Foundation
import TernCore
import TernDistributed

/// `distributed-check large`: tensors of more than 2^31 elements, of 8 GB of memory on each rank. Not among the tests: by hand.
func checkLarge(_ group: Communicator, _ words: [String]) throws {
    // Of bytes that differ from piece to piece, so that one out of place shows.
    func numbers(_ rank: Int) -> Tensor {
        let rows = Tensor((0..<2049).map { ($0 * 7 + rank) % 120 }).converted(to: .uint8)
        return rows.reshaped([2049, 1]).expanded(to: [2049, 1 << 20]).contiguous()
    }
    func expect(_ found: Tensor, _ expected: Tensor, _ message: String) {
        let isSame =
            found.shape == expected.shape
            && found.withUnsafeBytes { found in
                expected.withUnsafeBytes { memcmp(found.baseAddress!, $0.baseAddress!, found.count) == 0 }
            }
        Checks.expect(isSame, message)
        group.print("\(message) of \(found.count) elements: \(isSame ? "right" : "wrong")")
    }
    let last = group.size - 1
    expect(try group.broadcast(numbers(group.rank), from: last), numbers(last), "broadcast")
    let largest = (0..<group.size).map(numbers).reduce(nil) { (sum: Tensor?, next) in
        sum.map { maximum($0, next) } ?? next
    }!
    expect(try group.allReduce(numbers(group.rank), .max), largest, "allReduce")
    if group.rank == 0 { try group.send(numbers(0), to: last) }
    if group.rank == last {
        Checks.expect(try group.receive(from: 0)[2048, 0].item() == numbers(0)[2048, 0].item(), "receive")
    }
    try group.barrier()
}
