import Foundation

/// Data that can be downloaded.
///
/// ```swift
/// let mnist = try MNIST(contentsOf: MNIST.download())
/// ```
///
/// A type of your own is downloaded in the same way if it says what its files are:
///
/// ```swift
/// enum Spirals: Downloadable {
///     static let folderName = "spirals"
///     static let mirrors = ["https://example.com/spirals/"]
///     static let files = [RemoteFile(name: "spirals.npz", size: 1234, checksum: .sha256("e3b0c44298fc1c14..."))]
/// }
/// ```
public protocol Downloadable {
    /// The name of its folder within the cache.
    static var folderName: String { get }
    /// Where the files are served: what their names are put behind.
    static var mirrors: [String] { get }
    /// The files, by their sizes and checksums.
    static var files: [RemoteFile] { get }
}

extension Downloadable {
    /// Downloads the files that are not in the folder yet, and returns the folder.
    ///
    /// A file appears in the folder complete and checked, size and checksum, or not at all. What was received of one
    /// when the connection was cut stays beside it as `NAME.part`, and the download goes on from there.
    ///
    /// - Parameters:
    ///   - folder: is made if it does not exist. The default is ``cacheFolder``.
    ///   - mirrors: are asked in this order for each file.
    ///   - progress: is called with what has been received, from another thread.
    @discardableResult
    public static func download(
        to folder: String = cacheFolder, mirrors: [String] = mirrors,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws(DownloadError) -> String {
        for file in files { try file.download(to: folder, mirrors: mirrors, progress: progress) }
        return folder
    }

    /// `$TERN_CACHE` and the folder's name, or `tern` and the folder's name in the user's cache folder
    /// (`$XDG_CACHE_HOME` or `~/.cache`).
    public static var cacheFolder: String { cacheFolder(ProcessInfo.processInfo.environment) }

    static func cacheFolder(_ environment: [String: String]) -> String {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let caches = value("XDG_CACHE_HOME") ?? (value("HOME") ?? ".") + "/.cache"
        return (value("TERN_CACHE") ?? caches + "/tern") + "/" + folderName
    }
}
