import Foundation

extension MNIST {
    /// Where the original files are served.
    public static let mirrors = [
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ]

    /// The original files, by their sizes and SHA-256 digests.
    static let files = [
        RemoteFile(
            name: "train-images-idx3-ubyte.gz", size: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        RemoteFile(
            name: "train-labels-idx1-ubyte.gz", size: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        RemoteFile(
            name: "t10k-images-idx3-ubyte.gz", size: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        RemoteFile(
            name: "t10k-labels-idx1-ubyte.gz", size: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ]

    /// Downloads the files that are not in the folder yet (11 MB in all), and returns the folder.
    ///
    /// A file appears in the folder complete and checked, size and SHA-256, or not at all. What was received of one
    /// when the connection was cut stays beside it as `NAME.part`, and the download goes on from there.
    ///
    /// - Parameters:
    ///   - folder: is made if it does not exist. The default is ``cacheFolder``.
    ///   - mirrors: are asked in this order for each file.
    ///   - progress: is called with what has been received, from another thread.
    /// - Returns: the folder, for `MNIST(contentsOf:)`.
    @discardableResult
    public static func download(
        to folder: String = cacheFolder, mirrors: [String] = mirrors,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws(DownloadError) -> String {
        for file in files { try file.download(to: folder, mirrors: mirrors, progress: progress) }
        return folder
    }

    /// `$TERN_CACHE/mnist`, or `tern/mnist` in the user's cache folder (`$XDG_CACHE_HOME` or `~/.cache`).
    public static var cacheFolder: String { cacheFolder(ProcessInfo.processInfo.environment) }

    static func cacheFolder(_ environment: [String: String]) -> String {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let caches = value("XDG_CACHE_HOME") ?? (value("HOME") ?? ".") + "/.cache"
        return (value("TERN_CACHE") ?? caches + "/tern") + "/mnist"
    }
}
