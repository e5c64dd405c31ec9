import Tern

private let some = [0.0, 0.1, 0.5, 0.85, 1.0]

extension OpTable {
    mutating func addScans() {
        one("cumulativeProduct") { $0.cumulativeProduct(axis: 1) }
        one("cumulativeProduct-zeros") { $0.cumulativeProduct(axis: 1) }
        one("cumulativeProduct", ["first", "int64", "uint8"]) { $0.cumulativeProduct(axis: 0) }
        one("cumulativeProduct-int32") { $0.cumulativeProduct(axis: 0, dtype: .int32) }
        for suffix in ["", "-first", "-ties", "-nan"] {
            let axis = suffix == "-first" ? 0 : 1
            list("cumulativeMax\(suffix)") { pair($0[0].cumulativeMax(axis: axis)) }
            list("cumulativeMin\(suffix)") { pair($0[0].cumulativeMin(axis: axis)) }
        }
        one("logCumulativeSumExp", ["", "extremes"]) { $0.logCumulativeSumExp(axis: 1) }
        one("logCumulativeSumExp-first") { $0.logCumulativeSumExp(axis: 0) }
    }

    mutating func addOrderStatistics() {
        list("kthValue") { pair($0[0].kthValue(3)) }
        list("kthValue-first-kept") { pair($0[0].kthValue(60, axis: 0, keepAxes: true)) }
        one("kthValue", ["nan", "int64"]) { $0.kthValue(4).values }
        list("median") { pair($0[0].median(axis: 1)) }
        list("median-first-kept") { pair($0[0].median(axis: 0, keepAxes: true)) }
        one("median", ["nan", "int64"]) { $0.median(axis: 1).values }
        one("median", ["all", "all-ties"]) { $0.median() }
        one("nanMedian") { $0.nanMedian(axis: 1).values }
        one("nanMedian", ["all", "all-nan"]) { $0.nanMedian() }
        for name in ["mode", "mode-float"] { list(name) { pair($0[0].mode()) } }
        one("mode-first-kept") { $0.mode(axis: 0, keepAxes: true).values }
        for name in ["maxWithIndices", "maxWithIndices-nan"] { list(name) { pair($0[0].maxWithIndices(axis: 1)) } }
        list("maxWithIndices-ties") { pair($0[0].maxWithIndices(axis: 0, keepAxes: true)) }
        list("minWithIndices") { pair($0[0].minWithIndices(axis: 1)) }
        list("minWithIndices-ties") { pair($0[0].minWithIndices(axis: 0, keepAxes: true)) }
        list("minMax") { [$0[0].minMax(axes: 1).min, $0[0].minMax(axes: 1).max] }
        list("minMax-all") { [$0[0].minMax().min, $0[0].minMax().max] }
        for interpolation in QuantileInterpolation.allCases {
            one("quantile-\(interpolation)") { $0.quantile(some, axis: 1, interpolation: interpolation) }
            one("nanQuantile-\(interpolation)") { $0.nanQuantile(some, axis: 1, interpolation: interpolation) }
        }
        one("quantile-one") { $0.quantile(0.3) }
        one("quantile-one-kept") { $0.quantile(0.6, axis: 0, keepAxes: true) }
        one("quantile-all-kept") { $0.quantile(some, keepAxes: true) }
        one("quantile-kept") { $0.quantile(some, axis: -1, keepAxes: true) }
        one("quantile-nan") { $0.quantile(some, axis: 1) }
        one("nanQuantile-one") { $0.nanQuantile(0.4, axis: 1) }
    }

    mutating func addSearching() {
        for name in ["unique", "unique-long", "unique-float", "unique-bool"] { list(name) { triple($0[0].unique()) } }
        list("unique-first") { triple($0[0].unique(axis: 0)) }
        list("unique-last") { triple($0[0].unique(axis: -1)) }
        list("uniqueConsecutive") { triple($0[0].uniqueConsecutive()) }
        list("uniqueConsecutive-first") { triple($0[0].uniqueConsecutive(axis: 0)) }
        two("searchSorted", ["", "rows", "int64"]) { searchSorted($0, $1) }
        two("searchSorted", ["right", "rows-right"]) { searchSorted($0, $1, right: true) }
        two("bucketize") { bucketize($0, boundaries: $1) }
        two("bucketize-right") { bucketize($0, boundaries: $1, right: true) }
        two("isIn", ["", "float"]) { $0.isIn($1) }
        one("bincount") { bincount($0) }
        one("bincount-longer") { bincount($0, minimumLength: 12) }
        one("bincount-none") { bincount($0, minimumLength: 2) }
        two("bincount-weights") { bincount($0, weights: $1) }
        list("histogram") { pair(histogram($0[0], bins: 7)) }
        list("histogram-range") { pair(histogram($0[0], bins: 5, range: -1...1.5)) }
        list("histogram-density") { pair(histogram($0[0], bins: 6, range: -1...2, density: true)) }
        list("histogram-weights") { pair(histogram($0[0], bins: 6, range: -1...2, weights: $0[1])) }
        list("histogram-edges") { pair(histogram($0[0], edges: $0[1])) }
        list("histogram-on-edges") { pair(histogram($0[0], bins: 4)) }
        one("histogram-histc") { histogram($0, bins: 10, range: -2...2).counts }
    }

    mutating func addStatistics() {
        one("nanSum-last") { $0.nanSum(axes: 1) }
        one("nanSum-all") { $0.nanSum() }
        one("nanSum") { $0.nanSum(axes: 0, keepAxes: true) }
        one("nanMean-last") { $0.nanMean(axes: 1) }
        one("nanMean-all") { $0.nanMean() }
        one("nanMean") { $0.nanMean(axes: 0, keepAxes: true) }
        one("nanProduct") { $0.nanProduct(axes: 1) }
        one("nanVariance") { $0.nanVariance(axes: 1) }
        one("nanVariance-numbers") { $0.nanVariance(axes: 1, correction: 0) }
        one("nanStandardDeviation", ["", "numbers"]) { $0.nanStandardDeviation(axes: 1) }
        one("nanArgmax") { $0.nanArgmax(axis: 1) }
        one("nanArgmin") { $0.nanArgmin(axis: 1) }
        one("nanCumulativeSum") { $0.nanCumulativeSum(axis: 1) }
        one("nanCumulativeProduct") { $0.nanCumulativeProduct(axis: 1) }
        one("nanMax", ["", "nan"]) { $0.nanMax(axes: 1) }
        one("nanMin", ["", "nan"]) { $0.nanMin(axes: 1) }
        one("countNonZero") { $0.countNonZero(axes: 1) }
        one("countNonZero-all") { $0.countNonZero() }
        list("varianceAndMean") { pair($0[0].varianceAndMean(axes: 1, correction: 0)) }
        list("standardDeviationAndMean") { pair($0[0].standardDeviationAndMean(axes: [0, 1], keepAxes: true)) }
        one("covariance", ["", "vector"]) { $0.covariance() }
        two("covariance-frequencies") { $0.covariance(correction: 0, frequencies: $1) }
        two("covariance-weights") { $0.covariance(weights: $1) }
        three("covariance-both") { $0.covariance(frequencies: $1, weights: $2) }
        one("correlation") { $0.correlation() }
        one("renormalized") { $0.renormalized(axis: 1, maximum: 1.5) }
        one("renormalized-1") { $0.renormalized(1, axis: 0, maximum: 4) }
        one("diff", ["", "bool"]) { $0.diff() }
        one("diff-twice") { $0.diff(n: 2, axis: 0) }
        three("diff-joined") { $0.diff(axis: 1, prepend: $1, append: $2) }
        one("trapezoid") { trapezoid($0, spacing: 0.5, axis: 0) }
        two("trapezoid-places") { trapezoid($0, $1) }
        two("trapezoid-rows") { trapezoid($0, $1, axis: 0) }
        one("cumulativeTrapezoid") { cumulativeTrapezoid($0, spacing: 0.5) }
        two("cumulativeTrapezoid-places") { cumulativeTrapezoid($0, $1) }
        one("dtype-sum") { $0.sum(axes: 1, dtype: .int32) }
        one("dtype-sum-float") { $0.sum(axes: 1, dtype: .float32) }
        one("dtype-mean") { $0.mean(axes: 1, dtype: .float32) }
        one("dtype-product") { $0.product(axes: 1, dtype: .float32) }
        one("dtype-nanSum") { $0.nanSum(axes: 1, dtype: .float32) }
        one("dtype-cumulativeSum") { $0.cumulativeSum(axis: 1, dtype: .float32) }
        one("dtype-softmax") { softmax($0, axis: 1, dtype: .float32) }
        one("dtype-logSoftmax") { logSoftmax($0, axis: 0, dtype: .float32) }
    }

    mutating func addMoreParts() {
        list("split-size") { $0[0].split(size: 3) }
        list("split-size-whole") { $0[0].split(size: 5, axis: 1) }
        list("split-at") { $0[0].split(at: [1, 4, -1]) }
        list("split-at-beyond") { $0[0].split(at: [2, 9], axis: 1) }
        list("chunked") { $0[0].chunked(into: 3) }
        list("chunked-fewer") { $0[0].chunked(into: 4, axis: 1) }
        one("rolled-axes") { $0.rolled(by: [2, -1], axes: [0, 1]) }
        for turns in [1, 2, -1, 4] { one("rotated90-\(turns)") { $0.rotated90(turns) } }
        one("rotated90-axes") { $0.rotated90(axes: 2, 0) }
        one("movingAxes") { $0.movingAxes([0, 1], to: [-1, 0]) }
        one("movingAxes-one") { $0.movingAxes([3], to: [1]) }
    }
}

private func pair(_ result: (Tensor, Tensor)) -> [Tensor] { [result.0, result.1] }
private func triple(_ result: (Tensor, Tensor, Tensor)) -> [Tensor] { [result.0, result.1, result.2] }
