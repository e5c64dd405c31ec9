import TernCore
import TernNN

/// The buffers of a model over a step: running statistics. Each micro-batch begins with what they were before the step, and they
/// end as the means of what the micro-batches made of them, weighted by their examples: the same for any number of ranks.
final class RunningStatistics {
    private let buffers: [Buffer]
    private let before: [Tensor]
    private var changes: [GradientSums]
    /// For each buffer, 1 if this rank has changed it.
    private(set) var flags: [Double]

    init(_ buffers: [Buffer]) {
        self.buffers = buffers
        before = buffers.map(\.value)
        changes = buffers.map { _ in GradientSums() }
        flags = buffers.map { _ in 0 }
    }

    /// Before a micro-batch.
    func begin() {
        for (buffer, value) in zip(buffers, before) where !buffer.value.sharesMemory(with: value) {
            buffer.value = value
        }
    }

    /// After it.
    func end(_ microBatch: Int, _ share: Double, _ tree: FixedTree) {
        for (index, buffer) in buffers.enumerated() {
            let isChanged = !buffer.value.sharesMemory(with: before[index])
            if isChanged { flags[index] = 1 }
            let change =
                isChanged
                ? withoutGradients { (exact(buffer.value) - exact(before[index])) * share } : nil
            changes[index].add(change, of: microBatch, tree)
        }
    }

    /// Makes the buffers the same on all ranks.
    ///
    /// - Parameter isChanged: whether some rank has changed a buffer.
    func share(
        _ isChanged: [Bool], _ tree: FixedTree, _ branches: [Range<Int>], present: Int, _ connection: Communicator
    ) throws(CommunicationError) {
        let chosen = buffers.indices.filter { isChanged[$0] }
        if chosen.isEmpty { return }
        let bucket = GradientBucket(chosen, sizes: before.map(\.count), dtype: .float64, extras: 0)
        bucket.begin(branches: branches.count)
        for index in chosen { bucket.put(changes[index].take(branches, tree), of: index) }
        bucket.launch(connection, tree, present: present, reproducible: true)
        try connection.wait(bucket.job)
        for index in chosen {
            guard let change = bucket.gradient(of: index, shape: before[index].shape) else { continue }
            let value = withoutGradients { exact(before[index]) + change }
            let dtype = before[index].dtype
            buffers[index].value = (dtype.isFloatingPoint ? value : round(value)).converted(to: dtype)
        }
    }

    private func exact(_ x: Tensor) -> Tensor { x.converted(to: .float64) }
}
