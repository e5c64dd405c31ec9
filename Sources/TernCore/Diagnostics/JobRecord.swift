/// The jobs that a computation gives to several threads, with the time that each of their pieces takes on one: what a
/// model of more threads than this machine has needs to know.
package final class JobRecord: OperationObserver {
    package struct Job: Sendable {
        /// What each piece took, in nanoseconds.
        package var pieces: [Double]
        /// What the job was said to take, in nanoseconds.
        package var work: Int
        /// What the calling thread did alone before, since the last job.
        package var gap: Double
    }

    package private(set) var jobs: [Job] = []
    /// What the calling thread did after the last job, in nanoseconds.
    package private(set) var rest = 0.0
    private var last = Observation.now

    /// Runs `body` on one thread.
    package init(_ body: () -> Void) {
        Observation.by(self, body)
        rest = Double(Observation.now - last)
    }

    func computed(_ operation: ComputedOperation) {}

    func timesPieces(_ pieces: Int, work: Int, _ body: (Int) -> Void) -> Bool {
        var times: [Double] = []
        times.reserveCapacity(pieces)
        let gap = Double(Observation.now - last)
        last = Observation.now
        for piece in 0..<pieces {
            body(piece)
            let now = Observation.now
            times.append(Double(now - last))
            last = now
        }
        jobs.append(Job(pieces: times, work: work, gap: gap))
        last = Observation.now
        return true
    }
}
