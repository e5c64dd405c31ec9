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
}
