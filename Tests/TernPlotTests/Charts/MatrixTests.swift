import Foundation
import TernCore
import TernFormats
import Testing

@testable import TernPlot

@Suite("Heat maps and image grids")
struct MatrixTests {
    @Test("a confusion matrix shows its counts, but no zeros, and the names of the classes on both sides")
    func confusion() throws {
        let counts = Tensor([[50, 3], [0, 1200]] as [[Int]])
        let document = try Document(HeatMap(confusion: counts, classNames: ["cat", "dog"]).svg())
        #expect(
            document.texts == [
                "Confusion matrix", "50", "3", "1200", "cat", "dog", "cat", "dog", "0%", "1%", "10%", "50%", "100%",
                "predicted", "truth",
            ])
        // 3 of 53 is the root of 0.057; the darkest cells are full.
        let opacities = document.all("path").compactMap { $0.attributes["fill-opacity"] }
        #expect(opacities == ["0.24", "0.98", "1"])
    }

    @Test("values are left out where they do not fit")
    func dense() throws {
        let texts = try Document(HeatMap(confusion: Gallery.counts(100)).svg()).texts
        #expect(texts.count < 100)
    }

    @Test("many cells are the pixels of a small picture, one for each theme, and none of them is lost")
    func embedded() throws {
        let classes = 200
        var counts = Gallery.counts(classes).array(of: Double.self)
        counts[1] = 1
        let svg = HeatMap(confusion: Tensor(shape: [classes, classes], values: counts)).svg()
        #expect(svg.utf8.count < 100_000)
        let images = try Document(svg).all("image")
        #expect(images.map(\.classes) == [["pixels", "in-light"], ["pixels", "in-dark"]])
        for (image, palette) in zip(images, [Palette.light, .dark]) {
            let address = try #require(image.attributes["href"])
            let pixels = try PNG.read(Array(#require(Data(base64Encoded: String(address.dropFirst(22))))))
            #expect(pixels.shape == [4, classes, classes])
            #expect(pixels[0..<3, 0, 0].array(of: UInt8.self) == palette.heat.bytes)
            let opacity = pixels[3].array(of: UInt8.self)
            #expect(zip(opacity, counts).allSatisfy { ($0 > 0) == ($1 > 0) })
        }
        // Up to the limit, cells are paths.
        #expect(try Document(HeatMap(confusion: Gallery.counts(100)).svg()).all("image").isEmpty)
    }

    @Test("cells that are NaN do not look as those of the smallest value", arguments: [2, 120])
    func missing(_ side: Int) throws {
        var values = [Double](repeating: 0, count: side * side)
        let zeros = HeatMap(values: Tensor(shape: [side, side], values: values)).svg()
        values[1] = .nan
        let svg = HeatMap(values: Tensor(shape: [side, side], values: values)).svg()
        #expect(svg != zeros)
        let document = try Document(svg)
        #expect(document.all("path").contains { $0.classes == ["missing"] } || !document.all("image").isEmpty)
        #expect(Palette.missing.contrast(with: Color(0)) >= 4.5)
    }

    @Test("text on a cell has a contrast of at least 4.5 in both themes", arguments: 0...50)
    func contrast(_ shade: Int) {
        let share = Double(shade) / 50
        for (palette, color) in zip([Palette.light, Palette.dark], HeatMapDrawing.textStyle(onHeat: share)) {
            let text = Color(color == "w" ? 0xffffff : 0)
            #expect(palette.heat.over(palette.paper, share).contrast(with: text) >= 4.5)
        }
    }

    @Test("pictures are embedded as PNG with the pixels that were given")
    func pixels() throws {
        func decoded(_ picture: Picture) throws -> Tensor {
            let data = try #require(Data(base64Encoded: String(picture.address.dropFirst(22))))
            return try PNG.read(Array(data), strict: true)
        }
        let bytes = Tensor(shape: [3, 2, 2], values: (0..<12).map { UInt8($0 * 20) })
        #expect(try decoded(Picture(bytes)) == bytes)
        #expect(try decoded(Picture(bytes[0])) == bytes[..<1])
        let filter: Tensor = [[1, 0], [2, -2]]
        #expect(try decoded(Picture(filter)) == Tensor(shape: [1, 2, 2], values: [191, 128, 255, 0] as [UInt8]))
        #expect(
            try decoded(Picture(filter, range: -1...1))
                == Tensor(shape: [1, 2, 2], values: [255, 128, 255, 0] as [UInt8]))
        #expect(try decoded(Picture(Tensor.ones([1, 2]))) == Tensor(shape: [1, 1, 2], values: [128, 128] as [UInt8]))
        let odd = Tensor([[-Float.infinity, .infinity, 0, 1]])
        #expect(try decoded(Picture(odd)) == Tensor(shape: [1, 1, 4], values: [0, 255, 0, 255] as [UInt8]))
        #expect(try decoded(Picture(odd[0..., ..<2])) == Tensor(shape: [1, 1, 2], values: [0, 255] as [UInt8]))
        let far = Tensor([[-1.5e308, 0, 1.5e308]] as [[Double]])
        #expect(try decoded(Picture(far)) == Tensor(shape: [1, 1, 3], values: [0, 128, 255] as [UInt8]))
        // What is NaN is pink, in grey and in colours.
        let missing = try decoded(Picture(Tensor([[Float.nan, 1], [0, .nan]])))
        #expect(
            missing
                == Tensor(shape: [3, 2, 2], values: [230, 255, 0, 230, 95, 255, 0, 95, 230, 255, 0, 230] as [UInt8]))
        let colors = Tensor(shape: [3, 1, 2], values: [0, 1, Float.nan, 1, 0, 1])
        #expect(
            try decoded(Picture(colors)) == Tensor(shape: [3, 1, 2], values: [230, 255, 95, 255, 230, 255] as [UInt8]))
    }

    @Test("wrong predictions are marked, with the truth under each picture")
    func verdicts() throws {
        let document = try Document(Gallery.plot("grid").svg())
        #expect(document.texts.contains("true: cat") && document.texts.contains("truck"))
        #expect(document.all("rect").count { $0.classes == ["outline", "wrong"] } == 1)
        #expect(document.all("path").count { $0.classes == ["outline", "right"] } == 6)
        #expect(document.all("image").count == 7)
        #expect(Gallery.samples[3].isWrong && !Gallery.samples[4].isWrong)
    }
}

@Suite("Colors")
struct ColorTests {
    /// What dichromats see of a colour, as light (Machado, Oliveira and Fernandes 2009).
    private static let eyes: [(name: String, matrix: [[Double]])] = [
        ("normal", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("protan", [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
        ("deutan", [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
        ("tritan", [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
    ]

    /// A colour in OKLab, where distances are differences that are seen.
    private func lab(_ light: [Double]) -> [Double] {
        func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
            matrix.map { zip($0, vector).map(*).reduce(0, +) }
        }
        let cones = times(
            [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]],
            light.map { min(max($0, 0), 1) })
        return times(
            [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]], cones.map(cbrt))
    }

    @Test("of series can be told apart in both themes by all kinds of eyes", arguments: [0, 1, 2, 3])
    func series(_ eye: Int) {
        for palette in [Palette.light, Palette.dark] {
            let seen = palette.series.map { color in
                lab(Self.eyes[eye].matrix.map { zip($0, color.linear).map(*).reduce(0, +) })
            }
            for (count, least) in [(2, 0.25), (4, 0.125), (8, 0.048)] {
                for i in 0..<count {
                    for j in 0..<i {
                        let distance = zip(seen[i], seen[j]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
                        #expect(distance >= least, "\(Self.eyes[eye].name): \(j + 1) and \(i + 1)")
                    }
                }
            }
        }
    }

    @Test("stand out from the paper: lines with a contrast of 3, text with 4.5")
    func contrast() {
        for palette in [Palette.light, Palette.dark] {
            for color in palette.series { #expect(color.contrast(with: palette.paper) >= 3) }
            for color in [palette.ink, palette.muted, palette.wrong, palette.right] {
                #expect(color.contrast(with: palette.paper) >= 4.5)
            }
        }
    }

    @Test("have the luminance and contrast that WCAG defines")
    func reference() {
        #expect(abs(Color(0xffffff).contrast(with: Color(0)) - 21) < 1e-9)
        #expect(abs(Color(0x777777).contrast(with: Color(0xffffff)) - 4.48) < 0.005)
        #expect(Color(0x0a0b0c).css == "#0a0b0c")
    }
}
