/// What ``DataParallel`` has sent for gradients, and how long that took.
public struct Traffic: Sendable {
    /// Steps with traffic.
    public private(set) var steps = 0
    /// Bytes that this rank has sent.
    public private(set) var bytes = 0
    /// How long gradients were under way, one bucket after the other.
    public private(set) var transferring = Duration.zero
    /// How long this rank has waited for them, with nothing left to compute.
    public private(set) var waiting = Duration.zero

    mutating func add(_ jobs: [MPIJob], waited: Duration) {
        if jobs.isEmpty { return }
        steps += 1
        for job in jobs {
            bytes += job.sentByteCount
            transferring += job.duration
        }
        waiting += waited
    }

    /// The share of the transfers that went on while this rank computed.
    public var hiddenShare: Double {
        transferring == .zero ? 0 : max(0, 1 - waiting / transferring)
    }

    /// Bytes that this rank sends in a step.
    public var bytesPerStep: Double { steps == 0 ? 0 : Double(bytes) / Double(steps) }
}
