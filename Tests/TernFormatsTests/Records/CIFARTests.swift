import TernCore
import TernFuzzing
import Testing

@testable import TernFormats

@Suite struct CIFARTests {
    static func record(_ labels: UInt8...) -> [UInt8] { labels + (0..<3072).map { UInt8($0 % 251) } }

    @Test("pictures are uint8 [N, 3, 32, 32], labels int64 [N]")
    func ten() throws {
        let (images, labels) = try CIFAR.read10(Self.record(9) + Self.record(0))
        #expect(images.shape == [2, 3, 32, 32])
        #expect(images.dtype == .uint8)
        #expect(images.array(of: UInt8.self) == Array(Self.record().prefix(3072)) + Self.record().prefix(3072))
        #expect(labels == Tensor(shape: [2], values: [9, 0] as [Int64]))
        #expect(try CIFAR.read10([]).images.shape == [0, 3, 32, 32])
    }

    @Test("more records than are read at a time")
    func many() throws {
        let labels = (0..<600).map { UInt8($0 * 7 % 10) }
        let (images, read) = try CIFAR.read10(labels.flatMap { Self.record($0) })
        #expect(read.array(of: UInt8.self) == labels)
        #expect(images[599].array(of: UInt8.self) == Array(Self.record().prefix(3072)))
    }

    @Test("errors say what was expected where")
    func messages() {
        func message(_ bytes: [UInt8], hundred: Bool = false) -> String? {
            #expect(throws: FormatError.self) {
                if hundred { _ = try CIFAR.read100(bytes, name: "x") } else { _ = try CIFAR.read10(bytes, name: "x") }
            }?.description
        }
        #expect(message([0]) == "x: expected a whole number of records of 3073 bytes, found 1 bytes")
        #expect(
            message(Self.record(1) + [1]) == "x: expected a whole number of records of 3073 bytes, found 3074 bytes")
        #expect(message(Self.record(9) + Self.record(10)) == "x, byte 3073: expected a label from 0 to 9, found 10")
        #expect(message(Self.record(20, 0), hundred: true) == "x, byte 0: expected a label from 0 to 19, found 20")
        #expect(message(Self.record(19, 100), hundred: true) == "x, byte 1: expected a label from 0 to 99, found 100")
    }

    @Test("fuzz: mutated files are read or refused")
    func fuzz() throws {
        var fuzzer = Fuzzer("cifar", samples: [Self.record(5), Self.record(9) + Self.record(3)])
        fuzzer.count = 500
        try fuzzer.run { _ = try CIFAR.read10($0) }
        try Fuzzer("cifar-short", samples: [Self.record(5)]).everyTruncation(accepted: [0]) {
            _ = try CIFAR.read10($0)
        }
        try Fuzzer("cifar-labels", samples: [Self.record(5, 50)]).everyByteChange(in: 0..<2) {
            _ = try CIFAR.read100($0)
        }
    }
}
