import TernCore
import TernFormats
import TernFuzzing
import TernTestSupport
import Testing

@Suite struct PNGWritingTests {
    static func random(_ shape: Shape, seed: UInt64) -> Tensor {
        var random = FixedRandom(state: seed)
        return Tensor(shape: shape, values: (0..<shape.elements).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    @Test("what is written is read back", arguments: 1...4)
    func roundTrip(channels: Int) throws {
        for (height, width) in [(1, 1), (1, 7), (5, 1), (13, 9), (64, 100)] {
            for level in [0, 1, 6, 9] {
                let image = Self.random([channels, height, width], seed: UInt64(level))
                #expect(try PNG.read(PNG.encode(image, level: level)) == image)
            }
        }
        let view = Self.random([channels, 6, 8], seed: 9).transposed(1, 2)
        #expect(try PNG.read(PNG.encode(view)) == view)
    }

    @Test("a matrix is a grey picture, and floats are scaled from 0...1")
    func conversions() throws {
        let floats = Tensor([[0, 0.5, 1], [-3, 7, .nan]])
        let expected = Tensor(shape: [1, 2, 3], values: [0, 128, 255, 0, 255, 0] as [UInt8])
        #expect(try PNG.read(PNG.encode(floats)) == expected)
        #expect(try PNG.read(PNG.encode(floats.converted(to: .float64))) == expected)
        let mask = Tensor(shape: [1, 2], values: [true, false])
        #expect(try PNG.read(PNG.encode(mask)) == Tensor(shape: [1, 1, 2], values: [255, 0] as [UInt8]))
    }

    @Test("smooth pictures are filtered, so that they get small")
    func filters() {
        let ramp = Tensor(
            shape: [256, 256], values: (0..<65536).map { UInt8(truncatingIfNeeded: $0 % 256 + $0 / 256) })
        #expect(PNG.encode(ramp).count < 700)
    }

    @Test("a file is written whole, or an error says why not")
    func files() throws {
        try withTemporaryFolder { folder in
            let image = Self.random([3, 4, 5], seed: 1)
            try PNG.write(image, to: folder + "/x.png")
            #expect(try PNG.read(contentsOf: folder + "/x.png") == image)
            let error = #expect(throws: FormatError.self) { try PNG.write(image, to: folder + "/none/x.png") }
            #expect(
                error?.description
                    == "\(folder)/none/x.png: expected a file that can be written, found No such file or directory")
        }
    }

    @Test(
        "Pillow opens what is written and sees the same pixels",
        .enabled(if: Python.has("PIL"), "TERN_PYTHON names no Python with Pillow"), arguments: 1...4)
    func pillow(channels: Int) throws {
        try withTemporaryFolder { folder in
            let image = Self.random([channels, 17, 30], seed: 3)
            try PNG.write(image, to: folder + "/x.png")
            let script = """
                import sys
                from PIL import Image
                image = Image.open(sys.argv[1])
                image.verify()
                image = Image.open(sys.argv[1])
                print(image.mode, image.size, image.tobytes().hex())
                """
            let mode = ["L", "LA", "RGB", "RGBA"][channels - 1]
            let pixels = image.transposed(0, 1).transposed(1, 2).array(of: UInt8.self)
            let expected = "\(mode) (30, 17) " + pixels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(try Python.run(script, [folder + "/x.png"]) == expected + "\n")
        }
    }
}
