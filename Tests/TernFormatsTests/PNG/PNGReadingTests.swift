import TernCore
import Testing

@testable import TernFormats

@Suite struct PNGReadingTests {
    /// A file made by another encoder, and its samples as another decoder reads them.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let file: [UInt8]
        /// `[C, H, W]`, in the file's depth.
        let samples: Tensor

        var testDescription: String { name }

        /// The largest sample: 1, 3, 15, 255 or 65535.
        var white: Int {
            if name.hasPrefix("palette") { return 255 }
            return 1 << Int(name.prefix { $0 != "-" }.filter(\.isNumber))! - 1
        }
    }

    static let samples: [Sample] = {
        let goldens = try! SafetensorsFile(contentsOf: goldenPath("png.safetensors"))
        return goldens.names.filter { !$0.hasSuffix(".samples") }.sorted().map { name in
            let file = try! goldens.tensor(named: name).array(of: UInt8.self)
            let samples = try! goldens.tensor(named: name + ".samples").converted(to: .int32)
            return Sample(name: name, file: file, samples: samples.transposed(1, 2).transposed(0, 1))
        }
    }()

    static func sample(_ name: String) -> Sample { samples.first { $0.name == name }! }

    static func scaled(_ sample: Sample, to most: Int) -> Tensor {
        let values = sample.samples.array(of: Int.self).map { ($0 * most + sample.white / 2) / sample.white }
        return Tensor(shape: sample.samples.shape, values: values.map(Int32.init))
    }

    @Test("every colour type and depth, interlaced or not, is read", arguments: samples)
    func everyType(sample: Sample) throws {
        let bytes = try PNG.read(sample.file)
        #expect(bytes.dtype == .uint8)
        #expect(bytes.converted(to: .int32) == Self.scaled(sample, to: 255))
        #expect(try PNG.read(sample.file, dtype: .int32) == Self.scaled(sample, to: 65535))
    }

    @Test("all 15 kinds are there, interlaced and not")
    func samplesAreComplete() {
        let whole = Self.samples.filter { !$0.name.contains("-") }
        #expect(whole.count == 30)
    }

    @Test("channels are added, dropped and turned into grey", arguments: samples)
    func channels(sample: Sample) throws {
        let stored = try PNG.read(sample.file).converted(to: .int32)
        let isGrey = stored.shape[0] <= 2
        let color = (0..<3).map { stored[isGrey ? 0 : $0] }
        let opaque = Tensor.full(color[0].shape, 255, dtype: .int32)
        let alpha = stored.shape[0] % 2 == 0 ? stored[stored.shape[0] - 1] : opaque
        let weighted = zip(
            zip(color[0].array(of: Int.self), color[1].array(of: Int.self)), color[2].array(of: Int.self))
        // Pillow's weights.
        let grey = Tensor(
            shape: color[0].shape,
            values: weighted.map { Int32(($0.0 * 19595 + $0.1 * 38470 + $1 * 7471 + 32768) >> 16) })
        func read(_ channels: PNG.Channels) throws -> Tensor {
            try PNG.read(sample.file, channels: channels).converted(to: .int32)
        }
        #expect(try read(.grey) == stacked([grey]))
        #expect(try read(.greyAlpha) == stacked([grey, alpha]))
        #expect(try read(.rgb) == stacked(color))
        #expect(try read(.rgba) == stacked(color + [alpha]))
        #expect(try read(.stored) == stored)
    }

    /// A strict reader refuses the file; another one too, unless it sees the same picture.
    private func expectRefusal(_ file: [UInt8], of picture: Tensor, _ what: String) {
        #expect(throws: FormatError.self, "\(what)") { try PNG.read(file, strict: true) }
        if let seen = try? PNG.read(file) { #expect(seen == picture, "\(what)") }
    }

    @Test("every truncation is an error", arguments: ["rgb8", "palette4-trns", "grey1i", "rgba16i"])
    func truncation(name: String) throws {
        let file = Self.sample(name).file
        let picture = try PNG.read(file, strict: true)
        for count in file.indices { expectRefusal(Array(file[..<count]), of: picture, "cut to \(count) bytes") }
        #expect(try PNG.read(file + [1, 2, 3], strict: true) == picture)
    }

    @Test("every changed byte is found", arguments: ["rgb8", "palette4-trns", "grey1i", "greyalpha16"])
    func corruption(name: String) throws {
        let file = Self.sample(name).file
        let picture = try PNG.read(file, strict: true)
        for index in file.indices {
            for change in [1, 0x20, 0xFF] as [UInt8] {
                var changed = file
                changed[index] ^= change
                expectRefusal(changed, of: picture, "byte \(index)")
            }
        }
    }
}
