import TernCore
import TernFormats

/// The CIFAR-10 database: 50,000 small pictures in colour to train with and 10,000 to test with, of ten kinds.
///
/// ```swift
/// let cifar = try CIFAR10(contentsOf: CIFAR10.download())
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

    /// Reads the pictures from a path that is, or from a folder that holds, one of these:
    ///
    /// - the files `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, or their folder
    ///   `cifar-10-batches-bin`;
    /// - the archive `cifar-10-binary.tar.gz` with them;
    /// - `train.zip` and `test.zip`, pictures in PNG or JPEG files by class (`cat/0001.png`), as an ``ImageFolder``.
    ///   Since these are sorted by class, they are brought into an order of their own, always the same.
    ///
    /// - Throws: an error that names the file, the offset and what was expected there, if a file is missing or is not
    ///   what it should be. Any number of pictures is accepted.
    public init(contentsOf path: String) throws(FormatError) {
        let trainNames = (1...5).map { "data_batch_\($0).bin" }
        let testNames = ["test_batch.bin"]
        switch try CIFARPlace(
            path, folder: "cifar-10-batches-bin", archive: "cifar-10-binary.tar.gz", of: trainNames[0])
        {
        case .folder(let folder):
            train = Self.dataset(try CIFAR.read10(contentsOf: trainNames.map { folder + "/" + $0 }))
            test = Self.dataset(try CIFAR.read10(contentsOf: testNames.map { folder + "/" + $0 }))
        case .archive(let archive):
            let files = try CIFARPlace.files(trainNames + testNames, of: archive)
            train = Self.dataset(try CIFAR.read10(Array(files.dropLast())))
            test = Self.dataset(try CIFAR.read10(Array(files.suffix(1))))
        case .pictures(let trainPath, let testPath):
            train = try Self.pictures(in: trainPath)
            test = try Self.pictures(in: testPath)
        }
    }

    private static func dataset(_ tensors: (images: Tensor, labels: Tensor)) -> TensorDataset<(Tensor, Tensor)> {
        TensorDataset(tensors.images, tensors.labels, classNames: classes)
    }

    private static func pictures(in path: String) throws(FormatError) -> TensorDataset<(Tensor, Tensor)> {
        let folder = try ImageFolder(contentsOf: path, channels: .rgb, classNames: classes)
        var numbers = generator(seed: 10, epoch: 0)
        let (images, labels) = try folder.tensors(
            at: folder.names.indices.shuffled(using: &numbers), shape: [3, 32, 32])
        return TensorDataset(images, labels, classNames: classes)
    }
}

/// The CIFAR-100 database: 50,000 small pictures in colour to train with and 10,000 to test with, of 100 kinds (fine
/// labels) in 20 groups (coarse labels).
///
/// ```swift
/// let cifar = try CIFAR100(contentsOf: CIFAR100.download())
/// let loader = cifar.train.batched(32)     // images uint8 [32, 3, 32, 32], fine and coarse labels int64 [32]
/// CIFAR100.classes[0]                      // "apple"
/// ```
///
/// Source: as ``CIFAR10``.
public struct CIFAR100: Sendable {
    /// Images uint8 `[50000, 3, 32, 32]`, fine labels int64 `[50000]` and coarse labels int64 `[50000]`.
    public let train: TensorDataset<(Tensor, Tensor, Tensor)>
    /// The same for 10,000 pictures.
    public let test: TensorDataset<(Tensor, Tensor, Tensor)>

    /// Reads the pictures from a path that is, or from a folder that holds, one of these: the files `train.bin` and
    /// `test.bin`, or their folder `cifar-100-binary`; or the archive `cifar-100-binary.tar.gz` with them.
    ///
    /// - Throws: as ``CIFAR10/init(contentsOf:)``.
    public init(contentsOf path: String) throws(FormatError) {
        let names = ["train.bin", "test.bin"]
        switch try CIFARPlace(path, folder: "cifar-100-binary", archive: "cifar-100-binary.tar.gz", of: names[0]) {
        case .folder(let folder):
            train = Self.dataset(try CIFAR.read100(contentsOf: [folder + "/" + names[0]]))
            test = Self.dataset(try CIFAR.read100(contentsOf: [folder + "/" + names[1]]))
        case .archive(let archive):
            let files = try CIFARPlace.files(names, of: archive)
            train = Self.dataset(try CIFAR.read100(files[0].bytes, name: files[0].name))
            test = Self.dataset(try CIFAR.read100(files[1].bytes, name: files[1].name))
        case .pictures(let path, _):
            throw FormatError(path, expected: "the binary files of CIFAR-100", found: "pictures, without coarse labels")
        }
    }

    private static func dataset(
        _ tensors: (images: Tensor, coarseLabels: Tensor, fineLabels: Tensor)
    ) -> TensorDataset<(Tensor, Tensor, Tensor)> {
        TensorDataset(tensors.images, tensors.fineLabels, tensors.coarseLabels, classNames: classes)
    }
}

/// Where the pictures of a CIFAR database lie.
private enum CIFARPlace {
    case folder(String)
    case archive(String)
    case pictures(train: String, test: String)

    /// - Parameters:
    ///   - folder: the folder that the official archive unpacks to.
    ///   - first: the file by which a folder is known.
    init(_ path: String, folder: String, archive: String, of first: String) throws(FormatError) {
        let pictures = (train: path + "/train.zip", test: path + "/test.zip")
        if fileExists(path) && !isFolder(path) {
            self = .archive(path)
        } else if fileExists(path + "/" + first) {
            self = .folder(path)
        } else if isFolder(path + "/" + folder) {
            self = .folder(path + "/" + folder)
        } else if fileExists(path + "/" + archive) {
            self = .archive(path + "/" + archive)
        } else if fileExists(pictures.train) {
            self = .pictures(train: pictures.train, test: pictures.test)
        } else {
            throw FormatError(
                path, expected: "a folder with \(first) and so on, \(folder), \(archive), or train.zip and test.zip",
                found: isFolder(path) ? "none of these" : "no such folder")
        }
    }

    /// The contents of an archive's files of these names, whatever folder they are in.
    static func files(_ names: [String], of path: String) throws(FormatError) -> [(name: String, bytes: [UInt8])] {
        let archive = try TarReader(contentsOf: path)
        // Twice what the largest takes, the 50,000 records of CIFAR-100.
        let maximumSize = 2 * 50_000 * 3074
        var found: [String: [UInt8]] = [:]
        while found.count < names.count, let entry = try archive.next() {
            guard let name = entry.name.split(separator: "/").last.map(String.init), names.contains(name) else {
                continue
            }
            found[name] = try archive.contents(maximumCount: maximumSize)
        }
        var files: [(name: String, bytes: [UInt8])] = []
        for name in names {
            guard let bytes = found[name] else {
                throw FormatError(path, at: .key(name), expected: "a file of this name", found: "none")
            }
            files.append((path + "/" + name, bytes))
        }
        return files
    }
}
