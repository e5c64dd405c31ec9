import TernCore

extension BytePairTokenizer {
    /// Learns the merges of a text: of all pairs of neighbouring tokens within its words, the most frequent one becomes
    /// a token, again and again; of equally frequent ones the one with the smallest tokens.
    ///
    /// Tokens 0 to 255 are bytes in GPT-2's order, then come merges in the order in which they were learnt, and special
    /// tokens last. The merges are those of Hugging Face's `BpeTrainer` with the `ByteLevel` alphabet.
    ///
    /// - Parameters:
    ///   - text: what to learn from.
    ///   - vocabularySize: the number of tokens, 256 and the special ones among them. There are fewer if the text has
    ///     no more pairs.
    ///   - minimumCount: pairs that are less frequent are not merged.
    ///   - specialTokens: tokens that no text becomes by itself, such as `<|endoftext|>`.
    public init(training text: String, vocabularySize: Int, minimumCount: Int = 2, specialTokens: [String] = []) {
        let learnt = vocabularySize - specialTokens.count
        if learnt < 256 || vocabularySize > Int(Int32.max) {
            mistake(
                "BytePairTokenizer",
                "expects a vocabulary of at least 256 bytes and \(specialTokens.count) special tokens, got \(vocabularySize)"
            )
        }
        if Set(specialTokens).count != specialTokens.count || specialTokens.contains("") {
            mistake("BytePairTokenizer", "expects different special tokens that are not empty, got \(specialTokens)")
        }
        var text = text
        var training = text.withUTF8 { BytePairTraining(Self.wordCounts($0)) }
        training.run(vocabularySize: learnt, minimumCount: max(minimumCount, 1))
        let specials = specialTokens.enumerated().map { ($1, training.tokens.count + $0) }
        self.init(
            tokens: training.tokens + specialTokens.map { Array($0.utf8) }, merges: training.merges,
            byteTokens: ByteCharacters.tokens, specialTokens: Dictionary(uniqueKeysWithValues: specials))
    }

    private static func wordCounts(_ text: UnsafeBufferPointer<UInt8>) -> [(word: [Int32], count: Int)] {
        var counts: [Word: Int] = [:]
        var scanner = WordScanner(text)
        while let piece = scanner.next() { counts[Word(bytes: piece), default: 0] += 1 }
        return counts.map { (word, count) in (word.bytes.map { ByteCharacters.tokens[Int($0)] }, count) }
    }
}

/// Merges being learnt.
private struct BytePairTraining {
    private(set) var tokens = ByteCharacters.order.map { [$0] }
    private(set) var merges = BytePairMerges()

    private var words: [(word: [Int32], count: Int)]
    private var counts: [TokenPair: Int] = [:]
    /// The words in which a pair has been seen.
    private var places: [TokenPair: [Int32]] = [:]
    private var candidates = Heap<Candidate>()
    private var tokensByBytes: [[UInt8]: Int] = [:]

    /// The most frequent pair comes first. The count may be out of date: too large, never too small.
    private struct Candidate: Comparable {
        let count: Int
        let pair: TokenPair

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.count > b.count || a.count == b.count && a.pair < b.pair
        }
    }

    init(_ words: [(word: [Int32], count: Int)]) {
        self.words = words
        for index in words.indices {
            countPairs(of: index, times: 1)
            for pair in Set(pairs(of: index)) { places[pair, default: []].append(Int32(index)) }
        }
        for (pair, count) in counts { candidates.insert(Candidate(count: count, pair: pair)) }
        for (token, bytes) in tokens.enumerated() { tokensByBytes[bytes] = token }
    }

    mutating func run(vocabularySize: Int, minimumCount: Int) {
        while tokens.count < vocabularySize, let best = candidates.popMin() {
            let count = counts[best.pair] ?? 0
            if count < minimumCount {
                if best.count < minimumCount { return }
                continue
            }
            if count < best.count {
                candidates.insert(Candidate(count: count, pair: best.pair))
                continue
            }
            merge(best.pair)
        }
    }

    private mutating func merge(_ pair: TokenPair) {
        let bytes = tokens[Int(pair.left)] + tokens[Int(pair.right)]
        // Other pairs may have made the same bytes.
        let token = tokensByBytes[bytes] ?? tokens.count
        if token == tokens.count {
            tokens.append(bytes)
            tokensByBytes[bytes] = token
        }
        if !merges.append(pair, becoming: token) { return }
        var changed: Set<TokenPair> = []
        for index in places.removeValue(forKey: pair) ?? [] {
            let index = Int(index)
            let before = Set(pairs(of: index))
            // It may have been merged away since.
            if !before.contains(pair) { continue }
            countPairs(of: index, times: -1)
            Self.replace(pair, by: Int32(token), in: &words[index].word)
            countPairs(of: index, times: 1)
            for new in Set(pairs(of: index)).subtracting(before) {
                places[new, default: []].append(Int32(index))
                changed.insert(new)
            }
        }
        for new in changed { candidates.insert(Candidate(count: counts[new] ?? 0, pair: new)) }
    }

    private func pairs(of index: Int) -> [TokenPair] {
        let word = words[index].word
        return zip(word, word.dropFirst()).map { TokenPair(left: $0, right: $1) }
    }

    private mutating func countPairs(of index: Int, times: Int) {
        let count = words[index].count * times
        for pair in pairs(of: index) { counts[pair, default: 0] += count }
    }

    /// Static, so that no copy of `self` is held while the word changes.
    private static func replace(_ pair: TokenPair, by token: Int32, in word: inout [Int32]) {
        var (from, to) = (0, 0)
        while from < word.count {
            if from + 1 < word.count, word[from] == pair.left, word[from + 1] == pair.right {
                word[to] = token
                from += 2
            } else {
                word[to] = word[from]
                from += 1
            }
            to += 1
        }
        word.removeSubrange(to...)
    }
}
