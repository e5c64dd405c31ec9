import Tern

extension OpTable {
    mutating func addReductions() {
        reduction("sum", anyKind) { $0.sum(axes: $1, keepAxes: $2) }
        reduction("mean", anyKind) { $0.mean(axes: $1, keepAxes: $2) }
        reduction("product", numeric) { $0.product(axes: $1, keepAxes: $2) }
        reduction("max", numeric, isNonEmpty: true) { $0.max(axes: $1, keepAxes: $2) }
        reduction("min", numeric, isNonEmpty: true) { $0.min(axes: $1, keepAxes: $2) }
        reduction("any", anyKind) { $0.any(axes: $1, keepAxes: $2) }
        reduction("all", anyKind) { $0.all(axes: $1, keepAxes: $2) }
        reduction("variance") { $0.variance(axes: $1, keepAxes: $2) }
        reduction("variance population") { $0.variance(axes: $1, keepAxes: $2, correction: 0) }
        reduction("standardDeviation") { $0.standardDeviation(axes: $1, keepAxes: $2) }
        for p in [0, 0.5, 1, 2, 3, Double.infinity] {
            reduction("norm \(p)", isNonEmpty: true) { $0.norm(p, axes: $1, keepAxes: $2) }
        }
        reduction("logSumExp", isNonEmpty: true) { $0.logSumExp(axes: $1, keepAxes: $2) }
        along("softmax") { [softmax($0, axis: $1)] }
        along("logSoftmax") { [logSoftmax($0, axis: $1)] }
        along("cumulativeSum", anyKind) { [$0.cumulativeSum(axis: $1)] }
    }

    mutating func addOrder() {
        along("argmax", numeric, isNonEmpty: true) { [$0.argmax(axis: $1), $0.argmax(axis: $1, keepAxes: true)] }
        along("argmin", numeric, isNonEmpty: true) { [$0.argmin(axis: $1), $0.argmin(axis: $1, keepAxes: true)] }
        one("argmax all", numeric, isNonEmpty: true) { $0.argmax() }
        one("argmin all", numeric, isNonEmpty: true) { $0.argmin() }
        along("sorted", numeric) { pair($0.sorted(axis: $1)) + pair($0.sorted(axis: $1, descending: true)) }
        along("argsorted", numeric) { [$0.argsorted(axis: $1), $0.argsorted(axis: $1, descending: true)] }
        op("topK") { b in
            let x = b.operand(rank: 1...4, numeric, isNonEmpty: true)
            let axis = b.axis(of: x)
            let size = b.shape(of: x)[axis < 0 ? axis + b.shape(of: x).count : axis]
            let k = b.number(in: 0...size)
            let isLargest = b.chance(0.5)
            return Call([x], "\(k), axis: \(axis), largest: \(isLargest)") {
                pair($0[0].topK(k, axis: axis, largest: isLargest))
            }
        }
    }
}

private func pair(_ result: (values: Tensor, indices: Tensor)) -> [Tensor] { [result.values, result.indices] }
