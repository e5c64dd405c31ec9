import Foundation

extension CPU {
    func connectionistTemporal(_ x: Tensor, _ batch: LabelSequences, into losses: Tensor, shares: Tensor?) {
        if x.dtype == .float64 {
            connectionistTemporal(Double.self, x, batch, losses, shares)
        } else {
            connectionistTemporal(Float.self, x, batch, losses, shares)
        }
    }

    @inline(__always)
    private func connectionistTemporal<Real: BinaryFloatingPoint>(
        _ type: Real.Type, _ x: Tensor, _ batch: LabelSequences, _ losses: Tensor, _ shares: Tensor?
    ) {
        let (count, classes, width) = (x.shape[1], x.shape[2], batch.labels.shape[1])
        let (values, results) = (x.pointer(as: Real.self), losses.pointer(as: Real.self))
        let shares = shares?.pointer(as: Real.self)
        let labels = batch.labels.pointer(as: Int64.self)
        let (lengths, steps) = (batch.lengths.pointer(as: Int64.self), batch.steps.pointer(as: Int64.self))
        let work = Double(x.shape[0] * count * (2 * width + 1)) * Cost.connectionistTemporal
        parallelFor(pieces: count, work: Int(work)) { n in
            let trellis = Trellis(
                steps: Int(steps[n]), labels: UnsafeBufferPointer(start: labels + n * width, count: Int(lengths[n])),
                blank: batch.blank, values: values + n * classes, stride: count * classes)
            let loss = trellis.loss(shares: shares.map { $0 + n * classes })
            if loss == .infinity, batch.zeroInfinity {
                results[n] = 0
                return
            }
            results[n] = Real(loss)
            if loss == .infinity, let shares {
                for t in 0..<Int(steps[n]) {
                    for c in 0..<classes { shares[(t * count + n) * classes + c] = .nan }
                }
            }
        }
    }
}

/// The ways through one sequence: at each step one of the states, which are the labels with a blank before and behind each. A
/// step leads to the same state, to the next, or over a blank between two different labels.
private struct Trellis<Real: BinaryFloatingPoint> {
    let steps: Int
    let labels: UnsafeBufferPointer<Int64>
    let blank: Int
    /// Log-probabilities: that of a class at a step is `values[step * stride + class]`.
    let values: UnsafePointer<Real>
    let stride: Int

    private typealias Row = UnsafeMutablePointer<Double>
    private let kernels = Kernels.of(.float64)

    private var states: Int { 2 * labels.count + 1 }

    @inline(__always)
    private func label(_ state: Int) -> Int { state & 1 == 0 ? blank : Int(labels[state >> 1]) }

    @inline(__always)
    private func canSkip(to state: Int) -> Bool {
        state & 1 == 1 && state > 1 && labels[state >> 1] != labels[state >> 1 - 1]
    }

    /// States that a way can be in at a step: it starts in the first two and ends in the last two.
    @inline(__always)
    private func reachable(_ step: Int) -> Range<Int> {
        let low = max(0, states - 2 * (steps - step))
        return low..<max(low, min(states, 2 * (step + 1)))
    }

    /// The log-probabilities of the states of a range at a step.
    @inline(__always)
    private func look(at step: Int, _ range: Range<Int>, into row: Row) {
        for s in range { row[s] = Double(values[step * stride + label(s)]) }
    }

    /// The negative logarithm of the sum of all ways; adds the share of the ways that are at each class at each step.
    func loss(shares: UnsafeMutablePointer<Real>?) -> Double {
        if steps == 0 { return labels.isEmpty ? 0 : .infinity }
        // Rows have two places before the first state and two behind the last, where no way is.
        let width = states + 4
        var total = 0.0
        Allocator.withScratch((steps + 7) * width * MemoryLayout<Double>.stride) { memory in
            let rows = memory.bindMemory(to: Double.self, capacity: (steps + 7) * width) + 2
            (rows - 2).update(repeating: -.infinity, count: (steps + 7) * width)
            let row = { (index: Int) in rows + index * width }
            let (limits, other) = (row(steps), row(steps + 3))
            for s in 0..<states where canSkip(to: s) { limits[s] = .infinity }
            // The logarithms of the sums of all ways up to a state and step.
            look(at: 0, reachable(0), into: row(0))
            for t in 1..<max(1, steps) {
                let (range, last) = (reachable(t), row(t - 1))
                logSum(range, last, last - 1, last - 2, limits, other, into: row(t))
                look(at: t, range, into: other)
                add(range, row(t), other, into: row(t))
            }
            let end = row(steps - 1) + states - 1
            kernels.binary(.logAddExp)(1, end, 1, end - 1, 1, &total)
            if let shares, total > -.infinity {
                addShares(to: shares, row, limits, other, row(steps + 1), row(steps + 2), total)
            }
        }
        return -total
    }

    /// - Parameters:
    ///   - alpha: the logarithms of the sums of all ways up to a state, at a step.
    ///   - beta: gets those from a state on, without its step, and `ahead` with it.
    private func addShares(
        to shares: UnsafeMutablePointer<Real>, _ alpha: (Int) -> Row, _ limits: Row, _ other: Row, _ beta: Row,
        _ ahead: Row, _ total: Double
    ) {
        for s in max(0, states - 2)..<states { beta[s] = 0 }
        for t in Swift.stride(from: steps - 1, through: 0, by: -1) {
            let range = reachable(t)
            if t < steps - 1 { logSum(range, ahead, ahead + 1, ahead + 2, limits + 2, other, into: beta) }
            // The logarithms of the shares, and these.
            add(range, alpha(t), beta, into: other)
            for s in range { other[s] -= total }
            kernels.unary(.exp)(range.count, other + range.lowerBound, 1, other + range.lowerBound)
            let share = shares + t * stride
            var ofBlank = 0.0
            for s in range {
                if s & 1 == 0 { ofBlank += other[s] } else { share[label(s)] += Real(other[s]) }
            }
            share[blank] += Real(ofBlank)
            look(at: t, range, into: ahead)
            add(range, ahead, beta, into: ahead)
        }
    }

    /// `log(e^a + e^b + e^min(c, limit))`.
    ///
    /// - Parameter terms: room for four rows.
    private func logSum(_ range: Range<Int>, _ a: Row, _ b: Row, _ c: Row, _ limits: Row, _ terms: Row, into y: Row) {
        let (n, first, most) = (range.count, range.lowerBound, Double.greatestFiniteMagnitude)
        let (add, subtract, maximum) = (kernels.binary(.add), kernels.binary(.subtract), kernels.binary(.maximum))
        let (a, b, y) = (a + first, b + first, y + first)
        let (second, third, unit) = (terms + n, terms + 2 * n, terms + 3 * n)
        kernels.binary(.minimum)(n, c + first, 1, limits + first, 1, third)
        maximum(n, a, 1, b, 1, y)
        maximum(n, y, 1, third, 1, y)
        // Less the largest of them, if that is finite.
        kernels.elementwise.clamp(-most, most, n, y, 1, unit)
        subtract(n, a, 1, unit, 1, terms)
        subtract(n, b, 1, unit, 1, second)
        subtract(n, third, 1, unit, 1, third)
        // What is nothing beside 1, as processors are slow where numbers end.
        kernels.elementwise.clamp(-700, .infinity, 3 * n, terms, 1, terms)
        kernels.unary(.exp)(3 * n, terms, 1, terms)
        add(n, terms, 1, second, 1, terms)
        add(n, terms, 1, third, 1, terms)
        kernels.unary(.log)(n, terms, 1, terms)
        add(n, terms, 1, y, 1, y)
    }

    @inline(__always)
    private func add(_ range: Range<Int>, _ a: Row, _ b: Row, into y: Row) {
        let first = range.lowerBound
        kernels.binary(.add)(range.count, a + first, 1, b + first, 1, y + first)
    }
}
