import Tern

extension OpTable {
    mutating func addLosses() {
        for reduction in [Reduction.mean, .sum, .none] {
            two("mseLoss-\(reduction)") { mseLoss($0, $1, reduction: reduction) }
            two("l1Loss-\(reduction)") { l1Loss($0, $1, reduction: reduction) }
            two("huberLoss-\(reduction)") { huberLoss($0, $1, delta: 0.7, reduction: reduction) }
            two("smoothL1Loss-\(reduction)") { smoothL1Loss($0, $1, delta: 0.7, reduction: reduction) }
            two("binaryCrossEntropy-\(reduction)") { binaryCrossEntropy($0, $1, reduction: reduction) }
            two("binaryCrossEntropyWithLogits-\(reduction)") {
                binaryCrossEntropyWithLogits($0, $1, reduction: reduction)
            }
            three("nllLoss-\(reduction)") { nllLoss($0, $1, weight: $2, ignoreIndex: 2, reduction: reduction) }
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
