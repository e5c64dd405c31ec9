import TernCore

/// NumPy's `.npz` format, open for reading: named arrays in a ZIP archive, as `np.savez` and `np.savez_compressed` write
/// it.
///
/// ```swift
/// let file = try NPZFile(contentsOf: "digits.npz")     // np.savez("digits.npz", images=images, labels=labels)
/// file.names                                           // ["images", "labels"]
/// let images = try file.tensor(named: "images")
/// ```
///
/// Opening reads and checks the archive's directory alone: an array is read, and its CRC-32 checked, when it is asked
/// for, by any thread. The types are those of ``NPY``. Folders and files that are no arrays (a README, say) may stand in
/// the archive too: `ZipArchive` reads those.
public final class NPZFile: Sendable {
    /// The names of the arrays in the order of the archive: without `.npy`, which an array's file need not end in if it
    /// begins as one.
    public let names: [String]

    /// What errors call the file.
    public var path: String { archive.path }

    private let archive: ZipArchive
    private let entries: [String: ZipArchive.Entry]

    /// Opens the file at `path`.
    ///
    /// - Throws: `FormatError` if it is not readable or no ZIP archive, or if two arrays have a name.
    public convenience init(contentsOf path: String) throws(FormatError) {
        try self.init(ZipArchive(contentsOf: path))
    }

    /// Opens the bytes of a file. Errors call them `name`.
    public convenience init(_ bytes: [UInt8], name: String = "NPZ data") throws(FormatError) {
        try self.init(ZipArchive(bytes, name: name))
    }

    private init(_ archive: ZipArchive) throws(FormatError) {
        self.archive = archive
        var (names, entries): ([String], [String: ZipArchive.Entry]) = ([], [:])
        for entry in archive.entries where Self.isArray(entry, archive) {
            let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
            if entries.updateValue(entry, forKey: name) != nil {
                throw FormatError(archive.path, at: .key(name), expected: "one array of a name", found: "two")
            }
            names.append(name)
        }
        (self.names, self.entries) = (names, entries)
    }

    private static func isArray(_ entry: ZipArchive.Entry, _ archive: ZipArchive) -> Bool {
        if entry.name.hasSuffix(".npy") { return true }
        let start = try? archive.source(of: entry, takesMemory: false).readBytes(NPYHeader.magic.count, expected: "")
        return start == NPYHeader.magic
    }

    /// The type (as NumPy writes it, `<f4` say) and shape of an array, without its values: nil if there is none of this
    /// name.
    public func entry(named name: String) throws(FormatError) -> (type: String, shape: [Int])? {
        guard let entry = entries[name] else { return nil }
        let header = try NPYHeader(archive.source(of: entry, takesMemory: false))
        return (header.type, header.shape)
    }

    /// Reads an array.
    ///
    /// - Parameters:
    ///   - name: the array's, without `.npy`.
    ///   - widening: whether float16 values become float32.
    /// - Throws: `FormatError` if there is no such name, if its data does not have the length and CRC-32 that the archive
    ///   says, or for what ``NPY/read(contentsOf:widening:)`` refuses.
    public func tensor(named name: String, widening: Bool = false) throws(FormatError) -> Tensor {
        guard let entry = entries[name] else {
            let isOther = archive.entry(named: name) != nil
            throw FormatError(
                archive.path, at: .key(name), expected: "an array of this name",
                found: isOther ? "a file that is no array" : "none among \(names.count)")
        }
        do {
            return try NPY.read(archive.source(of: entry), widening: widening)
        } catch {
            // Offsets are those in the array's own file.
            guard case .offset(let offset) = error.place else { throw error }
            throw FormatError(
                archive.path, at: .key(name), expected: error.expected, found: "\(error.found) (at byte \(offset))")
        }
    }

    /// Reads all arrays, by name.
    public func tensors(widening: Bool = false) throws(FormatError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for name in names { result[name] = try tensor(named: name, widening: widening) }
        return result
    }

    /// Writes tensors to an `.npz` file, whole or not at all; `np.load` opens it.
    ///
    /// ```swift
    /// try NPZFile.write(["images": images, "labels": labels], to: "digits.npz")
    /// ```
    ///
    /// The bytes depend on the contents alone.
    ///
    /// - Parameters:
    ///   - tensors: by name.
    ///   - path: of the file.
    ///   - isCompressed: as by `np.savez_compressed`. Trained weights hardly get smaller.
    public static func write(
        _ tensors: [String: Tensor], to path: String, isCompressed: Bool = false
    ) throws(FormatError) {
        try write(tensors, to: path, isCompressed: isCompressed, zip64Limit: ZipRecord.elsewhere)
    }

    static func write(
        _ tensors: [String: Tensor], to path: String, isCompressed: Bool, zip64Limit: Int
    ) throws(FormatError) {
        var archive = try ZipWriter(path, limit: zip64Limit)
        for (name, tensor) in tensors.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let header = NPYHeader.bytes(tensor.dtype, tensor.shape)
            let size = header.count + tensor.count * tensor.dtype.byteCount
            try archive.append(name + ".npy", size: size, isCompressed: isCompressed) { (write) throws(FormatError) in
                try header.withUnsafeBytes { bytes in Result { () throws(FormatError) in try write(bytes) } }.get()
                try tensor.withUnsafeBytes { bytes in Result { () throws(FormatError) in try write(bytes) } }.get()
            }
        }
        try archive.finish()
    }
}
