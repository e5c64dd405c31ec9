import TernCore
import TernFormats

/// Byte-pair encoding over bytes, as GPT-2 has it: frequent words are one token, others several, and any text can be
/// encoded.
///
/// ```swift
/// let tokenizer = try BytePairTokenizer(vocabulary: "gpt2/vocab.json", merges: "gpt2/merges.txt")
/// tokenizer.encode("Hello world")             // [15496, 995]
/// let own = BytePairTokenizer(training: text, vocabularySize: 1256)
/// try own.write(vocabulary: "vocab.json", merges: "merges.txt")
/// ```
///
/// A text is cut into words by GPT-2's pattern, a word into its UTF-8 bytes, and then neighbours are merged, the pair
/// that was learnt first before all others. The tokens are those of OpenAI's `encoder.py`, of `tiktoken` and of Hugging
/// Face's `ByteLevel` BPE.
///
/// Source: R. Sennrich, B. Haddow, A. Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016; A.
/// Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
public struct BytePairTokenizer: Tokenizer, Equatable {
    /// The bytes of each token.
    let tokens: [[UInt8]]
    let merges: BytePairMerges
    /// The token of each byte.
    let byteTokens: [Int32]
    /// Tokens that no text has, but what puts texts together: GPT-2's `<|endoftext|>`.
    public let specialTokens: [String: Int]

    public var vocabularySize: Int { tokens.count }

    /// The bytes that a token stands for: they need not be whole characters.
    public func bytes(of token: Int) -> [UInt8] {
        checkToken(token)
        return tokens[token]
    }

    /// The tokens of a text. What looks like a special token in it is text (tiktoken's `encode_ordinary`).
    public func encode(_ text: String) -> [Int] {
        var text = text
        return text.withUTF8 { encode($0) }
    }

    /// The tokens of a text in which special tokens stand for themselves: the longest one where several begin.
    public func encodeWithSpecialTokens(_ text: String) -> [Int] {
        var result: [Int] = []
        let specials = specialTokens.sorted { $0.key.utf8.count > $1.key.utf8.count }.filter { !$0.key.isEmpty }
        let bytes = Array(text.utf8)
        let starts = Set(specials.map { $0.key.utf8.first! })
        var (start, place) = (0, 0)
        func encodeText(upTo end: Int) -> [Int] { bytes[start..<end].withUnsafeBufferPointer { encode($0) } }
        while place < bytes.count {
            guard starts.contains(bytes[place]),
                let found = specials.first(where: { bytes[place...].starts(with: $0.key.utf8) })
            else {
                place += 1
                continue
            }
            result += encodeText(upTo: place) + [found.value]
            place += found.key.utf8.count
            start = place
        }
        return result + encodeText(upTo: place)
    }

    private func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
        var merger = BytePairMerger(merges)
        // The tokens of each different word, one behind the other.
        var known: [Int32] = []
        var places: [Word: Range<Int>] = [:]
        var result: [Int] = []
        var scanner = WordScanner(text)
        while let piece = scanner.next() {
            let word = Word(bytes: piece)
            let place: Range<Int>
            if let range = places[word] {
                place = range
            } else {
                let start = known.count
                merger.append(piece.lazy.map { byteTokens[Int($0)] }, to: &known)
                place = start..<known.count
                places[word] = place
            }
            for token in known[place] { result.append(Int(token)) }
        }
        return result
    }

    /// The text of tokens. Bytes that are no UTF-8, as between the tokens of one character, become U+FFFD.
    public func decode(_ tokens: some Sequence<Int>) -> String {
        var bytes: [UInt8] = []
        for token in tokens {
            checkToken(token)
            bytes += self.tokens[token]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
