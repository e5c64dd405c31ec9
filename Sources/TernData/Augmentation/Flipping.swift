import TernCore

/// Images mirrored left to right. torchvision's `horizontal_flip`.
public func horizontallyFlipped(_ x: Tensor) -> Tensor {
    flipped(x, columns: [true], "horizontallyFlipped")
}

/// Images mirrored top to bottom. torchvision's `vertical_flip`.
public func verticallyFlipped(_ x: Tensor) -> Tensor {
    flipped(x, rows: [true], "verticallyFlipped")
}

/// Each image mirrored left to right with a probability. torchvision's `RandomHorizontalFlip`.
///
/// ```swift
/// let augmented = loader.map(seed: 1) { (randomHorizontalFlip($0.0, generator: $1), $0.1) }
/// ```
public func randomHorizontalFlip(
    _ x: Tensor, probability: Double = 0.5, generator: Generator = .default
) -> Tensor {
    flipped(x, columns: choices(x, probability, generator, "randomHorizontalFlip"), "randomHorizontalFlip")
}

/// Each image mirrored top to bottom with a probability. torchvision's `RandomVerticalFlip`.
public func randomVerticalFlip(
    _ x: Tensor, probability: Double = 0.5, generator: Generator = .default
) -> Tensor {
    flipped(x, rows: choices(x, probability, generator, "randomVerticalFlip"), "randomVerticalFlip")
}

/// For each image whether something with this probability happens to it.
func choices(_ x: Tensor, _ probability: Double, _ generator: Generator, _ operation: String) -> [Bool] {
    if !(0...1).contains(probability) { mistake(operation, "expects a probability in 0...1, got \(probability)") }
    return (0..<ImageSizes(x, operation).count).map { _ in generator.isTrue(probability) }
}

/// For all images or for each, whether rows and columns are in the opposite order.
func flipped(_ x: Tensor, rows: [Bool] = [false], columns: [Bool] = [false], _ operation: String) -> Tensor {
    let sizes = ImageSizes(x, operation)
    func places(_ flips: [Bool], _ size: Int) -> [[Int32]] {
        let forward = (0..<size).map { Int32($0) }
        let backward = Array(forward.reversed())
        return flips.map { $0 ? backward : forward }
    }
    let moves = PixelMoves(rows: places(rows, sizes.height), columns: places(columns, sizes.width))
    return moves.applied(to: x, sizes, fill: [Double](repeating: 0, count: sizes.channels))
}
