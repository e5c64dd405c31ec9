import Foundation

/// Why a file could not be had from any mirror.
public struct DownloadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// What went wrong in each attempt: a URL or path, and the reason.
    public let reasons: [String]

    public var description: String { "cannot download \(file): " + reasons.joined(separator: "; ") }
}

/// What has been received of a file.
public struct DownloadProgress: Equatable, Sendable {
    /// The file's name.
    public let file: String
    /// What has been received by now.
    public let receivedBytes: Int
    /// The size of the whole file.
    public let totalBytes: Int
}

/// A file of known contents, which mirrors serve.
public struct RemoteFile: Sendable, Equatable {
    /// How contents are known, in hexadecimal digits.
    public enum Checksum: Sendable, Equatable {
        /// SHA-256, as 64 hexadecimal digits.
        case sha256(String)
        /// Where nothing better is published: it tells damage, not malice.
        case md5(String)
    }

    /// The file's name in the folder that it is downloaded to, and behind a mirror's address.
    public let name: String
    /// In bytes.
    public let size: Int
    /// What the contents must have.
    public let checksum: Checksum

    /// A file of this name, size in bytes and checksum.
    public init(name: String, size: Int, checksum: Checksum) {
        (self.name, self.size, self.checksum) = (name, size, checksum)
    }

    /// How often a mirror is asked to go on after its connection was cut.
    private static let attemptsPerMirror = 3

    /// Makes sure that the file is in the folder: downloads it to `name.part`, checks it, and moves it into place.
    ///
    /// - Parameters:
    ///   - folder: is made if it does not exist.
    ///   - mirrors: addresses that the name is put behind; they are asked in this order.
    ///   - progress: is called with what has been received, from another thread.
    public func download(
        to folder: String, mirrors: [String], progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws(DownloadError) {
        let path = folder + "/" + name
        if isComplete(path) { return }
        let part: PartialFile
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            part = try PartialFile(path + ".part")
        } catch {
            throw DownloadError(file: name, reasons: ["\(folder): \(reason(error))"])
        }
        // Another process may have finished the file while this one waited for its lock on the part.
        if isComplete(path) { return part.remove() }

        var reasons: [String] = []
        for mirror in mirrors {
            for _ in 0..<Self.attemptsPerMirror {
                do {
                    try fetch(from: mirror + name, into: part, progress: progress)
                    try check(part)
                    try part.move(to: path)
                    return
                } catch let failure as DownloadFailure {
                    reasons.append("\(mirror + name): \(failure.reason)")
                    if !failure.isWorthAnotherAttempt { break }
                } catch {
                    throw DownloadError(file: name, reasons: reasons + ["\(path): \(reason(error))"])
                }
            }
        }
        throw DownloadError(file: name, reasons: reasons.isEmpty ? ["no mirrors"] : reasons)
    }

    private func isComplete(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue == size
    }

    /// Receives what the part does not have yet.
    private func fetch(
        from address: String, into part: PartialFile, progress: @escaping @Sendable (DownloadProgress) -> Void
    ) throws {
        if try part.size() >= size { return }
        guard let url = URL(string: address) else {
            throw DownloadFailure(reason: "not a URL", isWorthAnotherAttempt: false)
        }
        let (name, size) = (name, size)
        try Transfer.run(url, into: part, limit: size) { received in
            progress(DownloadProgress(file: name, receivedBytes: received, totalBytes: size))
        }
    }

    /// A part that is not the file is of no use to anyone: it is emptied, so that the next attempt starts anew.
    private func check(_ part: PartialFile) throws {
        let found = try part.size()
        if found < size {
            throw DownloadFailure(reason: "expected \(size) bytes, found \(found)", isWorthAnotherAttempt: true)
        }
        var reason = "expected \(size) bytes, found more"
        if found == size {
            let (name, expected, digest) =
                switch checksum {
                case .sha256(let expected): ("SHA-256", expected, try part.digest(SHA256.self))
                case .md5(let expected): ("MD5", expected, try part.digest(MD5.self))
                }
            if digest == expected { return }
            reason = "expected \(name) \(expected), found \(digest)"
        }
        try part.truncate()
        throw DownloadFailure(reason: reason, isWorthAnotherAttempt: false)
    }
}

/// What a mirror did wrong.
struct DownloadFailure: Error {
    let reason: String
    /// Whether the same mirror may do better.
    let isWorthAnotherAttempt: Bool
}

/// An error in words for a message.
func reason(_ error: any Error) -> String {
    (error as NSError).localizedDescription
}

/// A file that grows, locked against other processes that download the same.
final class PartialFile: @unchecked Sendable {
    // Unchecked: a transfer's callbacks come one after the other, and its caller waits for the last one.
    private let path: String
    private let handle: FileHandle

    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        flock(descriptor, LOCK_EX)
    }

    func size() throws -> Int { Int(try handle.seekToEnd()) }

    func truncate() throws { try handle.truncate(atOffset: 0) }

    func append(_ data: Data) throws {
        try handle.seekToEnd()
        try handle.write(contentsOf: data)
    }

    func digest<Function>(_ type: BlockDigest<Function>.Type) throws -> String {
        var digest = BlockDigest<Function>()
        try handle.seek(toOffset: 0)
        while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
            data.withUnsafeBytes { digest.update($0) }
        }
        return digest.finalized()
    }

    func move(to destination: String) throws {
        try handle.synchronize()
        if rename(path, destination) != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func remove() { unlink(path) }
}
