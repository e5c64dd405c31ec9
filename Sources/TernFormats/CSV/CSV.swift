import TernCore

/// Comma-separated values (RFC 4180): rows of fields, a field in quotes where it needs them. ``CSVTable`` reads them.
///
/// ```swift
/// CSV.row(["epoch", "loss, mean", "say \"hi\""])   // epoch,"loss, mean","say ""hi"""\n
/// ```
///
/// Source: <https://www.rfc-editor.org/rfc/rfc4180>.
public enum CSV {
    /// How a row ends. RFC 4180 asks for CRLF; what reads CSV files takes both.
    public enum LineEnding: String, Sendable {
        /// A line feed, as on Unix.
        case lf = "\n"
        /// A carriage return and a line feed, as RFC 4180 has it.
        case crlf = "\r\n"
    }

    /// One row, its end included: the fields with `separator` between them, in quotes where they hold a separator, a
    /// quote or the end of a line.
    ///
    /// Python's `csv.writer` writes the same, but for a first field that begins with U+FEFF: it is quoted here, because
    /// it would be taken for the file's byte order mark.
    public static func row(
        _ fields: some Collection<String>, separator: Character = ",", lineEnding: LineEnding = .lf
    ) -> String {
        checkSeparator(separator, "CSV.row")
        let separatorByte = separator.asciiValue!
        var result = ""
        for (index, field) in fields.enumerated() {
            if index > 0 { result.append(separator) }
            let startsWithMark = index == 0 && field.unicodeScalars.first == "\u{FEFF}"
            // An empty line is not a row, so a single empty field needs its quotes.
            let isEmptyRow = fields.count == 1 && field.isEmpty
            if startsWithMark || isEmptyRow || needsQuotes(field, separatorByte) {
                appendQuoted(field, to: &result)
            } else {
                result += field
            }
        }
        return result + lineEnding.rawValue
    }

    private static func needsQuotes(_ field: String, _ separator: UInt8) -> Bool {
        field.utf8.contains { $0 == separator || $0 == Byte.quote || $0 == Byte.lf || $0 == Byte.cr }
    }

    private static func appendQuoted(_ field: String, to text: inout String) {
        text += "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        text += "\""
    }

    static func checkSeparator(_ separator: Character, _ operation: String) {
        guard let byte = separator.asciiValue, byte != Byte.quote, byte != Byte.lf, byte != Byte.cr else {
            mistake(
                operation,
                "expects an ASCII character other than a quote or a line's end as separator, got \(separator)")
        }
    }

    /// Stops if two columns have one name: nobody could ask for either by it.
    package static func checkHeader(_ names: [String], _ operation: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            mistake(operation, "expects different names of columns, got '\(name)' twice in \(names)")
        }
    }
}

extension CSV {
    enum Byte {
        static let quote = UInt8(ascii: "\"")
        static let lf = UInt8(ascii: "\n")
        static let cr = UInt8(ascii: "\r")
        static let space = UInt8(ascii: " ")
        static let tab = UInt8(ascii: "\t")
    }
}

extension CSV {
    /// Writes rows to a file, whole or not at all: if anything fails, a file that was at `path` stays as it was.
    ///
    /// ```swift
    /// try CSV.write([["1", "0.5"], ["2", "0.25"]], header: ["epoch", "loss"], to: "history.csv")
    /// ```
    ///
    /// - Parameters:
    ///   - rows: each with as many fields; quoted where they need it.
    ///   - header: the names of the columns, each once.
    ///   - separator: between fields.
    ///   - lineEnding: behind each row.
    ///   - path: of the file.
    public static func write(
        _ rows: some Sequence<[String]>, header: [String]? = nil, separator: Character = ",",
        lineEnding: LineEnding = .lf, to path: String
    ) throws(FormatError) {
        if let header { checkHeader(header, "CSV.write") }
        let file = try OutputFile(path)
        if let header { try file.append(row(header, separator: separator, lineEnding: lineEnding)) }
        var text = ""
        for fields in rows {
            text += row(fields, separator: separator, lineEnding: lineEnding)
            if text.utf8.count >= 1 << 16 {
                try file.append(text)
                text = ""
            }
        }
        try file.append(text)
        try file.commit()
    }

    /// Writes a matrix `[N, C]` of numbers, a row a line, so that reading gives the same bits: floats get as few digits
    /// as tell them from their neighbours.
    ///
    /// - Parameters:
    ///   - matrix: [N, C], of any type.
    ///   - header: the names of the columns, as many as the matrix has, each once.
    ///   - separator: between fields.
    ///   - lineEnding: behind each row.
    ///   - path: of the file.
    public static func write(
        _ matrix: Tensor, header: [String]? = nil, separator: Character = ",", lineEnding: LineEnding = .lf,
        to path: String
    ) throws(FormatError) {
        if matrix.rank != 2 { mistake("CSV.write", "expects a matrix [N, C], got the shape \(matrix.shape)") }
        let columns = matrix.shape[1]
        if let header, header.count != columns {
            mistake("CSV.write", "expects \(columns) names in the header, got \(header.count)")
        }
        let rows: any Sequence<[String]> =
            switch matrix.dtype {
            case .float32: texts(of: matrix.array(of: Float.self), columns)
            case .float64: texts(of: matrix.array(of: Double.self), columns)
            case .float16, .bfloat16: texts(of: matrix.array(of: Float.self), columns)
            case .uint64: texts(of: matrix.array(of: UInt64.self), columns)
            case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
                texts(of: matrix.array(of: Int64.self), columns)
            }
        try write(rows, header: header, separator: separator, lineEnding: lineEnding, to: path)
    }

    private static func texts(of values: [some CustomStringConvertible], _ columns: Int) -> any Sequence<[String]> {
        stride(from: 0, to: values.count, by: max(columns, 1)).lazy.map { start in
            values[start..<start + columns].map(\.description)
        }
    }
}

extension OutputFile {
    fileprivate func append(_ text: String) throws(FormatError) {
        var text = text
        try text.withUTF8 { bytes in Result { () throws(FormatError) in try append(UnsafeRawBufferPointer(bytes)) } }
            .get()
    }
}
