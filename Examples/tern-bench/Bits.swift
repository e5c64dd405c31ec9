import Tern

/// Takes some steps of each workload on several numbers of threads, and says whether weights and losses have the same bits.
func compareBits(_ workloads: [Workload]) {
    let here = threadCount
    defer { threadCount = here }
    for workload in workloads {
        let results = [1, 2, 3, 8].map { threads in
            threadCount = threads
            Tern.seed(0)
            let running = workload.make()
            var losses: [Float] = []
            for step in 0..<4 { losses.append(running(step).item(as: Float.self)) }
            return running.models.map { String(digest(of: $0).prefix(16)) }.joined(separator: " ")
                + " " + losses.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
        }
        let same = results.allSatisfy { $0 == results[0] }
        print(
            workload.paddedName
                + (same
                    ? "the same bits on 1, 2, 3 and 8 threads   \(results[0])"
                    : "other bits:\n" + results.joined(separator: "\n")))
    }
}
