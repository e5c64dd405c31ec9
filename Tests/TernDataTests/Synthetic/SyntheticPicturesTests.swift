import TernCore
import Testing

@testable import TernData

@Suite struct SyntheticPicturesTests {
    @Test("pictures and labels have CIFAR-10's shapes and types, and names")
    func shapes() {
        let pictures = SyntheticPictures(trainCount: 5, testCount: 3)
        let (images, labels) = pictures.train.tensors
        #expect(images.shape == [5, 3, 32, 32] && images.dtype == .uint8)
        #expect(labels.shape == [5] && labels.dtype == .int64)
        #expect(pictures.test.count == 3 && pictures.test.labels.allSatisfy { (0...9).contains($0) })
        #expect(pictures.train.classNames == SyntheticPictures.classes && SyntheticPictures.classes.count == 10)
        #expect(PictureOutline.all.count == 10)
    }

    @Test("the pictures are the same on every machine, for any number of threads")
    func golden() {
        let (images, labels) = SyntheticPictures(trainCount: 100, testCount: 0).train.tensors
        #expect(labels[..<20].array(of: Int.self) == [7, 9, 0, 3, 9, 5, 1, 7, 7, 7, 5, 6, 5, 3, 1, 0, 3, 4, 1, 8])
        let digest = SyntheticDigitsTests.digest(images)
        #expect(digest == "2543aef4848322578ce84e0480db48cb9dacac1e0b42e4e18294453d806f7e12")
    }

    @Test("a picture depends on its seed and number alone")
    func independence() {
        let all = SyntheticPictures(trainCount: 0, testCount: 12, seed: 5).test.tensors.0
        let some = SyntheticPictures(trainCount: 8, testCount: 4, seed: 5)
        #expect(some.train.tensors.0 == all[..<8] && some.test.tensors.0 == all[8...])
        #expect(SyntheticPictures(trainCount: 12, testCount: 0, seed: 6).train.tensors.0 != all)
    }

    @Test("all kinds are about as frequent, and the pictures neither dark nor bright")
    func statistics() {
        let train = SyntheticPictures(trainCount: 300, testCount: 0).train
        #expect(train.classCounts.allSatisfy { $0 > 14 && $0 < 50 })
        let pixels = train.tensors.0.converted(to: .float32)
        let (mean, deviation) = (pixels.mean().item(), pixels.standardDeviation().item())
        #expect(mean > 90 && mean < 130 && deviation > 45 && deviation < 75, "\(mean), \(deviation)")
        // No kind is given away by its mean colour.
        let labels = train.labels
        for channel in 0..<3 {
            let means = pixels[0..., channel].mean(axes: [1, 2]).array(of: Double.self)
            for kind in 0..<10 {
                let own = labels.indices.filter { labels[$0] == kind }.map { means[$0] }
                #expect(abs(own.reduce(0, +) / Double(own.count) - mean) < 30)
            }
        }
    }

    @Test("an outline is inside where it should be, and its depth the distance from the edge near it")
    func outlines() {
        let square = PictureOutline.all[2]
        #expect(square.depth([0, 0]) == 0.82 && abs(square.depth([0.5, 0.1]) - 0.32) < 1e-6)
        #expect(abs(square.depth([1, 0.2]) + 0.18) < 1e-6)
        #expect(PictureOutline.disc.depth([0, 0.75]) == 0.25 && PictureOutline.disc.depth([3, 4]) == -4)
        #expect(PictureOutline.ring(inner: 0.5).depth([0, 0]) == -0.5)
        let hourglass = PictureOutline.all[9]
        #expect(hourglass.depth([0, 0.6]) > 0 && hourglass.depth([0, -0.6]) > 0)
        #expect(hourglass.depth([0.5, 0]) < 0 && hourglass.depth([-0.5, 0]) < 0)
        for outline in PictureOutline.all { #expect(outline.depth([1.2, 1.2]) < 0 && outline.depth([-3, 0]) < 0) }
    }
}
