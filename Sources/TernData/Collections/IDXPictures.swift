import TernCore
import TernFormats

/// Pictures and their labels in two IDX files, as MNIST and its successors have them.
struct IDXPictures {
    private let images: (path: String, Tensor)
    private let labels: (path: String, Tensor)

    /// Reads the files that begin with `part`, from a folder, from `gzip` in it, or from the archive `gzip.zip` in it.
    init(in folder: String, _ part: String) throws(FormatError) {
        images = try Self.read(part + "-images", "idx3-ubyte", in: folder)
        labels = try Self.read(part + "-labels", "idx1-ubyte", in: folder)
    }

    /// Images uint8 `[N, 1, H, W]` and labels int64 `[N]`.
    ///
    /// - Parameters:
    ///   - firstLabel: what becomes 0.
    ///   - isTransposed: whether the files have columns where rows should be.
    func dataset(
        _ classNames: [String], firstLabel: Int = 0, isTransposed: Bool = false
    ) throws(FormatError) -> TensorDataset<(Tensor, Tensor)> {
        let (imagesPath, images) = images
        let (labelsPath, labels) = labels
        guard images.dtype == .uint8, images.rank == 3 else {
            throw FormatError(imagesPath, expected: "images uint8 [N, H, W]", found: "\(images.dtype) \(images.shape)")
        }
        guard labels.dtype == .uint8, labels.shape == [images.shape[0]] else {
            let expected = "labels uint8 [\(images.shape[0])], as many as images"
            throw FormatError(labelsPath, expected: expected, found: "\(labels.dtype) \(labels.shape)")
        }
        let numbers = labels.withUnsafeBytes { $0.map { Int64($0) - Int64(firstLabel) } }
        if let wrong = numbers.firstIndex(where: { !(0..<Int64(classNames.count)).contains($0) }) {
            let headerSize = 8
            let range = "\(firstLabel) to \(firstLabel + classNames.count - 1)"
            throw FormatError(
                labelsPath, at: .offset(headerSize + wrong), expected: "a label from \(range)",
                found: "\(Int(numbers[wrong]) + firstLabel)")
        }
        let upright = isTransposed ? images.transposed(1, 2).contiguous() : images
        return TensorDataset(
            upright.unsqueezed(axes: 1), Tensor(shape: labels.shape, values: numbers), classNames: classNames)
    }

    /// Reads the first of a file's names that exists.
    private static func read(_ name: String, _ type: String, in folder: String) throws(FormatError) -> (
        path: String, Tensor
    ) {
        let names = ["\(name)-\(type).gz", "\(name)-\(type)", "\(name).\(type).gz", "\(name).\(type)"]
        let candidates = [folder, folder + "/gzip"].flatMap { folder in names.map { folder + "/" + $0 } }
        if let path = candidates.first(where: fileExists) { return (path, try IDX.read(contentsOf: path)) }
        let archivePath = folder + "/gzip.zip"
        if fileExists(archivePath) {
            // More than the largest, the pictures of EMNIST by class, takes: 552 MB.
            let maximumSize = 1 << 30
            let path = archivePath + "/gzip/" + names[0]
            let compressed = try ZipArchive(contentsOf: archivePath).contents(
                of: "gzip/" + names[0], maximumCount: maximumSize)
            let bytes = try Gzip.decompress(compressed, name: path, maximumCount: maximumSize)
            return (path, try IDX.read(bytes, name: path))
        }
        return (candidates[0], try IDX.read(contentsOf: candidates[0]))
    }
}
