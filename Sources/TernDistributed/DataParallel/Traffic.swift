import Foundation
import TernCore

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
    /// How long this rank has computed losses and gradients.
    public private(set) var computing = Duration.zero

    mutating func add(_ jobs: [MPIJob], computed: Duration, waited: Duration) {
        if jobs.isEmpty { return }
        steps += 1
        computing += computed
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

extension DataParallel {
    /// What the steps so far took, and which rank was the slowest: one line. All ranks call it.
    ///
    /// ```
    /// computing 1.21 ms a step on rank 1, the slowest, and 1.02 ms on rank 0, the fastest; 0.25 MB sent a step, 61 % of the time hidden
    /// ```
    public func report() throws(CommunicationError) -> String {
        let own = traffic.computing / .milliseconds(1) / Double(max(traffic.steps, 1))
        let all = try group.allGather(Tensor([own])).array(of: Double.self)
        let slowest = all.indices.max { all[$0] < all[$1] }!
        let fastest = all.indices.min { all[$0] < all[$1] }!
        return String(
            format: "computing %.2f ms a step on rank %d, the slowest, and %.2f ms on rank %d, the fastest; "
                + "%.2f MB sent a step, %.0f %% of the time hidden",
            all[slowest], slowest, all[fastest], fastest, traffic.bytesPerStep / 1e6, traffic.hiddenShare * 100)
    }
}
