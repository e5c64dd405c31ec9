/// A strict JSON reader (RFC 8259) that the caller pulls values out of, in the order in which they stand.
///
/// No tree is built: a document's values take no more memory than the caller keeps of them.
struct JSONScanner {
    private let bytes: [UInt8]
    private let file: String
    /// The offset of the document in its file, for errors.
    private let base: Int
    private var index = 0
    private var depth = 0

    /// As in the reference's parser; it also bounds the stack that skipping takes.
    private static let maximumDepth = 127

    init(_ bytes: [UInt8], file: String, base: Int) {
        self.bytes = bytes
        self.file = file
        self.base = base
    }

    func error(at offset: Int? = nil, expected: String, found: String? = nil) -> FormatError {
        FormatError(file, at: .offset(base + (offset ?? index)), expected: expected, found: found ?? nextAsText)
    }

    /// Where the next value begins.
    private var offset: Int {
        mutating get {
            skipSpace()
            return index
        }
    }

    // MARK: Values

    /// Calls `member` with each name of an object. It must read the value and say whether the name is a new one, since
    /// it keeps what it has read.
    mutating func readObject(
        _ what: String, _ member: (_ name: String, inout JSONScanner) throws(FormatError) -> Bool
    ) throws(FormatError) {
        try open("{", what)
        if !skip("}") {
            repeat {
                let start = offset
                let name = try readString("a name")
                try expect(":")
                if try !member(name, &self) {
                    throw error(at: start, expected: "a new name", found: quoted(name) + " again")
                }
            } while skip(",")
            try expect("}", or: "\",\"")
        }
        depth -= 1
    }

    mutating func readArray(_ what: String, _ element: (inout JSONScanner) throws(FormatError) -> Void)
        throws(FormatError)
    {
        try open("[", what)
        if !skip("]") {
            repeat { try element(&self) } while skip(",")
            try expect("]", or: "\",\"")
        }
        depth -= 1
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
        return value
    }

    mutating func readString(_ what: String) throws(FormatError) -> String {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw error(expected: what + ": a string") }
        let start = index
        index += 1
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw error(expected: "no control character in a string", found: hexadecimal(byte)) }
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
    mutating func skipNull() throws(FormatError) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: "n") else { return false }
        try skipWord("null")
        return true
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
        case UInt8(ascii: "["): try readArray("an array") { scanner throws(FormatError) in try scanner.skipValue() }
        case UInt8(ascii: "\""): _ = try readString("a string")
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        default: try skipNumber()
        }
    }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(FormatError) {
        skipSpace()
        if next != nil { throw error(expected: "the end of the JSON text") }
    }

    // MARK: Pieces

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var nextAsText: String {
        guard let next else { return "the end of the JSON text" }
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

    private mutating func open(_ bracket: Unicode.Scalar, _ what: String) throws(FormatError) {
        let start = offset
        if !skip(bracket) { throw error(expected: "\(what) in \(bracket) \(bracket == "{" ? "}" : "]")") }
        depth += 1
        if depth > Self.maximumDepth {
            throw error(at: start, expected: "at most \(Self.maximumDepth) levels", found: "more")
        }
    }

    private mutating func skipWord(_ word: String) throws(FormatError) {
        guard bytes[index...].starts(with: word.utf8) else { throw error(expected: "a JSON value") }
        index += word.utf8.count
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
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): index += 1
        case UInt8(ascii: "b"): return take("\u{8}")
        case UInt8(ascii: "f"): return take("\u{C}")
        case UInt8(ascii: "n"): return take("\n")
        case UInt8(ascii: "r"): return take("\r")
        case UInt8(ascii: "t"): return take("\t")
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw error(expected: "an escape of JSON (one of \"\\/bfnrtu)")
        }
        return Unicode.Scalar(byte)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        index += 1
        return scalar
    }

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
