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

    private var states: Int { 2 * labels.count + 1 }

    @inline(__always)
    private func label(_ state: Int) -> Int { state & 1 == 0 ? blank : Int(labels[state >> 1]) }

    @inline(__always)
    private func value(_ step: Int, _ state: Int) -> Double { Double(values[step * stride + label(state)]) }

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

    /// The negative logarithm of the sum of all ways; adds the share of the ways that are at each class at each step.
    func loss(shares: UnsafeMutablePointer<Real>?) -> Double {
        if steps == 0 { return labels.isEmpty ? 0 : .infinity }
        // The logarithms of the sums of all ways up to a state and step, and from there on.
        let alpha = UnsafeMutableBufferPointer<Double>.allocate(capacity: steps * states)
        defer { alpha.deallocate() }
        alpha.initialize(repeating: -.infinity)
        for s in reachable(0) where s < 2 { alpha[s] = value(0, s) }
        for t in 1..<max(1, steps) {
            let (last, now) = ((t - 1) * states, t * states)
            for s in reachable(t) {
                let sum = logSum(
                    alpha[last + s], s > 0 ? alpha[last + s - 1] : -.infinity,
                    canSkip(to: s) ? alpha[last + s - 2] : -.infinity)
                alpha[now + s] = sum + value(t, s)
            }
        }
        let end = steps * states - 1
        let total = logSum(alpha[end], states > 1 ? alpha[end - 1] : -.infinity, -.infinity)
        guard let shares, total > -.infinity else { return -total }

        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * states) { rows in
            rows.initialize(repeating: -.infinity)
            var (beta, next) = (rows.baseAddress!, rows.baseAddress! + states)
            for s in max(0, states - 2)..<states { next[s] = 0 }
            for t in Swift.stride(from: steps - 1, through: 0, by: -1) {
                if t < steps - 1 {
                    for s in 0..<states { beta[s] = -.infinity }
                    for s in reachable(t) {
                        beta[s] = logSum(
                            next[s] + value(t + 1, s),
                            s + 1 < states ? next[s + 1] + value(t + 1, s + 1) : -.infinity,
                            s + 2 < states && canSkip(to: s + 2) ? next[s + 2] + value(t + 1, s + 2) : -.infinity)
                    }
                    swap(&beta, &next)
                }
                for s in reachable(t) {
                    shares[t * stride + label(s)] += Real(exp(alpha[t * states + s] + next[s] - total))
                }
            }
        }
        return -total
    }
}

/// `log(e^a + e^b + e^c)`.
@inline(__always)
private func logSum(_ a: Double, _ b: Double, _ c: Double) -> Double {
    let most = max(a, b, c)
    // Infinite, or NaN.
    if !(abs(most) < .infinity) || a.isNaN || b.isNaN || c.isNaN { return a.isNaN || b.isNaN || c.isNaN ? .nan : most }
    return most + log(exp(a - most) + exp(b - most) + exp(c - most))
}
