/// In which order terms of a product are contracted, two at a time.
struct ContractionOrder {
    /// Pairs of terms; the result of each is a term behind all others.
    private(set) var steps: [(Int, Int)] = []

    /// Up to this many terms the order is the best of all; the work grows with 3 to their number.
    private static let exhaustive = 8

    init(_ terms: [AxisSet], kept: AxisSet, _ sizes: [Int]) {
        switch terms.count {
        case ...1: break
        case 2: steps = [(0, 1)]
        case ...Self.exhaustive: findBest(terms, kept, sizes)
        default: findGreedily(terms, kept, sizes)
        }
    }

    /// The multiplications of a step: one for each index of the axes of both. None would fit that has too many axes left.
    private static func cost(_ a: AxisSet, _ b: AxisSet, result: AxisSet, _ sizes: [Int]) -> Double {
        result.count > Shape.maximumRank ? .infinity : a.union(b).elements(sizes)
    }

    /// Dynamic programming over the sets of terms: the cheapest way to contract a set is made of those of two parts.
    private mutating func findBest(_ terms: [AxisSet], _ kept: AxisSet, _ sizes: [Int]) {
        let all = 1 << terms.count
        // Of each set of terms the axes of what it is contracted to, the cost of that, and its first part.
        var axes = [AxisSet](repeating: [], count: all)
        for set in 1..<all {
            var (inside, outside) = (AxisSet(), kept)
            for (index, term) in terms.enumerated() {
                if set >> index & 1 != 0 { inside.formUnion(term) } else { outside.formUnion(term) }
            }
            axes[set] = inside.intersection(outside)
        }
        var costs = [Double](repeating: 0, count: all)
        var parts = [Int](repeating: 0, count: all)
        for set in 1..<all where set & (set - 1) != 0 {
            costs[set] = .infinity
            parts[set] = set & -set
            // The part with the lowest term stands for both.
            var part = (set - 1) & set
            while part > 0 {
                if part & set & -set != 0 {
                    let rest = set ^ part
                    let step = Self.cost(axes[part], axes[rest], result: axes[set], sizes)
                    let cost = costs[part] + costs[rest] + step
                    if cost < costs[set] { (costs[set], parts[set]) = (cost, part) }
                }
                part = (part - 1) & set
            }
        }
        var next = terms.count
        func append(_ set: Int) -> Int {
            if set & (set - 1) == 0 { return set.trailingZeroBitCount }
            let (a, b) = (append(parts[set]), append(set ^ parts[set]))
            steps.append((a, b))
            next += 1
            return next - 1
        }
        _ = append(all - 1)
    }

    /// The pair whose contraction makes the least of what it takes, then the next.
    private mutating func findGreedily(_ terms: [AxisSet], _ kept: AxisSet, _ sizes: [Int]) {
        var terms = terms
        var open = Array(terms.indices)
        while open.count > 1 {
            var best: (growth: Double, cost: Double, a: Int, b: Int)?
            for (place, a) in open.enumerated() {
                for b in open[(place + 1)...] {
                    let others = open.reduce(kept) { $1 == a || $1 == b ? $0 : $0.union(terms[$1]) }
                    let result = terms[a].union(terms[b]).intersection(others)
                    let cost = Self.cost(terms[a], terms[b], result: result, sizes)
                    let growth =
                        result.elements(sizes) - terms[a].elements(sizes) - terms[b].elements(sizes)
                        + (cost.isInfinite ? .infinity : 0)
                    if best == nil || (growth, cost) < (best!.growth, best!.cost) { best = (growth, cost, a, b) }
                }
            }
            let (_, _, a, b) = best!
            open.removeAll { $0 == a || $0 == b }
            let others = open.reduce(kept) { $0.union(terms[$1]) }
            open.append(terms.count)
            terms.append(terms[a].union(terms[b]).intersection(others))
            steps.append((a, b))
        }
    }
}
