import Foundation
import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite struct RandomTransformTests {
    /// Images whose pixels are all different.
    static let numbers = Tensor.arange(2 * 7 * 8, dtype: .uint8).reshaped([1, 2, 7, 8])

    @Test("a random crop is one of all crops, and each of them comes up")
    func crops() {
        let many = randomCrop(
            Self.numbers.expanded(to: [400, 2, 7, 8]), size: Size2d(6, 7), padding: 1, border: .symmetric,
            generator: Generator(seed: 1))
        var counts: [[Int]: Int] = [:]
        let all = (-1...2).flatMap { top in (-1...2).map { left in (top, left) } }
        for image in many.unstacked() {
            let places = all.filter { top, left in
                cropped(Self.numbers[0], top: top, left: left, size: Size2d(6, 7), border: .symmetric) == image
            }
            #expect(places.count == 1)
            for (top, left) in places { counts[[top, left], default: 0] += 1 }
        }
        #expect(counts.count == 16)
    }

    @Test("as many images are flipped as the probability says")
    func flips() {
        let x = Self.numbers.expanded(to: [1000, 2, 7, 8])
        for (probability, range) in [(0.0, 0...0), (0.3, 250...350), (1.0, 1000...1000)] {
            let turned = randomHorizontalFlip(x, probability: probability, generator: Generator(seed: 2))
            let flipped = horizontallyFlipped(Self.numbers)[0]
            let count = turned.unstacked().count { $0 == flipped }
            #expect(range.contains(count))
            #expect(turned.unstacked().count { $0 == Self.numbers[0] } == 1000 - count)
            let upside = randomVerticalFlip(x, probability: probability, generator: Generator(seed: 2))
            #expect(upside.unstacked().count { $0 == verticallyFlipped(Self.numbers)[0] } == count)
        }
    }

    @Test("random parts have the area and proportion that were asked for")
    func parts() {
        let x = Tensor.uniform([50, 1, 40, 30], generator: Generator(seed: 3))
        let result = randomResizedCrop(x, size: Size2d(8, 9), generator: Generator(seed: 4))
        #expect(result.shape == [50, 1, 8, 9])
        // Of a ramp a part is a ramp, whose steps tell how large it is.
        let ramp = Tensor.arange(64, dtype: .float64).reshaped([1, 1, 64]).expanded(to: [100, 1, 64, 64])
        let resized = randomResizedCrop(
            ramp.contiguous(), size: 64, scale: 0.2...0.3, ratio: 1...1, antialias: false,
            generator: Generator(seed: 5))
        for image in resized.unstacked() {
            let share = (image[0, 0, 40].item() - image[0, 0, 24].item()) / 16
            #expect((0.19...0.31).contains(share * share))
        }
    }

    @Test("one seed makes the same bits for any number of workers and threads")
    func workers() {
        let images = Tensor.randomIntegers([64, 3, 32, 32], in: 0..<256, generator: Generator(seed: 6))
            .converted(to: .uint8)
        let dataset = TensorDataset(images, Tensor.arange(64, dtype: .int64))
        func epoch(_ workers: Int) -> [Tensor] {
            let loader = dataset.shuffled(seed: 7).batched(16).map(seed: 8) { batch, numbers in
                augmented(batch.0, numbers)
            }
            return Array(loader.prefetched(workers: workers))
        }
        let expected = epoch(0)
        for workers in [1, 4] {
            #expect(zip(epoch(workers), expected).allSatisfy { hasSameBits($0, $1) })
        }
        withThreadCounts { _ in #expect(zip(epoch(0), expected).allSatisfy { hasSameBits($0, $1) }) }
        // One by one, too.
        func singles(_ workers: Int) -> [Tensor] {
            Array(dataset.map(seed: 9) { augmented($0.0, $1) }.prefetched(workers: workers))
        }
        let each = singles(0)
        #expect(each[0].shape == [3, 32, 32])
        for workers in [1, 4] { #expect(zip(singles(workers), each).allSatisfy { hasSameBits($0, $1) }) }
    }
}

@Suite struct RandomChangeTests {
    static let images = Tensor.uniform([200, 3, 8, 8], generator: Generator(seed: 1))

    @Test("colours change by factors in the ranges, in any order")
    func jitter() {
        let grey = Tensor.full([500, 3, 4, 4], 0.5)
        let values = colorJitter(grey, brightness: 0.4...1.6, generator: Generator(seed: 2))[.all, 0, 0, 0]
            .array(of: Double.self)
        #expect(values.allSatisfy { (0.2...0.8).contains($0) })
        #expect(values.min()! < 0.22 && values.max()! > 0.78)
        // Contrast around the mean and brightness do not commute: both orders come up.
        let ramp = Tensor.linspace(0.2, 0.4, count: 16).reshaped([1, 1, 4, 4]).expanded(to: [100, 3, 4, 4])
        let mixed = colorJitter(ramp.contiguous(), brightness: 3...3, contrast: 3...3, generator: Generator(seed: 3))
        #expect(Set(mixed.unstacked().map { $0.array(of: Float.self) }).count == 2)
        #expect(colorJitter(Self.images) == Self.images)
    }

    @Test("rectangles that are erased have the area that was asked for")
    func erasing() {
        let x = Tensor.full([300, 2, 20, 30], 7)
        let result = randomErasing(
            x, probability: 0.5, scale: 0.1...0.2, value: .constant([1, 2]), generator: Generator(seed: 4))
        let areas = result[.all, 1].equal(to: 2).converted(to: .float32).mean(axes: [1, 2]).array(of: Double.self)
        #expect((120...180).contains(areas.count { $0 > 0 }))
        #expect(areas.allSatisfy { $0 == 0 || (0.07...0.23).contains($0) })
        #expect(result[.all, 0].equal(to: 1) == result[.all, 1].equal(to: 2))
        let noise = randomErasing(
            Tensor.full([50, 1, 20, 20], 100), probability: 1, scale: 0.3...0.3, value: .noise,
            generator: Generator(seed: 5))
        let drawn = noise.array(of: Double.self).filter { $0 != 100 }
        let mean = drawn.reduce(0, +) / Double(drawn.count)
        #expect(Swift.abs(mean) < 0.05)
        #expect((0.9...1.1).contains(drawn.reduce(0) { $0 + $1 * $1 } / Double(drawn.count)))
    }

    @Test("rotations are by angles in the range")
    func rotations() {
        // Where a spot comes to lie tells by how much.
        var x = Tensor.zeros([1, 1, 65, 65])
        x[0, 0, 32, 60] = Tensor(1)
        let turned = randomRotation(
            x.expanded(to: [60, 1, 65, 65]).contiguous(), degrees: 10...50, mode: .linear,
            generator: Generator(seed: 6))
        let places = Tensor.arange(65) - 32
        for image in turned.unstacked() {
            let (x, y) = ((image[0] * places).sum().item(), (image[0].transposed() * places).sum().item())
            let degrees = atan2(-y, x) * 180 / Double.pi
            #expect((8...52).contains(degrees))
        }
        let same = randomAffine(Self.images, degrees: 0...0, generator: Generator(seed: 7))
        #expect(same == Self.images)
        #expect(randomPerspective(Self.images, probability: 0) == Self.images)
    }

    @Test("mixup and cutmix mix images and labels by the same share")
    func mixing() throws {
        let (images, labels) = (Self.images[0..<3], Tensor([2, 0, 1], dtype: .int64))
        let (mixed, targets) = mixup(images, labels, classes: 4, share: 0.75)
        try requireClose(mixed[0], images[0] * 0.75 + images[2] * 0.25)
        try requireClose(mixed[2], images[2] * 0.75 + images[1] * 0.25)
        #expect(targets == Tensor([[0, 0.25, 0.75, 0], [0.75, 0, 0.25, 0], [0.25, 0.75, 0, 0]]))

        let (cut, shares) = cutmix(images, labels, classes: 4, rows: 2..<6, columns: 0..<4)
        #expect(cut[1, .all, 2..<6, 0..<4] == images[0, .all, 2..<6, 0..<4])
        #expect(cut[1, .all, 0..<2] == images[1, .all, 0..<2])
        #expect(cut[1, .all, .all, 4...] == images[1, .all, .all, 4...])
        #expect(shares == targets)

        // At random, what came from elsewhere is what the labels say.
        for seed in 0..<20 {
            let (cut, shares) = cutmix(images, labels, classes: 4, generator: Generator(seed: UInt64(seed)))
            let kept = cut[0].equal(to: images[0]).converted(to: .float32).mean().item()
            #expect(Swift.abs(shares[0, 2].item() - kept) < 1e-6)
            let (mixed, parts) = mixup(images, shares, classes: 4, alpha: 0.4, generator: Generator(seed: 9))
            #expect(mixed.shape == images.shape)
            try requireClose(parts.sum(axes: 1), Tensor.ones([3]))
        }
    }

    @Test("what a transform cannot take is a mistake")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = hueAdjusted(Tensor.zeros([3, 2, 2]), turn: 0.6)
        }.expectMessage("hueAdjusted: expects a turn in -0.5...0.5, got 0.6")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = autoContrasted(Tensor.zeros([2, 2, 2]))
        }.expectMessage("autoContrasted: expects images of 1 or 3 channels, got [2, 2, 2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = randomCrop(Tensor.zeros([3, 2, 2]), size: 7, padding: 2)
        }.expectMessage("randomCrop: cannot take 7 x 7 of 2 x 2 with padding 2")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = grey(Tensor.zeros([2, 2]))
        }.expectMessage("grey: expects an image [C, H, W] or a batch [N, C, H, W], got [2, 2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = inverted(Variable(Tensor.zeros([1, 2, 2])).value)
        }.expectMessage("inverted: is for data and has no derivative: detach the [1, 2, 2] images first")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = perspectiveTransformed(
                Tensor.zeros([1, 2, 2]), from: [(0, 0), (1, 1), (2, 2), (0, 3)], to: [(0, 0), (1, 0), (1, 1), (0, 1)])
        }.expectMessage(
            "perspectiveTransformed: expects points of which no three are on a line, got "
                + "[(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 2.0), (x: 0.0, y: 3.0)]")
    }
}

/// The usual augmentation for CIFAR, with all that is random here.
private func augmented(_ images: Tensor, _ numbers: Generator) -> Tensor {
    var x = randomCrop(images, size: 32, padding: 4, border: .reflect, generator: numbers)
    x = randomHorizontalFlip(x, generator: numbers)
    x = randAugment(x, generator: numbers)
    x = colorJitter(x, brightness: 0.6...1.4, contrast: 0.6...1.4, hue: -0.1...0.1, generator: numbers)
    x = randomPerspective(randomRotation(x, degrees: -20...20, generator: numbers), generator: numbers)
    x = randomErasing(randomGaussianBlur(x, kernelSize: 3, generator: numbers), generator: numbers)
    x = randomResizedCrop(x, size: 32, scale: 0.5...1, generator: numbers)
    return normalized(x, mean: [0.49, 0.48, 0.45], standardDeviation: [0.25, 0.24, 0.26])
}
