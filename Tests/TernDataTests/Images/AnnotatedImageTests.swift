import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite struct AnnotatedImageTests {
    static func example() throws -> AnnotatedImage {
        let goldens = try TransformTests.goldens()
        return AnnotatedImage(
            try goldens.tensor("f64/x")[0], mask: try goldens.tensor("annotated/mask"),
            boxes: try goldens.tensor("annotated/boxes"))
    }

    static let transforms: [String: @Sendable (AnnotatedImage) -> AnnotatedImage] = [
        "crop": { $0.cropped(top: 2, left: 3, size: Size2d(5, 6)) },
        "crop outside": { $0.cropped(top: -2, left: 7, size: Size2d(6, 9)) },
        "pad": { $0.padded(top: 2, bottom: 4, left: 1, right: 3) },
        "horizontal flip": { $0.horizontallyFlipped() },
        "vertical flip": { $0.verticallyFlipped() },
        "resize": { $0.resized(to: Size2d(6, 14)) },
        "rotate": { $0.rotated(degrees: 31, mode: .linear) },
        "rotate expand": { $0.rotated(degrees: 125, expanding: true, mode: .linear) },
        "rotate center": { $0.rotated(degrees: 77, mode: .linear, center: (3, 2.5)) },
        "affine": {
            $0.affineTransformed(
                angle: 27, translation: (1.3, -2.2), scale: 0.8, shear: (13, -8), mode: .linear)
        },
        "perspective": {
            $0.perspectiveTransformed(
                from: [(0, 0), (10, 0), (10, 8), (0, 8)], to: [(2, 1), (9, 0), (8, 7), (1, 6)])
        },
    ]

    @Test("image, mask and boxes go where torchvision moves them", arguments: transforms.keys.sorted())
    func torchvision(name: String) throws {
        let transform = try #require(Self.transforms[name])
        let result = transform(try Self.example())
        let goldens = try TransformTests.goldens()
        try requireClose(result.image, goldens.tensor("annotated/\(name)/image"))
        #expect(try result.mask == goldens.tensor("annotated/\(name)/mask"))
        // torchvision computes some in float32.
        let boxes = try #require(result.boxes)
        try requireClose(
            boxes, goldens.tensor("annotated/\(name)/boxes"),
            tolerance: Tolerance(relative: 1e-5, absolute: 1e-5))
    }

    @Test("several masks move as each of them does, and nothing is there that was not")
    func masks() throws {
        let example = try Self.example()
        let mask = try #require(example.mask)
        let many = AnnotatedImage(example.image, mask: stacked([mask, mask + 1])).rotated(degrees: 40)
        #expect(many.mask?[0] == example.rotated(degrees: 40).mask)
        #expect(many.boxes == nil)
        #expect(AnnotatedImage(example.image).verticallyFlipped().mask == nil)
    }

    @Test("at random, the three move together")
    func random() throws {
        // The image is its own mask, and the box is around what is white.
        let spot = padded(Tensor.ones([1, 4, 6]), top: 3, bottom: 9, left: 8, right: 2)
        let example = AnnotatedImage(spot, mask: spot[0], boxes: [[8, 3, 14, 7]])
        let numbers = Generator(seed: 4)
        var places: Set<[Double]> = []
        for _ in 0..<30 {
            let moved = example.randomHorizontalFlip(generator: numbers).randomVerticalFlip(generator: numbers)
                .randomCrop(size: 14, padding: 2, generator: numbers)
                .randomAffine(degrees: -20...20, translation: (0.1, 0.1), scale: 0.8...1.2, generator: numbers)
                .randomResizedCrop(size: 40, scale: 0.9...1, mode: .nearest, generator: numbers)
            #expect(moved.image[0] == moved.mask)
            let box = try #require(moved.boxes).array(of: Double.self)
            places.insert(box)
            let white = moved.image[0].greater(than: 0).nonZeroIndices().array(of: Double.self)
            for index in stride(from: 0, to: white.count, by: 2) {
                #expect(white[index] + 0.5 > box[1] - 2 && white[index] + 0.5 < box[3] + 2)
                #expect(white[index + 1] + 0.5 > box[0] - 2 && white[index + 1] + 0.5 < box[2] + 2)
            }
        }
        #expect(places.count == 30)
    }

    @Test("parts that do not belong together are a mistake")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = AnnotatedImage(Tensor.zeros([3, 4, 5]), mask: Tensor.zeros([5, 4]))
        }.expectMessage("AnnotatedImage: expects a mask [H, W] or [K, H, W] for [3, 4, 5], got [5, 4]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = AnnotatedImage(Tensor.zeros([3, 4, 5]), boxes: Tensor.zeros([4]))
        }.expectMessage("AnnotatedImage: expects boxes [K, 4] of floats, got float32 [4]")
    }
}
