import CTernRecurrent

/// Where the steps of a batch of sequences lie among the rows of a matrix. Sequences are in falling order of their lengths,
/// so that those that take part in a step are the first ones.
package struct SequenceRows: Sendable {
    /// How many sequences take part in each step.
    let batchSizes: [Int]
    /// The row of sequence 0 at each step.
    let firstRows: [Int]
    /// From the row of a sequence to that of the next one.
    let stride: Int
    let samples: Int
    /// All of them.
    let count: Int

    /// Rows [T, N].
    package static func timeFirst(steps: Int, samples: Int) -> SequenceRows {
        SequenceRows(
            batchSizes: Array(repeating: samples, count: steps), firstRows: (0..<steps).map { $0 * samples }, stride: 1,
            samples: samples, count: steps * samples)
    }

    /// Rows [N, T].
    package static func batchFirst(steps: Int, samples: Int) -> SequenceRows {
        SequenceRows(
            batchSizes: Array(repeating: samples, count: steps), firstRows: Array(0..<steps), stride: steps,
            samples: samples, count: steps * samples)
    }

    /// The rows of a packed sequence: those of one step after those of the other.
    package static func packed(_ batchSizes: [Int]) -> SequenceRows {
        var firstRows: [Int] = []
        var count = 0
        for size in batchSizes {
            firstRows.append(count)
            count += size
        }
        return SequenceRows(
            batchSizes: batchSizes, firstRows: firstRows, stride: 1, samples: batchSizes.first ?? 0, count: count)
    }

    /// The steps in the order of their computation.
    func steps(reversed isReversed: Bool) -> [TernRecurrentStep] {
        let order = isReversed ? Array(batchSizes.indices.reversed()) : Array(batchSizes.indices)
        return order.indices.map { place in
            let (step, active) = (order[place], batchSizes[order[place]])
            let previous = place > 0 ? order[place - 1] : nil
            let next = place + 1 < order.count ? order[place + 1] : nil
            return TernRecurrentStep(
                row: firstRows[step], previous: firstRows[previous ?? step], next: firstRows[next ?? step],
                active: active, before: previous.map { min(active, batchSizes[$0]) } ?? 0,
                after: next.map { min(active, batchSizes[$0]) } ?? 0)
        }
    }

    /// For each sequence, the row of its step that is computed last.
    func lastRows(_ steps: [TernRecurrentStep]) -> [Int] {
        var rows = Array(repeating: 0, count: samples)
        for step in steps { for sample in step.after..<step.active { rows[sample] = step.row + sample * stride } }
        return rows
    }
}
