import TernCore
import TernFormats

/// A tensor shown as a picture, with words under it: one place of an ``ImageGrid``.
///
/// ```swift
/// Picture(image, predicted: "cat", truth: "dog")          // marked as wrong
/// Picture([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], caption: "horizontal edges")
/// ```
///
/// Pixels are shown as they are, enlarged without smoothing. `uint8` is black at 0 and white at 255; other types are
/// black at their smallest and white at their largest value, unless a range is given. Infinite pixels are black or white,
/// and those that are NaN are pink, which no grey is.
public struct Picture: Sendable {
    /// What stands under the picture.
    public var caption: String
    /// A prediction and the truth, instead of a caption.
    let verdict: (predicted: String, truth: String)?
    /// uint8 [C, H, W] of 1, 3 or 4 channels.
    let pixels: Tensor

    /// - Parameters:
    ///   - pixels: shape [H, W], or [C, H, W] with 1 (grey), 3 (red, green, blue) or 4 channels (and opacity).
    ///   - caption: below the picture.
    ///   - range: the values of black and white, e.g. `-1...1`.
    public init(_ pixels: Tensor, caption: String = "", range: ClosedRange<Double>? = nil) {
        self.caption = caption
        self.pixels = Self.bytes(pixels, range)
        verdict = nil
    }

    /// A picture that was classified: wrong ones are marked.
    ///
    /// - Parameters:
    ///   - pixels: shape [H, W], or [C, H, W] with 1, 3 or 4 channels.
    ///   - predicted: the name of the class that was predicted.
    ///   - truth: the name of the picture's class.
    ///   - range: the values of black and white, e.g. `-1...1`.
    public init(_ pixels: Tensor, predicted: String, truth: String, range: ClosedRange<Double>? = nil) {
        caption = ""
        self.pixels = Self.bytes(pixels, range)
        verdict = (predicted, truth)
    }

    /// Whether a prediction is not the truth.
    public var isWrong: Bool { verdict.map { $0.predicted != $0.truth } ?? false }

    var width: Int { pixels.shape[2] }
    var height: Int { pixels.shape[1] }

    /// How long a side of so many pixels is shown: about 96, in whole multiples, so that pixels stay square.
    static func shownSide(_ pixels: Int) -> Double {
        pixels >= 144 ? 144 : Double(pixels) * max(1, (96 / Double(pixels)).rounded())
    }

    /// The PNG file. Small ones are stored as they are: then their bytes depend on no version of zlib.
    var png: [UInt8] { PNG.encode(pixels, level: pixels.count <= 16_384 ? 0 : 6) }

    /// The picture as an address that holds it.
    var address: String { pngAddress(png) }

    private static func bytes(_ pixels: Tensor, _ range: ClosedRange<Double>?) -> Tensor {
        let isPicture = pixels.rank == 2 || pixels.rank == 3 && [1, 3, 4].contains(pixels.shape[0])
        if !isPicture || pixels.count == 0 {
            mistake(
                "Picture", "expects pixels of shape [H, W] or [C, H, W] with 1, 3 or 4 channels, got \(pixels.shape)")
        }
        let shape: Shape = pixels.rank == 2 ? [1, pixels.shape[0], pixels.shape[1]] : pixels.shape
        if pixels.dtype == .uint8 && range == nil { return pixels.reshaped(shape) }
        var values = pixels.detached.array(of: Double.self)
        var (low, high) = range.map { ($0.lowerBound, $0.upperBound) } ?? (.infinity, -.infinity)
        if range == nil {
            for value in values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        } else if !low.isFinite || !high.isFinite || low >= high {
            mistake("Picture", "expects a range of two different finite numbers, got \(low)...\(high)")
        }
        if low > high { (low, high) = (-1, 1) }
        let missing = values.contains(where: \.isNaN) ? missingPixels(values, planes: shape[0]) : []
        var channels = shape[0]
        if channels == 1, !missing.isEmpty {
            // Grey has no pink.
            values = values + values + values
            channels = 3
        }
        var bytes = values.map { UInt8(Int((share(of: $0, from: low, to: high) * 255).rounded(), in: 0...255)) }
        let plane = bytes.count / channels
        for index in missing {
            for (channel, byte) in Palette.missing.bytes.enumerated() { bytes[channel * plane + index] = byte }
            if channels == 4 { bytes[3 * plane + index] = 255 }
        }
        return Tensor(shape: [channels, shape[1], shape[2]], values: bytes)
    }

    /// The pixels of which a part is NaN.
    private static func missingPixels(_ values: [Double], planes: Int) -> [Int] {
        let plane = values.count / planes
        return (0..<plane).filter { index in (0..<planes).contains { values[$0 * plane + index].isNaN } }
    }
}
