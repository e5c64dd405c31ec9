import Foundation
import TernCore
import TernFormats

/// A token for each character: for each Unicode scalar, as in Python's strings.
///
/// ```swift
/// let tokenizer = CharacterTokenizer(of: "hello, tern")
/// tokenizer.vocabularySize                    // 9: " ,ehlnort"
/// try tokenizer.encode("tern")                // [8, 2, 7, 5]
/// tokenizer.decode([3, 2, 4, 4, 6])           // "hello"
/// ```
///
/// Source: the tokens of nanoGPT's `shakespeare_char`, <https://github.com/karpathy/nanoGPT>.
public struct CharacterTokenizer: Tokenizer, Equatable {
    /// The characters, in the order of their tokens: that of their Unicode numbers.
    public let characters: [Unicode.Scalar]
    /// What stands for characters that are not in the vocabulary; nil if these are an error.
    public let unknown: Unicode.Scalar?

    /// The token of each Unicode number up to the largest one; -1 for those without.
    private let tokensByScalar: [Int32]

    /// The characters that occur in a text, and `unknown`, which then stands for all that do not.
    public init(of text: String, unknown: Unicode.Scalar? = nil) {
        var scalars = Set(text.unicodeScalars)
        if let unknown { scalars.insert(unknown) }
        self.init(characters: scalars.sorted(), unknown: unknown)
    }

    private init(characters: [Unicode.Scalar], unknown: Unicode.Scalar?) {
        (self.characters, self.unknown) = (characters, unknown)
        var tokens = [Int32](repeating: -1, count: characters.last.map { Int($0.value) + 1 } ?? 0)
        for (token, scalar) in characters.enumerated() { tokens[Int(scalar.value)] = Int32(token) }
        tokensByScalar = tokens
    }

    public var vocabularySize: Int { characters.count }

    /// The tokens of a text.
    ///
    /// - Throws: an error with the character and its place, if one is not in the vocabulary and there is no `unknown`.
    public func encode(_ text: String) throws(FormatError) -> [Int] {
        let replacement = unknown.map { Int(tokensByScalar[Int($0.value)]) }
        var tokens: [Int] = []
        tokens.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            let number = Int(scalar.value)
            let token = number < tokensByScalar.count ? Int(tokensByScalar[number]) : -1
            guard let token = token >= 0 ? token : replacement else {
                let offset = text.unicodeScalars.prefix(tokens.count).reduce(0) { $0 + UTF8.width($1) }
                throw FormatError(
                    "the text", at: .offset(offset), expected: "one of the \(characters.count) known characters",
                    found: "\(String(scalar).debugDescription)")
            }
            tokens.append(token)
        }
        return tokens
    }

    public func decode(_ tokens: some Sequence<Int>) -> String {
        var scalars = String.UnicodeScalarView()
        for token in tokens {
            checkToken(token)
            scalars.append(characters[token])
        }
        return String(scalars)
    }
}

extension CharacterTokenizer {
    private struct File: Codable {
        let characters: String
        let unknown: String?
    }

    /// Writes the vocabulary as JSON: `{"characters": " ,ehlnort"}`, and `"unknown"` if there is such a character.
    public func write(to path: String) throws(FormatError) {
        let contents = File(
            characters: decode(0..<vocabularySize), unknown: unknown.map { String($0) })
        try writeJSON(contents, to: path)
    }

    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Throws: `FormatError` if the file is not readable, no such JSON, or its characters are not in order.
    public init(contentsOf path: String) throws(FormatError) {
        let file = try readJSON(File.self, from: path)
        let characters = Array(file.characters.unicodeScalars)
        if zip(characters, characters.dropFirst()).contains(where: { $0 >= $1 }) {
            throw FormatError(
                path, at: .key("characters"), expected: "characters in the order of their Unicode numbers, each once",
                found: "others")
        }
        var unknown: Unicode.Scalar?
        if let text = file.unknown {
            guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1, characters.contains(scalar)
            else {
                throw FormatError(
                    path, at: .key("unknown"), expected: "one of the characters", found: text.debugDescription)
            }
            unknown = scalar
        }
        self.init(characters: characters, unknown: unknown)
    }
}
