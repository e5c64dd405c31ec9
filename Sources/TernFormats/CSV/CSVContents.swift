/// What a first pass over CSV text finds, having checked that all rows have the same number of fields, and the quotes.
struct CSVContents {
    private(set) var names: [String] = []
    private(set) var columnCount = 0
    private(set) var rowCount = 0
    private(set) var dataStart: Int
    private(set) var keepsEmptyLines = false

    init(_ scanner: CSVScanner, _ dialect: CSVDialect, file: String) throws(FormatError) {
        var scanner = scanner
        dataStart = scanner.position
        if dialect.hasHeader {
            guard scanner.moveToRow() else {
                throw FormatError(file, expected: "a header that names the columns", found: "no row")
            }
            names = try Self.header(&scanner, file)
            columnCount = names.count
            dataStart = scanner.position
        } else {
            var first = scanner
            first.keepsEmptyLines = dialect.skipsEmptyLines == false
            if first.moveToRow() { columnCount = try Self.countFields(&first, file) }
        }
        keepsEmptyLines = dialect.skipsEmptyLines.map { !$0 } ?? (columnCount == 1)
        scanner.keepsEmptyLines = keepsEmptyLines
        while scanner.moveToRow() {
            let start = scanner.position
            let fields = try Self.countFields(&scanner, file)
            if fields != columnCount {
                throw scanner.error(
                    at: start, file, expected: "\(columnCount) fields, as in the first row", found: "\(fields)")
            }
            rowCount += 1
        }
    }

    private static func countFields(_ scanner: inout CSVScanner, _ file: String) throws(FormatError) -> Int {
        var fields = 1
        while true {
            let end: CSVScanner.End
            if scanner.isAtQuote {
                end = try scanner.checkedQuoted(file).by
            } else {
                end = scanner.skipPlain().by
            }
            if end == .row { return fields }
            fields += 1
        }
    }

    private static func header(_ scanner: inout CSVScanner, _ file: String) throws(FormatError) -> [String] {
        var names: [String] = []
        while true {
            let start = scanner.position
            if scanner.isAtQuote { _ = try scanner.checkedQuoted(file) } else { _ = scanner.skipPlain() }
            scanner.position = start
            let field = scanner.field()
            guard let name = field.string(scanner.start) else {
                throw scanner.error(at: start, file, expected: "a name in UTF-8", found: "bytes that are not")
            }
            names.append(name)
            if field.by == .row { return names }
        }
    }
}

/// Where a field's contents lie in the text, without its quotes.
struct CSVField {
    let range: Range<Int>
    /// Whether quotes are doubled in it.
    var isDoubled = false
    /// What ended it.
    let by: CSVScanner.End

    /// The contents: nil if they are not UTF-8.
    func string(_ text: UnsafePointer<UInt8>) -> String? {
        let bytes = UnsafeBufferPointer(start: text + range.lowerBound, count: range.count)
        if !isDoubled { return String(validating: bytes, as: UTF8.self) }
        var isSecond = false
        let single = bytes.filter { byte in
            isSecond = byte == CSV.Byte.quote && !isSecond
            return byte != CSV.Byte.quote || isSecond
        }
        return String(validating: single, as: UTF8.self)
    }
}

extension CSVScanner {
    init(
        _ text: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, at position: Int, keepsEmptyLines: Bool = false
    ) {
        // An empty buffer may have no address; nothing is read through this one then.
        start = text.baseAddress ?? UnsafePointer(bitPattern: 1)!
        count = text.count
        separator = dialect.separator.asciiValue!
        comment = dialect.comment?.asciiValue
        self.position = position
        self.keepsEmptyLines = keepsEmptyLines
    }

    @inline(__always)
    var isAtQuote: Bool { position < count && start[position] == CSV.Byte.quote }

    /// Moves past a field of either kind.
    mutating func field() -> CSVField {
        let first = position
        if isAtQuote {
            let (end, by, isDoubled) = skipQuoted()
            return CSVField(range: first + 1..<max(end, first + 1), isDoubled: isDoubled, by: by ?? .row)
        }
        let (end, by) = skipPlain()
        return CSVField(range: first..<end, by: by)
    }

    /// Moves past a field in quotes that may be wrong.
    mutating func checkedQuoted(_ file: String) throws(FormatError) -> (by: End, end: Int) {
        let opening = position
        let (end, by, _) = skipQuoted()
        if let by { return (by, end) }
        if end == opening {
            throw error(at: opening, file, expected: "a quote that closes this field", found: "the end of the text")
        }
        let found = quoted(String(decoding: [start[end]], as: UTF8.self))
        throw error(at: end, file, expected: "a separator or the row's end after a closing quote", found: found)
    }

    func error(at offset: Int, _ file: String, expected: String, found: String) -> FormatError {
        let text = UnsafeBufferPointer(start: start, count: count)
        return FormatError(
            file, at: .line(lineNumber(of: offset, in: text), offset: offset), expected: expected, found: found)
    }
}
