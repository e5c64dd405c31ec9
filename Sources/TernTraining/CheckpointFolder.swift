import Foundation
import TernCore
import TernFormats

/// The checkpoints of a run in a folder: the newest ones are kept, and the newest that is whole is found again.
///
/// ```swift
/// let checkpoints = try CheckpointFolder("checkpoints", keeping: 3)
/// try checkpoints.restoreNewest(into: training)
/// ...
/// try checkpoints.save(training)      // checkpoints/checkpoint-000001.safetensors
/// ```
///
/// Whenever the process, or the machine, is stopped, the folder holds the last checkpoint whose saving was finished.
/// One run at a time saves to a folder, while others may read there. A folder that was removed is made again.
public final class CheckpointFolder {
    /// Without a slash at its end.
    public let path: String
    /// How many checkpoints are kept.
    public let keeping: Int

    private let warn: (String) -> Void
    private var lock: FolderLock?

    /// Makes the folder if there is none.
    ///
    /// - Parameters:
    ///   - path: of the folder.
    ///   - keeping: how many checkpoints are kept, the newest; at least 1.
    ///   - warn: is told of checkpoints that are damaged; by default the standard error output is.
    /// - Throws: ``CheckpointError/file(_:)`` if the folder cannot be made or written to.
    public init(
        _ path: String, keeping: Int = 3, warn: @escaping (String) -> Void = CheckpointFolder.warnOnStandardError
    ) throws(CheckpointError) {
        if keeping < 1 { mistake("CheckpointFolder", "expects to keep at least 1 checkpoint, got \(keeping)") }
        self.path = Self.withoutSlashes(path)
        self.keeping = keeping
        self.warn = warn
        try makeFolder()
    }

    /// Writes a line to the standard error output.
    public static func warnOnStandardError(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }

    /// Saves a checkpoint of the training, then removes those that are no longer kept.
    ///
    /// - Returns: the path of the file.
    /// - Throws: ``CheckpointError/file(_:)``; the checkpoints before are then as they were.
    @discardableResult
    public func save(_ training: TrainingState) throws(CheckpointError) -> String {
        try save(training.checkpoint())
    }

    /// ``save(_:)-(TrainingState)`` of a checkpoint that was made before.
    @discardableResult
    public func save(_ checkpoint: Checkpoint) throws(CheckpointError) -> String {
        try takeLock()
        let numbers = self.numbers
        let number = (numbers.last ?? 0) + 1
        try checkpoint.write(to: file(number))
        for old in (numbers + [number]).dropLast(keeping) { unlink(file(old)) }
        return file(number)
    }

    /// Goes on from the newest checkpoint that is whole.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``CheckpointError`` as ``newest()`` does, and if the checkpoint does not fit the training, which is then
    ///   as it was.
    @discardableResult
    public func restoreNewest(into training: TrainingState) throws(CheckpointError) -> Bool {
        guard let checkpoint = try newestOfOurs() else { return false }
        try training.restore(checkpoint)
        return true
    }

    /// ``newest()`` for a run that goes on here: no other one may.
    func newestOfOurs() throws(CheckpointError) -> Checkpoint? {
        try takeLock()
        return try newest()
    }

    /// Reads the newest checkpoint that is whole; nil if there is no checkpoint at all. Files that are cut or damaged are
    /// passed over, with a warning.
    ///
    /// - Throws: ``CheckpointError/version(file:found:known:)`` if a later version of Tern wrote it, and
    ///   ``CheckpointError/file(_:)`` if there are checkpoints and none of them is whole.
    public func newest() throws(CheckpointError) -> Checkpoint? {
        var first: CheckpointError?
        for number in numbers.reversed() {
            do throws(CheckpointError) {
                return try Checkpoint(contentsOf: file(number))
            } catch {
                if case .version = error { throw error }
                warn("\(error): trying the checkpoint before it")
                first = first ?? error
            }
        }
        if let first { throw first }
        return nil
    }

    /// The paths of the checkpoints, the oldest first.
    public var files: [String] { numbers.map(file) }

    private func file(_ number: Int) -> String {
        "\(path)/\(Self.prefix)\(digits(number, 6))\(Self.suffix)"
    }

    private static let prefix = "checkpoint-"
    private static let suffix = ".safetensors"

    /// The numbers of the checkpoints, in ascending order.
    private var numbers: [Int] {
        names.compactMap { name in
            guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
            let text = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
            // A file of another name is not ours, even if its number could be read.
            guard let number = Int(text), (1..<Int.max).contains(number), file(number) == path + "/" + name else {
                return nil
            }
            return number
        }.sorted()
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    private func makeFolder() throws(CheckpointError) {
        if fileExists(path) {
            if !isFolder(path) {
                throw .file(FormatError(path, expected: "a folder for checkpoints", found: "a file"))
            }
        } else {
            // On disk too, or the checkpoints would be lost with their folder.
            for end in path.indices where end > path.startIndex && path[end] == "/" {
                mkdir(String(path[..<end]), 0o777)
            }
            // Unless another run has just made it.
            let code = mkdir(path, 0o777) == 0 ? 0 : errno
            if code != 0, code != EEXIST || !isFolder(path) { throw .file(unwritable(code)) }
            let above = open(path + "/..", O_RDONLY | O_CLOEXEC)
            fsync(above)
            close(above)
        }
        if access(path, W_OK) != 0 { throw .file(unwritable(errno)) }
    }

    private static func withoutSlashes(_ path: String) -> String {
        var path = Substring(path)
        while path.count > 1 && path.last == "/" { path.removeLast() }
        return String(path)
    }

    private func unwritable(_ code: Int32) -> FormatError {
        FormatError(path, expected: "a folder that can be written to", found: systemMessage(code))
    }

    /// Makes sure that no other run saves here, and removes what runs that were killed while saving have left.
    private func takeLock() throws(CheckpointError) {
        if lock?.isOf(path) == true { return }
        // None yet, or one of a folder that was removed: the one that has its name since then can be another run's.
        lock = nil
        try makeFolder()
        lock = FolderLock(path)
        switch lock?.state {
        case .taken:
            for name in names where name.hasPrefix(Self.prefix) && name.hasSuffix(".tmp") { unlink(path + "/" + name) }
        case .busy:
            lock = nil
            throw .file(
                FormatError(path, expected: "a folder that no other run saves to", found: "one that is in use"))
        case .unavailable, nil: break
        }
    }
}

/// A lock on a folder, which ends with this object or its process.
private final class FolderLock {
    enum State { case taken, busy, unavailable }
    let state: State
    private let descriptor: Int32

    init(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
            state = .taken
        } else {
            // Some network file systems have no locks for folders.
            state = descriptor >= 0 && errno == EWOULDBLOCK ? .busy : .unavailable
        }
    }

    /// Whether the folder that was opened is the one at the path now.
    func isOf(_ path: String) -> Bool {
        var (opened, present) = (stat(), stat())
        return descriptor >= 0 && fstat(descriptor, &opened) == 0 && stat(path, &present) == 0
            && opened.st_dev == present.st_dev && opened.st_ino == present.st_ino
    }

    deinit {
        if descriptor < 0 { return }
        // Closing alone would not do: a process that is just being started holds the open file for a moment too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
