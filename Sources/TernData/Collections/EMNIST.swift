import TernCore
import TernFormats

/// Extended MNIST: handwritten digits and letters in MNIST's form.
///
/// ```swift
/// let letters = try EMNIST(contentsOf: EMNIST.download(), split: .letters)
/// letters.train.classNames[2]                 // "c"
/// ```
///
/// The files hold pictures lying on their side: they are turned upright here, as MNIST's are (torchvision leaves them).
/// Labels count from 0, also those of the letters, which count from 1 in the file.
///
/// Source: G. Cohen, S. Afshar, J. Tapson, A. van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017,
/// <https://www.nist.gov/itl/products-and-services/emnist-dataset>.
public struct EMNIST: Sendable {
    /// Which pictures, and what classes they have.
    public enum Split: String, CaseIterable, Sendable {
        /// Digits, capitals and small letters, 62 classes, as often as they are written: 697,932 and 116,323 pictures.
        case byClass = "byclass"
        /// The same, with one class for small letters that look like their capitals: 47 classes.
        case byMerge = "bymerge"
        /// 47 classes with as many pictures each: 112,800 and 18,800.
        case balanced
        /// 26 letters, small and capital together: 124,800 and 20,800.
        case letters
        /// Digits: 240,000 and 40,000.
        case digits
        /// Digits as MNIST has them: 60,000 and 10,000.
        case mnist

        /// What a label stands for.
        public var classes: [String] {
            let digits = "0123456789"
            let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            let characters =
                switch self {
                case .byClass: digits + capitals + capitals.lowercased()
                case .byMerge, .balanced: digits + capitals + "abdefghnqrt"
                case .letters: capitals.lowercased()
                case .digits, .mnist: digits
                }
            return characters.map { String($0) }
        }
    }

    /// Which pictures these are.
    public let split: Split
    /// Images uint8 `[N, 1, 28, 28]` and labels int64 `[N]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// The same, to test with.
    public let test: TensorDataset<(Tensor, Tensor)>

    /// Reads the four files of a split from a folder, from the folder `gzip` in it, or from the archive `gzip.zip` in
    /// it: `emnist-letters-train-images-idx3-ubyte.gz` and so on, compressed or not.
    ///
    /// - Throws: as ``MNIST/init(contentsOf:)``.
    public init(contentsOf folder: String, split: Split = .balanced) throws(FormatError) {
        self.split = split
        let first = split == .letters ? 1 : 0
        train = try IDXPictures(in: folder, "emnist-\(split.rawValue)-train").dataset(
            split.classes, firstLabel: first, isTransposed: true)
        test = try IDXPictures(in: folder, "emnist-\(split.rawValue)-test").dataset(
            split.classes, firstLabel: first, isTransposed: true)
    }
}
