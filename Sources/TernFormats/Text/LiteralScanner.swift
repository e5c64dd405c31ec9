/// A strict reader of nested literals that the caller pulls values out of, in the order in which they stand: of JSON (RFC
/// 8259), and of the Python literals that NumPy's headers are made of.
///
/// No tree is built: a document's values take no more memory than the caller keeps of them.
struct LiteralScanner {
    enum Language {
        /// Lists are `[2, 3]`, and strings have escapes.
        case json
        /// Lists are tuples, `(2, 3)`, strings are of printable ASCII without escapes, and a comma may end what is in
        /// brackets.
        case python
    }

    private let language: Language
    private let bytes: [UInt8]
    private let file: String
    /// The offset of the document in its file, for errors.
    private let base: Int
    private var index = 0
    private var depth = 0

    /// As in the reference's parser of JSON; it also bounds the stack that skipping takes.
    private static let maximumDepth = 127

    init(_ language: Language, _ bytes: [UInt8], file: String, base: Int) {
        (self.language, self.bytes, self.file, self.base) = (language, bytes, file, base)
    }

    func error(at offset: Int? = nil, expected: String, found: String? = nil) -> FormatError {
        FormatError(file, at: .offset(base + (offset ?? index)), expected: expected, found: found ?? nextAsText)
    }

    // MARK: Values

    /// Calls `member` with each name of an object, or dictionary. It must read the value and say whether the name is a
    /// new one, since it keeps what it has read.
    ///
    /// - Parameter names: all that may be there; nil for any.
    mutating func readObject(
        _ what: String, of names: [String]? = nil,
        _ member: (_ name: String, inout LiteralScanner) throws(FormatError) -> Bool
    ) throws(FormatError) {
        _ = try readBracketed("{", "}", what) { scanner throws(FormatError) in
            let start = scanner.offset
            let name = try scanner.readString("a name")
            if let names, !names.contains(name) {
                let expected = names.dropLast().joined(separator: ", ") + " or \(names.last!)"
                throw scanner.error(at: start, expected: expected, found: quoted(name))
            }
            try scanner.expect(":")
            if try !member(name, &scanner) {
                throw scanner.error(at: start, expected: "a new name", found: quoted(name) + " again")
            }
        }
    }

    mutating func readList(_ what: String, _ element: (inout LiteralScanner) throws(FormatError) -> Void)
        throws(FormatError)
    {
        switch language {
        case .json: _ = try readBracketed("[", "]", what, element)
        case .python:
            let (count, endsInComma) = try readBracketed("(", ")", what, element)
            // `(3)` is a number.
            if count == 1 && !endsInComma { throw error(at: index - 1, expected: "\",\"", found: "\")\"") }
        }
    }

    /// A number of digits only, of at most `Int.max`.
    mutating func readCount(_ what: String) throws(FormatError) -> Int {
        let start = offset
        var value = 0
        while let byte = next, isDigit(byte) {
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            if first || second { throw error(at: start, expected: "\(what) below 2^63", found: "a larger number") }
            value = sum
            index += 1
        }
        let hasLeadingZero = index > start + 1 && bytes[start] == UInt8(ascii: "0")
        let goesOn = next.map { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } ?? false
        if index == start || hasLeadingZero || goesOn {
            index = start
            throw error(expected: "\(what): an integer of at least 0")
        }
        // Python 2's mark of a long integer.
        if language == .python && next == UInt8(ascii: "L") { index += 1 }
        return value
    }

    mutating func readBool(_ what: String) throws(FormatError) -> Bool {
        skipSpace()
        let (yes, no) = language == .json ? ("true", "false") : ("True", "False")
        if skipWord(yes) { return true }
        if skipWord(no) { return false }
        throw error(expected: "\(what): \(yes) or \(no)")
    }

    mutating func readString(_ what: String) throws(FormatError) -> String {
        skipSpace()
        guard let quote = next, quote == UInt8(ascii: "\"") || language == .python && quote == UInt8(ascii: "'") else {
            throw error(expected: what + ": a string")
        }
        let start = index
        index += 1
        var text: [UInt8] = []
        while let byte = next, byte != quote {
            if byte < 0x20 { throw error(expected: "no control character in a string", found: hexadecimal(byte)) }
            if language == .python, byte > 0x7E || byte == UInt8(ascii: "\\") {
                throw error(expected: "printable ASCII without escapes in a string")
            }
            index += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: Array(String(try readEscape()).utf8))
            } else {
                text.append(byte)
            }
        }
        if next == nil { throw error(expected: "the end of the string that begins at byte \(base + start)") }
        index += 1
        guard let string = String(validating: text, as: UTF8.self) else {
            throw error(at: start, expected: "a string in UTF-8", found: "bytes that are not")
        }
        return string
    }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(FormatError) {
        skipSpace()
        if next != nil { throw error(expected: "the end of \(document)") }
    }

    // MARK: Pieces

    private var document: String { language == .json ? "the JSON text" : "the Python literal" }

    /// Where the next value begins.
    private var offset: Int {
        mutating get {
            skipSpace()
            return index
        }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var nextAsText: String {
        guard let next else { return "the end of \(document)" }
        return next > 0x20 && next < 0x7F ? "\"\(Character(UnicodeScalar(next)))\"" : hexadecimal(next)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, or other: String? = nil) throws(FormatError) {
        if !skip(character) { throw error(expected: (other.map { $0 + " or " } ?? "") + "\"\(character)\"") }
    }

    private mutating func skipWord(_ word: String) -> Bool {
        guard bytes[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private mutating func readBracketed(
        _ first: Unicode.Scalar, _ last: Unicode.Scalar, _ what: String,
        _ element: (inout LiteralScanner) throws(FormatError) -> Void
    ) throws(FormatError) -> (count: Int, endsInComma: Bool) {
        let start = offset
        if !skip(first) { throw error(expected: "\(what) in \(first) \(last)") }
        depth += 1
        if depth > Self.maximumDepth {
            throw error(at: start, expected: "at most \(Self.maximumDepth) levels", found: "more")
        }
        var (count, endsInComma) = (0, false)
        while count == 0 || endsInComma {
            if (count == 0 || language == .python) && skip(last) { break }
            try element(&self)
            count += 1
            endsInComma = skip(",")
            if !endsInComma {
                try expect(last, or: "\",\"")
                break
            }
        }
        depth -= 1
        return (count, endsInComma)
    }
}

// MARK: - JSON

extension LiteralScanner {
    /// A string, or a number as its text; nil for a value of another kind, which is passed over.
    mutating func readScalar() throws(FormatError) -> String? {
        let start = offset
        switch next {
        case UInt8(ascii: "\""): return try readString("a string")
        case let byte? where byte == UInt8(ascii: "-") || isDigit(byte):
            try skipNumber()
            return String(decoding: bytes[start..<index], as: UTF8.self)
        default:
            try skipValue()
            return nil
        }
    }

    /// Whether the next value is null, which is then passed over.
    mutating func skipNull() -> Bool {
        skipSpace()
        return skipWord("null")
    }

    /// Checks a value of any kind and passes over it.
    mutating func skipValue() throws(FormatError) {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"):
            try readObject("an object") { _, scanner throws(FormatError) in
                try scanner.skipValue()
                return true
            }
        case UInt8(ascii: "["): try readList("an array") { scanner throws(FormatError) in try scanner.skipValue() }
        case UInt8(ascii: "\""): _ = try readString("a string")
        default: if !skipWord("true") && !skipWord("false") && !skipWord("null") { try skipNumber() }
        }
    }

    private mutating func skipDigits() throws(FormatError) {
        let start = index
        while let byte = next, isDigit(byte) { index += 1 }
        if index == start { throw error(expected: "a JSON value") }
    }

    private mutating func skipNumber() throws(FormatError) {
        if next == UInt8(ascii: "-") { index += 1 }
        if next == UInt8(ascii: "0") { index += 1 } else { try skipDigits() }
        if next == UInt8(ascii: ".") {
            index += 1
            try skipDigits()
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            try skipDigits()
        }
    }

    /// The character that the rest of an escape stands for, after its backslash.
    private mutating func readEscape() throws(FormatError) -> Unicode.Scalar {
        guard let byte = next else { throw error(expected: "an escaped character") }
        if byte == UInt8(ascii: "u") { return try readUnicodeEscape() }
        guard let scalar = Self.escapes[Unicode.Scalar(byte)] else {
            throw error(expected: "an escape of JSON (one of \"\\/bfnrtu)")
        }
        index += 1
        return scalar
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]

    private mutating func readUnicodeEscape() throws(FormatError) -> Unicode.Scalar {
        let start = index - 1
        let first = try readCodeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, next == UInt8(ascii: "\\") {
            index += 1
            let second = next == UInt8(ascii: "u") ? try readCodeUnit() : 0
            if second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar((first & 0x3FF) << 10 + second & 0x3FF + 0x10000)
            {
                return scalar
            }
        }
        throw error(at: start, expected: "a pair of surrogates", found: "half of one")
    }

    /// The `u` and the four hexadecimal digits of an escape.
    private mutating func readCodeUnit() throws(FormatError) -> UInt32 {
        index += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error(expected: "four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
