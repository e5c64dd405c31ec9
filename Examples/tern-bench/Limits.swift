import Foundation
import Tern
import TernCore

/// The times that no program can go below on this machine: for a workload's arithmetic, with nothing to wait for, and for its
/// memory traffic, with every operation reading its inputs and writing its results once.
struct Limits {
    private let multiplyAdds = MachineLimits.multiplyAddRate()

    init() {
        let size = 768 << 20
        print(
            String(
                format: "%d threads: %.1f GFLOP/s of multiplications and additions, %.1f GB/s of memory", threadCount,
                multiplyAdds * 1e-9, MachineLimits.memoryRate(size) * 1e-9))
    }

    /// What of a step's time its arithmetic and its memory traffic are. Memory is as fast as it is for operations on as much
    /// of it as the step holds at its height.
    func bounds(of workload: Workload, milliseconds: Double) -> String {
        Tern.seed(0)
        let step = workload.make()
        for i in 0..<3 { step(i) }
        let profile = Profile { step(0) }
        let bytes = profile.rows().reduce(0) { $0 + $1.bytes }
        let arithmetic = workload.operations / multiplyAdds * 1e3
        let memory = Double(bytes) / MachineLimits.memoryRate(profile.peak.bytes) * 1e3
        return String(
            format: "arithmetic %9.4f ms (%2.0f %%), memory %9.4f ms of %7.1f MB (%2.0f %%)", arithmetic,
            100 * arithmetic / milliseconds, memory, Double(bytes) / Double(1 << 20), 100 * memory / milliseconds)
    }
}
