import Foundation
import TernCore

/// Among how many equally likely tokens a language model chooses, in effect: `exp` of the mean cross-entropy of its logits.
///
/// ```swift
/// let perplexity = Perplexity(ignoring: 0)          // padding
/// perplexity.update(model(tokens), nextTokens)      // [N, T, V] and [N, T]
/// ```
///
/// Of logits of shape [N..., V] and tokens [N...]. The value of uniform logits is V. NaN without tokens, and with a NaN logit.
public final class Perplexity: Metric, Summing {
    /// A token that is left out.
    public let ignored: Int?
    /// Of cross-entropies by weights, and of the weights.
    public var sums = ExactSums(count: 2)

    /// - Parameter ignored: a token of `labels` that is left out, such as padding.
    public init(ignoring ignored: Int? = nil) { self.ignored = ignored }

    public func update(_ logits: Tensor, _ labels: Tensor, sampleWeight: Tensor?) {
        let batch = MetricBatch("Perplexity", logits, labels, sampleWeight)
        if !batch.targets.dtype.isInteger {
            mistake("Perplexity", "expects integer labels [N...], got \(labels.dtype) \(labels.shape)")
        }
        if batch.targets.count == 0 { return }
        let losses = withoutGradients {
            rowCrossEntropy(batch.predictions.converted(to: .float64), batch.targets, ignoreIndex: ignored ?? -100)
        }
        guard let ignored else {
            sums.add(losses, weights: batch, at: 0)
            return sums.add(weightsOf: batch, at: 1)
        }
        // The losses of what is ignored are 0.
        sums.add(losses, weights: batch, at: 0)
        sums.add(batch.targets .!= ignored, weights: batch, at: 1)
    }

    public var value: Double { exp(sums[0] / sums[1]) }
}

/// ``Perplexity`` of one batch.
///
/// - Parameters:
///   - logits: [N..., C].
///   - labels: integers of shape [N...].
///   - ignored: a label whose positions do not count.
///   - sampleWeight: how much each example counts, see ``Metric/update(_:_:sampleWeight:)``.
public func perplexity(
    _ logits: Tensor, _ labels: Tensor, ignoring ignored: Int? = nil, sampleWeight: Tensor? = nil
) -> Double {
    Perplexity(ignoring: ignored).of(logits, labels, sampleWeight)
}
