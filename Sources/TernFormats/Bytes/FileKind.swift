/// What data of another format than the expected one seems to be, by its first bytes.
enum FileKind {
    private static let all: [(start: [UInt8], name: String)] = [
        (Array("PK\u{3}\u{4}".utf8), "a ZIP archive, perhaps of torch.save or numpy.savez"),
        ([0x80, 2], "a Python pickle, perhaps of an old torch.save"), ([0x80, 4], "a Python pickle"),
        ([0x1F, 0x8B], "gzip data"), (NPYHeader.magic, "an array of NumPy (NPY)"),
        ([0x89] + Array("HDF".utf8), "an HDF5 file, perhaps of Keras"), (PNG.signature, "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"), (Array("GIF8".utf8), "a GIF picture"),
        (Array("version ".utf8), "text, perhaps the pointer that Git LFS keeps instead of the file"),
        (Array("<!DOCTYP".utf8), "an HTML page"), (Array("<html".utf8), "an HTML page"),
    ]

    /// Nil if the bytes tell nothing.
    static func name(of start: some Sequence<UInt8>) -> String? {
        let start = Array(start.prefix(8))
        return all.first { start.starts(with: $0.start) }?.name
    }

    /// For errors about a wrong start: what begins so, or the first `count` bytes.
    static func found(_ start: some Sequence<UInt8>, count: Int) -> String {
        name(of: start) ?? start.prefix(count).map(hexadecimal).joined(separator: " ")
    }
}
