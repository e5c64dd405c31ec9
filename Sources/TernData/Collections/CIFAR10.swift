import TernCore
import TernFormats

/// The CIFAR-10 database: 50,000 small pictures in colour to train with and 10,000 to test with, of ten kinds.
///
/// ```swift
/// let cifar = try CIFAR10(contentsOf: "data/cifar-10-batches-bin")
/// let loader = cifar.train.shuffled(seed: 1).batched(32)      // images uint8 [32, 3, 32, 32], labels int64 [32]
/// CIFAR10.classes[3]                                          // "cat"
/// ```
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
/// <https://www.cs.toronto.edu/~kriz/cifar.html> (the binary version).
public struct CIFAR10: Sendable {
    /// What a label stands for.
    public static let classes = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Images uint8 `[50000, 3, 32, 32]`, red, green and blue from 0 to 255, and labels int64 `[50000]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// Images uint8 `[10000, 3, 32, 32]` and labels int64 `[10000]`.
    public let test: TensorDataset<(Tensor, Tensor)>

    /// Reads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin` in a folder.
    ///
    /// - Throws: an error that names the file, the offset and what was expected there, if a file is missing or is not
    ///   what it should be. Any number of pictures is accepted.
    public init(contentsOf folder: String) throws(FormatError) {
        let (images, labels) = try CIFAR.read10(contentsOf: (1...5).map { "\(folder)/data_batch_\($0).bin" })
        train = TensorDataset(images, labels, classNames: Self.classes)
        let (testImages, testLabels) = try CIFAR.read10(contentsOf: [folder + "/test_batch.bin"])
        test = TensorDataset(testImages, testLabels, classNames: Self.classes)
    }
}

/// The CIFAR-100 database: 50,000 small pictures in colour to train with and 10,000 to test with, of 100 kinds (fine
/// labels) in 20 groups (coarse labels).
///
/// ```swift
/// let cifar = try CIFAR100(contentsOf: "data/cifar-100-binary")
/// let loader = cifar.train.batched(32)     // images uint8 [32, 3, 32, 32], fine and coarse labels int64 [32]
/// ```
///
/// Source: as ``CIFAR10``.
public struct CIFAR100: Sendable {
    /// Images uint8 `[50000, 3, 32, 32]`, fine labels int64 `[50000]` and coarse labels int64 `[50000]`.
    public let train: TensorDataset<(Tensor, Tensor, Tensor)>
    /// The same for 10,000 pictures.
    public let test: TensorDataset<(Tensor, Tensor, Tensor)>

    /// Reads `train.bin` and `test.bin` in a folder.
    ///
    /// - Throws: as ``CIFAR10/init(contentsOf:)``.
    public init(contentsOf folder: String) throws(FormatError) {
        func read(_ name: String) throws(FormatError) -> TensorDataset<(Tensor, Tensor, Tensor)> {
            let (images, coarse, fine) = try CIFAR.read100(contentsOf: [folder + "/" + name])
            return TensorDataset(images, fine, coarse)
        }
        train = try read("train.bin")
        test = try read("test.bin")
    }
}
