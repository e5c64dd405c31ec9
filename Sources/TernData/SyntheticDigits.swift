import TernCore

/// Pictures like MNIST's that need no file: handwritten-like digits drawn by a program from a seed.
///
/// ```swift
/// let digits = SyntheticDigits()
/// let loader = digits.train.shuffled().batched(64)      // images uint8 [64, 1, 28, 28], labels int64 [64]
/// ```
///
/// Each digit is one of several ways of writing it, with its points moved at random, rotated, sheared, stretched,
/// shifted, and drawn with a pen of random width and darkness on a noisy ground with stray marks. A linear classifier
/// gets about 81% right, LeNet 99%.
///
/// A picture depends on the seed and its number alone, to the bit on every machine: the arithmetic is IEEE 754's four
/// operations and square root.
public struct SyntheticDigits: Sendable {
    /// Images uint8 `[trainCount, 1, 28, 28]`, from 0 (ground) to 255 (ink), and labels int64 `[trainCount]`.
    public let train: TensorDataset<(Tensor, Tensor)>
    /// The same with the `testCount` pictures that follow.
    public let test: TensorDataset<(Tensor, Tensor)>

    public init(trainCount: Int = 60_000, testCount: Int = 10_000, seed: UInt64 = 0) {
        if trainCount < 0 || testCount < 0 {
            mistake("SyntheticDigits", "expects counts of at least 0, got \(trainCount) and \(testCount)")
        }
        train = Self.dataset(0..<trainCount, seed: seed)
        test = Self.dataset(trainCount..<trainCount + testCount, seed: seed)
    }

    private static func dataset(_ numbers: Range<Int>, seed: UInt64) -> TensorDataset<(Tensor, Tensor)> {
        let side = DigitCanvas.side
        var labels = [Int64](repeating: 0, count: numbers.count)
        let images = labels.withUnsafeMutableBufferPointer { labels in
            Tensor(shape: [numbers.count, 1, side, side], dtype: .uint8) { bytes in
                let pixels = bytes.bindMemory(to: UInt8.self)
                let pieceSize = 256
                parallelFor(pieces: (numbers.count + pieceSize - 1) / pieceSize, work: numbers.count * 10_000) {
                    piece in
                    var renderer = DigitRenderer()
                    for i in piece * pieceSize..<min((piece + 1) * pieceSize, numbers.count) {
                        let image = UnsafeMutableBufferPointer(
                            rebasing: pixels[i * side * side..<(i + 1) * side * side])
                        labels[i] = Int64(renderer.draw(number: numbers.lowerBound + i, seed: seed, into: image))
                    }
                }
            }
        }
        return TensorDataset(images, Tensor(shape: [numbers.count], values: labels))
    }
}
