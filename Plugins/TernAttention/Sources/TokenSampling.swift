import TernCore

/// How the next token is drawn from the logits of all of them.
///
/// ```swift
/// let greedy = TokenSampling(temperature: 0)
/// let usual = TokenSampling(temperature: 0.8, topK: 40, topP: 0.95)
/// ```
public struct TokenSampling: Sendable, Hashable {
    /// What the logits are divided by: less than 1 makes likely tokens likelier, 0 always takes the likeliest.
    public var temperature: Double
    /// Only so many of the likeliest tokens come into question.
    public var topK: Int?
    /// Only the likeliest tokens whose probabilities together reach this come into question, one at least. Holtzman et al.,
    /// "The curious case of neural text degeneration", 2020.
    public var topP: Double?

    /// - Parameters:
    ///   - temperature: what the logits are divided by, at least 0; 0 always takes the likeliest.
    ///   - topK: how many of the likeliest tokens come into question; all if `nil`.
    ///   - topP: the probability that those that come into question reach together, in 0...1 but not 0; all if `nil`.
    public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
        if !(temperature >= 0 && temperature.isFinite) {
            mistake("TokenSampling", "temperature must be at least 0 and finite, got \(temperature)")
        }
        if let topK, topK < 1 { mistake("TokenSampling", "topK must be positive, got \(topK)") }
        if let topP, !(topP > 0 && topP <= 1) {
            mistake("TokenSampling", "topP must be above 0 and at most 1, got \(topP)")
        }
        (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
    }

    /// The probabilities of the tokens that come into question, 0 for all others: [N, V] -> [N, V]. Tokens as likely as the
    /// last one that does, do so too.
    public func probabilities(_ logits: Tensor) -> Tensor {
        if logits.rank != 2 || logits.shape[1] == 0 {
            mistake("TokenSampling", "expects logits [N, V] of at least one token, got \(logits.shape)")
        }
        if temperature == 0 {
            return oneHot(logits.argmax(axis: 1), classes: logits.shape[1]).converted(to: logits.dtype)
        }
        var logits = logits / temperature
        let nothing = -Double.infinity
        if let topK, topK < logits.shape[1] {
            let last = logits.topK(topK, axis: 1).values[.all, (-1)...]
            logits = which(logits .< last, nothing, logits)
        }
        if let topP, topP < 1 {
            let sorted = logits.sorted(axis: 1, descending: true).values
            let probabilities = softmax(sorted, axis: 1)
            // What the likelier ones leave open.
            let isNeeded = (probabilities.cumulativeSum(axis: 1) - probabilities) .< topP
            let last = which(isNeeded, sorted, Double.infinity).min(axes: 1, keepAxes: true)
            logits = which(logits .< last, nothing, logits)
        }
        return softmax(logits, axis: 1)
    }

    /// A token for each row: logits [N, V] -> `int64` [N].
    public func callAsFunction(_ logits: Tensor, generator: Generator = .default) -> Tensor {
        if temperature == 0 { return logits.argmax(axis: 1) }
        return multinomial(probabilities(logits), count: 1, generator: generator).squeezed(axes: 1)
    }
}
