import TernCore

private let reductions: [Reduction] = [.mean, .sum, .none]

extension OpTable {
    mutating func addNormalizing() {
        addSoftmax()
        addCrossEntropy()
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
                crossEntropy($0, $1, weight: $2, ignoreIndex: 3, labelSmoothing: 0.2, reduction: reduction)
            }
            two("crossEntropy-probabilities-\(reduction)") { crossEntropy($0, softmax($1), reduction: reduction) }
            three("crossEntropy-probabilities-everything-\(reduction)") {
                crossEntropy($0, $1, weight: $2, labelSmoothing: 0.1, reduction: reduction)
            }
        }
        two("crossEntropy", [
            "vector", "images", "images-probabilities", "int32", "many-classes", "extremes", "all-ignored",
        ]) { crossEntropy($0, $1) }
        three("crossEntropy-images-weights") { crossEntropy($0, $1, weight: $2, labelSmoothing: 0.1) }
    }
}
