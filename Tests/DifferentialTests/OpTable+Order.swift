import Tern

extension OpTable {
    mutating func addScans() {
        along("cumulativeProduct", anyKind) { [$0.cumulativeProduct(axis: $1)] }
        along("cumulativeMax", anyKind) { pair($0.cumulativeMax(axis: $1)) }
        along("cumulativeMin", anyKind) { pair($0.cumulativeMin(axis: $1)) }
        along("logCumulativeSumExp") { [$0.logCumulativeSumExp(axis: $1)] }
    }

    mutating func addOrderStatistics() {
        op("kthValue") { b in
            let x = b.operand(rank: 1...4, numeric, isNonEmpty: true)
            let axis = b.axis(of: x)
            let k = b.number(in: 1...b.size(of: x, axis))
            let keeps = b.chance(0.5)
            return Call([x], "\(k), axis: \(axis), keepAxes: \(keeps)") {
                pair($0[0].kthValue(k, axis: axis, keepAxes: keeps))
            }
        }
        along("median", numeric, isNonEmpty: true) {
            pair($0.median(axis: $1)) + pair($0.median(axis: $1, keepAxes: true))
        }
        along("nanMedian", numeric, isNonEmpty: true) { pair($0.nanMedian(axis: $1)) }
        one("median all", numeric, isNonEmpty: true) { $0.median() }
        one("nanMedian all", numeric, isNonEmpty: true) { $0.nanMedian() }
        along("mode", numeric, isNonEmpty: true) { pair($0.mode(axis: $1)) }
        along("maxWithIndices", numeric, isNonEmpty: true) { pair($0.maxWithIndices(axis: $1)) }
        along("minWithIndices", numeric, isNonEmpty: true) { pair($0.minWithIndices(axis: $1, keepAxes: true)) }
        for name in ["quantile", "nanQuantile"] {
            op(name) { b in
                let x = b.operand(isNonEmpty: true)
                let axis = b.shape(of: x).count == 0 || b.chance(0.2) ? nil : b.axis(of: x)
                let q = (0..<b.number(in: 1...4)).map { _ in Double(b.number(in: 0...16)) / 16 }
                let interpolation = b.one(of: QuantileInterpolation.allCases)
                let keeps = b.chance(0.5)
                let arguments = "\(q), axis: \(axis as Any), keepAxes: \(keeps), \(interpolation)"
                return Call([x], arguments) {
                    name == "quantile"
                        ? [$0[0].quantile(q, axis: axis, keepAxes: keeps, interpolation: interpolation)]
                        : [$0[0].nanQuantile(q, axis: axis, keepAxes: keeps, interpolation: interpolation)]
                }
            }
        }
    }

    mutating func addSearching() {
        // Of integers: shapes must not depend on rounding.
        for (name, isConsecutive) in [("unique", false), ("uniqueConsecutive", true)] {
            op(name) { b in
                let x = b.fresh(b.shape(rank: 0...3, isNonEmpty: false), b.one(of: [.int64, .int32, .uint8, .bool]))
                let axis = b.shape(of: x).count == 0 || b.chance(0.4) ? nil : b.axis(of: x)
                return Call([x], "axis: \(axis as Any)") { x in
                    let parts =
                        isConsecutive
                        ? axis.map { x[0].uniqueConsecutive(axis: $0) } ?? x[0].uniqueConsecutive()
                        : axis.map { x[0].unique(axis: $0) } ?? x[0].unique()
                    return [parts.values, parts.inverse, parts.counts]
                }
            }
        }
        op("searchSorted") { b in
            let x = b.operand(rank: 1...3, numeric)
            var shape = b.shape(of: x)
            shape[shape.count - 1] = b.number(in: 0...40)
            let sequences = b.operand(b.chance(0.5) ? shape : [b.number(in: 0...40)], numeric)
            let isRight = b.chance(0.5)
            return Call([sequences, x], "right: \(isRight)") {
                [searchSorted($0[0].sorted().values, $0[1], right: isRight)]
            }
        }
        op("bucketize") { b in
            let boundaries = b.operand(rank: 1...1, numeric)
            return Call([b.operand(numeric), boundaries]) { [bucketize($0[0], boundaries: $0[1].sorted().values)] }
        }
        op("isIn") { b in Call([b.operand(anyKind), b.operand(anyKind)]) { [$0[0].isIn($0[1])] } }
        op("bincount") { b in
            let x = b.indices(b.shape(rank: 0...3, isNonEmpty: false), below: 20)
            if b.chance(0.5) { return Call([x]) { [bincount($0[0])] } }
            return Call([x, b.operand(b.shape(of: x), numeric)]) {
                [bincount($0[0], weights: $0[1], minimumLength: 25)]
            }
        }
        // An element on an edge goes where the edge is rounded to.
        op("histogram", .typed) { b in
            let x = b.operand([.float], .finite)
            if b.chance(0.5) { return Call([x]) { pair(histogram($0[0], bins: 5, range: -1...2)) } }
            return Call([x, b.operand(b.shape(of: x))]) {
                pair(histogram($0[0], edges: Tensor([-1, 0.3, 2], dtype: $0[0].dtype), weights: $0[1]))
            }
        }
    }

    mutating func addStatistics() {
        reduction("nanSum", anyKind) { $0.nanSum(axes: $1, keepAxes: $2) }
        reduction("nanMean", anyKind) { $0.nanMean(axes: $1, keepAxes: $2) }
        reduction("nanProduct", [.float]) { tanh($0).nanProduct(axes: $1, keepAxes: $2) }
        reduction("nanVariance", [.float], isNonEmpty: true) { $0.nanVariance(axes: $1, keepAxes: $2, correction: 0) }
        reduction("nanStandardDeviation", [.float], isNonEmpty: true) {
            $0.nanStandardDeviation(axes: $1, keepAxes: $2, correction: 0)
        }
        along("nanArgmax nanArgmin", numeric, isNonEmpty: true) {
            [$0.nanArgmax(axis: $1), $0.nanArgmin(axis: $1, keepAxes: true)]
        }
        along("nanCumulativeSum") { [$0.nanCumulativeSum(axis: $1)] }
        along("nanCumulativeProduct") { [tanh($0).nanCumulativeProduct(axis: $1)] }
        reduction("nanMax", numeric, isNonEmpty: true) { $0.nanMax(axes: $1, keepAxes: $2) }
        reduction("nanMin", numeric, isNonEmpty: true) { $0.nanMin(axes: $1, keepAxes: $2) }
        reduction("countNonZero", anyKind) { $0.countNonZero(axes: $1, keepAxes: $2) }
        reduction("minMax", numeric, isNonEmpty: true) {
            let (least, most) = $0.minMax(axes: $1, keepAxes: $2)
            return most - least
        }
        along("varianceAndMean") { pair($0.varianceAndMean(axes: $1)) }
        along("standardDeviationAndMean") { pair($0.standardDeviationAndMean(axes: $1, keepAxes: true)) }
        op("covariance") { b in
            // The variance of one observation is the rounding of its mean.
            let x = b.operand(rank: 0...2, where: { ($0.last ?? 2) != 1 })
            let observations = b.shape(of: x).last ?? 1
            if b.chance(0.5) { return Call([x]) { [$0[0].covariance()] } }
            let weights = b.operand([observations], [.float], .positive)
            return Call([x, weights]) { [$0[0].covariance(correction: 0, weights: $0[1])] }
        }
        one("correlation", rank: 0...2) { $0.correlation() }
        op("renormalized", terms: twice) { b in
            let x = b.operand(rank: 1...4)
            let axis = b.axis(of: x)
            return Call([x], "axis: \(axis)") { [$0[0].renormalized(axis: axis, maximum: 0.75)] }
        }
        op("diff") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let (axis, n) = (b.axis(of: x), b.number(in: 0...3))
            if b.chance(0.5) { return Call([x], "n: \(n), axis: \(axis)") { [$0[0].diff(n: n, axis: axis)] } }
            return Call([x, x], "n: \(n), axis: \(axis), prepend") {
                [$0[0].diff(n: n, axis: axis, prepend: $0[1], append: $0[1])]
            }
        }
        for (name, isCumulative) in [("trapezoid", false), ("cumulativeTrapezoid", true)] {
            op(name) { b in
                let y = b.operand(rank: 1...3)
                let axis = b.axis(of: y)
                if b.chance(0.4) {
                    return Call([y], "axis: \(axis)") {
                        [
                            isCumulative
                                ? cumulativeTrapezoid($0[0], spacing: 0.5, axis: axis)
                                : trapezoid($0[0], spacing: 0.5, axis: axis)
                        ]
                    }
                }
                let x = b.operand(b.chance(0.5) ? b.shape(of: y) : [b.size(of: y, axis)])
                return Call([y, x], "axis: \(axis)") {
                    [isCumulative ? cumulativeTrapezoid($0[0], $0[1], axis: axis) : trapezoid($0[0], $0[1], axis: axis)]
                }
            }
        }
    }

    mutating func addMoreParts() {
        op("split size") { b in
            let x = b.operand(rank: 1...3, anyKind) { $0.allSatisfy { $0 <= 65 } }
            let (axis, size) = (b.axis(of: x), b.number(in: 4...9))
            return Call([x], "size: \(size), axis: \(axis)") { $0[0].split(size: size, axis: axis) }
        }
        op("split at") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let axis = b.axis(of: x)
            let places = (0..<b.number(in: 0...3)).map { _ in b.number(in: -9...9) }
            return Call([x], "at: \(places), axis: \(axis)") { $0[0].split(at: places, axis: axis) }
        }
        op("chunked") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let (axis, count) = (b.axis(of: x), b.number(in: 1...5))
            return Call([x], "\(count), axis: \(axis)") { $0[0].chunked(into: count, axis: axis) }
        }
        op("rolled axes") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let axes = b.shape(of: x).indices.filter { _ in b.chance(0.7) }
            let shifts = axes.map { _ in b.number(in: -4...9) }
            return Call([x], "by: \(shifts), axes: \(axes)") { [$0[0].rolled(by: shifts, axes: axes)] }
        }
        op("rotated90") { b in
            let x = b.operand(rank: 2...4, anyKind)
            let axes = Array(b.shape(of: x).indices.shuffled(using: &b.random).prefix(2))
            let count = b.number(in: -5...5)
            return Call([x], "\(count), axes: \(axes)") { [$0[0].rotated90(count, axes: axes[0], axes[1])] }
        }
        op("movingAxes") { b in
            let x = b.operand(anyKind)
            let axes = b.shape(of: x).indices
            let count = b.number(in: 0...axes.count)
            let from = Array(axes.shuffled(using: &b.random).prefix(count))
            let to = Array(axes.shuffled(using: &b.random).prefix(count))
            return Call([x], "\(from), to: \(to)") { [$0[0].movingAxes(from, to: to)] }
        }
    }

    mutating func addRandom() {
        created("exponential") { .exponential($0, rate: 2, dtype: $1, generator: $2) }
        created("laplace") { .laplace($0, dtype: $1, generator: $2) }
        created("cauchy") { .cauchy($0, dtype: $1, generator: $2) }
        created("gumbel") { .gumbel($0, dtype: $1, generator: $2) }
        created("geometric") { .geometric($0, probability: 0.3, dtype: $1, generator: $2) }
        created("logNormal") { .logNormal($0, mean: 0, standardDeviation: 1, dtype: $1, generator: $2) }
        for (name, domain, sample) in samples {
            op(name, .typed) { b in
                let x = b.operand([.float], domain)
                let seed = UInt64(b.number(in: 0...99))
                return Call([x], "seed: \(seed)") { [sample($0[0].detached, Generator(seed: seed))] }
            }
        }
        op("multinomial", .typed) { b in
            let x = b.operand(rank: 1...2, [.float], .positive, isNonEmpty: true)
            let replaces = b.chance(0.5)
            let count = b.number(in: 0...b.size(of: x, -1))
            return Call([x], "\(count), replacing: \(replaces)") {
                [multinomial($0[0], count: count, replacing: replaces, generator: Generator(seed: 5))]
            }
        }
        along("shuffled", anyKind) { [$0.shuffled(axis: $1, generator: Generator(seed: 6))] }
        along("randomChoice", anyKind, isNonEmpty: true) {
            [$0.randomChoice(7, axis: $1, generator: Generator(seed: 7))]
        }
    }
}

private let samples: [(String, Domain, @Sendable (Tensor, Generator) -> Tensor)] = [
    ("bernoulli tensor", .unit, { bernoulli($0, generator: $1) }),
    ("poisson", .positive, { poisson($0 * 8, generator: $1) }),
    ("gamma", .positive, { gamma($0, generator: $1) }),
    ("beta", .positive, { beta($0, $0 * 2, generator: $1) }),
    ("binomial", .unit, { binomial(Tensor(30), $0, generator: $1) }),
]

private func pair(_ result: (Tensor, Tensor)) -> [Tensor] { [result.0, result.1] }

@Sendable private func twice(_ x: [Tensor]) -> [Tensor] { [x[0], x[0]] }
