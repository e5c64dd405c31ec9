import Foundation
import TernCore
import TernTraining

/// A ``/TernTraining/TrainingRun`` that is given its communicator as `peers` saves, logs and prints on rank 0, and goes on from
/// rank 0's checkpoint on all ranks, which need not see its files.
extension Communicator: TrainingPeers {
    /// The checkpoint of rank 0, on all ranks.
    public func fromFirst(_ checkpoint: Checkpoint?) throws(CommunicationError) -> Checkpoint? {
        if isAlone { return checkpoint }
        var writer = ByteWriter()
        if rank == 0, let checkpoint {
            writer.append(checkpoint.parts.count)
            for (name, values) in checkpoint.parts.sorted(by: { $0.key < $1.key }) {
                writer.append(name)
                writer.append(values)
            }
        }
        let data = try broadcast(writer.data)
        if rank == 0 || data.isEmpty { return rank == 0 ? checkpoint : nil }
        var reader = ByteReader(data)
        var parts: [String: [String: StateValue]] = [:]
        for _ in 0..<reader.integer() {
            let name = reader.text()
            parts[name] = reader.state()
        }
        return Checkpoint(parts: parts)
    }

    /// The largest of a number of each rank, on all ranks.
    public func largest(_ number: Double) throws(CommunicationError) -> Double {
        try allReduce(Tensor([number]), .max).item()
    }
}
