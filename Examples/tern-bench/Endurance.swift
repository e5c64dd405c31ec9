import Foundation
import Tern

// What a program notices of Tern besides the time of a step: single steps that take long, the start, and memory.

extension Workload {
    /// Prints the median and the 99th percentile of single steps, and the longest.
    func showLatency(rounds: Int) {
        let step = begun()
        let times = (0..<rounds * steps).map { i in seconds { step(i) } * 1e6 }.sorted()
        func quantile(_ share: Double) -> Double { times[min(times.count - 1, Int(Double(times.count) * share))] }
        print(
            paddedName
                + String(
                    format: "p50 %10.1f us   p99 %10.1f us   longest %10.1f us   of %d steps", quantile(0.5),
                    quantile(0.99), times.last!, times.count))
    }

    /// Prints what memory a training holds that goes on and on, and whether it grows.
    func showGrowth(steps count: Int) {
        Tern.seed(0)
        let step = make()
        func show(_ done: Int) {
            let memory = memoryStatistics()
            print(
                paddedName
                    + String(
                        format: "%9d steps: %6d storages of %10.3f MB, cached %8.3f MB, process %8.1f MB", done,
                        memory.liveStorages, Double(memory.liveBytes) / 1e6, Double(memory.cachedBytes) / 1e6,
                        Double(residentBytes()) / 1e6))
        }
        for done in 1...count {
            step(done - 1)
            if done == max(1, count / 100) || done % max(1, count / 4) == 0 { show(done) }
        }
    }

    var paddedName: String { name.padding(toLength: 12, withPad: " ", startingAt: 0) }
}

/// Prints how long a process takes from its start to its end that takes the first step of a workload, and no other.
func showStart(_ workloads: [Workload], rounds: Int) throws {
    for workload in workloads {
        var times: [Double] = []
        for _ in 0..<max(rounds, 5) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = ["--workload", workload.name, "--steps", "1"]
            let output = Pipe()
            process.standardOutput = output
            let start = DispatchTime.now().uptimeNanoseconds
            try process.run()
            // Foundation looks for a process's end from time to time; its output ends at once.
            _ = output.fileHandleForReading.readDataToEndOfFile()
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6)
            process.waitUntilExit()
        }
        times.sort()
        print(
            workload.paddedName
                + String(
                    format: "first step done %7.1f ms after the start of the process (%.1f ... %.1f)",
                    times[times.count / 2], times[0], times.last!))
    }
}

/// The memory of this process that is in use, or 0 where the system does not tell.
private func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
        let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * Int(getpagesize())
}
