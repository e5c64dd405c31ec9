import Tern

extension OpTable {
    /// Keras takes the mean over the last axis first, and then over the rest.
    mutating func addKerasLosses() {
        two("keras-mapeLoss") { MAPELoss()($0, $1) }
        two("keras-hingeLoss") { HingeLoss()($0, $1) }
        two("keras-categoricalHingeLoss") { CategoricalHingeLoss()($0, $1) }
        keras("msleLoss") { MSLELoss()($0, $1) }
        keras("logCoshLoss") { LogCoshLoss()($0, $1) }
        keras("squaredHingeLoss") { SquaredHingeLoss()($0, $1) }
        keras("cosineSimilarityLoss") { CosineSimilarityLoss()($0, $1) }
        keras("klDivergence") { KLDivergenceLoss()($0, $1) }
        keras("poissonNLLLoss") { poissonNLLLoss($0, $1, isLogInput: false, epsilon: 1e-7) }
        keras("diceLoss") { DiceLoss()($0, $1) }
        keras("tverskyLoss") { TverskyLoss()($0, $1) }
        keras("binaryCrossEntropy") { BCELoss(epsilon: 1e-7)($0, $1) }
        keras("binaryFocalCrossEntropy") { BinaryFocalCrossEntropyLoss()($0, $1) }
        keras("categoricalCrossEntropy") { CategoricalCrossEntropyLoss()($0, $1) }
        keras("categoricalFocalCrossEntropy") { CategoricalFocalCrossEntropyLoss()($0, $1) }
        addKerasSettings()
        addKerasWeights()
        two("keras-logCoshLoss-extremes") { logCoshLoss($0, $1, reduction: .none).mean(axes: -1) }
        two("keras-mapeLoss-zeros") { mapeLoss($0, $1, reduction: .none).mean(axes: -1) }
        two("keras-msleLoss-bounds") { msleLoss($0, $1, reduction: .none).mean(axes: -1) }
        two("keras-categoricalCrossEntropy-certain") { categoricalCrossEntropy($0, $1, reduction: .none) }
        two("keras-diceLoss-nothing") { diceLoss($0, $1, axes: [-1], reduction: .none) }
        two("keras-cosineSimilarityLoss-zeros") { cosineSimilarityLoss($0, $1, reduction: .none) }
    }

    private mutating func keras(_ name: String, _ loss: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
        two("keras-\(name)", loss)
        second("keras-\(name)") { loss($0[0], $0[1]) }
    }

    private mutating func addKerasSettings() {
        two("keras-hingeLoss-binary") { hingeLoss($0, $1) }
        two("keras-squaredHingeLoss-binary") { squaredHingeLoss($0, $1) }
        two("keras-binaryCrossEntropy-smoothed") { BCELoss(epsilon: 1e-7, labelSmoothing: 0.2)($0, $1) }
        two("keras-binaryCrossEntropyWithLogits-smoothed") { BCEWithLogitsLoss(labelSmoothing: 0.2)($0, $1) }
        two("keras-binaryFocalCrossEntropy-balanced") {
            BinaryFocalCrossEntropyLoss(alpha: 0.3, gamma: 1.5, labelSmoothing: 0.1)($0, $1)
        }
        two("keras-binaryFocalCrossEntropyWithLogits") {
            BinaryFocalCrossEntropyWithLogitsLoss(alpha: 0.3, gamma: 1.5, labelSmoothing: 0.1)($0, $1)
        }
        two("keras-categoricalFocalCrossEntropyWithLogits") {
            CategoricalFocalCrossEntropyWithLogitsLoss(gamma: 1.5, labelSmoothing: 0.1)($0, $1)
        }
        two("keras-categoricalCrossEntropy-labels") { categoricalCrossEntropy($0, $1) }
        two("keras-categoricalCrossEntropy-images") { categoricalCrossEntropy($0, $1, axis: 1) }
        two("keras-categoricalCrossEntropy-smoothed") { categoricalCrossEntropy($0, $1, labelSmoothing: 0.2) }
        two("keras-categoricalCrossEntropy-ignored") { categoricalCrossEntropy($0, $1, ignoreIndex: 1) }
        two("keras-crossEntropy") { CrossEntropyLoss(axis: -1)($0, $1) }
        two("keras-generalizedCrossEntropy") { GeneralizedCrossEntropyLoss(q: 0.7)($0, $1) }
        two("keras-diceLoss-axes") { diceLoss($0, $1, axes: [1, 2], reduction: .none) }
        two("keras-tverskyLoss-axes") { tverskyLoss($0, $1, axes: [1, 2], alpha: 0.3, beta: 0.6, reduction: .none) }
        two("keras-circleLoss") {
            circleLoss($0.l2Normalized(), $1, gamma: 4, margin: 0.3, reduction: .none)
        }
        list("keras-circleLoss-references") {
            [
                circleLoss(
                    $0[0].l2Normalized(), $0[1], references: $0[2].l2Normalized(), referenceLabels: $0[3], gamma: 4,
                    reduction: .none)
            ]
        }
        two("keras-ctcLoss") {
            ctcLoss(logSoftmax($0).transposed(0, 1), $1, labelLengths: [4, 2, 1], reduction: .none)
        }
    }

    /// Keras's weights of examples, and its mean over their sum.
    private mutating func addKerasWeights() {
        weighted("mseLoss", MSELoss())
        weighted("l1Loss", L1Loss())
        weighted("huberLoss", HuberLoss())
        weighted("mapeLoss", MAPELoss())
        weighted("msleLoss", MSLELoss())
        weighted("logCoshLoss", LogCoshLoss())
        weighted("categoricalHingeLoss", CategoricalHingeLoss())
        weighted("cosineSimilarityLoss", CosineSimilarityLoss())
        weighted("klDivergence", KLDivergenceLoss())
        weighted("binaryCrossEntropy", BCELoss(epsilon: 1e-7))
        weighted("categoricalCrossEntropy", CategoricalCrossEntropyLoss())
    }

    private mutating func weighted(_ name: String, _ loss: any Loss) {
        list("keras-\(name)-weights") { [loss($0[0], $0[1], sampleWeight: $0[2], mask: $0[3].notEqual(to: 0))] }
    }
}
