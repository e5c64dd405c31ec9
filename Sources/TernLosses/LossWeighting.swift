import TernCore

/// Which losses of a call count, and how much: what `sampleWeight` and `mask` mean, the same for every loss.
///
/// With losses `l` and weights `w`, `.none` gives `w * l`, `.sum` their sum, and `.mean` is `sum(w * l) / sum(w)`: weights
/// are relative, as PyTorch's class weights in its cross-entropy and as Keras's `mean_with_sample_weight`. Keras's default,
/// `sum_over_batch_size`, divides by the number of losses: take the mean of the result without a reduction for it. A mask is
/// weights of 1 (`true`) and 0 (`false`); given both, the weights count where the mask is `true`.
///
/// ```swift
/// mseLoss(Tensor([1, 2, .nan]), Tensor([0, 0, 0]), mask: Tensor([true, true, false])).item()          // 2.5
/// mseLoss(Tensor([1, 2, 3]), Tensor([0, 0, 0]), sampleWeight: Tensor([1, 3, 0])).item()               // 3.25
/// mseLoss(Tensor([1, 2, 3]), Tensor([0, 0, 0]), sampleWeight: Tensor([1, 3, 0]), reduction: .none)    // [1, 12, 0]
/// ```
///
/// What has weight 0 counts for nothing, whatever the inputs hold there, NaN and infinities too: neither in the value nor in
/// the gradient, which is 0 there. If nothing counts, the mean is NaN, with gradient 0. No gradient flows to weights.
///
/// Weights and masks have the first sizes of the shape of the losses, or 1: for losses of shape [N, D], [N] is a weight for
/// each example, [1, D] one for each feature, and [N, D] one for each element. So a vector never weighs features where
/// examples were meant.
///
/// For losses of your own:
///
/// ```swift
/// struct LogRatioLoss: Loss {
///     var reduction = Reduction.mean
///     func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor {
///         let weighting = LossWeighting(sampleWeight, mask, of: prediction.shape, "LogRatioLoss")
///         let (x, t) = (weighting.kept(prediction), weighting.kept(target))
///         return weighting.reduced(abs(log(x) - log(t)), reduction)
///     }
/// }
/// ```
public struct LossWeighting {
    /// Both have the rank of the losses, and broadcast to them. Weights are 0 for what does not count.
    private(set) var isCounted: Tensor?
    private var weights: Tensor?
    private let shape: Shape

    /// - Parameters:
    ///   - sampleWeight: of a number type.
    ///   - mask: of `bool`.
    ///   - shape: that of the losses.
    ///   - operation: what messages call the loss.
    public init(_ sampleWeight: Tensor?, _ mask: Tensor?, of shape: Shape, _ operation: String) {
        self.shape = shape
        if let mask {
            if mask.dtype != .bool { mistake(operation, "expects a mask of bool, got \(mask.dtype)") }
            isCounted = LossWeighting.aligned(mask, shape, "mask", operation)
        }
        if let sampleWeight {
            let given = LossWeighting.aligned(sampleWeight.detached, shape, "sampleWeight", operation)
            let isHeavy = given.notEqual(to: 0)
            weights = isCounted.map { which($0, given, 0) } ?? given
            isCounted = isCounted.map { $0.logicalAnd(isHeavy) } ?? isHeavy
        }
    }

    /// With the losses that do not count here not counting either.
    func only(where condition: Tensor) -> LossWeighting {
        var result = self
        result.isCounted = isCounted.map { $0.logicalAnd(condition) } ?? condition
        result.weights = weights.map { which(condition, $0, 0) }
        return result
    }

    /// With a further factor of each loss, of the losses' shape.
    func scaled(by factors: Tensor?) -> LossWeighting {
        guard let factors else { return self }
        var result = self
        let all = isCounted ?? Tensor.full([], true, dtype: .bool)
        let product = weights.map { $0.converted(to: factors.dtype) * factors } ?? factors
        result.weights = which(all, product, 0)
        result.isCounted = isCounted ?? Tensor.full(shape, true, dtype: .bool)
        return result
    }

    private static func aligned(_ factor: Tensor, _ shape: Shape, _ name: String, _ operation: String) -> Tensor {
        let sizes = factor.shape
        let fits = sizes.count <= shape.count && sizes.indices.allSatisfy { [1, shape[$0]].contains(sizes[$0]) }
        if !fits {
            mistake(
                operation, "expects a \(name) of the first sizes of the losses' shape \(shape), or 1, got \(sizes)")
        }
        if sizes.count == shape.count { return factor }
        return factor.reshaped(Shape(Array(sizes) + [Int](repeating: 1, count: shape.count - sizes.count)))
    }

    /// An operand of the losses, with a harmless value (1, or `other`; 0 for integers) where they do not count: nothing
    /// flows back to what was there.
    ///
    /// - Parameters:
    ///   - x: of the losses' shape, or with one axis more.
    ///   - axis: the axis that the losses do not have.
    ///   - other: the harmless value.
    public func kept(_ x: Tensor, axis: Int? = nil, else other: Double = 1) -> Tensor {
        guard let isCounted else { return x }
        let condition = axis.map { isCounted.unsqueezed(axes: $0) } ?? isCounted
        return x.dtype.isFloatingPoint ? which(condition, x, other) : which(condition, x, 0)
    }

    /// Losses weighted and brought together.
    public func reduced(_ losses: Tensor, _ reduction: Reduction) -> Tensor {
        guard let isCounted else { return losses.reduced(reduction) }
        let counted = which(isCounted, losses, 0)
        let weighted = factors(losses.dtype).map { counted * $0 } ?? counted
        switch reduction {
        case .mean: return weighted.sum() / total(losses.dtype)
        case .sum: return weighted.sum()
        case .none: return weighted
        }
    }

    /// The weights, which broadcast to the losses, if there are any; a mask alone is none.
    func factors(_ type: DType) -> Tensor? { weights?.converted(to: type) }

    /// The sum of the weights of all losses.
    func total(_ type: DType) -> Tensor {
        guard let each = weights ?? isCounted else { return Tensor.full([], shape.elements, dtype: type) }
        let copies = each.count == 0 ? 0 : shape.elements / each.count
        return each.sum().converted(to: type) * copies
    }
}
