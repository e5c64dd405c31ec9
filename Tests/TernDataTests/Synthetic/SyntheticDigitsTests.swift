import TernCore
import Testing

@testable import TernData

@Suite struct SyntheticDigitsTests {
    static func digest(_ tensor: Tensor) -> String {
        var digest = SHA256()
        tensor.withUnsafeBytes { digest.update($0) }
        return digest.finalized()
    }

    @Test("pictures and labels have MNIST's shapes and types")
    func shapes() {
        let digits = SyntheticDigits(trainCount: 30, testCount: 20)
        #expect(digits.train.count == 30)
        #expect(digits.test.count == 20)
        let (images, labels) = digits.train.batch(at: Array(0..<30)[...])
        #expect(images.shape == [30, 1, 28, 28])
        #expect(images.dtype == .uint8)
        #expect(labels.shape == [30])
        #expect(labels.dtype == .int64)
        #expect(labels.array(of: Int64.self).allSatisfy { (0...9).contains($0) })
    }

    @Test("the pictures are the same on every machine, for any number of threads")
    func golden() {
        let (images, labels) = SyntheticDigits(trainCount: 300, testCount: 0).train.batch(at: Array(0..<300)[...])
        #expect(labels.array(of: Int64.self)[..<20] == [8, 2, 7, 6, 7, 2, 8, 9, 6, 9, 8, 6, 8, 8, 4, 2, 1, 5, 9, 3])
        #expect(Self.digest(images) == "5f7d40f1d0f5c16c61efed6e102ff80444e732262d65075a91da847f2c6bbed8")
    }

    @Test("a picture depends on its seed and number alone")
    func independence() {
        let many = SyntheticDigits(trainCount: 40, testCount: 10, seed: 5)
        let few = SyntheticDigits(trainCount: 0, testCount: 50, seed: 5)
        let all = few.test.batch(at: Array(0..<50)[...])
        #expect(all.0 == few.test.batch(at: Array(0..<50)[...]).0)
        #expect(many.train.batch(at: Array(0..<40)[...]).0 == few.test.batch(at: Array(0..<40)[...]).0)
        #expect(many.test.batch(at: Array(0..<10)[...]).0 == few.test.batch(at: Array(40..<50)[...]).0)
        #expect(SyntheticDigits(trainCount: 50, testCount: 0, seed: 6).train.batch(at: Array(0..<50)[...]).0 != all.0)
    }

    @Test("all digits are about as frequent, with ink on a dark ground")
    func statistics() {
        let count = 1000
        let (images, labels) = SyntheticDigits(trainCount: count, testCount: 0).train.batch(at: Array(0..<count)[...])
        var frequencies = [Int](repeating: 0, count: 10)
        for label in labels.array(of: Int64.self) { frequencies[Int(label)] += 1 }
        #expect(frequencies.allSatisfy { $0 > 60 && $0 < 140 })
        let pixels = images.array(of: UInt8.self)
        let mean = pixels.reduce(0.0) { $0 + Double($1) } / Double(pixels.count)
        #expect(mean > 20 && mean < 50)
        for picture in 0..<count {
            let ink = pixels[picture * 784..<(picture + 1) * 784].filter { $0 > 100 }.count
            #expect(ink > 15 && ink < 300, "picture \(picture) has \(ink) bright pixels")
        }
    }
}
