import Foundation

/// The pieces that GPT-2's byte-pair encoding cuts a text into before it merges bytes: words with the space before
/// them, numbers, runs of other characters, and spaces.
///
/// The pieces are the matches of the pattern of OpenAI's `encoder.py`,
///
/// ```
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// ```
///
/// one behind the other; together they are the whole text.
struct WordScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    private enum Kind { case letter, number, other, space }

    /// - Parameter text: valid UTF-8.
    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// The next piece: nil at the end.
    mutating func next() -> UnsafeRawBufferPointer? {
        if position == text.count { return nil }
        let start = position
        position = end(from: start)
        return UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[start..<position]))
    }

    private func end(from start: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let end = endOfContraction(start) { return end }
        let (first, width) = kind(at: start)
        if first != .space { return endOfRun(first, from: start + width) }
        if text[start] == UInt8(ascii: " "), start + 1 < text.count {
            let (second, width) = kind(at: start + 1)
            if second != .space { return endOfRun(second, from: start + 1 + width) }
        }
        // All spaces, or, where something follows, all but the last: that goes with what follows, or stands alone.
        var end = start + width
        var last = start
        while end < text.count {
            let (next, width) = kind(at: end)
            if next != .space { return last > start ? last : end }
            last = end
            end += width
        }
        return end
    }

    private func endOfContraction(_ start: Int) -> Int? {
        let rest = text[(start + 1)...].prefix(2)
        switch rest.first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: return ["re", "ve", "ll"].contains { rest.elementsEqual($0.utf8) } ? start + 3 : nil
        }
    }

    private func endOfRun(_ kind: Kind, from start: Int) -> Int {
        var end = start
        while end < text.count {
            let (next, width) = self.kind(at: end)
            if next != kind { break }
            end += width
        }
        return end
    }

    /// What the character at a place is, and how many bytes it has.
    private func kind(at index: Int) -> (Kind, width: Int) {
        let byte = text[index]
        if byte < 0x80 { return (Self.asciiKinds[Int(byte)], 1) }
        let width = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        var value = UInt32(byte) & (0x7F >> UInt32(width))
        for i in 1..<width { value = value << 6 | UInt32(text[index + i] & 0x3F) }
        return (Unicode.Scalar(value).map(Self.kind) ?? .other, width)
    }

    private static let asciiKinds = (0..<128).map { kind(Unicode.Scalar($0)) }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: scalar.properties.isWhitespace ? .space : .other
        }
    }
}

/// A piece of a text as the key of a dictionary, while its bytes stay where they are.
struct Word: Hashable {
    let bytes: UnsafeRawBufferPointer

    static func == (a: Word, b: Word) -> Bool {
        a.bytes.count == b.bytes.count && memcmp(a.bytes.baseAddress!, b.bytes.baseAddress!, a.bytes.count) == 0
    }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
}
