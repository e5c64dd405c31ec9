import TernCore

/// Pictures in bytes as float32 numbers in a range: 0 becomes its lower bound, 255 its upper one.
///
/// `y = lower + x * (upper - lower) / 255`, for a whole batch at once:
///
/// ```swift
/// let loader = mnist.train.shuffled().batched(64).map { (scaled($0), $1) }      // from -1 to 1
/// ```
///
/// - Parameters:
///   - images: uint8, of any shape.
///   - range: where the bytes go.
public func scaled(_ images: Tensor, to range: ClosedRange<Float> = -1...1) -> Tensor {
    if images.dtype != .uint8 { mistake("scaled", "expects uint8 images, got \(images.dtype) \(images.shape)") }
    return images.converted(to: .float32) * ((range.upperBound - range.lowerBound) / 255) + range.lowerBound
}
