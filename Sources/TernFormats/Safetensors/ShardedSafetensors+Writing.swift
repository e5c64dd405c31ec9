import TernCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ShardedSafetensors {
    /// Writes tensors to as many safetensors files as needed, and the index of them: `model-00001-of-00003.safetensors`
    /// and so on and `model.safetensors.index.json`, or `model.safetensors` alone if all fit one file.
    ///
    /// ```swift
    /// try ShardedSafetensors.write(model.stateDictionary(), to: "models/large", maximumShardSize: 1_000_000_000)
    /// ```
    ///
    /// Tensors are put into files in the order of their names. The files take their names together after all have been
    /// written, and files of an index that stood there before are removed: if writing fails, because the disk is full
    /// say, what was there stays. If the machine stops in the moment of renaming, no index is there, never a wrong one.
    ///
    /// - Parameters:
    ///   - tensors: by name.
    ///   - metadata: notes for every file and the index.
    ///   - folder: must exist.
    ///   - maximumShardSize: the most bytes of values in a file. A larger tensor is alone in its file.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], to folder: String,
        maximumShardSize: Int = 5_000_000_000
    ) throws(FormatError) {
        if maximumShardSize < 1 {
            mistake("ShardedSafetensors.write", "maximumShardSize must be at least 1, got \(maximumShardSize)")
        }
        let indexPath = folder + "/model.safetensors.index.json"
        let formerIndex = try? SafetensorsIndex(contentsOf: indexPath)
        let former = Set(formerIndex.map { Array($0.files.values) } ?? [])
        let shards = split(tensors, maximumShardSize)
        var shardOfName: [String: String] = [:]
        var size = 0
        var files = OutputFiles()
        var written: Set<String> = []
        for (number, names) in shards.enumerated() {
            let shard =
                shards.count == 1
                ? "model.safetensors" : "model-\(digits(number + 1, 5))-of-\(digits(shards.count, 5)).safetensors"
            let entries = Dictionary(
                uniqueKeysWithValues: names.map { ($0, (dtype: tensors[$0]!.dtype, shape: tensors[$0]!.shape)) })
            let layout = try SafetensorsLayout(entries, metadata: metadata, file: folder + "/" + shard)
            let file = try OutputFile(folder + "/" + shard)
            try layout.write(to: file) { name throws(FormatError) in tensors[name]! }
            try file.sync()
            files.append(file)
            written.insert(shard)
            for name in names { shardOfName[name] = shard }
            size += layout.dataSize
        }
        if shards.count > 1 {
            let index = try OutputFile(indexPath)
            try index.append(SafetensorsIndex(files: shardOfName, totalSize: size, metadata: metadata).json)
            try index.sync()
            unlink(indexPath)
            try OutputFile.syncFolder(of: indexPath)
            try files.renameAll()
            try index.rename()
        } else {
            try files.renameAll()
            unlink(indexPath)
        }
        for shard in former.subtracting(written) { unlink(folder + "/" + shard) }
        // Otherwise a model in one file would stay beside the index.
        if shards.count > 1 { unlink(folder + "/model.safetensors") }
        try OutputFile.syncFolder(of: indexPath)
    }

    /// The names of the tensors in each file.
    private static func split(_ tensors: [String: Tensor], _ maximumSize: Int) -> [[String]] {
        var shards: [[String]] = [[]]
        var size = 0
        for name in tensors.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let bytes = tensors[name]!.count * tensors[name]!.dtype.byteCount
            if !shards[shards.count - 1].isEmpty && size + bytes > maximumSize {
                shards.append([])
                size = 0
            }
            shards[shards.count - 1].append(name)
            size += bytes
        }
        return shards
    }
}

/// Written files that take their names together.
private struct OutputFiles: ~Copyable {
    private final class Node {
        var file: OutputFile?
        let next: Node?

        init(_ file: consuming OutputFile, next: Node?) {
            self.file = consume file
            self.next = next
        }
    }
    private var last: Node?

    mutating func append(_ file: consuming OutputFile) { last = Node(file, next: last) }

    func renameAll() throws(FormatError) {
        var node = last
        while let current = node {
            try current.file.take()?.rename()
            node = current.next
        }
    }
}
