import TernCore

/// A table read from CSV text (RFC 4180): columns become tensors of numbers, or strings.
///
/// ```swift
/// let table = try CSVTable(contentsOf: "boston_housing.csv")
/// table.columnNames                                    // ["crim", "zn", ..., "medv"]
/// let inputs = try table.tensor(except: ["medv"])      // float32 [506, 13]
/// let prices = try table.column("medv")                // float32 [506]
/// ```
///
/// Accepted beside the standard's: a byte order mark, rows that end in LF or CR, empty lines (skipped, but in a table of
/// one column: ``CSVDialect/skipsEmptyLines``), spaces around numbers, quotes inside of a field that does not begin with one. All rows must have as many fields as the first. The
/// text is kept, and numbers are read when a column is asked for.
public struct CSVTable: Sendable {
    /// The names in the header; none if the dialect has no header.
    public let columnNames: [String]
    /// How many fields each row has.
    public let columnCount: Int
    /// The number of rows without the header.
    public let rowCount: Int

    let dialect: CSVDialect
    let text: [UInt8]
    /// What errors call the text.
    let name: String
    /// Where the first row after the header begins.
    let dataStart: Int
    let keepsEmptyLines: Bool

    /// Reads the file at `path`, which is text in UTF-8.
    ///
    /// - Throws: `FormatError` if it is not readable, quotes are not closed, or rows differ in their number of fields.
    public init(contentsOf path: String, dialect: CSVDialect = .standard) throws(FormatError) {
        let source = FileSource(try InputFile(path))
        let text = try source.readBytes(source.remainingAtMost, expected: "text")
        try self.init(text, name: path, dialect: dialect)
    }

    /// The table in text. Errors call it `name`.
    public init(_ text: [UInt8], name: String = "CSV text", dialect: CSVDialect = .standard) throws(FormatError) {
        dialect.check()
        self.dialect = dialect
        self.text = text
        self.name = name
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            throw FormatError(name, at: .offset(0), expected: "text in UTF-8", found: "the mark of UTF-16")
        }
        if let kind = FileKind.name(of: text), text.prefix(8).contains(where: { $0 < 9 || $0 > 0x7F }) {
            throw FormatError(name, at: .offset(0), expected: "text in UTF-8", found: kind)
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = text.starts(with: mark) ? mark.count : 0
        let contents = try text.withUnsafeBufferPointer { (text) throws(FormatError) in
            try CSVContents(CSVScanner(text, dialect, at: start), dialect, file: name)
        }
        columnNames = contents.names
        columnCount = contents.columnCount
        rowCount = contents.rowCount
        dataStart = contents.dataStart
        keepsEmptyLines = contents.keepsEmptyLines
    }

    /// The index of a column.
    ///
    /// - Throws: `FormatError` if there is no such column, or if several have the name.
    public func index(of column: CSVColumn) throws(FormatError) -> Int {
        switch column {
        case .index(let index):
            if index < 0 { mistake("CSVTable", "expects the index of a column, got \(index)") }
            if index >= columnCount {
                throw FormatError(name, expected: "\(index + 1) or more columns", found: "\(columnCount)")
            }
            return index
        case .name(let wanted):
            guard let index = columnNames.firstIndex(of: wanted) else {
                let names = columnNames.prefix(20).map { quoted($0) }.joined(separator: ", ")
                let found = columnNames.isEmpty ? "no header" : names + (columnNames.count > 20 ? ", ..." : "")
                throw FormatError(name, expected: "a column \(quoted(wanted))", found: found)
            }
            if columnNames.lastIndex(of: wanted) != index {
                let indices = columnNames.indices.filter { columnNames[$0] == wanted }
                throw FormatError(
                    name, expected: "one column \(quoted(wanted))",
                    found: "it at the indices " + indices.map(String.init).joined(separator: ", "))
            }
            return index
        }
    }

    /// What messages call a column: its name if it has one.
    func label(ofColumn index: Int) -> CSVColumn {
        columnNames.isEmpty ? .index(index) : .name(columnNames[index])
    }

    /// The columns as indices, checked to be different.
    func indices(of columns: [CSVColumn], _ operation: String) throws(FormatError) -> [Int] {
        var indices: [Int] = []
        for column in columns { indices.append(try index(of: column)) }
        if Set(indices).count != indices.count { mistake(operation, "expects different columns, got \(columns)") }
        return indices
    }

    /// An error at a byte of the text.
    func error(at offset: Int, column: Int?, expected: String, found: String) -> FormatError {
        FormatError(
            name,
            at: .line(
                text.withUnsafeBufferPointer { lineNumber(of: offset, in: $0) },
                column: column.map { label(ofColumn: $0) },
                offset: offset), expected: expected, found: found)
    }
}

/// The number, from 1, of the line in which a byte is.
func lineNumber(of offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var line = 1
    var position = 0
    while position < offset {
        let byte = text[position]
        position += 1
        if byte == CSV.Byte.cr {
            if position < offset && text[position] == CSV.Byte.lf { position += 1 }
            line += 1
        } else if byte == CSV.Byte.lf {
            line += 1
        }
    }
    return line
}
