/// Pictures in the PNG format: read in all its colour types, depths and interlaced, written with 8 bits a sample.
///
/// A picture is a tensor `[C, H, W]`, as in the rest of Tern, of 1 channel (grey), 2 (grey and alpha), 3 (red, green,
/// blue) or 4 (with alpha); row 0 is the top.
///
/// ```swift
/// let picture = try PNG.read(contentsOf: "digit.png")      // uint8 [1, 28, 28]
/// try PNG.write(1 - scaled(picture, to: 0...1), to: "negative.png")   // uint8, or floats in 0...1
/// ```
///
/// Source: Portable Network Graphics, third edition, <https://www.w3.org/TR/png-3/>.
public enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Whether bytes begin as a PNG file does.
    public static func isPicture(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

    /// The numbers by which IHDR names them.
    enum ColorType: UInt8 {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgba = 6

        /// Samples of a pixel in the file.
        var samples: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgba: 4
            }
        }

        var depths: [Int] {
            switch self {
            case .grey: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            case .rgb, .greyAlpha, .rgba: [8, 16]
            }
        }
    }
}
