import Tern

private let reductions: [Reduction] = [.mean, .sum, .none]

extension OpTable {
    mutating func addNormalizing() {
        addSoftmax()
        addCrossEntropy()
        addBatchNorm()
    }

    private mutating func addSoftmax() {
        one("softmax-first") { softmax($0, axis: 0) }
        one("softmax-middle") { softmax($0, axis: 1) }
        one("softmax", ["last", "one", "empty", "vector", "extremes", "infinite"]) { softmax($0) }
        one("logSoftmax-first") { logSoftmax($0, axis: 0) }
        one("logSoftmax-middle") { logSoftmax($0, axis: 1) }
        one("logSoftmax", ["last", "one", "empty", "vector", "extremes", "infinite"]) { logSoftmax($0) }
    }

    private mutating func addCrossEntropy() {
        for reduction in reductions {
            two("crossEntropy-\(reduction)") { crossEntropy($0, $1, reduction: reduction) }
            three("crossEntropy-weights-\(reduction)") { crossEntropy($0, $1, weight: $2, reduction: reduction) }
            two("crossEntropy-smoothing-\(reduction)") {
                crossEntropy($0, $1, labelSmoothing: 0.1, reduction: reduction)
            }
            two("crossEntropy-ignore-\(reduction)") { crossEntropy($0, $1, reduction: reduction) }
            three("crossEntropy-everything-\(reduction)") {
                CrossEntropyLoss(weight: $2, ignoreIndex: 3, labelSmoothing: 0.2, reduction: reduction)($0, $1)
            }
            two("crossEntropy-probabilities-\(reduction)") { crossEntropy($0, softmax($1), reduction: reduction) }
            three("crossEntropy-probabilities-everything-\(reduction)") {
                crossEntropy($0, $1, weight: $2, labelSmoothing: 0.1, reduction: reduction)
            }
        }
        two(
            "crossEntropy",
            [
                "vector", "images", "images-probabilities", "int32", "many-classes", "extremes", "all-ignored",
            ]
        ) { crossEntropy($0, $1) }
        three("crossEntropy-images-weights") { crossEntropy($0, $1, weight: $2, labelSmoothing: 0.1) }
    }

    private mutating func addBatchNorm() {
        for shape in ["images", "rows", "sequences"] {
            list("batchNorm-train-\(shape)") {
                let (output, statistics) = batchNorm($0[0], weight: $0[1], bias: $0[2])
                let running = statistics.updating(mean: $0[3], variance: $0[4], momentum: 0.1)
                return [output, running.mean, running.variance]
            }
            list("batchNorm-evaluate-\(shape)") {
                [batchNorm($0[0], mean: $0[3], variance: $0[4], weight: $0[1], bias: $0[2])]
            }
        }
        one("batchNorm-plain") { batchNorm($0, epsilon: 1e-3).output }
        one("batchNorm-large-mean") { batchNorm($0).output }
        three("batchNorm-evaluate-plain") { batchNorm($0, mean: $1, variance: $2) }
    }
}
