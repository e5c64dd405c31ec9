import Tern

extension OpTable {
    mutating func addMarginLosses() {
        for r in Reduction.allCases {
            two("softMarginLoss-\(r)") { SoftMarginLoss(reduction: r)($0, $1) }
            three("multiLabelSoftMarginLoss-\(r)") { MultiLabelSoftMarginLoss(weight: $2, reduction: r)($0, $1) }
            two("multiMarginLoss-\(r)") { MultiMarginLoss(reduction: r)($0, $1) }
            three("multiMarginLoss-squared-\(r)") {
                MultiMarginLoss(p: 2, margin: 0.5, weight: $2, reduction: r)($0, $1)
            }
            two("multiLabelMarginLoss-\(r)") { MultiLabelMarginLoss(reduction: r)($0, $1) }
        }
        two("multiMarginLoss-one") { multiMarginLoss($0, $1) }
        two("multiLabelMarginLoss-one") { multiLabelMarginLoss($0, $1) }
    }

    mutating func addLikelihoodLosses() {
        for r in Reduction.allCases {
            two("klDivLoss-\(r)") { KLDivLoss(reduction: r)($0, $1) }
            two("klDivLoss-logarithms-\(r)") { KLDivLoss(isLogTarget: true, reduction: r)($0, $1) }
            two("poissonNLLLoss-\(r)") { PoissonNLLLoss(reduction: r)($0, $1) }
            two("poissonNLLLoss-full-\(r)") { PoissonNLLLoss(isFull: true, reduction: r)($0, $1) }
            two("poissonNLLLoss-rates-\(r)") { PoissonNLLLoss(isLogInput: false, reduction: r)($0, $1) }
            three("gaussianNLLLoss-\(r)") { GaussianNLLLoss(reduction: r)($0, $1, variance: $2) }
            three("gaussianNLLLoss-shared-\(r)") { GaussianNLLLoss(isFull: true, reduction: r)($0, $1, variance: $2) }
            let (steps, lengths) = ([7, 6, 4], [4, 2, 1])
            two("ctcLoss-\(r)") {
                CTCLoss(reduction: r)(logSoftmax($0), $1, inputLengths: steps, labelLengths: lengths)
            }
            two("ctcLoss-blank-\(r)") {
                CTCLoss(blank: 3, reduction: r)(logSoftmax($0), $1, inputLengths: steps, labelLengths: [3, 2, 0])
            }
            two("ctcLoss-impossible-\(r)") {
                CTCLoss(zeroInfinity: true, reduction: r)(
                    logSoftmax($0), $1, inputLengths: [7, 3, 4], labelLengths: [4, 4, 1])
            }
        }
    }

    mutating func addSimilarityLosses() {
        for r in Reduction.allCases {
            two("hingeEmbeddingLoss-\(r)") { HingeEmbeddingLoss(margin: 0.7, reduction: r)($0, $1) }
            three("marginRankingLoss-\(r)") { MarginRankingLoss(margin: 0.3, reduction: r)($0, $1, $2) }
            three("cosineEmbeddingLoss-\(r)") { CosineEmbeddingLoss(margin: -0.4, reduction: r)($0, $1, $2) }
            three("tripletMarginLoss-\(r)") { TripletMarginLoss(reduction: r)($0, $1, $2) }
            three("tripletMarginLoss-swap-\(r)") {
                TripletMarginLoss(margin: 1.5, p: 3, swap: true, reduction: r)($0, $1, $2)
            }
            three("tripletMarginWithDistanceLoss-\(r)") {
                let loss = TripletMarginWithDistanceLoss(
                    distance: { 1 - cosineSimilarity($0, $1) }, margin: 0.5, swap: true, reduction: r)
                return loss($0, $1, $2)
            }
        }
    }

    mutating func addLossExtremes() {
        list("adaptiveLogSoftmaxWithLoss") { inputs in
            let layer = AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs: [3, 7], divisor: 2)
            for (parameter, value) in zip(layer.parameters, inputs.dropFirst(2)) { parameter.value = value }
            let (output, loss) = layer(inputs[0], inputs[1])
            return [output, loss]
        }
        for r in Reduction.allCases {
            list("linearCrossEntropy-\(r)") {
                [
                    linearCrossEntropy(
                        $0[0], $0[1], $0[2], bias: $0[3], classWeight: $0[4], ignoreIndex: 2, labelSmoothing: 0.1,
                        chunk: 4, reduction: r)
                ]
            }
        }
        two("softMarginLoss-extremes") { softMarginLoss($0, $1, reduction: .none) }
        two("multiLabelSoftMarginLoss-extremes") { multiLabelSoftMarginLoss($0, $1) }
        two("klDivLoss-zeros") { klDivLoss($0, $1) }
        two("klDivLoss-batchmean") { klDivLoss($0, $1, axis: -1) }
        two("poissonNLLLoss-zeros") { poissonNLLLoss($0, $1, isLogInput: false, isFull: true) }
        three("gaussianNLLLoss-small") { gaussianNLLLoss($0, $1, variance: $2) }
        three("cosineEmbeddingLoss-zeros") { cosineEmbeddingLoss($0, $1, $2, reduction: .none) }
        two("hingeEmbeddingLoss-others") { hingeEmbeddingLoss($0, $1) }
    }

    /// The gradients of losses, whose own gradients are second ones.
    mutating func addSecondGradientsOfLosses() {
        second("mseLoss") { mseLoss($0[0], $0[1]) }
        second("huberLoss") { huberLoss($0[0], $0[1]) }
        second("softMarginLoss") { softMarginLoss($0[0], $0[1]) }
        second("multiLabelSoftMarginLoss") { multiLabelSoftMarginLoss($0[0], $0[1]) }
        second("binaryCrossEntropyWithLogits") { binaryCrossEntropyWithLogits($0[0], $0[1]) }
        second("klDivLoss") { klDivLoss($0[0], $0[1]) }
        second("klDivLoss-logarithms") { klDivLoss($0[0], $0[1], isLogTarget: true) }
        second("poissonNLLLoss") { poissonNLLLoss($0[0], $0[1]) }
        second("gaussianNLLLoss") { gaussianNLLLoss($0[0], $0[1], variance: $0[2]) }
        second("cosineEmbeddingLoss") { cosineEmbeddingLoss($0[0], $0[1], $0[2], margin: -0.4) }
        second("tripletMarginLoss") { tripletMarginLoss($0[0], $0[1], $0[2]) }
    }

    mutating func second(_ name: String, _ loss: @escaping @Sendable ([Tensor]) -> Tensor) {
        list("\(name)-second") { inputs in
            // Those that the case wants a gradient of.
            let wanted = inputs.indices.filter { inputs[$0].requiresGradient }
            return valueAndGradient(at: wanted.map { inputs[$0] }) { sources in
                var operands = inputs
                for (index, source) in zip(wanted, sources) { operands[index] = source }
                return loss(operands)
            }.gradients
        }
    }
}
