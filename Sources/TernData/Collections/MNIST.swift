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
    /// What a label stands for.
    public static let classes = (0...9).map { String($0) }

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
        train = try IDXPictures(in: folder, "train").dataset(Self.classes)
        test = try IDXPictures(in: folder, "t10k").dataset(Self.classes)
    }
}

/// Fashion-MNIST: pictures of clothes in MNIST's form, which are harder to tell apart.
///
/// ```swift
/// let fashion = try FashionMNIST(contentsOf: FashionMNIST.download())
/// FashionMNIST.classes[9]                                     // "Ankle boot"
/// ```
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
/// Algorithms", 2017, <https://github.com/zalandoresearch/fashion-mnist>.
public struct FashionMNIST: Sendable {
    /// What a label stands for.
    public static let classes = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    /// Images uint8 `[60000, 1, 28, 28]` and labels int64 `[60000]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// Images uint8 `[10000, 1, 28, 28]` and labels int64 `[10000]`.
    public let test: TensorDataset<(Tensor, Tensor)>

    /// Reads the four files in a folder, which are named as those of ``MNIST/init(contentsOf:)``.
    public init(contentsOf folder: String) throws(FormatError) {
        train = try IDXPictures(in: folder, "train").dataset(Self.classes)
        test = try IDXPictures(in: folder, "t10k").dataset(Self.classes)
    }
}

/// Kuzushiji-MNIST: ten characters of cursive Japanese in MNIST's form.
///
/// Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018,
/// <https://github.com/rois-codh/kmnist>.
public struct KMNIST: Sendable {
    /// What a label stands for: the syllables.
    public static let classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]

    /// Images uint8 `[60000, 1, 28, 28]` and labels int64 `[60000]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// Images uint8 `[10000, 1, 28, 28]` and labels int64 `[10000]`.
    public let test: TensorDataset<(Tensor, Tensor)>

    /// Reads the four files in a folder, which are named as those of ``MNIST/init(contentsOf:)``.
    public init(contentsOf folder: String) throws(FormatError) {
        train = try IDXPictures(in: folder, "train").dataset(Self.classes)
        test = try IDXPictures(in: folder, "t10k").dataset(Self.classes)
    }
}
