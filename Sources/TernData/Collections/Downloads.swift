// What is downloaded, from where. Checksums are those that were computed from the files (MNIST), or that the data's
// authors, PyTorch's torchvision and Keras publish.

/// The four names that MNIST and its successors share.
private func idxFiles(_ sizesAndChecksums: [(Int, RemoteFile.Checksum)]) -> [RemoteFile] {
    let names = [
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
    ]
    return zip(names, sizesAndChecksums).map { RemoteFile(name: $0 + ".gz", size: $1.0, checksum: $1.1) }
}

/// 11 MB.
extension MNIST: Downloadable {
    public static let folderName = "mnist"
    public static let mirrors = [
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ]
    public static let files = idxFiles([
        (9_912_422, .sha256("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609")),
        (28_881, .sha256("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c")),
        (1_648_877, .sha256("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6")),
        (4_542, .sha256("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
    ])
}

/// 31 MB.
extension FashionMNIST: Downloadable {
    public static let folderName = "fashion-mnist"
    public static let mirrors = [
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ]
    public static let files = idxFiles([
        (26_421_880, .md5("8d4fb7e6c68d591d4c3dfef9ec88bf0d")), (29_515, .md5("25c81989df183df01b3e8a0aad5dffbe")),
        (4_422_102, .md5("bef4ecab320f06d8554ea6380940ec79")), (5_148, .md5("bb300cfdad3c16e7a12a480ee83cd310")),
    ])
}

/// 21 MB.
extension KMNIST: Downloadable {
    public static let folderName = "kmnist"
    public static let mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    public static let files = idxFiles([
        (18_165_135, .md5("bdb82020997e1d708af4cf47b453dcf7")), (29_497, .md5("e144d726b3acfaa3e44228e80efcd344")),
        (3_041_136, .md5("5c965bf0a639b31b8f53240b1b52f4d7")), (5_120, .md5("7320c461ea6c1c855c0b718fb2a4b134")),
    ])
}

/// 562 MB: all splits in one archive.
extension EMNIST: Downloadable {
    public static let folderName = "emnist"
    public static let mirrors = ["https://biometrics.nist.gov/cs_links/EMNIST/"]
    public static let files = [
        RemoteFile(name: "gzip.zip", size: 561_753_746, checksum: .md5("58c8d27c78d21e728a6bc7b3cc06412e"))
    ]
}

/// 170 MB.
extension CIFAR10: Downloadable {
    public static let folderName = "cifar10"
    public static let mirrors = ["https://www.cs.toronto.edu/~kriz/"]
    public static let files = [
        RemoteFile(
            name: "cifar-10-binary.tar.gz", size: 170_052_171, checksum: .md5("c32a1d4ab5d03f1284b67883e8d87530"))
    ]
}

/// 169 MB.
extension CIFAR100: Downloadable {
    public static let folderName = "cifar100"
    public static let mirrors = ["https://www.cs.toronto.edu/~kriz/"]
    public static let files = [
        RemoteFile(
            name: "cifar-100-binary.tar.gz", size: 168_513_733, checksum: .md5("03b5dce01913d631647c71ecec9e9cb8"))
    ]
}

/// 57 KB: the file of Keras, `boston_housing.npz`.
extension BostonHousing: Downloadable {
    public static let folderName = "boston_housing"
    public static let mirrors = ["https://storage.googleapis.com/tensorflow/tf-keras-datasets/"]
    public static let files = [
        RemoteFile(
            name: "boston_housing.npz", size: 57_026,
            checksum: .sha256("f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"))
    ]
}
