import TernCore

/// `(1 - p[y]^q) / q` for the predicted probability `p[y]` of a label: between the cross-entropy (`q` near 0) and the absolute
/// error (1), which wrong labels hurt less. Zhang and Sabuncu, "Generalized cross entropy loss for training deep neural
/// networks with noisy labels", 2018. Keras's `CategoricalGeneralizedCrossEntropy`.
///
/// - Parameters:
///   - probabilities: of any shape with an axis for the classes.
///   - labels: integers of that shape without the axis.
///   - q: in 0...1, but not 0.
///   - axis: that of the classes.
///   - sampleWeight: factors of the losses, see ``LossWeighting``.
///   - mask: `false` for losses that count for nothing.
///   - reduction: mean, sum or none of the losses.
/// - Returns: a scalar, or the labels' shape without a reduction.
public func generalizedCrossEntropy(
    _ probabilities: Tensor, _ labels: Tensor, q: Double = 0.5, axis: Int = -1, sampleWeight: Tensor? = nil,
    mask: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    let name = "generalizedCrossEntropy"
    if !(q > 0 && q <= 1) { mistake(name, "expects q above 0 and at most 1, got \(q)") }
    let given = floating([probabilities])[0]
    let rows = LabeledRows(given, labels, axis: axis, ignoring: nil, sampleWeight, mask, name)
    let p = rows.chosen(rows.weighting.kept(given.converted(to: given.dtype.accumulator), axis: rows.axis))
    // 1 - p^q, of which nothing is lost for p near 1.
    let values = asOneOperation { -expm1(q * log(p.detached)) / q }
    let losses = values.asOutput(of: "generalizedCrossEntropy", from: [p], attributes: ["q": q]) { gradient, _ in
        [-(gradient * pow(p, q - 1))]
    }
    return rows.weighting.reduced(losses, reduction).converted(to: given.dtype)
}

/// ``generalizedCrossEntropy(_:_:q:axis:sampleWeight:mask:reduction:)`` as a value. Keras's
/// `CategoricalGeneralizedCrossEntropy`.
public struct GeneralizedCrossEntropyLoss: Loss {
    /// In 0...1, but not 0.
    public var q: Double
    /// That of the classes.
    public var axis: Int
    /// Mean, sum or none of the losses.
    public var reduction: Reduction

    /// - Parameters:
    ///   - q: in 0...1, but not 0.
    ///   - axis: that of the classes.
    ///   - reduction: mean, sum or none of the losses.
    public init(q: Double = 0.5, axis: Int = -1, reduction: Reduction = .mean) {
        self.q = q
        self.axis = axis
        self.reduction = reduction
    }

    public func callAsFunction(
        _ probabilities: Tensor, _ labels: Tensor, sampleWeight: Tensor?, mask: Tensor?
    ) -> Tensor {
        generalizedCrossEntropy(
            probabilities, labels, q: q, axis: axis, sampleWeight: sampleWeight, mask: mask, reduction: reduction)
    }
}
