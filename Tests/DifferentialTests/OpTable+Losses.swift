import Tern

extension OpTable {
    mutating func addLosses() {
        elementwise("binaryCrossEntropy", .unit, .unit) {
            binaryCrossEntropy($0, $1, weight: $2, sampleWeight: $3, reduction: $4)
        }
        elementwise("binaryCrossEntropyWithLogits", .any, .unit) {
            binaryCrossEntropyWithLogits($0, $1, weight: $2, positiveWeight: $2, sampleWeight: $3, reduction: $4)
        }
        loss("binaryFocalCrossEntropy", .unit, .unit) {
            binaryFocalCrossEntropy($0, $1, alpha: 0.25, gamma: 1.5, sampleWeight: $2, reduction: $3)
        }
        // The derivative of the target is a difference of what its two classes cost.
        loss("binaryFocalCrossEntropyWithLogits", .any, .unit, terms: twiceBoth) {
            binaryFocalCrossEntropyWithLogits($0, $1, gamma: 1.5, sampleWeight: $2, reduction: $3)
        }
        loss("l1Loss") { l1Loss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("mseLoss") { mseLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("huberLoss") { huberLoss($0, $1, delta: 0.7, sampleWeight: $2, reduction: $3) }
        loss("smoothL1Loss") { smoothL1Loss($0, $1, beta: 0.7, sampleWeight: $2, reduction: $3) }
        loss("logCoshLoss") { logCoshLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("mapeLoss", .any, .nonZero) { mapeLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("msleLoss", .positive, .positive) { msleLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("poissonNLLLoss", .any, .positive) {
            poissonNLLLoss($0, $1, isFull: true, sampleWeight: $2, reduction: $3)
        }
        loss("poissonNLLLoss of rates", .positive, .any) {
            poissonNLLLoss($0, $1, isLogInput: false, sampleWeight: $2, reduction: $3)
        }
        loss("softMarginLoss") { softMarginLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("hingeLoss") { hingeLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("squaredHingeLoss") { squaredHingeLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("hingeEmbeddingLoss") { hingeEmbeddingLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("klDivLoss", .any, .unit) { klDivLoss($0, $1, sampleWeight: $2, reduction: $3) }
        loss("klDivLoss of logarithms") { klDivLoss($0, $1, isLogTarget: true, sampleWeight: $2, reduction: $3) }
        rows("klDivergence", .unit, .unit) { klDivergence($0, $1, sampleWeight: $2, reduction: $3) }
        rows("categoricalHingeLoss") { categoricalHingeLoss($0, $1, sampleWeight: $2, reduction: $3) }
        rows("cosineSimilarityLoss") { cosineSimilarityLoss($0, $1, sampleWeight: $2, reduction: $3) }
        rows("multiLabelSoftMarginLoss", .any, .unit) {
            multiLabelSoftMarginLoss($0, $1, sampleWeight: $2, reduction: $3)
        }
        rows("categoricalCrossEntropy of probabilities", .unit, .unit) {
            categoricalCrossEntropy($0, $1, labelSmoothing: 0.125, sampleWeight: $2, reduction: $3)
        }
        rows("categoricalFocalCrossEntropy", .unit, .unit) {
            categoricalFocalCrossEntropy($0, $1, gamma: 1.5, sampleWeight: $2, reduction: $3)
        }
        loss("diceLoss", .unit, .unit) { diceLoss($0, $1, sampleWeight: $2, reduction: $3) }
        rows("tverskyLoss", .unit, .unit) { x, t, _, reduction in
            tverskyLoss(x, t, axes: [-1], alpha: 0.25, beta: 0.5, reduction: reduction)
        }
    }

    mutating func addLossesOfLabels() {
        op("crossEntropy") { b in
            let (x, labels) = b.scores()
            let weight = b.classWeights(x)
            let smoothing = b.one(of: [0, 0, 0.1])
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, labels], "\(weight ?? []), labelSmoothing: \(smoothing), reduction: \(reduction)") {
                [
                    crossEntropy(
                        $0[0], $0[1], weight: weight.map { [x = $0[0]] in Tensor($0, dtype: x.dtype) }, ignoreIndex: 0,
                        labelSmoothing: smoothing, reduction: reduction)
                ]
            }
        }
        op("crossEntropy of probabilities") { b in
            let x = b.operand(rank: 1...3, isNonEmpty: true)
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, b.operand(b.shape(of: x), [.float], .unit)], "reduction: \(reduction)") {
                [crossEntropy($0[0], $0[1], labelSmoothing: 0.125, reduction: reduction)]
            }
        }
        labeled("crossEntropy with weights") {
            crossEntropy($0, $1, axis: -1, labelSmoothing: 0.125, sampleWeight: $2, reduction: $3)
        }
        op("nllLoss") { b in
            let (x, labels) = b.scores()
            let weight = b.classWeights(x)
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, labels], "\(weight ?? []), reduction: \(reduction)") {
                [
                    nllLoss(
                        $0[0], $0[1], weight: weight.map { [x = $0[0]] in Tensor($0, dtype: x.dtype) },
                        reduction: reduction)
                ]
            }
        }
        labeled("categoricalCrossEntropy", .unit) {
            categoricalCrossEntropy($0, $1, ignoreIndex: 1, sampleWeight: $2, reduction: $3)
        }
        labeled("categoricalFocalCrossEntropyWithLogits") {
            categoricalFocalCrossEntropyWithLogits($0, $1, gamma: 1.5, sampleWeight: $2, reduction: $3)
        }
        labeled("generalizedCrossEntropy", .unit) {
            generalizedCrossEntropy($0, $1, q: 0.7, sampleWeight: $2, reduction: $3)
        }
        labeled("multiMarginLoss", rank: 1...2) { multiMarginLoss($0, $1, p: 2, sampleWeight: $2, reduction: $3) }
        op("linearCrossEntropy") { b in
            let x = b.operand(rank: 2...2, isNonEmpty: true)
            let (count, size, classes) = (b.shape(of: x)[0], b.shape(of: x)[1], b.number(in: 1...9))
            let labels = b.indices([count], below: classes)
            let (chunk, reduction) = (b.number(in: 1...9), b.one(of: Reduction.allCases))
            let operands = [x, b.operand([classes, size]), labels, b.operand([classes])]
            return Call(operands, "chunk: \(chunk), reduction: \(reduction)") {
                [
                    linearCrossEntropy(
                        $0[0], $0[1], $0[2], bias: $0[3], chunk: max(chunk, count / 9), reduction: reduction)
                ]
            }
        }
        op("multiLabelMarginLoss") { b in
            let x = b.operand(rank: 1...2, isNonEmpty: true) { $0[$0.count - 1] <= 33 }
            let classes = b.shape(of: x)[b.shape(of: x).count - 1]
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, b.indices(b.shape(of: x), below: classes + 1)], "reduction: \(reduction)") {
                [multiLabelMarginLoss($0[0], $0[1] - 1, reduction: reduction)]
            }
        }
        op("circleLoss") { b in
            let x = b.operand(rank: 2...2, isNonEmpty: true) { $0[0] <= 65 }
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, b.indices([b.shape(of: x)[0]], below: 3)], "reduction: \(reduction)") {
                [circleLoss($0[0].l2Normalized(), $0[1], gamma: 2, reduction: reduction)]
            }
        }
        op("ctcLoss") { b in
            let x = b.operand(rank: 3...3, isNonEmpty: true) { $0[2] >= 2 && $0[0] <= 33 }
            let shape = b.shape(of: x)
            let labels = b.indices([shape[1], b.number(in: 0...4)], below: shape[2] - 1)
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, labels], "reduction: \(reduction)") {
                [ctcLoss($0[0], $0[1] + 1, zeroInfinity: true, reduction: reduction)]
            }
        }
    }

    mutating func addLossesOfSeveral() {
        op("gaussianNLLLoss") { b in
            let x = b.operand(rank: 1...3)
            let shape = b.shape(of: x)
            let variance = b.chance(0.5) ? shape : Shape(shape.dropLast())
            let reduction = b.one(of: Reduction.allCases)
            let operands = [x, b.operand(shape), b.operand(variance, [.float], .positive)]
            return Call(operands, "reduction: \(reduction)") {
                [gaussianNLLLoss($0[0], $0[1], variance: $0[2], isFull: true, reduction: reduction)]
            }
        }
        op("marginRankingLoss") { b in
            let x = b.operand()
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, b.operand(b.shape(of: x)), b.operand(b.shape(of: x))], "reduction: \(reduction)") {
                [marginRankingLoss($0[0], $0[1], $0[2], margin: 0.5, reduction: reduction)]
            }
        }
        op("cosineEmbeddingLoss") { b in
            let x = b.operand(rank: 1...2, isNonEmpty: true)
            let signs = b.indices(Shape(b.shape(of: x).dropLast()), below: 2)
            let reduction = b.one(of: Reduction.allCases)
            return Call([x, b.operand(b.shape(of: x)), signs], "reduction: \(reduction)") {
                [cosineEmbeddingLoss($0[0], $0[1], $0[2] * 2 - 1, margin: -0.25, reduction: reduction)]
            }
        }
        triplet("tripletMarginLoss") { tripletMarginLoss($0[0], $0[1], $0[2], p: $1, swap: $2, reduction: $3) }
        triplet("tripletMarginWithDistanceLoss") { x, _, swap, reduction in
            tripletMarginWithDistanceLoss(
                x[0], x[1], x[2], distance: { 1 - cosineSimilarity($0, $1, axis: -1) }, swap: swap, reduction: reduction
            )
        }
    }

    private mutating func triplet(
        _ name: String, _ call: @escaping @Sendable ([Tensor], Double, Bool, Reduction) -> Tensor
    ) {
        op(name) { b in
            let x = b.operand(rank: 1...2, isNonEmpty: true)
            let (p, swap, reduction) = (b.one(of: [1, 2, 3.0]), b.chance(0.5), b.one(of: Reduction.allCases))
            let operands = [x, b.operand(b.shape(of: x)), b.operand(b.shape(of: x))]
            return Call(operands, "p: \(p), swap: \(swap), reduction: \(reduction)") { [call($0, p, swap, reduction)] }
        }
    }

    /// A loss of each element of two tensors of one shape, with a weight that is an operand.
    private mutating func elementwise(
        _ name: String, _ first: Domain, _ second: Domain, terms: (@Sendable ([Tensor]) -> [Tensor])? = nil,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, Tensor?, Reduction) -> Tensor
    ) {
        op(name, terms: terms) { b in
            let x = b.operand([.float], first)
            let reduction = b.one(of: Reduction.allCases)
            let samples = b.sampleWeights(b.shape(of: x).first)
            var operands = [x, b.operand(b.shape(of: x), [.float], second)]
            if b.chance(0.4) { operands.append(b.fresh(Shape(b.shape(of: x).dropFirst(1)), .float, .positive)) }
            return Call(operands, "sampleWeight: \(samples ?? []), reduction: \(reduction)") {
                [call($0[0], $0[1], $0.count > 2 ? $0[2] : nil, tensor(samples, $0[0]), reduction)]
            }
        }
    }

    private mutating func loss(
        _ name: String, _ first: Domain = .any, _ second: Domain = .any,
        terms: (@Sendable ([Tensor]) -> [Tensor])? = nil,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, Reduction) -> Tensor
    ) {
        elementwise(name, first, second, terms: terms) { x, y, _, samples, reduction in call(x, y, samples, reduction) }
    }

    /// A loss of each row.
    private mutating func rows(
        _ name: String, _ first: Domain = .any, _ second: Domain = .any,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, Reduction) -> Tensor
    ) {
        op(name) { b in
            let x = b.operand(rank: 1...4, [.float], first, isNonEmpty: true)
            let reduction = b.one(of: Reduction.allCases)
            let samples = b.sampleWeights(b.shape(of: x).dropLast().first)
            return Call(
                [x, b.operand(b.shape(of: x), [.float], second)],
                "sampleWeight: \(samples ?? []), reduction: \(reduction)"
            ) {
                [call($0[0], $0[1], tensor(samples, $0[0]), reduction)]
            }
        }
    }

    /// A loss of each row and its label.
    private mutating func labeled(
        _ name: String, _ domain: Domain = .any, rank: ClosedRange<Int> = 1...4,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, Reduction) -> Tensor
    ) {
        op(name) { b in
            let x = b.operand(rank: rank, [.float], domain, isNonEmpty: true)
            var rows = b.shape(of: x)
            let classes = rows.remove(at: rows.count - 1)
            let reduction = b.one(of: Reduction.allCases)
            let samples = b.sampleWeights(rows.first)
            return Call(
                [x, b.indices(rows, below: classes)], "sampleWeight: \(samples ?? []), reduction: \(reduction)"
            ) {
                [call($0[0], $0[1], tensor(samples, $0[0]), reduction)]
            }
        }
    }
}

/// As large as a cost of two logits near 0.
@Sendable private func twiceBoth(_ x: [Tensor]) -> [Tensor] { [(x[0] + x[1]) * 2] }

private func tensor(_ values: [Double]?, _ x: Tensor) -> Tensor? { values.map { Tensor($0, dtype: x.dtype) } }

extension Builder {
    /// A factor for each example, if at all, some of them 0. They are constants: no gradient flows to them.
    mutating func sampleWeights(_ count: Int?) -> [Double]? {
        guard let count, count < 100, chance(0.3) else { return nil }
        return factors(count).map { chance(0.2) ? 0 : $0 }
    }
}
