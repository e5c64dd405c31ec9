/// The other processes that train the same model together with this one, as a ``TrainingRun`` sees them. `Communicator` of
/// `TernDistributed` is one.
///
/// The state of a training is the same in all of them: that of the first is saved, and all go on from it.
public protocol TrainingPeers {
    /// The number of this process: 0 is the first, which saves, logs and prints.
    var rank: Int { get }
    /// How many processes there are.
    var size: Int { get }
    /// What the first process has; on all of them.
    func fromFirst(_ checkpoint: Checkpoint?) throws -> Checkpoint?
    /// The largest of a number of each; on all of them.
    func largest(_ number: Double) throws -> Double
}

/// Calls `body` for its errors as those of a run.
func passingPeersErrors<T>(_ body: () throws -> T) throws(TrainingRunError) -> T {
    do { return try body() } catch { throw .peers("\(error)") }
}
