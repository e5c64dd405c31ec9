import Foundation
import TernCore
import Testing

@testable import TernFormats

@Suite struct TensorBoardTests {
    static let histogram = SummaryHistogram(
        minimum: -1.5, maximum: 4, count: 7, sum: 3, sumOfSquares: 22.5, limits: [-2, 0, 1, 5], counts: [0, 3, 0, 4])
    static let image = SummaryImage(width: 2, height: 3, channels: 1, encoded: PNG.encode(Tensor.zeros([3, 2])))
    /// One event of each kind.
    static let events: [TensorBoardEvent] = [
        TensorBoardEvent(time: 1.5e9, step: 0, .fileVersion("brain.Event:2")),
        TensorBoardEvent(time: 1.5e9 + 0.25, step: 7, .sessionStart),
        TensorBoardEvent(
            time: 1.5e9 + 1, step: 10, .summary([SummaryValue("loss", .scalar(0.3)), SummaryValue("zero", .scalar(0))])),
        TensorBoardEvent(time: 1.5e9 + 2, step: 1 << 40, .summary([SummaryValue("é/image", .image(image))])),
        TensorBoardEvent(time: 1.5e9 + 3, step: -1, .summary([SummaryValue("w", .histogram(histogram))])),
        TensorBoardEvent(
            time: 1.5e9 + 4, step: 11,
            .summary([SummaryValue("one", .text(["# a"])), SummaryValue("two", .text(["", "b"]))])),
    ]
    static var file: [UInt8] { events.flatMap { TensorBoardEventWriter.record($0.encoded) } }

    @Test("CRC-32C is that of RFC 3720's examples, for any length and alignment")
    func checksum() {
        func check(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { crc32c($0) } }
        #expect(check(Array("123456789".utf8)) == 0xE306_9283)
        #expect(check([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(check([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(check(Array(0..<32)) == 0x46DD_794E)
        #expect(check(Array((0..<32).reversed())) == 0x113F_DB5C)
        #expect(check([]) == 0)
        #expect([UInt8]("123456789".utf8).withUnsafeBytes { maskedCRC32C($0) } == 0xC78A_B0E5)
    }

    @Test("events are read as they were written")
    func roundTrip() throws {
        let file = try TensorBoardEventFile(Self.file)
        #expect(file.events == Self.events)
        #expect(file.cutRecordOffset == nil)
        #expect(try TensorBoardEventFile([]).events == [])
    }

    @Test("the bytes are those of TensorBoard's own protocol buffers, and what other writers write is read")
    func reference() throws {
        #expect(try Self.file == golden("tensorboard.events"))
        let file = try TensorBoardEventFile(golden("tensorboardx.events"))
        #expect(file.cutRecordOffset == nil)
        #expect(file.events.map(\.step) == [0, 5, 5, 6, 6, 6, 6])
        let other = file.events.dropFirst()
        #expect(other[1].content == .fileVersion("brain.Event:2"))
        #expect(other[2].content == .sessionStart)
        #expect(other[3].content == .summary([SummaryValue("loss", .scalar(0.25))]))
        guard case .summary(let pictures) = other[4].content, case .image(let image) = pictures[0].content,
            case .summary(let histograms) = other[5].content,
            case .histogram(let histogram) = histograms[0].content
        else {
            Issue.record("other events: \(other)")
            return
        }
        let pixels = Tensor(shape: [3, 2, 2], values: (0..<12).map { UInt8($0 * 20) })
        #expect(try PNG.read(image.encoded) == pixels)
        let ours = SummaryHistogram(of: Self.values)
        #expect(histogram.limits == ours.limits && histogram.counts == ours.counts)
        #expect(histogram.minimum == ours.minimum && histogram.maximum == ours.maximum && histogram.count == ours.count)
        #expect(abs(histogram.sum - ours.sum) < 1e-9 && abs(histogram.sumOfSquares - ours.sumOfSquares) < 1e-6)
        #expect(other[6].content == .summary([SummaryValue("note/text_summary", .text(["**hello**"]))]))
    }

    /// Many sizes, both signs, and exactly on the limits, as the script that makes the goldens has them.
    static let values: Tensor = {
        var values: [Double] = []
        for i in 0..<200 {
            let signed = Double(i % 2 == 0 ? i : -i) * 0.25
            values.append(signed * (i % 3 == 0 ? 1e-6 : 1) * (i % 7 == 0 ? 0 : 1))
        }
        return Tensor(values, dtype: .float64)
    }()

    @Test("a histogram's counts are NumPy's for TensorFlow's limits")
    func histogramOfValues() throws {
        // numpy.histogram and PyTorch's writer, in the golden: `reference` compares with it. Here: the limits themselves.
        var limit = 1e-12
        for _ in 0..<300 { limit *= 1.1 }
        let edges = SummaryHistogram(of: Tensor([limit, limit.nextDown, -limit, (-limit).nextDown], dtype: .float64))
        #expect(edges.limits.contains(limit) && edges.limits.contains(-limit))
        func count(below upper: Double) -> Double {
            edges.counts[edges.limits.firstIndex(of: upper)!]
        }
        #expect(count(below: limit) == 1)
        #expect(count(below: limit * 1.1) == 1)
        #expect(count(below: -limit) == 1)
        #expect(edges.counts.reduce(0, +) == 4)
    }

    @Test("extremes fall in the last buckets, NaN and infinities nowhere")
    func extremes() {
        let histogram = SummaryHistogram(of: Tensor([1e30, -1e30, .infinity, .nan, 0, 0]))
        #expect(histogram.count == 4)
        #expect(histogram.maximum == Double(1e30 as Float))
        #expect(histogram.counts.reduce(0, +) == 4)
        #expect(histogram.counts[1] == 1 && histogram.counts.last == 1)
        #expect(histogram.limits.count == histogram.counts.count)
        let none = SummaryHistogram(of: Tensor([.nan]))
        #expect(none.count == 0 && none.counts == [0])
        #expect(SummaryHistogram(of: Tensor.zeros([0])).counts == [0])
        let bytes = SummaryHistogram(of: Tensor([UInt8](0...255)))
        #expect(bytes.sum == 32640 && bytes.minimum == 0 && bytes.maximum == 255 && bytes.count == 256)
    }

    @Test("a last record that is cut is reported as such, wherever it is cut")
    func cut() throws {
        let whole = Self.file
        let ends = Self.events.map { TensorBoardEventWriter.record($0.encoded).count }
        for count in 0..<whole.count {
            var (start, complete) = (0, 0)
            while complete < ends.count && start + ends[complete] <= count {
                start += ends[complete]
                complete += 1
            }
            let file = try TensorBoardEventFile(Array(whole[..<count]))
            #expect(file.events == Array(Self.events[..<complete]))
            #expect(file.cutRecordOffset == (start == count ? nil : start))
        }
    }

    @Test("damage is found by the checksums")
    func damage() throws {
        var file = Self.file
        file[0] ^= 1
        let length = #expect(throws: FormatError.self) { try TensorBoardEventFile(file, name: "x") }
        #expect(
            length?.description == "x, byte 8: expected the masked CRC-32C 0x2808F18B of the length, found 0x224B7FA3")
        for index in Self.file.indices {
            var file = Self.file
            file[index] ^= 0x10
            #expect(throws: FormatError.self) { try TensorBoardEventFile(file) }
        }
    }

    @Test("records that are no events are refused")
    func notEvents() {
        func message(_ data: [UInt8]) -> String? {
            let file = TensorBoardEventWriter.record(data)
            return #expect(throws: FormatError.self) { try TensorBoardEventFile(file, name: "x") }?.description
        }
        #expect(message([0x1A]) == "x, byte 13: expected a number of at most 64 bits, found none")
        #expect(message([0x1A, 5, 1]) == "x, byte 13: expected a field of at most 1 bytes, found 5")
        #expect(message([0x0F]) == "x, byte 12: expected a field's number and type, found 15")
        #expect(message([0x09, 1]) == "x, byte 13: expected 8 bytes of a number, found 1")
        #expect(message([0x1A, 1, 0xFF]) == "x, byte 14: expected text in UTF-8, found bytes that are not")
        let value: [UInt8] = [0x15, 0, 0, 0, 0]
        #expect(
            message([0x2A, 7, 0x0A, 5] + value) == "x, byte 16: expected a value with a tag, found none")
        #expect(
            message([0x2A, 7, 0x0A, 5, 0x0A, 1, 0x61, 0x2A, 0])
                == "x, byte 21: expected a histogram with a count for each limit, found 0 limits and 0 counts")
    }
}
