import Tern

extension OpTable {
    /// By the values, such as `MSELoss()`, which call the functions.
    mutating func addLosses() {
        for reduction in [Reduction.mean, .sum, .none] {
            two("mseLoss-\(reduction)") { MSELoss(reduction: reduction)($0, $1) }
            two("l1Loss-\(reduction)") { L1Loss(reduction: reduction)($0, $1) }
            two("huberLoss-\(reduction)") { HuberLoss(delta: 0.7, reduction: reduction)($0, $1) }
            two("smoothL1Loss-\(reduction)") { smoothL1Loss($0, $1, beta: 0.7, reduction: reduction) }
            two("binaryCrossEntropy-\(reduction)") { BCELoss(reduction: reduction)($0, $1) }
            two("binaryCrossEntropyWithLogits-\(reduction)") { BCEWithLogitsLoss(reduction: reduction)($0, $1) }
            three("nllLoss-\(reduction)") {
                NLLLoss(weight: $2, ignoreIndex: 2, reduction: reduction)($0, $1)
            }
        }
        two("l1Loss-equal") { l1Loss($0, $1) }
        two("huberLoss-edge") { huberLoss($0, $1) }
        two("nllLoss-images") { nllLoss($0, $1) }
        three("binaryCrossEntropy-weights") { binaryCrossEntropy($0, $1, weight: $2) }
        list("binaryCrossEntropyWithLogits-weights") {
            [binaryCrossEntropyWithLogits($0[0], $0[1], weight: $0[2], positiveWeight: $0[3])]
        }
        two("binaryCrossEntropy-certain") { binaryCrossEntropy($0, $1) }
        two("binaryCrossEntropyWithLogits-extremes") { binaryCrossEntropyWithLogits($0, $1, reduction: .none) }
    }
}
