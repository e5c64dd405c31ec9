import TernCore

/// What draws the pictures of a synthetic dataset.
protocol PictureDrawing {
    /// Channels, height and width.
    static var pictureShape: [Int] { get }
    /// What a picture takes, as `parallelFor` counts it.
    static var work: Int { get }

    init()

    /// Draws picture `number` of a seed, and returns its class.
    mutating func draw(number: Int, seed: UInt64, into pixels: UnsafeMutableBufferPointer<UInt8>) -> Int
}

/// The first pictures of a seed, to train with, and those that follow, to test with.
func drawn<Renderer: PictureDrawing>(
    _ renderer: Renderer.Type, _ trainCount: Int, _ testCount: Int, _ seed: UInt64, _ name: String, classNames: [String]
) -> (train: TensorDataset<(Tensor, Tensor)>, test: TensorDataset<(Tensor, Tensor)>) {
    if trainCount < 0 || testCount < 0 {
        mistake(name, "expects counts of at least 0, got \(trainCount) and \(testCount)")
    }
    return (
        drawn(renderer, 0..<trainCount, seed, classNames),
        drawn(renderer, trainCount..<trainCount + testCount, seed, classNames)
    )
}

private func drawn<Renderer: PictureDrawing>(
    _ renderer: Renderer.Type, _ numbers: Range<Int>, _ seed: UInt64, _ classNames: [String]
) -> TensorDataset<(Tensor, Tensor)> {
    let size = Renderer.pictureShape.reduce(1, *)
    var labels = [Int64](repeating: 0, count: numbers.count)
    let images = labels.withUnsafeMutableBufferPointer { labels in
        Tensor(shape: Shape([numbers.count] + Renderer.pictureShape), dtype: .uint8) { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            let pieceSize = 256
            parallelFor(pieces: (numbers.count + pieceSize - 1) / pieceSize, work: numbers.count * Renderer.work) {
                piece in
                var renderer = Renderer()
                for i in piece * pieceSize..<min((piece + 1) * pieceSize, numbers.count) {
                    let image = UnsafeMutableBufferPointer(rebasing: pixels[i * size..<(i + 1) * size])
                    labels[i] = Int64(renderer.draw(number: numbers.lowerBound + i, seed: seed, into: image))
                }
            }
        }
    }
    return TensorDataset(images, Tensor(shape: [numbers.count], values: labels), classNames: classNames)
}
