import TernCore

/// How a CSV file is written, and which words in it stand for no value.
///
/// ```swift
/// var dialect = CSVDialect.standard
/// dialect.separator = ";"
/// let table = try CSVTable(contentsOf: "wine.csv", dialect: dialect)
/// ```
public struct CSVDialect: Sendable {
    /// Between two fields: an ASCII character.
    public var separator: Character = ","
    /// Whether the first row names the columns.
    public var hasHeader = true
    /// A line that begins with this ASCII character is skipped; nil for none.
    public var comment: Character?
    /// Whether lines without anything in them are passed over. Nil: in tables of several columns; in one of a single column
    /// such a line is a row whose value is missing, and leaving it out would move all later rows. (Those before a header
    /// are always passed over.)
    public var skipsEmptyLines: Bool?
    /// The fields that stand for no value, in quotes or not, spaces around them left out; exactly as they are written.
    public var missingWords: Set<String> = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "null", "NULL", "None", "?"]

    /// Commas, a header and no comments.
    public static let standard = CSVDialect()

    /// Commas, a header and no comments, for the properties to change.
    public init() {}

    /// Checks what only a programmer can get wrong.
    func check() {
        CSV.checkSeparator(separator, "CSVTable")
        if let comment {
            guard let byte = comment.asciiValue, byte != CSV.Byte.quote, byte != CSV.Byte.lf, byte != CSV.Byte.cr,
                comment != separator
            else {
                mistake(
                    "CSVTable",
                    "expects an ASCII character other than the separator, a quote or a line's end for comments, got \(comment)"
                )
            }
        }
    }
}

/// A column of a table: by its name, or by its index from 0.
public enum CSVColumn: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// By its name in the first row.
    case name(String)
    /// By its place, from 0 on.
    case index(Int)

    public init(stringLiteral value: String) { self = .name(value) }
    public init(integerLiteral value: Int) { self = .index(value) }
}

extension CSVColumn: CustomStringConvertible {
    /// `column "price"` or `column 3`, for messages.
    public var description: String {
        switch self {
        case .name(let name): "column \(quoted(name))"
        case .index(let index): "column \(index)"
        }
    }
}

/// What becomes of a field that holds no value (``CSVDialect/missingWords``) where a number is asked for.
public enum CSVMissing: Sendable, Equatable {
    /// It is an error.
    case error
    /// NaN, in a tensor of floats.
    case nan
    /// This number.
    case value(Double)
    /// This number, which float64 need not hold. ``CSVTable/isMissing(_:)`` tells which values it stands for.
    case integer(Int64)
}
