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

    /// Draws the pictures, on all threads.
    public init(trainCount: Int = 60_000, testCount: Int = 10_000, seed: UInt64 = 0) {
        (train, test) = drawn(DigitRenderer.self, trainCount, testCount, seed, "SyntheticDigits", classNames: [])
    }
}
