import Foundation
import TernCore
import TernData
import TernFormats
import TernTestSupport
import Testing

@Suite struct CIFARTests {
    /// A record whose pixels count up from its first label.
    static func record(_ labels: UInt8...) -> [UInt8] {
        labels + (0..<3072).map { UInt8(truncatingIfNeeded: $0 + Int(labels[0])) }
    }

    static func withFolder(_ files: [String: [UInt8]], body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for (name, bytes) in files { try write(bytes, to: folder + "/" + name) }
            try body(folder)
        }
    }

    @Test("CIFAR-10's training files are read one behind the other")
    func ten() throws {
        var files = ["test_batch.bin": Self.record(9)]
        for batch in 1...5 { files["data_batch_\(batch).bin"] = Self.record(UInt8(batch)) + Self.record(0) }
        try Self.withFolder(files) { folder in
            let cifar = try CIFAR10(contentsOf: folder)
            #expect(cifar.train.count == 10)
            #expect(cifar.test.count == 1)
            let (images, labels) = cifar.train.batch(at: [0, 1, 8])
            #expect(images.shape == [3, 3, 32, 32])
            #expect(images.dtype == .uint8)
            #expect(labels.dtype == .int64)
            #expect(labels.array(of: Int.self) == [1, 0, 5])
            // Red, green and blue are planes of 1024 pixels, 32 in a row.
            #expect(images[2, 0, 0, 1].item() == 6)
            #expect(images[2, 0, 1, 0].item() == 37)
            #expect(images[2, 1, 0, 0].item() == Double((1024 + 5) % 256))
            #expect(CIFAR10.classes[cifar.test.element(at: 0).1.item(as: Int.self)] == "truck")
        }
    }

    @Test("CIFAR-100 has fine and coarse labels")
    func hundred() throws {
        try Self.withFolder(["train.bin": Self.record(19, 99) + Self.record(0, 7), "test.bin": []]) { folder in
            let cifar = try CIFAR100(contentsOf: folder)
            let (images, fine, coarse) = cifar.train.batch(at: [0, 1])
            #expect(images[0, 0, 0, 0].item() == 19)
            #expect(fine.array(of: Int.self) == [99, 7])
            #expect(coarse.array(of: Int.self) == [19, 0])
            #expect(cifar.test.count == 0)
        }
    }

    @Test("a missing file is an error that names it")
    func missing() throws {
        try Self.withFolder(["data_batch_1.bin": Self.record(1)]) { folder in
            let error = #expect(throws: FormatError.self) { try CIFAR10(contentsOf: folder) }
            #expect(
                error?.description
                    == "\(folder)/data_batch_2.bin: expected a readable file, found No such file or directory")
        }
    }

    @Test("CIFAR-10 is found in its folder and in its archive")
    func places() throws {
        var files = ["test_batch.bin": Self.record(9)]
        for batch in 1...5 { files["data_batch_\(batch).bin"] = Self.record(UInt8(batch)) + Self.record(0) }
        let archive = Gzip.compress(tarArchive(files.map { ("cifar-10-batches-bin/" + $0, $1) }.sorted { $0.0 < $1.0 }))
        try withTemporaryFolder { folder in
            let error = #expect(throws: FormatError.self) { try CIFAR10(contentsOf: folder) }
            #expect(
                error?.description
                    == "\(folder): expected a folder with data_batch_1.bin and so on, cifar-10-batches-bin, "
                    + "cifar-10-binary.tar.gz, or train.zip and test.zip, found none of these")
            try write(archive, to: folder + "/cifar-10-binary.tar.gz")
            let packed = try CIFAR10(contentsOf: folder)
            #expect(packed.train.labels == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0] && packed.test.labels == [9])
            #expect(
                try CIFAR10(contentsOf: folder + "/cifar-10-binary.tar.gz").train.tensors.0 == packed.train.tensors.0)
            try FileManager.default.createDirectory(
                atPath: folder + "/cifar-10-batches-bin", withIntermediateDirectories: true)
            for (name, bytes) in files { try write(bytes, to: folder + "/cifar-10-batches-bin/" + name) }
            #expect(try CIFAR10(contentsOf: folder).train.tensors.0 == packed.train.tensors.0)
        }
    }

    @Test("an archive without a file, or with a wrong one, is an error that names it")
    func wrongArchives() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/cifar-100-binary.tar.gz"
            try write(Gzip.compress(tarArchive([("x/train.bin", Self.record(1, 2))])), to: path)
            let missing = #expect(throws: FormatError.self) { try CIFAR100(contentsOf: folder) }
            #expect(missing?.description == "\(path), \"test.bin\": expected a file of this name, found none")
            try write(Gzip.compress(tarArchive([("train.bin", Self.record(1, 2)), ("test.bin", [1])])), to: path)
            let wrong = #expect(throws: FormatError.self) { try CIFAR100(contentsOf: path) }
            #expect(
                wrong?.description
                    == "\(path)/test.bin: expected a whole number of records of 3074 bytes, found 1 bytes")
            try write(
                Gzip.compress(tarArchive([("train.bin", Self.record(1, 2)), ("test.bin", Self.record(19, 99))])),
                to: path)
            #expect(try CIFAR100(contentsOf: folder).test.element(at: 0).1.item() == 99)
        }
        #expect(CIFAR100.classes.count == 100 && CIFAR100.classes == CIFAR100.classes.sorted())
        #expect(CIFAR100.groups.count == 20 && CIFAR100.groups == CIFAR100.groups.sorted())
    }

    @Test("CIFAR-10 as pictures by class in two archives, in an order of its own")
    func pictures() throws {
        try withTemporaryFolder { folder in
            for part in ["train", "test"] {
                var archive = try ZipWriter(folder + "/\(part).zip")
                for (label, name) in CIFAR10.classes.enumerated() {
                    for number in 0..<3 {
                        let pixels = Tensor.full([3, 32, 32], 20 * label + number, dtype: .uint8)
                        try archive.append("\(name)/\(number).png", PNG.encode(pixels))
                    }
                }
                try archive.finish()
            }
            let cifar = try CIFAR10(contentsOf: folder)
            let (images, labels) = cifar.train.tensors
            #expect(images.shape == [30, 3, 32, 32] && cifar.train.classCounts == Array(repeating: 3, count: 10))
            #expect(cifar.train.labels != cifar.train.labels.sorted())
            let values = images[0..., 0, 0, 0].array(of: Int.self)
            #expect(zip(values, labels.array(of: Int.self)).allSatisfy { $0 / 20 == $1 } && Set(values).count == 30)
            #expect(try CIFAR10(contentsOf: folder).test.tensors.0 == cifar.test.tensors.0)
        }
    }

    static let folder = ProcessInfo.processInfo.environment["TERN_DATA"].map { $0 + "/cifar10" }

    @Test(
        "the real pictures are those that Pillow reads, up to the decoders' rounding",
        .enabled(if: folder != nil && JPEG.isAvailable && Python.has("PIL", "numpy")))
    func realPictures() throws {
        let path = try #require(Self.folder) + "/test.zip"
        let folder = try ImageFolder(contentsOf: path, classNames: CIFAR10.classes)
        #expect(folder.count == 10_000 && folder.classCounts == Array(repeating: 1000, count: 10))
        #expect(folder.names[3123] == "cat/0123.jpg" && folder.labels[3123] == 3)
        let script = """
            import io, sys, zipfile, numpy as np
            from PIL import Image
            z = zipfile.ZipFile(sys.argv[1])
            a = np.array(Image.open(io.BytesIO(z.read("cat/0123.jpg"))).convert("RGB")).transpose(2, 0, 1)
            print(*a.reshape(-1).tolist())
            """
        let theirs = try Python.run(script, [path]).split(whereSeparator: \.isWhitespace).map { try #require(Int($0)) }
        let ours = try folder.element(at: 3123).0.array(of: Int.self)
        #expect(ours.count == theirs.count)
        #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 2 })
    }
}

/// A tar archive in memory: headers with name, size and sum, and what follows them.
private func tarArchive(_ files: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, contents) in files {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (i, byte) in text.utf8.enumerated() { header[offset + i] = byte }
        }
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, at: 0)
        put(octal(contents.count, 11), at: 124)
        put("        ", at: 148)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        bytes += header + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
}
