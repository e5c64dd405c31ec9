import Foundation
import Tern
import TernCore

/// What a step would take on more threads than this machine has: the pool's work dealt out under a clock that is simulated.
///
/// The jobs of a step are recorded on one thread, piece by piece. A simulated thread then takes pieces as the pool's do (its
/// own share first, then what is left of the others'), and pays what handing over costs on this machine. Left out is what
/// threads do to one another: they share memory's bandwidth and the larger caches, and heat slows them. So the result is
/// what the cutting of work and the serial parts allow, no forecast for a certain processor.
struct ThreadModel {
    /// From a job's beginning until a worker that looks for work begins, in nanoseconds.
    let handOver: Double
    /// The same for a worker that sleeps.
    let waking: Double
    /// A cache line that another core has written: for every worker that begins, ends, or looks for what is left.
    var line: Double { handOver / 4 }
    /// How long workers look for work before they sleep, in nanoseconds: 20,000 pauses.
    let patience: Double

    /// Measured here.
    init() {
        let shortest = nanoseconds(calls: 1000) { parallelFor(pieces: 2, work: .max) { _ in } }
        handOver = threadCount > 1 ? shortest / 2 : 250
        // A worker that sleeps has begun when its piece says so, after the caller's is done.
        var wakings: [Double] = []
        for _ in 0..<20 where threadCount > 1 {
            Thread.sleep(forTimeInterval: 0.01)
            nonisolated(unsafe) var began: UInt64 = 0
            let caller = Thread.current
            let start = DispatchTime.now().uptimeNanoseconds
            parallelFor(pieces: 2, work: .max) { _ in
                if Thread.current !== caller { began = DispatchTime.now().uptimeNanoseconds } else { usleep(500) }
            }
            if began > start { wakings.append(Double(began - start)) }
        }
        waking = wakings.isEmpty ? 10_000 : wakings.sorted()[wakings.count / 2]
        patience = 20_000 * 20
    }

    /// Milliseconds of a step.
    func time(of jobs: [JobRecord.Job], rest: Double, gapScale: Double, threads: Int) -> Double {
        var time = rest * gapScale
        var idle = Double.infinity
        for job in jobs {
            idle += job.gap * gapScale
            time += job.gap * gapScale
            let shares = sharesOfJob(pieces: job.pieces.count, work: job.work, threads: threads)
            if shares <= 1 {
                let alone = job.pieces.reduce(0, +)
                time += alone
                idle += alone
            } else {
                time += self.time(of: job, shares: shares, asleep: idle > patience)
                idle = 0
            }
        }
        return time * 1e-6
    }

    /// Nanoseconds from a job's beginning until its caller goes on.
    private func time(of job: JobRecord.Job, shares: Int, asleep: Bool) -> Double {
        let count = job.pieces.count
        var next = (0..<shares).map { count * $0 / shares }
        let ends = (0..<shares).map { count * ($0 + 1) / shares }
        var clocks = (0..<shares).map { share -> Double in
            if share == 0 { return 0 }
            // Those asleep are woken by the one at half their number; those awake read one line, one after the other.
            let level = (share + 1).bitWidth - 1 - (share + 1).leadingZeroBitCount
            return asleep ? Double(level) * waking : handOver + Double(share - 1) * line / 4
        }
        // Where each looks: shares after its own.
        var turns = [Int](repeating: 0, count: shares)
        var running = Array(0..<shares)
        while !running.isEmpty {
            let place = running.indices.min { clocks[running[$0]] < clocks[running[$1]] }!
            let thread = running[place]
            let victim = (thread + turns[thread]) % shares
            if next[victim] < ends[victim] {
                clocks[thread] += job.pieces[next[victim]] + (turns[thread] == 0 ? 0 : line)
                next[victim] += 1
            } else {
                turns[thread] += 1
                if turns[thread] == shares { running.remove(at: place) } else { clocks[thread] += line / 4 }
            }
        }
        // A worker that comes when all is taken is not waited for.
        return clocks.max()! + line * 2
    }
}

/// The time of each workload's step on one thread, on all of this machine, and in the model on up to 64.
func modelThreads(_ workloads: [Workload]) {
    let here = threadCount
    let model = ThreadModel()
    let counts = [1, 2, 4, 8, 16, 32, 64]
    print(
        String(
            format: "Handing a job over takes %.0f ns, to a thread that sleeps %.0f ns.", model.handOver, model.waking))
    print("Milliseconds a step: measured on 1 and \(here) threads, then in the model; and what is serial.\n")
    print(
        "workload     measured 1" + "measured \(here)".leftPadded(to: 11)
            + counts.dropFirst().map { "\($0)".leftPadded(to: 9) }.joined() + "   serial")
    for workload in workloads {
        Tern.seed(0)
        let step = workload.make()
        let steps = max(1, workload.steps / 5)
        func measured(_ threads: Int) -> Double {
            threadCount = threads
            for i in 0..<min(steps, 10) { step(i) }
            return (0..<3).map { _ in seconds { for i in 0..<steps { step(i) } } * 1e3 / Double(steps) }.min()!
        }
        let all = measured(here)
        let one = measured(1)
        // What else the machine does only ever adds.
        let record = (0..<5).map { _ in JobRecord { step(0) } }.min { $0.inPieces < $1.inPieces }!
        threadCount = here
        let gaps = record.jobs.reduce(record.rest) { $0 + $1.gap }
        // Looking takes time, and that lies in the gaps.
        let scale = max(0, min(1, (one * 1e6 - record.inPieces) / gaps))
        let times = counts.dropFirst().map {
            model.time(of: record.jobs, rest: record.rest, gapScale: scale, threads: $0)
        }
        print(
            workload.paddedName + String(format: "%11.3f%11.3f", one, all)
                + times.map { String(format: "%9.3f", $0) }.joined()
                + String(format: "%7.1f %%", 100 * gaps * scale / (one * 1e6)))
    }
}

extension JobRecord {
    /// Nanoseconds that all pieces took.
    fileprivate var inPieces: Double { jobs.reduce(0) { $0 + $1.pieces.reduce(0, +) } }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
