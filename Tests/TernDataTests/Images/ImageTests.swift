import Foundation
import TernCore
import TernData
import TernFormats
import TernTestSupport
import TernTesting
import Testing

@Suite struct ImageTests {
    static let files = ["png", "png grey", "ppm", "pgm", "ppm text", "pgm text", "ppm of 99", "pgm of 65535"]
    static let jpegs = ["jpeg", "jpeg 444", "jpeg progressive", "jpeg grey"]

    static func golden(_ name: String) throws -> Tensor {
        try GoldenFile("../Goldens/pictures.safetensors", madeBy: "python3 make_pictures.py").tensor(name)
    }

    static func file(_ name: String) throws -> [UInt8] { try golden("\(name)/file").array(of: UInt8.self) }

    @Test("pictures are those that Pillow reads", arguments: files)
    func reading(name: String) throws {
        let bytes = try Self.file(name)
        #expect(try Image(bytes: bytes, channels: .rgb).pixels == Self.golden("\(name)/rgb"))
        #expect(try Image(bytes: bytes, channels: .grey).pixels == Self.golden("\(name)/grey"))
        let stored = try Image(bytes: bytes)
        let isGrey = name.contains("grey") || name.contains("pgm")
        #expect(try stored.pixels == Self.golden("\(name)/\(isGrey ? "grey" : "rgb")"))
        let opaque = try Image(bytes: bytes, channels: .rgba).pixels
        #expect(try opaque[0..<3] == Self.golden("\(name)/rgb"))
        #expect(opaque[3].array(of: UInt8.self).allSatisfy { $0 == 255 })
        #expect(try Image(bytes: bytes, channels: .greyAlpha).channels == 2)
        #expect((stored.height, stored.width) == (stored.pixels.shape[1], stored.pixels.shape[2]))
    }

    @Test("JPEG pictures are those that Pillow reads", .enabled(if: JPEG.isAvailable), arguments: jpegs)
    func jpeg(name: String) throws {
        try reading(name: name)
        let bytes = try Self.file(name)
        for count in stride(from: 3, to: bytes.count - 2, by: 7) {
            #expect(throws: FormatError.self) { try Image(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: FormatError.self) { try Image(bytes: bytes, maximumPixelCount: 13 * 18 - 1) }
    }

    @Test("what is written is read again")
    func writing() throws {
        try withTemporaryFolder { folder in
            for (name, ending) in [("png", "png"), ("png grey", "png"), ("ppm", "ppm"), ("pgm", "pgm")] {
                let image = try Image(bytes: Self.file(name))
                try image.write(to: "\(folder)/picture.\(ending)")
                #expect(try Image(contentsOf: "\(folder)/picture.\(ending)") == image)
                if ending != "png" { #expect(try bytes(ofFile: "\(folder)/picture.\(ending)") == Self.file(name)) }
            }
        }
    }

    @Test("tensors become pictures and pictures tensors")
    func tensors() {
        let floats = Tensor([[0, 0.5, 1], [-1, 2, .nan]])
        let image = Image(floats)
        #expect(image.pixels == Tensor([[[0, 128, 255], [0, 255, 0]]] as [[[UInt8]]]))
        #expect(image.tensor() == Tensor([[[0, 128.0 / 255, 1], [0, 1, 0]]]))
        #expect(image.tensor(in: -1...1)[0, 0, 0].item() == -1)
        #expect(Image(image.tensor()) == image)
        #expect(Image(image.pixels) == image)
        for type in [DType.float16, .bfloat16, .float64] {
            #expect(Image(Tensor([[0, 1]]).converted(to: type)).pixels == Tensor([[[0, 255]]] as [[[UInt8]]]))
        }
    }

    @Test("a file that is cut short or holds something else is an error", arguments: files)
    func damaged(name: String) throws {
        let bytes = try Self.file(name)
        // An IEND that is missing is forgiven.
        let end = name.hasPrefix("png") ? bytes.count - 20 : bytes.count
        for count in 0..<end - 1 where !(name.contains("text") && count > end - 3) {
            #expect(throws: FormatError.self) { try Image(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: FormatError.self) { try Image(bytes: bytes, maximumPixelCount: 11) }
        // A flipped bit is an error or another picture, never a trap.
        for index in bytes.indices {
            for bit in [0, 3, 7] {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                _ = try? Image(bytes: damaged, maximumPixelCount: 1 << 20)
            }
        }
    }

    @Test("errors say what was expected")
    func errors() {
        func message(_ text: String) -> String {
            do throws(FormatError) {
                _ = try Image(bytes: Array(text.utf8), name: "x")
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(
            message("GIF8")
                == "x, byte 0: expected a PNG, PPM, PGM or JPEG picture, found the bytes 47 49 46 38 (hexadecimal)")
        #expect(message("") == "x, byte 0: expected a PNG, PPM, PGM or JPEG picture, found no bytes")
        #expect(message("P2 2 x") == "x, byte 5: expected a height, found 0x78")
        #expect(message("P2 2 2 255 1") == "x, byte 10: expected 4 samples, found 2 bytes and the end")
        #expect(message("P2 1 1 8  9") == "x, byte 10: expected a sample, found 9")
        #expect(message("P5 1 1 8 \t") == "x, byte 9: expected a sample of at most 8, found 9")
        #expect(message("P6 100000 100000 255 ").hasSuffix("expected at most 268435456 pixels, found 100000 x 100000"))
    }

    @Test("a picture of no pixels or another type is a mistake")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Image(Tensor.zeros([5, 2, 2]))
        }.expectMessage(
            "Image: expects [H, W] or [C, H, W] of 1 to 4 channels and at least one pixel, got [5, 2, 2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Image(Tensor.zeros([2, 2], dtype: .int32))
        }.expectMessage("Image: expects uint8, or floats in 0...1, got int32")
    }
}
