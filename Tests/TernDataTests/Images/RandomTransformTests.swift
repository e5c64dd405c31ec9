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

/// The usual augmentation for CIFAR, with all that is random here.
private func augmented(_ images: Tensor, _ numbers: Generator) -> Tensor {
    var x = randomCrop(images, size: 32, padding: 4, border: .reflect, generator: numbers)
    x = randomHorizontalFlip(x, generator: numbers)
    x = randomResizedCrop(x, size: 32, scale: 0.5...1, generator: numbers)
    return normalized(x, mean: [0.49, 0.48, 0.45], standardDeviation: [0.25, 0.24, 0.26])
}
