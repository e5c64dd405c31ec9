import Foundation
import TernCore
import TernData
import TernFormats
import TernTestSupport
import Testing

@Suite struct MNISTTests {
    /// Calls `body` with a folder of two training pictures and one test picture, of 2x3 pixels, in files with these
    /// names.
    static func withFolder(
        images: String = "-images-idx3-ubyte", labels: String = "-labels-idx1-ubyte",
        change: (inout [String: [UInt8]]) -> Void = { _ in }, body: (String) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            var files: [String: [UInt8]] = [
                "train" + images: [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(0..<12),
                "train" + labels: [0, 0, 8, 1, 0, 0, 0, 2, 7, 9],
                "t10k" + images: [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3] + Array(20..<26),
                "t10k" + labels: [0, 0, 8, 1, 0, 0, 0, 1, 0],
            ]
            change(&files)
            for (name, bytes) in files { try write(bytes, to: folder + "/" + name) }
            try body(folder)
        }
    }

    @Test("files are found under both ways of naming them", arguments: ["-", "."])
    func names(separator: String) throws {
        try Self.withFolder(images: "-images\(separator)idx3-ubyte", labels: "-labels\(separator)idx1-ubyte") {
            folder in
            let mnist = try MNIST(contentsOf: folder)
            #expect(mnist.train.count == 2)
            #expect(mnist.test.count == 1)
            let (image, label) = mnist.train.element(at: 1)
            #expect(image == Tensor(shape: [1, 2, 3], values: [6, 7, 8, 9, 10, 11] as [UInt8]))
            #expect(label == Tensor(shape: [], values: [9] as [Int64]))
        }
    }

    @Test("a missing or wrong file is an error that names it and says what was expected")
    func errors() throws {
        func message(_ change: @escaping (inout [String: [UInt8]]) -> Void) throws -> String? {
            var message: String?
            try Self.withFolder(change: change) { folder in
                let error = #expect(throws: FormatError.self) { try MNIST(contentsOf: folder) }
                message = error?.description.replacingOccurrences(of: folder + "/", with: "")
            }
            return message
        }
        let (images, labels) = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
        #expect(
            try message { $0[images] = nil }
                == "\(images).gz: expected a readable file, found No such file or directory")
        #expect(
            try message { $0[images]!.removeLast() }
                == "\(images), byte 16: expected 12 bytes of values for the shape [2, 2, 3], found at most 11")
        #expect(
            try message { $0[images]!.append(5) }
                == "\(images), byte 28: expected the end, found more bytes, the first 0x05")
        #expect(
            try message { $0[images] = $0[labels] } == "\(images): expected images uint8 [N, H, W], found uint8 [2]")
        #expect(
            try message { $0["t10k-labels-idx1-ubyte"] = $0[labels] }
                == "t10k-labels-idx1-ubyte: expected labels uint8 [1], as many as images, found uint8 [2]")
        #expect(try message { $0[labels]![9] = 10 } == "\(labels), byte 9: expected a label from 0 to 9, found 10")
    }

    @Test("Fashion-MNIST and KMNIST are read as MNIST is, with names of their own")
    func relatives() throws {
        try Self.withFolder { folder in
            let fashion = try FashionMNIST(contentsOf: folder)
            #expect(fashion.train.labels == [7, 9] && fashion.train.classNames[9] == "Ankle boot")
            #expect(fashion.test.element(at: 0).0.array(of: Int.self) == Array(20..<26))
            #expect(try KMNIST(contentsOf: folder).train.classNames[7] == "ya")
            #expect(try MNIST(contentsOf: folder).train.classCounts == [0, 0, 0, 0, 0, 0, 0, 1, 0, 1])
        }
        #expect(FashionMNIST.classes.count == 10 && KMNIST.classes.count == 10)
    }

    /// EMNIST's files of a split, with one label each.
    static func emnist(_ split: EMNIST.Split, label: UInt8) -> [(String, [UInt8])] {
        ["train", "test"].flatMap { part in
            [
                (
                    "emnist-\(split.rawValue)-\(part)-images-idx3-ubyte",
                    [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2] + Array(0..<6) as [UInt8]
                ), ("emnist-\(split.rawValue)-\(part)-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, label]),
            ]
        }
    }

    @Test("EMNIST is found in a folder, below it or in its archive, upright, with labels from 0 on")
    func emnist() throws {
        try withTemporaryFolder { folder in
            for (name, bytes) in Self.emnist(.letters, label: 26) { try write(bytes, to: folder + "/" + name) }
            let letters = try EMNIST(contentsOf: folder, split: .letters)
            let (image, label) = letters.train.element(at: 0)
            #expect(image == Tensor(shape: [1, 2, 3], values: [0, 2, 4, 1, 3, 5] as [UInt8]) && label.item() == 25)
            #expect(letters.test.classNames[25] == "z" && letters.split == .letters)

            try FileManager.default.createDirectory(atPath: folder + "/gzip", withIntermediateDirectories: true)
            for (name, bytes) in Self.emnist(.digits, label: 9) {
                try write(Gzip.compress(bytes), to: folder + "/gzip/\(name).gz")
            }
            #expect(try EMNIST(contentsOf: folder, split: .digits).test.labels == [9])

            var archive = try ZipWriter(folder + "/gzip.zip")
            for (name, bytes) in Self.emnist(.byClass, label: 61) + Self.emnist(.balanced, label: 47) {
                try archive.append("gzip/\(name).gz", Gzip.compress(bytes))
            }
            try archive.finish()
            #expect(try EMNIST(contentsOf: folder, split: .byClass).train.labels == [61])
            let error = #expect(throws: FormatError.self) { try EMNIST(contentsOf: folder) }
            #expect(
                error?.description
                    == "\(folder)/gzip.zip/gzip/emnist-balanced-train-labels-idx1-ubyte.gz, byte 8: "
                    + "expected a label from 0 to 46, found 47")
        }
        #expect(EMNIST.Split.allCases.map(\.classes.count) == [62, 47, 47, 26, 10, 10])
        #expect(EMNIST.Split.balanced.classes.suffix(11).joined() == "abdefghnqrt")
    }

    static let folder = ProcessInfo.processInfo.environment["TERN_DATA"].map { $0 + "/mnist" }

    @Test("the real files are read", .enabled(if: folder != nil, "TERN_DATA names no folder with mnist/"))
    func realFiles() throws {
        let mnist = try MNIST(contentsOf: #require(Self.folder))
        let (images, labels) = mnist.train.batch(at: [0, 1, 2, 59_999])
        #expect(mnist.train.count == 60_000)
        #expect(mnist.test.count == 10_000)
        #expect(images.shape == [4, 1, 28, 28])
        #expect(labels.array(of: Int64.self) == [5, 0, 4, 8])
        #expect(mnist.test.batch(at: [0, 1]).1.array(of: Int64.self) == [7, 2])
        // The sum of all pixels of the first picture, from NumPy.
        #expect(mnist.train.element(at: 0).0.array(of: UInt8.self).reduce(0) { $0 + Int($1) } == 27_525)
    }
}
