import Foundation
import Tern

/// Prints what one step of a workload spends its time and memory on, and what looking costs; writes a trace.
func profile(_ workload: Workload, rounds: Int, to path: String) throws {
    let step = workload.begun()
    let profile = Profile { step(0) }
    print("One step of \(workload.name):\n\(profile)\n\nBy module:\n\(profile.table(by: .module))")
    try profile.writeTrace(to: path)

    // In turn: the machine's speed drifts.
    let steps = max(1, min(workload.steps, 100))
    var (plain, observed): ([Double], [Double]) = ([], [])
    for _ in 0..<max(rounds, 5) {
        plain.append(seconds { for i in 0..<steps { step(i) } } * 1e3 / Double(steps))
        observed.append(seconds { for i in 0..<steps { _ = Profile { step(i) } } } * 1e3 / Double(steps))
    }
    let (without, with) = (plain.sorted()[plain.count / 2], observed.sorted()[observed.count / 2])
    print(
        String(
            format:
                "\nA step takes %.4f ms, %.4f ms while it is profiled: %.1f %% more, %.2f us for each of %d events.",
            without, with, 100 * (with / without - 1), (with - without) * 1e3 / Double(profile.events.count),
            profile.events.count))
    print("Wrote \(path), for https://ui.perfetto.dev or chrome://tracing")
}
