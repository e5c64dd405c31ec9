import TernCore

/// What is taken for a yes, for each threshold: the beginning of all curves. A score is a yes if it is at least the
/// threshold.
struct RankedOutcomes {
    /// The different scores, from the highest to the lowest.
    private(set) var thresholds: [Double] = []
    /// The weights of the yes among those at least as high.
    private(set) var truePositives: [Double] = []
    /// The weights of the no among those at least as high.
    private(set) var falsePositives: [Double] = []
    /// Whether some score is NaN, which has no rank; then there is nothing else.
    private(set) var hasNaN = false

    var positives: Double { truePositives.last ?? 0 }
    var negatives: Double { falsePositives.last ?? 0 }

    init(_ scores: [Double], _ isPositive: [Bool], _ weights: [Double]) {
        if scores.contains(where: \.isNaN) {
            hasNaN = true
            return
        }
        let order = Tensor(shape: [scores.count], values: scores).argsorted(descending: true).array(of: Int.self)
        var sums = ExactSums(count: 2)
        for (rank, place) in order.enumerated() {
            sums.add(weights[place], at: isPositive[place] ? 0 : 1)
            // Equal scores change their answers together.
            if rank + 1 < order.count, scores[order[rank + 1]] == scores[place] { continue }
            thresholds.append(scores[place])
            truePositives.append(sums[0])
            falsePositives.append(sums[1])
        }
    }

    /// Of sums over buckets between thresholds, the lowest bucket first: those above each threshold.
    init(thresholds: [Double], positives: ArraySlice<Double>, negatives: ArraySlice<Double>) {
        self.thresholds = thresholds.reversed()
        truePositives = Self.cumulated(positives.reversed())
        falsePositives = Self.cumulated(negatives.reversed())
    }

    private static func cumulated(_ values: [Double]) -> [Double] {
        var sum = 0.0
        return values.map {
            sum += $0
            return sum
        }
    }

    /// The area under the curve of true over false positive rates: how often a yes has a higher score than a no, ties
    /// counting half. NaN if there are no yes or no no.
    var areaUnderROC: Double {
        if hasNaN { return .nan }
        var area = 0.0
        var (lastTrue, lastFalse) = (0.0, 0.0)
        for (t, f) in zip(truePositives, falsePositives) {
            area += (f - lastFalse) * (t + lastTrue)
            (lastTrue, lastFalse) = (t, f)
        }
        return area / 2 / positives / negatives
    }

    /// The sum over thresholds of precision times the growth of recall; 0 if there are no yes.
    var averagePrecision: Double {
        if hasNaN { return .nan }
        if positives == 0 { return truePositives.isEmpty ? .nan : 0 }
        var sum = 0.0
        var last = 0.0
        for (t, f) in zip(truePositives, falsePositives) where t + f > 0 {
            sum += (t - last) * (t / (t + f))
            last = t
        }
        return sum / positives
    }
}
