import TernCore

/// The first part of an operation: each rank says what it asks for, and hears the others. So ranks that ask for different things
/// find out before they wait for each other for ever, or take one thing for another.
final class Agreement: @unchecked Sendable {
    // Unchecked: written by the thread of MPI, and read by the stages behind and after the job.
    private let operation: String
    private let communicator: Communicator
    private let own: UnsafeMutableRawBufferPointer
    private let all: UnsafeMutableRawBufferPointer

    /// A few numbers, and a text.
    private static let numberCount = 3
    private static let textStart = 8 * numberCount
    private static let byteCount = 256

    /// The numbers of each rank.
    private(set) var numbers: [[Int]]

    /// - Parameters:
    ///   - operation: must be the same on all ranks.
    ///   - communicator: where.
    ///   - numbers: what the others should know; up to 3.
    init(_ operation: String, _ communicator: Communicator, numbers: [Int] = []) {
        (self.operation, self.communicator, self.numbers) = (operation, communicator, [numbers])
        own = .allocate(byteCount: Self.byteCount, alignment: 8)
        all = .allocate(byteCount: Self.byteCount * communicator.size, alignment: 8)
        own.initializeMemory(as: UInt8.self, repeating: 0)
        for (index, number) in numbers.enumerated() {
            own.storeBytes(of: number, toByteOffset: 8 * index, as: Int.self)
        }
        for (index, byte) in operation.utf8.prefix(Self.byteCount - Self.textStart).enumerated() {
            own[Self.textStart + index] = byte
        }
    }

    deinit {
        own.deallocate()
        all.deallocate()
    }

    var stages: [MPIJob.Stage] {
        [
            { [self] transfers in
                transfers.keep(self)
                try transfers.allGather(UnsafeRawBufferPointer(own), into: all)
            },
            { [self] _ in try check() },
        ]
    }

    private func check() throws(CommunicationError) {
        var others: [String] = []
        for rank in 0..<communicator.size {
            let record = all[(rank * Self.byteCount)..<((rank + 1) * Self.byteCount)]
            if !record.dropFirst(Self.textStart).elementsEqual(own.dropFirst(Self.textStart)) {
                let text = String(decoding: record.dropFirst(Self.textStart).prefix { $0 != 0 }, as: UTF8.self)
                others.append("rank \(rank) asks for \(text)")
            }
        }
        if !others.isEmpty {
            throw CommunicationError(
                operation, others.joined(separator: ", "), rank: communicator.rank, size: communicator.size)
        }
        numbers = (0..<communicator.size).map { rank in
            (0..<Self.numberCount).map {
                all.load(fromByteOffset: rank * Self.byteCount + 8 * $0, as: Int.self)
            }
        }
    }
}
