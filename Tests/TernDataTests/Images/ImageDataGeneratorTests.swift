import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite struct ImageDataGeneratorTests {
    typealias Transform = ImageDataGenerator.Transform

    static func golden(_ name: String) throws -> Tensor {
        try GoldenFile("../Goldens/keras.safetensors", madeBy: "python3 make_keras.py").tensor(name)
    }

    static let transforms: [String: Transform] = [
        "rotation": Transform(theta: 33), "shift": Transform(tx: 1.3, ty: -2.6), "shear": Transform(shear: 21),
        "zoom": Transform(zx: 1.4, zy: 0.7), "far": Transform(tx: 30.5, ty: -25.25),
        "all": Transform(theta: -140, tx: -2.2, ty: 0.9, shear: -11, zx: 0.8, zy: 1.3),
    ]
    static let modes: [String: ImageDataGenerator.FillMode] = [
        "nearest": .nearest, "constant": .constant(77), "reflect": .reflect, "wrap": .wrap,
    ]
    static let others: [String: Transform] = [
        "channel shift": Transform(channelShift: 40), "channel shift down": Transform(channelShift: -90.5),
        "brightness": Transform(brightness: 1.7), "darkness": Transform(brightness: 0.3),
        "flips": Transform(flipsHorizontally: true, flipsVertically: true),
        "everything": Transform(theta: 20, tx: 1, flipsHorizontally: true, channelShift: 25, brightness: 0.6),
    ]

    @Test("images are moved as Keras moves them", arguments: transforms.keys.sorted(), modes.keys.sorted())
    func moves(name: String, mode: String) throws {
        let generator = ImageDataGenerator(fillMode: try #require(Self.modes[mode]))
        let result = generator.transformed(try Self.golden("x"), by: [try #require(Self.transforms[name])])
        try requireClose(result, Self.golden("\(name)/\(mode)"), tolerance: Tolerance(relative: 1e-5, absolute: 1e-4))
    }

    @Test("colours are changed as Keras changes them", arguments: others.keys.sorted())
    func colors(name: String) throws {
        let (x, transform) = (try Self.golden("x"), try #require(Self.others[name]))
        let expected = try Self.golden("\(name)/nearest")
        let result = ImageDataGenerator().transformed(x, by: [transform])
        try requireClose(result, expected, tolerance: Tolerance(relative: 1e-5, absolute: 1e-4))
        // Each image with a transform of its own, and one alone.
        let mixed = ImageDataGenerator().transformed(x, by: [Transform(), transform])
        #expect(mixed[0] == x[0])
        #expect(mixed[1] == result[1])
        #expect(ImageDataGenerator().transformed(x[0], by: [transform]) == result[0])
    }

    @Test("brightness of images beyond 0...255 works in their range")
    func brightness() throws {
        let x = try Self.golden("x")
        for (images, name) in [(x * 2 - 60, "outside"), (x + 30, "above")] {
            let result = ImageDataGenerator().transformed(images, by: [Transform(brightness: 1.3)])
            try requireClose(
                result, Self.golden("brightness/\(name)"), tolerance: Tolerance(relative: 1e-5, absolute: 1e-4))
        }
    }

    static let fits: [String: ImageDataGenerator] = [
        "rescale": ImageDataGenerator(rescale: 1.0 / 255),
        "samplewise center": ImageDataGenerator(samplewiseCenter: true),
        "samplewise": ImageDataGenerator(samplewiseStandardization: true),
        "featurewise center": ImageDataGenerator(featurewiseCenter: true),
        "featurewise": ImageDataGenerator(featurewiseStandardization: true),
        "zca": ImageDataGenerator(zcaWhitening: true),
        "zca large": ImageDataGenerator(zcaWhitening: true, zcaEpsilon: 5),
        "all kinds": ImageDataGenerator(
            rescale: 0.5, samplewiseStandardization: true, featurewiseStandardization: true),
    ]

    @Test("data are standardized and whitened as Keras does it", arguments: fits.keys.sorted())
    func fitting(name: String) throws {
        let (data, generator) = (try Self.golden("data"), try #require(Self.fits[name]))
        generator.fit(data)
        try requireClose(
            generator.standardized(data[0..<5]), Self.golden("fit/\(name)"),
            tolerance: Tolerance(relative: 0, absolute: 1e-4))
        try requireClose(
            generator.standardized(data[1]), generator.standardized(data[0..<5])[1],
            tolerance: Tolerance(relative: 1e-5, absolute: 1e-5))
    }

    @Test("whitened data have the identity as their covariance, as Keras's have")
    func covariance() throws {
        let (data, generator) = (try Self.golden("data"), ImageDataGenerator(zcaWhitening: true))
        generator.fit(data)
        let white = generator.standardized(data).flattened(from: 1)
        let products = matmul(white.T, white) / Double(white.shape[0])
        try requireClose(products, Tensor.eye(40), tolerance: Tolerance(relative: 0, absolute: 1e-4))
        try requireClose(products, Self.golden("products/zca"), tolerance: Tolerance(relative: 0, absolute: 1e-4))
    }

    @Test("fewer images than elements are whitened among themselves")
    func fewImages() throws {
        let data = try Self.golden("data")[0..<12]
        let generator = ImageDataGenerator(zcaWhitening: true)
        generator.fit(data)
        let white = generator.standardized(data).flattened(from: 1)
        try requireClose(
            matmul(white, white.T), Tensor.eye(12) * 12, tolerance: Tolerance(relative: 0, absolute: 1e-2))
    }

    @Test("what was fitted is saved and restored")
    func state() throws {
        let data = try Self.golden("data")
        for name in ["featurewise", "zca"] {
            let settings = try #require(Self.fits[name])
            settings.fit(data)
            let fresh = ImageDataGenerator(
                featurewiseStandardization: name == "featurewise", zcaWhitening: name == "zca")
            #expect(fresh.savedState.isEmpty)
            try fresh.restore(settings.savedState)
            #expect(hasSameBits(fresh.standardized(data), settings.standardized(data)))
            var state = settings.savedState
            state["mean"] = nil
            #expect(throws: StateDictionaryError(model: "ImageDataGenerator", missing: ["mean"])) {
                try fresh.restore(state)
            }
            #expect(fresh.savedState == settings.savedState)
        }
        let whitening = ImageDataGenerator(zcaWhitening: true)
        #expect(throws: StateDictionaryError.self) {
            try whitening.restore(["mean": .tensor(.zeros([2, 1, 1])), "whitening": .tensor(.zeros([40, 39]))])
        }
    }

    @Test("fitting to changed copies sees what is changed")
    func rounds() {
        let data = Tensor.uniform([20, 1, 6, 6], generator: Generator(seed: 1)) + 1
        let generator = ImageDataGenerator(widthShiftRange: 0.9, fillMode: .constant(0), featurewiseCenter: true)
        generator.fit(data)
        let still = generator.standardized(data).mean().item()
        generator.fit(data, rounds: 2, generator: Generator(seed: 2))
        #expect(Swift.abs(still) < 1e-5)
        #expect(generator.standardized(data).mean().item() > 0.3)
    }

    @Test("numbers drawn are in the ranges, and all of these are used")
    func ranges() {
        let generator = ImageDataGenerator(
            rotationRange: 30, widthShiftRange: 0.5, heightShiftRange: 3, shearRange: 8, zoomRange: 0.5...2,
            channelShiftRange: 20, brightnessRange: 0.5...1.5, horizontalFlip: true)
        let numbers = Generator(seed: 3)
        let all = (0..<2000).map { _ in generator.randomTransform(height: 10, width: 40, generator: numbers) }
        func check(_ range: ClosedRange<Double>, _ value: (Transform) -> Double) {
            let values = all.map(value)
            let width = range.upperBound - range.lowerBound
            #expect(values.allSatisfy { range.contains($0) })
            #expect(values.min()! < range.lowerBound + 0.01 * width && values.max()! > range.upperBound - 0.01 * width)
        }
        check(-30...30) { $0.theta }
        check(-20...20) { $0.tx }
        check(-3...3) { $0.ty }
        check(-8...8) { $0.shear }
        check(0.5...2) { $0.zx }
        check(0.5...2) { $0.zy }
        check(-20...20) { $0.channelShift ?? .nan }
        check(0.5...1.5) { $0.brightness ?? .nan }
        #expect((900...1100).contains(all.count { $0.flipsHorizontally }))
        #expect(!all.contains { $0.flipsVertically })
    }

    @Test("a stream of batches has the same bits for any number of workers and threads")
    func stream() throws {
        let data = try Self.golden("data")
        let labels = Tensor.arange(200, dtype: .int64)
        func epoch(_ workers: Int) -> [(Tensor, Tensor)] {
            let generator = ImageDataGenerator(
                rotationRange: 40, widthShiftRange: 0.3, zoomRange: 0.8...1.2, fillMode: .reflect,
                horizontalFlip: true, zcaWhitening: true)
            generator.fit(data)
            return Array(generator.batches(data, labels, size: 64, seed: 5).prefetched(workers: workers))
        }
        let expected = epoch(0)
        #expect(expected.map { $0.0.shape[0] } == [64, 64, 64, 8])
        #expect(Set(expected.flatMap { $0.1.array(of: Int.self) }).count == 200)
        for workers in [1, 4] {
            #expect(zip(epoch(workers), expected).allSatisfy { hasSameBits($0.0, $1.0) && $0.1 == $1.1 })
        }
        withThreadCounts { _ in #expect(zip(epoch(0), expected).allSatisfy { hasSameBits($0.0, $1.0) }) }
    }

    @Test("what was not fitted, or to other images, is a mistake")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ImageDataGenerator(zcaWhitening: true).standardized(Tensor.zeros([1, 2, 2]))
        }.expectMessage("ImageDataGenerator: has to be fitted to data first: call fit, or restore a state")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let generator = ImageDataGenerator(zcaWhitening: true)
            generator.fit(Tensor.ones([3, 1, 2, 2]))
            _ = generator.standardized(Tensor.zeros([1, 2, 3]))
        }.expectMessage("ImageDataGenerator: was fitted to images of another shape than [1, 2, 3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ImageDataGenerator(rotationRange: -1)
        }.expectMessage("ImageDataGenerator: expects ranges that are not negative, got -1.0")
    }
}
