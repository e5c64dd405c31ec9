import Tern

extension OpTable {
    mutating func addReductions() {
        over("sum") { $0.sum(axes: $1, keepAxes: $2) }
        over("mean") { $0.mean(axes: $1, keepAxes: $2) }
        over("product") { $0.product(axes: $1, keepAxes: $2) }
        over("max") { $0.max(axes: $1, keepAxes: $2) }
        over("min") { $0.min(axes: $1, keepAxes: $2) }
        over("variance") { $0.variance(axes: $1, keepAxes: $2) }
        over("variance-population") { $0.variance(axes: $1, keepAxes: $2, correction: 0) }
        over("standardDeviation") { $0.standardDeviation(axes: $1, keepAxes: $2) }
        over("norm") { $0.norm(axes: $1, keepAxes: $2) }
        over("logSumExp") { $0.logSumExp(axes: $1, keepAxes: $2) }
        one("sum", ["long-columns", "empty", "int64", "int32", "uint8", "bool"]) { $0.sum(axes: 0) }
        one("sum-scalar") { $0.sum() }
        one("sum-long-rows") { $0.sum(axes: 1) }
        one("sum-one") { $0.sum(axes: [0, 1]) }
        one("mean-long") { $0.mean() }
        one("mean-empty") { $0.mean(axes: 0) }
        one("mean-int64") { $0.mean(axes: 1) }
        one("product-empty") { $0.product(axes: 0) }
        one("product-one-zero") { $0.product() }
        one("product", ["two-zeros", "int64"]) { $0.product(axes: 1) }
        one("max-ties") { $0.max() }
        one("max-nan") { $0.max(axes: 1) }
        one("max", ["int64", "int32", "uint8"]) { $0.max(axes: 0) }
        one("min", ["ties", "nan", "int64", "int32", "uint8"]) { $0.min(axes: 1) }
        one("variance-single") { $0.variance() }
        one("variance-large-mean") { $0.variance(axes: 1) }
        one("standardDeviation-single") { $0.standardDeviation() }
        one("logSumExp", ["extremes", "infinite"]) { $0.logSumExp(axes: 1) }
        for p in [("0", 0), ("0.5", 0.5), ("1", 1), ("3", 3), ("inf", Double.infinity)] {
            one("norm-\(p.0)-all") { $0.norm(p.1) }
            one("norm-\(p.0)-last") { $0.norm(p.1, axes: -1) }
        }
        one("norm-at-zero") { $0.norm(axes: 1) }
        one("norm-1-at-zero") { $0.norm(1) }
        one("norm-inf-ties") { $0.norm(.infinity) }
        one("any", ["int64", "int32", "uint8", "bool", "empty"]) { $0.any(axes: 0) }
        one("all", ["int64", "int32", "uint8", "bool"]) { $0.all(axes: 1) }
        one("any-all") { $0.any() }
        one("all-all") { $0.all() }
    }

    mutating func addOrder() {
        one("argmax-all") { $0.argmax() }
        one("argmax-first") { $0.argmax(axis: 0) }
        one("argmax-last-kept") { $0.argmax(axis: -1, keepAxes: true) }
        one("argmax", ["nan", "int64", "int32", "uint8"]) { $0.argmax(axis: 1) }
        one("argmin-all") { $0.argmin() }
        one("argmin-first") { $0.argmin(axis: 0) }
        one("argmin-last-kept") { $0.argmin(axis: -1, keepAxes: true) }
        one("argmin-nan") { $0.argmin(axis: 1) }
        for name in ["sorted", "sorted-ties", "sorted-nan"] { list(name) { pair($0[0].sorted()) } }
        list("sorted-descending") { pair($0[0].sorted(axis: 0, descending: true)) }
        one("argsorted") { $0.argsorted(axis: 0) }
        one("argsorted-descending") { $0.argsorted(axis: 1, descending: true) }
        list("topK") { pair($0[0].topK(3)) }
        list("topK-smallest") { pair($0[0].topK(2, axis: 0, largest: false)) }
        one("cumulativeSum") { $0.cumulativeSum(axis: 1) }
        one("cumulativeSum", ["first", "int64", "uint8"]) { $0.cumulativeSum(axis: 0) }
    }

    /// A reduction over every kind of axes.
    private mutating func over(_ name: String, _ call: @escaping @Sendable (Tensor, (any Axes)?, Bool) -> Tensor) {
        one("\(name)-all") { call($0, nil, false) }
        one("\(name)-first") { call($0, 0, false) }
        one("\(name)-last") { call($0, -1, false) }
        one("\(name)-middle-kept") { call($0, 1, true) }
        one("\(name)-two") { call($0, [0, 2], false) }
        one("\(name)-two-kept") { call($0, [1, 2], true) }
    }
}

private func pair(_ result: (values: Tensor, indices: Tensor)) -> [Tensor] { [result.values, result.indices] }
