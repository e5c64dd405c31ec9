import Foundation
import TernCore
import TernFormats

/// Writes the numbers of each step to a CSV file as they come: a row a step, in the file when `append` returns.
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
    public let path: String
    public let columns: [String]
    private let descriptor: Int32

    /// - Parameters:
    ///   - columns: the names of the numbers in each row.
    ///   - step: the name of the first column.
    ///   - last: go on with a file that is there, without its rows of later steps than this; nil begins the file anew.
    /// - Throws: if the file cannot be written, and if it has other columns.
    public init(
        _ path: String, columns: [String], step: String = "step", after last: Int? = nil
    ) throws(FormatError) {
        self.path = path
        self.columns = columns
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw Self.error(path) }
        let header = CSV.row([step] + columns)
        // The file is closed by `deinit`, which follows an error here too.
        let size = if let last { try Self.size(of: path, header: header, upTo: last) } else { 0 }
        if ftruncate(descriptor, off_t(size)) != 0 { throw Self.error(path) }
        if size == 0 { try write(header) }
    }

    deinit { close(descriptor) }

    /// Adds a row.
    ///
    /// - Parameter values: in the order of the columns, as many as these.
    public func append(_ values: [Double], step: Int) throws(FormatError) {
        if values.count != columns.count {
            mistake("CSVLogger.append", "expects \(columns.count) values for \(columns), got \(values.count)")
        }
        try write(CSV.row(["\(step)"] + values.map { "\($0)" }))
    }

    private func write(_ row: String) throws(FormatError) {
        var rest = Array(row.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.error(path)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// How many of the file's bytes stay: the header and the rows of steps up to `last`. A row that was cut off in the
    /// middle goes too.
    private static func size(of path: String, header: String, upTo last: Int) throws(FormatError) -> Int {
        guard let data = FileManager.default.contents(atPath: path) else { throw error(path) }
        // A header that was cut off is written anew.
        if header.utf8.starts(with: data) && data.count < header.utf8.count { return 0 }
        guard data.starts(with: header.utf8) else {
            let found = String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }.prefix(200), as: UTF8.self)
            throw FormatError(path, expected: "a log with the columns \(header.dropLast())", found: "\(found)")
        }
        var end = header.utf8.count
        while let lineEnd = data[end...].firstIndex(of: UInt8(ascii: "\n")) {
            let step = String(decoding: data[end..<lineEnd].prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
            guard let step = Int(step), step <= last else { break }
            end = lineEnd + 1
        }
        return end
    }

    private static func error(_ path: String) -> FormatError {
        FormatError(path, expected: "a file that can be written", found: String(cString: strerror(errno)))
    }
}
