import TernCore

/// Text as numbers: the indices of its pieces, the tokens, in a vocabulary.
///
/// ```swift
/// let tokenizer = CharacterTokenizer(of: text)
/// let tokens = try tokenizer.tokens(text)                            // int64 [number of characters]
/// let windows = WindowDataset(tokens, length: 256).sampled(64 * 2000, seed: 1)
/// ```
public protocol Tokenizer<Failure>: Sendable {
    /// What encoding can throw: `Never`, if there are tokens for any text.
    associatedtype Failure: Error = Never

    /// The number of tokens; they are 0 ..< this.
    var vocabularySize: Int { get }

    /// The tokens of a text.
    func encode(_ text: String) throws(Failure) -> [Int]

    /// The text of tokens. One that is not in 0 ..< `vocabularySize` is a mistake.
    func decode(_ tokens: some Sequence<Int>) -> String
}

extension Tokenizer {
    /// The tokens of a text as a tensor, int64 `[T]`.
    public func tokens(_ text: String) throws(Failure) -> Tensor {
        let tokens = try encode(text)
        return Tensor(shape: [tokens.count], values: tokens.map { Int64($0) })
    }

    /// The text of a tensor of tokens, integers `[T]`.
    public func decode(_ tokens: Tensor) -> String {
        if tokens.rank != 1 || !tokens.dtype.isInteger {
            mistake("decode", "expects integer tokens [T], got \(tokens.dtype) \(tokens.shape)")
        }
        return decode(tokens.array(of: Int.self))
    }

    func checkToken(_ token: Int) {
        if token < 0 || token >= vocabularySize {
            mistake("decode", "expects tokens in 0..<\(vocabularySize), got \(token)")
        }
    }
}
