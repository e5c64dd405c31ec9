import TernCore

/// Adds up (or takes the largest of) what ranks have, element by element, in the order of a ``FixedTree``.
///
/// The elements are dealt to the ranks in stretches: each gets its stretch of all parts, reduces it, and hands the result to the
/// others. Every rank sends and receives about twice what it has, whatever their number, and few elements go to everyone at once.
final class FixedReduction: @unchecked Sendable {
    // Unchecked: handed to the thread of MPI and back.
    private let communicator: Communicator
    private let tree: FixedTree
    /// The parts of this rank: sums of branches of the tree, all of one size.
    private let parts: [(branch: Range<Int>, part: Outgoing)]
    /// The branches that each rank has.
    private let branchesOf: [[Range<Int>]]
    private let stretches: [Range<Int>]
    private let gathersResult: Bool
    private let combine: Combine

    /// What is done with the elements.
    struct Combine {
        /// Before: halves become `float32`, as everywhere where they are added.
        var prepare: (Tensor) -> Tensor = { $0 }
        var pair: (Tensor, Tensor) -> Tensor = { $0 + $1 }
        /// After: back to the type that they had.
        var finish: (Tensor) -> Tensor = { $0 }
    }

    private var incoming: [Range<Int>: Incoming] = [:]
    private var reduced: Outgoing?
    /// Flat: all elements, or this rank's stretch.
    let result: Incoming

    /// - Parameters:
    ///   - parts: those of this rank, flat: one for each of its branches with leaves that are present.
    ///   - kind: how many elements they have, and of which type.
    ///   - tree: whose leaves the ranks share.
    ///   - present: so many of the leaves are there, all unless given.
    ///   - stretches: the elements that each rank reduces.
    ///   - gathersResult: whether every rank gets all elements.
    ///   - communicator: the ranks.
    ///   - combine: what is done.
    init(
        _ parts: [Tensor], of kind: (count: Int, dtype: DType), tree: FixedTree, present: Int? = nil,
        stretches: [Range<Int>]? = nil, gathersResult: Bool = true, among communicator: Communicator,
        _ combine: Combine = Combine()
    ) {
        let present = present ?? tree.count
        branchesOf = (0..<communicator.size).map { rank in
            tree.branches(of: tree.leaves(of: rank, among: communicator.size)).filter { $0.lowerBound < present }
        }
        let branches = branchesOf[communicator.rank]
        precondition(branches.count == parts.count)
        self.parts = zip(branches, parts).map { ($0, Outgoing($1)) }
        (self.tree, self.communicator, self.combine) = (tree, communicator, combine)
        self.gathersResult = gathersResult
        self.stretches = stretches ?? Self.stretches(of: kind.count, among: communicator.size)
        result = Incoming([gathersResult ? kind.count : self.stretches[communicator.rank].count], kind.dtype)
    }

    /// Up to here one exchange is quicker than two. Of the order of what a network sends while a message is under way.
    private static let smallByteCount = 16 << 10

    private static func stretches(of count: Int, among ranks: Int) -> [Range<Int>] {
        if count * 8 * ranks <= smallByteCount { return Array(repeating: 0..<count, count: ranks) }
        // So that vectors begin where memory does.
        let size = ((count + ranks - 1) / ranks + 15) & ~15
        return (0..<ranks).map { min($0 * size, count)..<min(($0 + 1) * size, count) }
    }

    private var rank: Int { communicator.rank }

    var stages: [MPIJob.Stage] {
        [
            { [self] transfers in
                transfers.keep(self)
                try exchangeParts(transfers)
            },
            { [self] transfers in
                transfers.keep(self)
                try exchangeResults(transfers)
            },
        ]
    }

    private func exchangeParts(_ transfers: MPITransfers) throws(CommunicationError) {
        let own = stretches[rank]
        for other in others {
            for branch in branchesOf[other] {
                let part = Incoming([own.count], result.tensor.dtype)
                incoming[branch] = part
                try transfers.receive(part.bytes, from: other)
            }
        }
        for other in others {
            for (_, part) in parts { try transfers.send(part.bytes(of: stretches[other]), to: other) }
        }
    }

    private func exchangeResults(_ transfers: MPITransfers) throws(CommunicationError) {
        let reduced = reduceStretch()
        incoming = [:]
        let own = stretches[rank]
        let place = gathersResult ? own : 0..<own.count
        result.copy(reduced.tensor, to: place)
        // Everyone has reduced the same.
        if !gathersResult || stretches.allSatisfy({ $0 == own }) { return }
        self.reduced = reduced
        for other in others {
            try transfers.receive(result.bytes(of: stretches[other]), from: other)
            try transfers.send(reduced.bytes, to: other)
        }
    }

    private func reduceStretch() -> Outgoing {
        let own = stretches[rank]
        return withoutGradients {
            var values = incoming.mapValues { combine.prepare($0.tensor) }
            for (branch, part) in parts { values[branch] = combine.prepare(part.tensor[own]) }
            return Outgoing(combine.finish(tree.sum(values, combine.pair)!))
        }
    }

    /// In an order in which not all begin with the same one.
    private var others: [Int] { (1..<communicator.size).map { (rank + $0) % communicator.size } }
}
