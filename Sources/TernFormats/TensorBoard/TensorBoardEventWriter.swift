import Foundation
import Synchronization
import TernCore

/// Writes a TensorBoard event file of its own, `events.out.tfevents.<seconds>.<host>.<process>.<n>`, to a run's folder.
///
/// Each event goes to the system whole and at once, so that a crash of the program loses none but the one that is being
/// written; ``synchronize()`` makes a crash of the machine lose none. May be used from several threads.
public final class TensorBoardEventWriter: Sendable {
    /// The event file's path.
    public var path: String { file.path }

    private let file: AppendFile

    /// Creates the folder, if it is not there, and a file in it.
    ///
    /// - Parameters:
    ///   - folder: of the run; TensorBoard's `--logdir` is this one or one above.
    ///   - purgeStep: for a run that goes on after an interruption, its first step: TensorBoard then drops what was
    ///     logged before at this step or later. PyTorch's `purge_step`.
    public init(folder: String, purgeStep: Int? = nil) throws(FormatError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FormatError(folder, expected: "a folder that can be made", found: error.localizedDescription)
        }
        file = try Self.create(in: folder)
        try write(.init(time: Self.now, step: purgeStep ?? 0, .fileVersion("brain.Event:2")))
        if let purgeStep { try write(.init(time: Self.now, step: purgeStep, .sessionStart)) }
    }

    /// Appends values that were logged at a step, now.
    public func write(_ values: [SummaryValue], step: Int) throws(FormatError) {
        try write(.init(time: Self.now, step: step, .summary(values)))
    }

    /// Appends an event. If that fails, because the disk is full say, the file is left as it was, and a later event may
    /// succeed.
    public func write(_ event: TensorBoardEvent) throws(FormatError) { try file.append(Self.record(event.encoded)) }

    /// Waits until all that was written has reached the disk.
    public func synchronize() throws(FormatError) { try file.synchronize() }

    static func record(_ data: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.appendLittleEndian(UInt64(data.count))
        record.appendLittleEndian(record.withUnsafeBytes { maskedCRC32C($0) })
        record += data
        record.appendLittleEndian(data.withUnsafeBytes { maskedCRC32C($0) })
        return record
    }

    private static var now: Double { Date().timeIntervalSince1970 }

    private static let count = Atomic(0)

    private static func create(in folder: String) throws(FormatError) -> AppendFile {
        let prefix = "events.out.tfevents."
        let (host, process) = (ProcessInfo.processInfo.hostName, getpid())
        // TensorBoard reads the files in the order of their names, so this one's must come last, also within the second
        // in which another was made.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let latest = files.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count).prefix(10)) }
            .max()
        var seconds = max(Int(now), latest.map { $0 + 1 } ?? 0)
        while true {
            let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
            let path = "\(folder)/\(prefix)\(digits(seconds, 10)).\(host).\(process).\(number)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return AppendFile(path, descriptor: descriptor) }
            if errno != EEXIST {
                throw FormatError(path, expected: "a file that can be written", found: systemMessage(errno))
            }
            seconds += 1
        }
    }
}
