import TernFormats

extension BytePairTokenizer {
    /// Reads the files of GPT-2 and of others that are kept as it is: `vocab.json` (or `encoder.json`), each token's
    /// number, and `merges.txt` (or `vocab.bpe`), a pair of tokens a line.
    ///
    /// In both, bytes are written as characters: those that can be seen as they are, others as U+0100 to U+0143. Tokens
    /// that are neither a byte nor made by a merge are special.
    ///
    /// - Throws: `FormatError` with file and line or token, if a file is not readable or the two do not fit each other:
    ///   each number from 0 on must have one token, each byte must be among them, and each pair and what it becomes.
    public init(vocabulary vocabularyPath: String, merges mergesPath: String) throws(FormatError) {
        let numbers = try readJSON([String: Int].self, from: vocabularyPath)
        var names = [String?](repeating: nil, count: numbers.count)
        for (name, number) in numbers {
            guard names.indices.contains(number), names[number] == nil else {
                throw FormatError(
                    vocabularyPath, at: .key(name), expected: "a number in 0..<\(numbers.count), no other token's",
                    found: "\(number)")
            }
            names[number] = name
        }
        var byteTokens = [Int32](repeating: 0, count: 256)
        for byte in UInt8.min ... .max {
            let name = ByteCharacters.text([byte])
            guard let number = numbers[name] else {
                throw FormatError(vocabularyPath, at: .key(name), expected: "a token for each byte", found: "none")
            }
            byteTokens[Int(byte)] = Int32(number)
        }
        let merges = try Self.merges(in: mergesPath, numbers)
        let made = Set(merges.pairs.map { merges[$0]!.token }).union(byteTokens)
        var tokens: [[UInt8]] = []
        var special: [String: Int] = [:]
        for (number, name) in names.enumerated() {
            let name = name!
            if made.contains(Int32(number)), let bytes = ByteCharacters.bytes(name) {
                tokens.append(bytes)
            } else {
                tokens.append(Array(name.utf8))
                special[name] = number
            }
        }
        self.init(tokens: tokens, merges: merges, byteTokens: byteTokens, specialTokens: special)
    }

    private static func merges(in path: String, _ numbers: [String: Int]) throws(FormatError) -> BytePairMerges {
        let bytes = try contents(ofFile: path, expected: "pairs of tokens")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FormatError(path, expected: "text in UTF-8", found: "other bytes")
        }
        var merges = BytePairMerges()
        var offset = 0
        for (index, line) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            defer { offset += line.count + 1 }
            let line = line.last == 13 ? line.dropLast() : line
            if line.isEmpty || index == 0 && line.starts(with: "#version".utf8) { continue }
            func check<T>(_ value: T?, _ expected: String) throws(FormatError) -> T {
                if let value { return value }
                throw FormatError(
                    path, at: .line(index + 1, offset: offset), expected: expected,
                    found: String(Substring(line).prefix(80)).debugDescription)
            }
            let names = line.split(separator: 32, omittingEmptySubsequences: false).map { String(Substring($0)) }
            let isPair = names.count == 2 && names.allSatisfy { ByteCharacters.bytes($0) != nil }
            _ = try check(isPair ? true : nil, "two tokens with a space between them")
            let left = try check(numbers[names[0]], "two tokens of the vocabulary")
            let right = try check(numbers[names[1]], "two tokens of the vocabulary")
            let both = try check(numbers[names[0] + names[1]], "a pair whose merge is in the vocabulary")
            let pair = TokenPair(left: Int32(left), right: Int32(right))
            _ = try check(merges.append(pair, becoming: both) ? true : nil, "each pair once")
        }
        return merges
    }

    /// Writes the files that ``init(vocabulary:merges:)`` reads, each whole or not at all: those of GPT-2, which
    /// Hugging Face's tokenizers read too.
    public func write(vocabulary vocabularyPath: String, merges mergesPath: String) throws(FormatError) {
        let special = Dictionary(uniqueKeysWithValues: specialTokens.map { ($1, $0) })
        let names = tokens.enumerated().map { special[$0] ?? ByteCharacters.text($1) }
        try writeJSON(Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }), to: vocabularyPath)
        var text = "#version: 0.2\n"
        for pair in merges.pairs { text += "\(names[Int(pair.left)]) \(names[Int(pair.right)])\n" }
        let file = try OutputFile(mergesPath)
        try file.append(Array(text.utf8))
        try file.commit()
    }
}

/// Bytes as characters that can be seen, GPT-2's `bytes_to_unicode`.
enum ByteCharacters {
    /// The bytes in the order of their characters, which is that of GPT-2's first 256 tokens: those that can be seen in
    /// Latin-1, then the others, which are U+0100, U+0101 and so on.
    static let order: [UInt8] = visible + (UInt8.min ... .max).filter { !visible.contains($0) }
    /// The place of each byte in the order.
    static let tokens: [Int32] = (0..<256).map { byte in Int32(order.firstIndex(of: UInt8(byte))!) }

    private static let visible = Array(UInt8(33)...126) + Array(161...172) + Array(174...255)
    private static let scalars: [Unicode.Scalar] = (0..<256).map { byte in
        let place = Int(tokens[byte])
        return place < visible.count
            ? Unicode.Scalar(UInt8(byte)) : Unicode.Scalar(UInt16(256 + place - visible.count))!
    }
    private static let bytesByScalar = Dictionary(uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    static func text(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        for byte in bytes { result.append(scalars[Int(byte)]) }
        return String(result)
    }

    /// Nil if one of the characters stands for no byte.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytesByScalar[scalar] else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
