import Foundation
import TernCore
import TernData
import TernNN

extension DataParallel {
    /// Makes all ranks the same as rank 0: parameters, buffers and random numbers.
    func shareModel() throws(CommunicationError) {
        if group.isAlone { return }
        try compareModels()
        let before = parameters.map { $0.value.detached } + buffers.map(\.value)
        var after: [Tensor] = []
        for value in before { after.append(try connection.broadcast(value)) }
        for (parameter, value) in zip(parameters, after) { parameter.value = value }
        for (buffer, value) in zip(buffers, after.dropFirst(parameters.count)) { buffer.value = value }
        let state = Generator.default.state
        let numbers = Tensor([state.key, state.counter])
        let shared = try connection.broadcast(numbers).array(of: UInt64.self)
        Generator.default.state = Generator.State(key: shared[0], counter: shared[1])
        try checkEqual()
    }

    /// What there must be on all ranks, for a message that says where they differ.
    private func compareModels() throws(CommunicationError) {
        var rows = zip(names, parameters).map { "\($0) \($1.value.kindDescription)" }
        rows += buffers.enumerated().map { "buffer \($0) \($1.value.kindDescription)" }
        rows.append("instruction set \(InstructionSet.current.rawValue)")
        let own = rows.joined(separator: "\n")
        for (rank, other) in try connection.allGather(Data(own.utf8)).enumerated() where other != Data(own.utf8) {
            let others = String(decoding: other, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            let place = zip(rows, others).enumerated().first { $1.0 != $1.1 }?.offset ?? min(rows.count, others.count)
            func row(_ rows: [some StringProtocol]) -> String { place < rows.count ? String(rows[place]) : "nothing" }
            throw CommunicationError(
                "DataParallel",
                "expects the same on all ranks, but there is \(row(rows)) here, and \(row(others)) on rank \(rank)",
                rank: group.rank, size: group.size)
        }
    }

    /// Checks that the parameters and buffers of all ranks are the same, to the last bit.
    ///
    /// - Throws: with the names of what differs from rank 0.
    public func checkEqual() throws(CommunicationError) {
        if group.isAlone { return }
        let values = parameters.map { $0.value.detached } + buffers.map(\.value)
        var digests = Data()
        for value in values {
            var sha = SHA256()
            value.withUnsafeBytes { sha.update($0) }
            digests.append(Data(sha.finalized().utf8))
        }
        let all = try connection.allGather(digests)
        let length = digests.count / values.count
        for (rank, other) in all.enumerated() where other != all[0] {
            let places = values.indices.filter { place in
                let range = (place * length)..<((place + 1) * length)
                return all[0][all[0].startIndex + range.lowerBound..<all[0].startIndex + range.upperBound]
                    != other[other.startIndex + range.lowerBound..<other.startIndex + range.upperBound]
            }
            let wrong = places.map { $0 < names.count ? names[$0] : "buffer \($0 - names.count)" }
            throw CommunicationError(
                "DataParallel.checkEqual", "rank \(rank) differs from rank 0 in \(wrong.joined(separator: ", "))",
                rank: group.rank, size: group.size)
        }
    }
}
