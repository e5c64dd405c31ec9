/// A pair of neighbouring tokens.
struct TokenPair: Hashable, Comparable {
    let left, right: Int32

    static func < (a: TokenPair, b: TokenPair) -> Bool { (a.left, a.right) < (b.left, b.right) }
}

/// Merges of pairs of tokens, the first one first.
struct BytePairMerges: Sendable, Equatable {
    struct Merge: Hashable, Sendable {
        let rank: Int32
        /// The token that the pair becomes.
        let token: Int32
    }

    private(set) var pairs: [TokenPair] = []
    private var merges: [TokenPair: Merge] = [:]

    subscript(_ pair: TokenPair) -> Merge? { merges[pair] }

    /// Adds a pair behind all others. False if it is there already.
    mutating func append(_ pair: TokenPair, becoming token: Int) -> Bool {
        if merges[pair] != nil { return false }
        merges[pair] = Merge(rank: Int32(pairs.count), token: Int32(token))
        pairs.append(pair)
        return true
    }
}

extension TokenPair: Sendable {}

/// Merges the tokens of words. Its memory is used again from word to word.
struct BytePairMerger {
    private let merges: BytePairMerges
    private var tokens: [Int32] = []
    /// The place of the token behind each one, and before it; a place that was merged away has no token.
    private var following: [Int] = []
    private var preceding: [Int] = []
    private var candidates = Heap<Candidate>()

    /// A merge that may be possible: the lowest rank first, and the first place of those.
    private struct Candidate: Comparable {
        let rank: Int32
        let token: Int32
        let place: Int
        let pair: TokenPair

        static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.place) < (b.rank, b.place) }
    }

    init(_ merges: BytePairMerges) { self.merges = merges }

    /// Merges the neighbours whose pair has the lowest rank, as long as there are any, and appends what is left. It
    /// takes time n log n in the word's length: words can be long in text that comes from anywhere.
    mutating func append(_ word: some Sequence<Int32>, to result: inout [Int32]) {
        tokens.removeAll(keepingCapacity: true)
        tokens.append(contentsOf: word)
        let count = tokens.count
        if count == 1 { return result.append(tokens[0]) }
        following.removeAll(keepingCapacity: true)
        preceding.removeAll(keepingCapacity: true)
        for place in 0..<count {
            following.append(place + 1)
            preceding.append(place - 1)
        }
        candidates.removeAll()
        for place in 0..<count { consider(place) }
        while let next = candidates.popMin() {
            let (place, behind) = (next.place, following[next.place])
            guard behind < count, tokens[place] == next.pair.left, tokens[behind] == next.pair.right else { continue }
            tokens[place] = next.token
            tokens[behind] = -1
            following[place] = following[behind]
            if following[place] < count { preceding[following[place]] = place }
            consider(place)
            if preceding[place] >= 0 { consider(preceding[place]) }
        }
        var place = 0
        while place < count {
            result.append(tokens[place])
            place = following[place]
        }
    }

    /// Notes the merge of a place with the one behind it, if there is one.
    private mutating func consider(_ place: Int) {
        let behind = following[place]
        if behind >= tokens.count { return }
        let pair = TokenPair(left: tokens[place], right: tokens[behind])
        guard let merge = merges[pair] else { return }
        candidates.insert(Candidate(rank: merge.rank, token: merge.token, place: place, pair: pair))
    }
}
