import TernCore
import TernNN

extension DataParallel {
    /// The end of a step: what is left is sent, and every rank takes on what came of it.
    func finish<Element>(
        _ batch: ShardedBatch<Element>, _ total: Int, _ losses: [Range<Int>: Double],
        _ statistics: RunningStatistics, _ outputs: [[Tensor]]?, _ earlier: [Tensor?], computed: Duration
    ) throws(CommunicationError) -> Step {
        let last = buckets.count - 1
        let (tree, branches) = flush()
        var extras = branches.map { branch in
            [tree.sum(losses, below: branch) { $0 + $1 }!] + statistics.flags
        }
        if !reproducible && extras.count > 1 {
            extras = [extras.dropFirst().reduce(extras[0]) { sum, next in zip(sum, next).map { $0 + $1 } }]
        }
        for (branch, values) in extras.enumerated() { buckets[last].put(extras: values, branch: branch) }
        launchBuckets(through: buckets.count)

        let begin = ContinuousClock.now
        for bucket in buckets { try connection.wait(bucket.job) }
        traffic.add(buckets.compactMap(\.job), computed: computed, waited: ContinuousClock.now - begin)
        setGradients(earlier)
        let values = buckets[last].extraValues
        try statistics.share(values.dropFirst().map { $0 > 0 }, tree, branches, present: batch.present, connection)
        let all = try outputs.map { (own) throws(CommunicationError) in try gathered(own) } ?? []
        try agreeOnOrder()
        return Step(loss: values[0], examples: total, outputs: all)
    }

    /// The outputs of all micro-batches, in their order.
    private func gathered(_ own: [[Tensor]]) throws(CommunicationError) -> [Tensor] {
        var all = own
        if !group.isAlone {
            all = []
            var writer = ByteWriter()
            writer.append(own.count)
            writer.append(own.first?.count ?? 0)
            for tensor in own.joined() { writer.append(tensor) }
            for data in try connection.allGather(writer.data) {
                var reader = ByteReader(data)
                let (rows, columns) = (reader.integer(), reader.integer())
                for _ in 0..<rows { all.append((0..<columns).map { _ in reader.tensor() }) }
            }
        }
        guard let count = all.first?.count else { return [] }
        return (0..<count).map { output in concatenated(all.map { $0[output] }) }
    }

    /// Once, after a first step: buckets in the order in which rank 0's walk completed its parameters.
    private func agreeOnOrder() throws(CommunicationError) {
        guard let order = completed else { return }
        completed = nil
        if group.isAlone || buckets.count == 1 { return }
        let agreed = try connection.broadcast(Tensor(order.map { Int64($0) })).array(of: Int.self)
        setBuckets(agreed)
    }
}
