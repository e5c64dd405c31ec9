import TernCore
import TernFormats

/// A picture of 8-bit samples: read from PNG, PPM, PGM and JPEG files, written to PNG, PPM and PGM, and turned into tensors
/// and back.
///
/// ```swift
/// let photo = try Image(contentsOf: "camera.png", channels: .grey)
/// let batch = resized(photo.tensor(), to: 64).unsqueezed(axes: 0)      // float32 in 0...1, [1, 1, 64, 64]
/// try Image(batch[0]).write(to: "small.png")
/// ```
///
/// JPEG files are read through TurboJPEG, see ``/TernFormats/JPEG``.
public struct Image: Sendable, Equatable {
    /// Which channels to read: see ``/TernFormats/PNG/Channels``.
    public typealias Channels = PNG.Channels

    /// The samples, `uint8` [C, H, W] of 1 channel (grey), 2 (grey and alpha), 3 (red, green, blue) or 4 (with alpha); row 0
    /// is the top.
    public let pixels: Tensor

    /// 1 to 4.
    public var channels: Int { pixels.shape[0] }
    /// In pixels.
    public var height: Int { pixels.shape[1] }
    /// In pixels.
    public var width: Int { pixels.shape[2] }

    /// The picture in a tensor.
    ///
    /// - Parameter tensor: [H, W] or [C, H, W] of 1 to 4 channels and at least one pixel. `uint8` is taken as it is; floats
    ///   as 0...1, rounded to the nearest of the 256 steps, what lies outside (and NaN) to the nearest end (0).
    public init(_ tensor: Tensor) {
        let picture = tensor.rank == 2 ? tensor.detached.unsqueezed(axes: 0) : tensor.detached
        if picture.rank != 3 || !(1...4).contains(picture.shape[0]) || picture.count == 0 {
            mistake(
                "Image", "expects [H, W] or [C, H, W] of 1 to 4 channels and at least one pixel, got \(tensor.shape)")
        }
        if picture.dtype == .uint8 {
            pixels = picture.contiguous()
        } else if picture.dtype.isFloatingPoint {
            let samples = which(picture.greater(than: 0), picture.converted(to: picture.dtype.accumulator) * 255, 0)
            pixels = floor(clamp(samples, max: 255) + 0.5).converted(to: .uint8)
        } else {
            mistake("Image", "expects uint8, or floats in 0...1, got \(tensor.dtype)")
        }
    }

    /// The picture in a file, whose format shows in its first bytes.
    ///
    /// Colour turned into grey is 0.299 R + 0.587 G + 0.114 B; alpha that is not asked for is dropped, and that is asked
    /// for but not stored is opaque.
    ///
    /// - Parameters:
    ///   - path: of the file, or folder.
    ///   - channels: what the picture is turned into.
    ///   - maximumPixelCount: a picture of more pixels is an error: a few compressed bytes can stand for a thousand
    ///     times as many.
    /// - Throws: `FormatError` if the file cannot be read or is not a whole picture, and if it is a JPEG file but TurboJPEG
    ///   is not installed.
    public init(
        contentsOf path: String, channels: Channels = .stored, maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) {
        let bytes = try TernFormats.contents(ofFile: path, expected: "a picture")
        try self.init(bytes, name: path, channels, maximumPixelCount)
    }

    /// The picture in the bytes of a file. Errors call them `name`.
    public init(
        bytes: [UInt8], name: String = "image data", channels: Channels = .stored, maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) {
        try self.init(bytes, name: name, channels, maximumPixelCount)
    }

    private init(
        _ bytes: [UInt8], name: String, _ channels: Channels, _ maximumPixelCount: Int
    ) throws(FormatError) {
        if PNM.isPicture(bytes) {
            let stored = try PNM.read(bytes, name: name, maximumPixelCount: maximumPixelCount)
            pixels = Image.converted(stored, to: channels)
        } else if JPEG.isPicture(bytes) {
            let stored = try JPEG.read(bytes, name: name, maximumPixelCount: maximumPixelCount)
            pixels = Image.converted(stored, to: channels)
        } else if PNG.isPicture(bytes) {
            pixels = try PNG.read(bytes, name: name, channels: channels, maximumPixelCount: maximumPixelCount)
        } else {
            let start = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
            throw FormatError(
                name, at: .offset(0), expected: "a PNG, PPM, PGM or JPEG picture",
                found: bytes.isEmpty ? "no bytes" : "the bytes \(start) (hexadecimal)")
        }
    }

    /// Writes the picture to a file, whole or not at all: `.png`, or `.ppm` and `.pgm` for pictures of 3 and 1 channels.
    public func write(to path: String) throws(FormatError) {
        switch path.split(separator: "/").last?.split(separator: ".").last?.lowercased() {
        case "png": try PNG.write(pixels, to: path)
        case "ppm" where channels == 3, "pgm" where channels == 1: try PNM.write(pixels, to: path)
        default:
            mistake(
                "Image.write",
                "expects a name that ends in .png, or in .ppm for 3 channels and .pgm for 1, got \(path) for \(channels)"
            )
        }
    }

    /// The samples as `float32` numbers in a range: 0 becomes its lower bound, 255 its upper one.
    public func tensor(in range: ClosedRange<Float> = 0...1) -> Tensor { scaled(pixels, to: range) }

    /// Grey or colour without alpha, in other channels.
    private static func converted(_ stored: Tensor, to channels: Channels) -> Tensor {
        let isGrey = stored.shape[0] == 1
        let opaque = { Tensor.full([1, stored.shape[1], stored.shape[2]], 255, dtype: .uint8) }
        func grey() -> Tensor {
            if isGrey { return stored }
            // 0.299, 0.587 and 0.114 times 65536, as Pillow has them.
            let x = stored.converted(to: .int32)
            let sum = x[0...0] * 19595 + x[1...1] * 38470 + x[2...2] * 7471 + 0x8000
            return (sum >> 16).converted(to: .uint8)
        }
        func color() -> Tensor { isGrey ? concatenated([stored, stored, stored]) : stored }
        return switch channels {
        case .stored: stored
        case .grey: grey()
        case .greyAlpha: concatenated([grey(), opaque()])
        case .rgb: color()
        case .rgba: concatenated([color(), opaque()])
        }
    }
}
