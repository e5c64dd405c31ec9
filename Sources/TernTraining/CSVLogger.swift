import Foundation
import TernCore
import TernFormats

/// Writes the numbers of each step to a CSV file as they come: a row a step, in the file when `append` returns. If that
/// fails, because the disk is full say, nothing of the row is in the file, and a later row may succeed.
///
/// ```swift
/// let log = try CSVLogger("log.csv", columns: ["loss", "accuracy"])
/// try log.append([0.31, 0.91], step: 1)
/// ```
///
/// ```
/// step,loss,accuracy
/// 1,0.31,0.91
/// ```
///
/// A run that goes on from a checkpoint goes on with its file too. What the run had written after the checkpoint is cut
/// off, since those steps are done once more:
///
/// ```swift
/// let log = try CSVLogger("log.csv", columns: ["loss", "accuracy"], after: training.position.totalSteps)
/// ```
public final class CSVLogger {
    /// Of the file.
    public let path: String
    /// The names of the numbers in each row, each once.
    public let columns: [String]
    private let file: AppendFile
    private let lineEnding: CSV.LineEnding

    /// - Parameters:
    ///   - path: of the file.
    ///   - columns: the names of the numbers in each row, each once.
    ///   - step: the name of the first column.
    ///   - last: go on with a file that is there, without its rows of later steps than this; nil begins the file anew.
    /// - Throws: if the file cannot be written, and if it has other columns.
    public init(
        _ path: String, columns: [String], step: String = "step", after last: Int? = nil
    ) throws(FormatError) {
        let names = [step] + columns
        CSV.checkHeader(names, "CSVLogger")
        self.path = path
        self.columns = columns
        file = try AppendFile(path)
        let kept = try last.flatMap { (last) throws(FormatError) in try Self.kept(of: path, columns: names, upTo: last)
        }
        lineEnding = kept?.lineEnding ?? .lf
        try file.cut(to: kept?.size ?? 0)
        if kept == nil { try file.append(CSV.row(names).utf8) }
    }

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - values: in the order of the columns, as many as these.
    ///   - step: the number in the first column.
    public func append(_ values: [Double], step: Int) throws(FormatError) {
        if values.count != columns.count {
            mistake("CSVLogger.append", "expects \(columns.count) values for \(columns), got \(values.count)")
        }
        try file.append(CSV.row(["\(step)"] + values.map { "\($0)" }, lineEnding: lineEnding).utf8)
    }

    /// How many of the file's bytes stay, the header and the rows of steps up to `last`, and how its lines end (some
    /// programs turn LF into CRLF). A row that was cut off in the middle goes too; nil if the header was, or there is none.
    private static func kept(
        of path: String, columns: [String], upTo last: Int
    ) throws(FormatError) -> (size: Int, lineEnding: CSV.LineEnding)? {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FormatError(path, expected: "a file that can be read", found: systemMessage(errno))
        }
        let headers = [CSV.LineEnding.lf, .crlf].map { ($0, CSV.row(columns, lineEnding: $0).utf8) }
        guard let (lineEnding, header) = headers.first(where: { data.starts(with: $1) }) else {
            if headers.contains(where: { $1.starts(with: data) }) { return nil }
            let found = String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }.prefix(200), as: UTF8.self)
            let expected = "a log with the columns \(CSV.row(columns).dropLast())"
            throw FormatError(path, expected: expected, found: found)
        }
        var end = header.count
        while let lineEnd = data[end...].firstIndex(of: UInt8(ascii: "\n")) {
            let step = data[end..<lineEnd].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\r") }
            guard let step = Int(String(decoding: step, as: UTF8.self)), step <= last else { break }
            end = lineEnd + 1
        }
        return (end, lineEnding)
    }
}
