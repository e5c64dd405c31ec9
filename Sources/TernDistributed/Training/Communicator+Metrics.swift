import Foundation
import TernCore
import TernMetrics

extension Communicator {
    /// Makes a metric what it would be if it had seen what those of all ranks have seen, to the last bit; on every rank.
    ///
    /// ```swift
    /// let accuracy = Accuracy()
    /// _ = evaluate(model, testLoader.dealt(to: group), metrics: ["accuracy": accuracy])
    /// try group.merge(accuracy, through: Accuracy())
    /// ```
    ///
    /// - Parameters:
    ///   - metric: with the same settings on all ranks.
    ///   - spare: another one with these settings, which holds the others' states in turn.
    public func merge<Gathered: Accumulator>(
        _ metric: Gathered, through spare: Gathered
    ) throws(CommunicationError) {
        if isAlone { return }
        var writer = ByteWriter()
        writer.append(metric.savedState)
        let states = try allGather(writer.data)
        metric.reset()
        for (other, data) in states.enumerated() {
            do throws(StateDictionaryError) {
                var reader = ByteReader(data)
                try spare.restore(reader.state())
            } catch {
                throw CommunicationError(
                    "merge of \(Gathered.self)", "the state of rank \(other) does not fit: \(error)", rank: rank,
                    size: size)
            }
            metric.merge(spare)
        }
    }
}
