import TernCore
import TernLosses
import Testing

/// An operand of a loss: what its values are, and its shape.
struct LossOperand: Sendable {
    enum Values { case real, positive, unit, signs, unitRows, oneHot, labels, labelLists, sequenceLabels }

    let values: Values
    var shape: Shape = [4, 3]
    /// The axis along which the examples are, if it has them.
    var axis: Int? = 0

    static let real = LossOperand(values: .real), positive = LossOperand(values: .positive)
    static let unit = LossOperand(values: .unit), signs = LossOperand(values: .signs)
    static let oneHot = LossOperand(values: .oneHot), labels = LossOperand(values: .labels, shape: [4])

    func made(_ seed: UInt64, _ dtype: DType = .float64) -> Tensor {
        let generator = Generator(seed: seed)
        func uniform(_ range: Range<Double>) -> Tensor {
            Tensor.uniform(shape, in: range, dtype: dtype, generator: generator)
        }
        switch values {
        case .real: return Tensor.normal(shape, dtype: dtype, generator: generator)
        case .positive: return uniform(0.5..<2)
        case .unit: return uniform(0.1..<0.9)
        case .signs: return sign(uniform(-1..<1))
        case .unitRows: return Tensor.normal(shape, dtype: dtype, generator: generator).l2Normalized()
        case .oneHot: return hot([2, 0, 1, 1], dtype)
        case .labels: return Tensor([2, 0, 1, 1], dtype: .int64)
        case .labelLists: return Tensor([[0, 2, -1], [1, -1, 0], [-1, 2, 1], [2, 1, 0]], dtype: .int64)
        case .sequenceLabels: return Tensor([[1, 2], [2, 2], [1, 1], [2, 1]], dtype: .int64)
        }
    }

    private func hot(_ labels: [Int], _ dtype: DType) -> Tensor {
        TernCore.oneHot(Tensor(labels), classes: 3, dtype: dtype)
    }
}

/// A loss as a function and as a value, and what all tests over this table want to know of it. Four examples.
struct LossRow: Sendable, CustomTestStringConvertible {
    typealias Call = @Sendable ([Tensor], Tensor?, Tensor?, Reduction) -> Tensor

    let function: String
    let value: String
    let operands: [LossOperand]
    /// That of the result without a reduction.
    let losses: Shape
    let call: Call
    let object: Call
    /// The operands with respect to which it is differentiated.
    var differentiable = [0]
    /// Whether a weight is a factor of the example's loss, and of nothing else.
    var isWeightedMean = true
    /// How many roundings to the type a result may be away: what is computed of halves on the way is halves in some.
    var roundings = 1.0

    var testDescription: String { function }

    func operands(_ dtype: DType = .float64) -> [Tensor] {
        operands.enumerated().map { $1.made(UInt64($0 + 1), dtype) }
    }

    static let all: [LossRow] = elements + rows + labeled + several
    static let mask = Tensor([true, false, true, true])
    static let weight = Tensor([1, 0, 2.5, 0.5], dtype: .float64)

    /// Losses of each element of a pair.
    private static let elements: [LossRow] = [
        pair("mseLoss", "MSELoss", .real, .real, targets: true) {
            mseLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MSELoss(reduction: $0)
        },
        pair("l1Loss", "L1Loss", .real, .real) {
            l1Loss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            L1Loss(reduction: $0)
        },
        pair("huberLoss", "HuberLoss", .real, .real, targets: true) {
            huberLoss($0, $1, delta: 0.7, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            HuberLoss(delta: 0.7, reduction: $0)
        },
        pair("smoothL1Loss", "SmoothL1Loss", .real, .real) {
            smoothL1Loss($0, $1, beta: 0.7, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            SmoothL1Loss(beta: 0.7, reduction: $0)
        },
        pair("logCoshLoss", "LogCoshLoss", .real, .real, targets: true) {
            logCoshLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            LogCoshLoss(reduction: $0)
        },
        pair("mapeLoss", "MAPELoss", .real, .positive) {
            mapeLoss($0, $1, epsilon: 1e-3, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MAPELoss(epsilon: 1e-3, reduction: $0)
        },
        pair("msleLoss", "MSLELoss", .positive, .positive, targets: true) {
            msleLoss($0, $1, epsilon: 1e-3, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MSLELoss(epsilon: 1e-3, reduction: $0)
        },
        pair("poissonNLLLoss", "PoissonNLLLoss", .real, .positive, targets: true) {
            poissonNLLLoss($0, $1, isFull: true, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            PoissonNLLLoss(isFull: true, reduction: $0)
        },
        pair("softMarginLoss", "SoftMarginLoss", .real, .signs) {
            softMarginLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            SoftMarginLoss(reduction: $0)
        },
        pair("hingeLoss", "HingeLoss", .real, .signs) {
            hingeLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            HingeLoss(reduction: $0)
        },
        pair("squaredHingeLoss", "SquaredHingeLoss", .real, .signs) {
            squaredHingeLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            SquaredHingeLoss(reduction: $0)
        },
        pair("hingeEmbeddingLoss", "HingeEmbeddingLoss", .positive, .signs) {
            hingeEmbeddingLoss($0, $1, margin: 1.3, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            HingeEmbeddingLoss(margin: 1.3, reduction: $0)
        },
        pair("binaryCrossEntropy", "BCELoss", .unit, .unit, targets: true) {
            binaryCrossEntropy(
                $0, $1, weight: featureWeight, epsilon: 0.01, labelSmoothing: 0.1, sampleWeight: $2, mask: $3,
                reduction: $4)
        } _: {
            BCELoss(weight: featureWeight, epsilon: 0.01, labelSmoothing: 0.1, reduction: $0)
        },
        pair("binaryCrossEntropyWithLogits", "BCEWithLogitsLoss", .real, .unit, targets: true) {
            binaryCrossEntropyWithLogits(
                $0, $1, positiveWeight: featureWeight, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            BCEWithLogitsLoss(positiveWeight: featureWeight, labelSmoothing: 0.1, reduction: $0)
        },
        pair("binaryFocalCrossEntropy", "BinaryFocalCrossEntropyLoss", .unit, .unit) {
            binaryFocalCrossEntropy(
                $0, $1, alpha: 0.3, gamma: 1.5, epsilon: 0.01, labelSmoothing: 0.1, sampleWeight: $2, mask: $3,
                reduction: $4)
        } _: {
            BinaryFocalCrossEntropyLoss(alpha: 0.3, gamma: 1.5, epsilon: 0.01, labelSmoothing: 0.1, reduction: $0)
        },
        pair("binaryFocalCrossEntropyWithLogits", "BinaryFocalCrossEntropyWithLogitsLoss", .real, .unit) {
            binaryFocalCrossEntropyWithLogits(
                $0, $1, alpha: 0.3, gamma: 1.5, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            BinaryFocalCrossEntropyWithLogitsLoss(alpha: 0.3, gamma: 1.5, labelSmoothing: 0.1, reduction: $0)
        },
        pair("klDivLoss", "KLDivLoss", .real, .real, targets: true) {
            klDivLoss($0, $1, isLogTarget: true, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            KLDivLoss(isLogTarget: true, reduction: $0)
        },
    ]

    /// Losses of each row of a pair.
    private static let rows: [LossRow] = [
        pair("klDivLoss", "KLDivLoss", .real, .unit, losses: [4]) {
            klDivLoss($0, $1, axis: -1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            KLDivLoss(axis: -1, reduction: $0)
        },
        pair("klDivergence", "KLDivergenceLoss", .unit, .unit, losses: [4], targets: true) {
            klDivergence($0, $1, epsilon: 0.01, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            KLDivergenceLoss(epsilon: 0.01, reduction: $0)
        },
        pair("categoricalHingeLoss", "CategoricalHingeLoss", .real, .oneHot, losses: [4]) {
            categoricalHingeLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CategoricalHingeLoss(reduction: $0)
        },
        pair("cosineSimilarityLoss", "CosineSimilarityLoss", .real, .real, losses: [4], targets: true) {
            cosineSimilarityLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CosineSimilarityLoss(reduction: $0)
        },
        pair("multiLabelSoftMarginLoss", "MultiLabelSoftMarginLoss", .real, .unit, losses: [4]) {
            multiLabelSoftMarginLoss($0, $1, weight: featureWeight, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MultiLabelSoftMarginLoss(weight: featureWeight, reduction: $0)
        },
        pair("crossEntropy", "CrossEntropyLoss", .real, .unit, losses: [4], targets: true) {
            crossEntropy($0, $1, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CrossEntropyLoss(labelSmoothing: 0.1, reduction: $0)
        },
        pair("categoricalCrossEntropy", "CategoricalCrossEntropyLoss", .unit, .oneHot, losses: [4]) {
            categoricalCrossEntropy(
                $0, $1, epsilon: 0.01, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CategoricalCrossEntropyLoss(epsilon: 0.01, labelSmoothing: 0.1, reduction: $0)
        },
        pair("categoricalFocalCrossEntropy", "CategoricalFocalCrossEntropyLoss", .unit, .oneHot, losses: [4]) {
            categoricalFocalCrossEntropy(
                $0, $1, gamma: 1.5, epsilon: 0.01, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CategoricalFocalCrossEntropyLoss(gamma: 1.5, epsilon: 0.01, labelSmoothing: 0.1, reduction: $0)
        },
        pair("diceLoss", "DiceLoss", .unit, .unit, losses: [4], isWeightedMean: false) {
            diceLoss($0, $1, axes: [1], sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            DiceLoss(axes: [1], reduction: $0)
        },
        pair("tverskyLoss", "TverskyLoss", .unit, .unit, losses: [4], isWeightedMean: false) {
            tverskyLoss($0, $1, axes: [1], alpha: 0.3, beta: 0.6, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            TverskyLoss(axes: [1], alpha: 0.3, beta: 0.6, reduction: $0)
        },
    ]

    /// Losses of each row and its label.
    private static let labeled: [LossRow] = [
        pair("crossEntropy", "CrossEntropyLoss", .real, .labels, losses: [4]) {
            crossEntropy($0, $1, axis: -1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CrossEntropyLoss(axis: -1, reduction: $0)
        },
        pair("crossEntropy", "CrossEntropyLoss", .real, .labels, losses: [4], isWeightedMean: false) {
            crossEntropy(
                $0, $1, weight: featureWeight, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CrossEntropyLoss(weight: featureWeight, labelSmoothing: 0.1, reduction: $0)
        },
        pair("nllLoss", "NLLLoss", .real, .labels, losses: [4], isWeightedMean: false) {
            nllLoss($0, $1, weight: featureWeight, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            NLLLoss(weight: featureWeight, reduction: $0)
        },
        pair("categoricalCrossEntropy", "CategoricalCrossEntropyLoss", .unit, .labels, losses: [4]) {
            categoricalCrossEntropy($0, $1, labelSmoothing: 0.1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CategoricalCrossEntropyLoss(labelSmoothing: 0.1, reduction: $0)
        },
        pair(
            "categoricalFocalCrossEntropyWithLogits", "CategoricalFocalCrossEntropyWithLogitsLoss", .real, .labels,
            losses: [4]
        ) {
            categoricalFocalCrossEntropyWithLogits($0, $1, gamma: 1.5, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CategoricalFocalCrossEntropyWithLogitsLoss(gamma: 1.5, reduction: $0)
        },
        pair("generalizedCrossEntropy", "GeneralizedCrossEntropyLoss", .unit, .labels, losses: [4]) {
            generalizedCrossEntropy($0, $1, q: 0.7, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            GeneralizedCrossEntropyLoss(q: 0.7, reduction: $0)
        },
        pair("multiMarginLoss", "MultiMarginLoss", .real, .labels, losses: [4]) {
            multiMarginLoss($0, $1, p: 2, weight: featureWeight, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MultiMarginLoss(p: 2, weight: featureWeight, reduction: $0)
        },
        pair(
            "multiLabelMarginLoss", "MultiLabelMarginLoss", .real, LossOperand(values: .labelLists), losses: [4]
        ) {
            multiLabelMarginLoss($0, $1, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            MultiLabelMarginLoss(reduction: $0)
        },
        pair(
            "circleLoss", "CircleLoss", LossOperand(values: .unitRows, shape: [4, 3]), .labels, losses: [4],
            isWeightedMean: false
        ) {
            circleLoss($0, $1, gamma: 2, sampleWeight: $2, mask: $3, reduction: $4)
        } _: {
            CircleLoss(gamma: 2, reduction: $0)
        },
    ]

    private static let several: [LossRow] = [
        LossRow(
            function: "gaussianNLLLoss", value: "GaussianNLLLoss", operands: [.real, .real, .positive], losses: [4, 3],
            call: {
                gaussianNLLLoss(
                    $0[0], $0[1], variance: $0[2], isFull: true, sampleWeight: $1, mask: $2, reduction: $3)
            },
            object: {
                GaussianNLLLoss(isFull: true, reduction: $3)(
                    $0[0], $0[1], variance: $0[2], sampleWeight: $1, mask: $2)
            }, differentiable: [0, 1, 2]),
        LossRow(
            function: "marginRankingLoss", value: "MarginRankingLoss", operands: [.real, .real, .signs],
            losses: [4, 3],
            call: { marginRankingLoss($0[0], $0[1], $0[2], margin: 0.3, sampleWeight: $1, mask: $2, reduction: $3) },
            object: { MarginRankingLoss(margin: 0.3, reduction: $3)($0[0], $0[1], $0[2], sampleWeight: $1, mask: $2) },
            differentiable: [0, 1]),
        LossRow(
            function: "cosineEmbeddingLoss", value: "CosineEmbeddingLoss",
            operands: [.real, .real, LossOperand(values: .signs, shape: [4])], losses: [4],
            call: { cosineEmbeddingLoss($0[0], $0[1], $0[2], margin: -0.9, sampleWeight: $1, mask: $2, reduction: $3) },
            object: {
                CosineEmbeddingLoss(margin: -0.9, reduction: $3)($0[0], $0[1], $0[2], sampleWeight: $1, mask: $2)
            }, differentiable: [0, 1]),
        LossRow(
            function: "tripletMarginLoss", value: "TripletMarginLoss", operands: [.real, .real, .real], losses: [4],
            call: {
                tripletMarginLoss(
                    $0[0], $0[1], $0[2], margin: 2, p: 3, swap: true, sampleWeight: $1, mask: $2, reduction: $3)
            },
            object: {
                TripletMarginLoss(margin: 2, p: 3, swap: true, reduction: $3)(
                    $0[0], $0[1], $0[2], sampleWeight: $1, mask: $2)
            }, differentiable: [0, 1, 2]),
        LossRow(
            function: "tripletMarginWithDistanceLoss", value: "TripletMarginWithDistanceLoss",
            operands: [.real, .real, .real], losses: [4],
            call: {
                tripletMarginWithDistanceLoss(
                    $0[0], $0[1], $0[2], distance: { abs($0 - $1).sum(axes: -1) }, margin: 2, sampleWeight: $1,
                    mask: $2,
                    reduction: $3)
            },
            object: {
                TripletMarginWithDistanceLoss(distance: { abs($0 - $1).sum(axes: -1) }, margin: 2, reduction: $3)(
                    $0[0], $0[1], $0[2], sampleWeight: $1, mask: $2)
            }, differentiable: [0, 1, 2]),
        LossRow(
            function: "linearCrossEntropy", value: "CrossEntropyLoss",
            operands: [
                .real, LossOperand(values: .real, shape: [5, 3], axis: nil), .labels,
                LossOperand(values: .real, shape: [5], axis: nil),
            ], losses: [4],
            call: {
                linearCrossEntropy(
                    $0[0], $0[1], $0[2], bias: $0[3], labelSmoothing: 0.1, chunk: 3, sampleWeight: $1, mask: $2,
                    reduction: $3)
            },
            object: {
                linearCrossEntropy(
                    $0[0], $0[1], $0[2], bias: $0[3], labelSmoothing: 0.1, sampleWeight: $1, mask: $2, reduction: $3)
            }, differentiable: [0, 1, 3], roundings: 8),
        LossRow(
            function: "ctcLoss", value: "CTCLoss",
            operands: [
                LossOperand(values: .real, shape: [5, 4, 3], axis: 1),
                LossOperand(values: .sequenceLabels, shape: [4, 2]),
            ], losses: [4],
            call: { ctcLoss($0[0], $0[1], sampleWeight: $1, mask: $2, reduction: $3) },
            object: { CTCLoss(reduction: $3)($0[0], $0[1], sampleWeight: $1, mask: $2) }, isWeightedMean: false),
    ]

    private static let featureWeight = Tensor([0.5, 2, 1], dtype: .float64)

    private static func pair(
        _ function: String, _ value: String, _ prediction: LossOperand, _ target: LossOperand, losses: Shape = [4, 3],
        targets: Bool = false, isWeightedMean: Bool = true,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, Tensor?, Reduction) -> Tensor,
        _ object: @escaping @Sendable (Reduction) -> any Loss
    ) -> LossRow {
        LossRow(
            function: function, value: value, operands: [prediction, target], losses: losses,
            call: { call($0[0], $0[1], $1, $2, $3) },
            object: { operands, weight, mask, reduction in
                let loss = object(reduction)
                return loss(operands[0], operands[1], sampleWeight: weight, mask: mask)
            },
            differentiable: targets ? [0, 1] : [0], isWeightedMean: isWeightedMean)
    }
}
