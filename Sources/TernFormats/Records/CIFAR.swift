import TernCore

/// The binary files of CIFAR-10 and CIFAR-100: records of labels and a picture of 32x32 pixels in colour, as planes of
/// red, green and blue.
///
/// | set | bytes before the 3072 of the picture |
/// | --- | --- |
/// | CIFAR-10 | the label, 0 to 9 |
/// | CIFAR-100 | the coarse label, 0 to 19, and the fine one, 0 to 99 |
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
/// <https://www.cs.toronto.edu/~kriz/cifar.html>.
public enum CIFAR {
    /// The pictures, uint8 `[N, 3, 32, 32]`, and labels, int64 `[N]`, of CIFAR-10 files, one behind the other.
    ///
    /// ```swift
    /// let (images, labels) = try CIFAR.read10(contentsOf: ["data_batch_1.bin", "data_batch_2.bin"])
    /// ```
    ///
    /// - Throws: `FormatError` if a file is not readable, not a whole number of records long, or has a label above 9.
    public static func read10(contentsOf paths: [String]) throws(FormatError) -> (images: Tensor, labels: Tensor) {
        let (images, labels) = try read(files(paths), labelLimits: [10])
        return (images, labels[0])
    }

    /// The pictures and labels in the bytes of a CIFAR-10 file. Errors call them `name`.
    public static func read10(
        _ bytes: [UInt8], name: String = "CIFAR-10 data"
    ) throws(FormatError) -> (images: Tensor, labels: Tensor) {
        try read10([(name, bytes)])
    }

    /// The pictures and labels in the bytes of several CIFAR-10 files, one behind the other. Errors call them by their names.
    public static func read10(
        _ files: [(name: String, bytes: [UInt8])]
    ) throws(FormatError) -> (images: Tensor, labels: Tensor) {
        let (images, labels) = try read(files.map { MemoryFile(path: $0.name, bytes: $0.bytes) }, labelLimits: [10])
        return (images, labels[0])
    }

    /// The pictures, uint8 `[N, 3, 32, 32]`, and both kinds of labels, int64 `[N]`, of CIFAR-100 files, one behind the
    /// other.
    ///
    /// - Throws: `FormatError` if a file is not readable, not a whole number of records long, or has a coarse label above
    ///   19 or a fine one above 99.
    public static func read100(
        contentsOf paths: [String]
    ) throws(FormatError) -> (images: Tensor, coarseLabels: Tensor, fineLabels: Tensor) {
        let (images, labels) = try read(files(paths), labelLimits: [20, 100])
        return (images, labels[0], labels[1])
    }

    /// The pictures and labels in the bytes of a CIFAR-100 file. Errors call them `name`.
    public static func read100(
        _ bytes: [UInt8], name: String = "CIFAR-100 data"
    ) throws(FormatError) -> (images: Tensor, coarseLabels: Tensor, fineLabels: Tensor) {
        let (images, labels) = try read([MemoryFile(path: name, bytes: bytes)], labelLimits: [20, 100])
        return (images, labels[0], labels[1])
    }

    private static let imageSize = 3 * 32 * 32

    private static func files(_ paths: [String]) throws(FormatError) -> [any RandomAccess] {
        var result: [any RandomAccess] = []
        for path in paths { result.append(try InputFile(path)) }
        return result
    }

    private static func read(
        _ files: [any RandomAccess], labelLimits: [Int]
    ) throws(FormatError) -> (images: Tensor, labels: [Tensor]) {
        let recordSize = labelLimits.count + imageSize
        for file in files where file.size % recordSize != 0 {
            throw FormatError(
                file.path, expected: "a whole number of records of \(recordSize) bytes", found: "\(file.size) bytes")
        }
        let count = files.reduce(0) { $0 + $1.size / recordSize }
        var labels = labelLimits.map { _ in [Int64](repeating: 0, count: count) }
        let shape: Shape = [count, 3, 32, 32]
        let images = try Tensor(shape: shape, dtype: .uint8) { (pixels) throws(FormatError) in
            var index = 0
            for file in files {
                let records = FileSource(file)
                while records.remainingAtMost > 0 {
                    let start = records.position
                    let size = min(records.remainingAtMost, 256 * recordSize)
                    let piece = try records.readBytes(size, expected: "records of \(recordSize) bytes")
                    for record in stride(from: 0, to: piece.count, by: recordSize) {
                        for (kind, limit) in labelLimits.enumerated() {
                            let label = Int(piece[record + kind])
                            if label >= limit {
                                throw FormatError(
                                    file.path, at: .offset(start + record + kind),
                                    expected: "a label from 0 to \(limit - 1)", found: "\(label)")
                            }
                            labels[kind][index] = Int64(label)
                        }
                        let image = record + labelLimits.count
                        piece.withUnsafeBytes {
                            let source = UnsafeRawBufferPointer(rebasing: $0[image..<image + imageSize])
                            let place = index * imageSize
                            UnsafeMutableRawBufferPointer(rebasing: pixels[place..<place + imageSize])
                                .copyMemory(from: source)
                        }
                        index += 1
                    }
                }
            }
        }
        return (images, labels.map { Tensor(shape: [count], values: $0) })
    }
}
