import TernCore

/// Tensors in several safetensors files and an index of them, as Hugging Face's libraries keep large models.
///
/// ```swift
/// let model = try ShardedSafetensors(contentsOf: "models/large")     // ... /model.safetensors.index.json
/// model.names                                                         // those of all files
/// let weight = try model.tensor(named: "layers.0.weight", widening: true)
/// ```
///
/// Opening reads and checks all headers; the values of a tensor are read when it is asked for, by any thread.
/// Source: <https://huggingface.co/docs/huggingface_hub/package_reference/serialization>.
public final class ShardedSafetensors: Sendable {
    /// The strings and numbers of the index's `metadata` but `total_size`; without an index, the only file's metadata.
    public let metadata: [String: String]
    /// The names of all tensors, file by file, and in the order of their data.
    public let names: [String]
    /// The paths of the files, in the order of their names.
    public let paths: [String]

    private let path: String
    private let files: [String: SafetensorsFile]

    /// Opens the files that an index names.
    ///
    /// - Parameter path: that of the index, or of a folder with `model.safetensors.index.json` or, for a model in one
    ///   file, with `model.safetensors` alone.
    /// - Throws: `FormatError` if the index or a file's header is not what it should be, or if they do not agree: files
    ///   that are missing, tensors that are not in their file or not in the index (all are named together), or another
    ///   total size.
    public init(contentsOf path: String) throws(FormatError) {
        let isFolder = isFolder(path)
        let indexPath = isFolder ? path + "/model.safetensors.index.json" : path
        if isFolder && !fileExists(indexPath) {
            let single = path + "/model.safetensors"
            if !fileExists(single) {
                let expected = "a folder with model.safetensors.index.json or model.safetensors"
                throw FormatError(path, expected: expected, found: "neither")
            }
            let file = try SafetensorsFile(contentsOf: single)
            self.path = single
            (metadata, names, paths) = (file.metadata, file.names, [single])
            files = Dictionary(uniqueKeysWithValues: file.names.map { ($0, file) })
            return
        }
        let index = try SafetensorsIndex(contentsOf: indexPath)
        let slash = indexPath.lastIndex(of: "/")
        let folder = slash.map { String(indexPath[...$0]) } ?? ""
        let shards = try Self.openShards(of: index, in: folder, indexPath)

        var (names, files): ([String], [String: SafetensorsFile]) = ([], [:])
        var problems: [String] = []
        var size = 0
        for (shard, file) in shards {
            for name in file.names {
                if index.files[name] != shard { problems.append("\(quoted(name)) in \(shard), but not in the index") }
                names.append(name)
                files[name] = file
            }
            size += file.dataSize
        }
        let opened = Dictionary(uniqueKeysWithValues: shards.map { ($0.shard, $0.file) })
        for (name, shard) in index.files.sorted(by: { $0.key < $1.key })
        where opened[shard]?.entry(named: name) == nil {
            problems.append("\(quoted(name)) missing from \(shard)")
        }
        if !problems.isEmpty {
            throw FormatError(indexPath, expected: "an index that agrees with its files", found: listed(problems))
        }
        if let total = index.totalSize, total != size {
            throw FormatError(
                indexPath, at: .key("total_size"), expected: "\(size), as the files hold", found: "\(total)")
        }
        self.path = indexPath
        self.names = names
        self.files = files
        metadata = index.metadata
        paths = shards.map { folder + $0.shard }
    }

    private static func openShards(of index: SafetensorsIndex, in folder: String, _ path: String)
        throws(FormatError) -> [(shard: String, file: SafetensorsFile)]
    {
        let shards = Set(index.files.values).sorted()
        let missing = shards.filter { !fileExists(folder + $0) }
        if !missing.isEmpty {
            let expected = "\(shards.count) files beside the index"
            throw FormatError(path, expected: expected, found: "\(missing.count) missing: \(listed(missing))")
        }
        var result: [(shard: String, file: SafetensorsFile)] = []
        for shard in shards { result.append((shard, try SafetensorsFile(contentsOf: folder + shard))) }
        return result
    }

    /// The type and shape of a tensor, without its values: nil if there is none of this name.
    public func entry(named name: String) -> (type: SafetensorsType, shape: [Int])? { files[name]?.entry(named: name) }

    /// Reads a tensor, as ``SafetensorsFile/tensor(named:widening:)`` does.
    public func tensor(named name: String, widening: Bool = false) throws(FormatError) -> Tensor {
        guard let file = files[name] else {
            throw FormatError(
                path, at: .key(name), expected: "a tensor of this name", found: "none among \(names.count)")
        }
        return try file.tensor(named: name, widening: widening)
    }

    /// Reads all tensors, by name.
    public func tensors(widening: Bool = false) throws(FormatError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in names { result[name] = try tensor(named: name, widening: widening) }
        return result
    }
}

/// The first few of many things, for a message.
private func listed(_ words: [String]) -> String {
    let most = 10
    return words.prefix(most).joined(separator: ", ") + (words.count > most ? " and \(words.count - most) more" : "")
}
