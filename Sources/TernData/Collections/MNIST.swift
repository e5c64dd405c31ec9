import Foundation
import TernCore
import TernFormats

/// The MNIST database of handwritten digits: 60,000 pictures to train with and 10,000 to test with.
///
/// ```swift
/// let mnist = try MNIST(contentsOf: MNIST.download())
/// let loader = mnist.train.shuffled(seed: 1).batched(64)      // images uint8 [64, 1, 28, 28], labels int64 [64]
/// ```
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
/// <http://yann.lecun.com/exdb/mnist/>.
public struct MNIST: Sendable {
    /// Images uint8 `[60000, 1, 28, 28]`, from 0 (ground) to 255 (ink), and labels int64 `[60000]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// Images uint8 `[10000, 1, 28, 28]` and labels int64 `[10000]`.
    public let test: TensorDataset<(Tensor, Tensor)>

    /// Reads the four files in a folder, compressed or not: `train-images-idx3-ubyte.gz`, `train-images-idx3-ubyte` or
    /// `train-images.idx3-ubyte`, and likewise `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
    /// `t10k-labels-idx1-ubyte`.
    ///
    /// - Throws: an error that names the file, the offset and what was expected there, if a file is missing or is not
    ///   what it should be. Any number of pictures is accepted, as long as there are as many labels, and any picture
    ///   size.
    public init(contentsOf folder: String) throws(FormatError) {
        train = try Self.read("train", in: folder)
        test = try Self.read("t10k", in: folder)
    }

    private static func read(_ part: String, in folder: String) throws(FormatError) -> TensorDataset<(Tensor, Tensor)> {
        let (imagesPath, images) = try read(part + "-images", "idx3-ubyte", in: folder)
        let (labelsPath, labels) = try read(part + "-labels", "idx1-ubyte", in: folder)
        guard images.dtype == .uint8, images.rank == 3 else {
            throw FormatError(imagesPath, expected: "images uint8 [N, H, W]", found: "\(images.dtype) \(images.shape)")
        }
        guard labels.dtype == .uint8, labels.shape == [images.shape[0]] else {
            let expected = "labels uint8 [\(images.shape[0])], as many as images"
            throw FormatError(labelsPath, expected: expected, found: "\(labels.dtype) \(labels.shape)")
        }
        let digits = labels.withUnsafeBytes { $0.map { Int64($0) } }
        if let wrong = digits.firstIndex(where: { $0 > 9 }) {
            let headerSize = 8
            throw FormatError(
                labelsPath, at: .offset(headerSize + wrong), expected: "a label from 0 to 9", found: "\(digits[wrong])")
        }
        let shape: Shape = [images.shape[0], 1, images.shape[1], images.shape[2]]
        return TensorDataset(images.reshaped(shape), Tensor(shape: labels.shape, values: digits))
    }

    /// Reads the first of a file's names that exists.
    private static func read(_ name: String, _ type: String, in folder: String) throws(FormatError) -> (
        path: String, Tensor
    ) {
        let candidates = ["\(name)-\(type).gz", "\(name)-\(type)", "\(name).\(type).gz", "\(name).\(type)"].map {
            folder + "/" + $0
        }
        let path = candidates.first { access($0, F_OK) == 0 } ?? candidates[0]
        return (path, try IDX.read(contentsOf: path))
    }
}
