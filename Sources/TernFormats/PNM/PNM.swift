import TernCore

/// Pictures in the Netpbm formats PGM (grey) and PPM (colour): as text (P2, P3) or bytes (P5, P6).
///
/// A picture is a `uint8` tensor `[1, H, W]` or `[3, H, W]`; row 0 is the top.
///
/// ```swift
/// PNM.encode(Tensor.zeros([1, 2, 2])).count   // 15: "P5\n2 2\n255\n" and 4 bytes
/// ```
///
/// Source: <https://netpbm.sourceforge.net/doc/ppm.html>.
public enum PNM {
    /// Whether bytes begin as a picture in one of the four formats does.
    public static func isPicture(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 3 && bytes[0] == UInt8(ascii: "P") && [2, 3, 5, 6].contains(bytes[1] &- UInt8(ascii: "0"))
            && (isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#"))
    }

    /// The picture in a file, as `uint8`; samples of another maximum than 255 are scaled and rounded to the nearest.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - maximumPixelCount: a picture of more pixels is an error.
    /// - Throws: `FormatError` if the file cannot be read, ends early, or holds anything else. What follows the picture is
    ///   ignored: the formats allow more pictures there.
    public static func read(
        contentsOf path: String, maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) -> Tensor {
        let bytes = try contents(ofFile: path, expected: "a PGM or PPM file")
        return try read(bytes, name: path, maximumPixelCount: maximumPixelCount)
    }

    /// The picture in the bytes of a file. Errors call them `name`.
    public static func read(
        _ bytes: [UInt8], name: String = "PNM data", maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) -> Tensor {
        guard isPicture(bytes) else {
            throw FormatError(
                name, at: .offset(0), expected: "P2, P3, P5 or P6", found: FileKind.found(bytes, count: 8))
        }
        let kind = bytes[1] - UInt8(ascii: "0")
        var scanner = Scanner(bytes: bytes, position: 2, name: name)
        let width = try scanner.number(1...Int(Int32.max), "a width")
        let height = try scanner.number(1...Int(Int32.max), "a height")
        if width * height > maximumPixelCount {
            throw FormatError(
                name, at: .offset(2), expected: "at most \(maximumPixelCount) pixels", found: "\(width) x \(height)")
        }
        let most = try scanner.number(1...65535, "a largest sample of 1 to 65535")
        let channels = kind == 3 || kind == 6 ? 3 : 1
        // A few bytes must not make a large picture: each sample takes a byte at least.
        let left = bytes.count - scanner.position
        let samples = width * height * channels
        let needed = kind < 4 ? samples : samples * (most > 255 ? 2 : 1) + 1
        if left < needed {
            throw FormatError(
                name, at: .offset(scanner.position), expected: "\(samples) samples", found: "\(left) bytes and the end")
        }
        if kind > 4 { try scanner.skipOneSpace() }
        return try Tensor(shape: [channels, height, width], dtype: .uint8) { (memory) throws(FormatError) in
            let plane = width * height
            for index in 0..<samples {
                let sample = kind < 4 ? try scanner.number(0...most, "a sample") : try scanner.sample(most: most)
                memory[index % channels * plane + index / channels] =
                    UInt8(most == 255 ? sample : (sample * 255 + most / 2) / most)
            }
        }
    }

    /// The bytes of a PGM file (P5) of a `uint8` picture [1, H, W], or of a PPM file (P6) of one [3, H, W]; floats are taken
    /// as 0...1, as ``PNG/encode(_:level:)`` does.
    public static func encode(_ picture: Tensor) -> [UInt8] {
        let channels = picture.rank == 3 ? picture.shape[0] : 0
        if channels != 1 && channels != 3 || picture.count == 0 {
            mistake(
                "PNM.encode", "expects a picture [1, H, W] or [3, H, W] of at least one pixel, got \(picture.shape)")
        }
        let (height, width) = (picture.shape[1], picture.shape[2])
        return Array("P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n255\n".utf8)
            + PNG.pixels(of: picture, channels, "PNM.encode")
    }

    /// Writes a picture to a file, whole or not at all.
    public static func write(_ picture: Tensor, to path: String) throws(FormatError) {
        let bytes = encode(picture)
        let file = try OutputFile(path)
        try file.append(bytes)
        try file.commit()
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    /// Numbers in the text of a file, from front to back.
    private struct Scanner {
        let bytes: [UInt8]
        var position: Int
        let name: String

        /// The next number; white space and comments before it are skipped.
        mutating func number(_ range: ClosedRange<Int>, _ expected: String) throws(FormatError) -> Int {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count && bytes[position] != 10 && bytes[position] != 13 { position += 1 }
                } else if PNM.isSpace(bytes[position]) {
                    position += 1
                } else {
                    break
                }
            }
            let start = position
            var value = 0
            while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
                value = min(value * 10 + Int(digit), 1 << 40)
                position += 1
            }
            if start < position && range.contains(value) { return value }
            let found =
                start < position ? "\(value)" : start < bytes.count ? hexadecimal(bytes[start]) : "the end"
            throw FormatError(name, at: .offset(start), expected: expected, found: found)
        }

        mutating func skipOneSpace() throws(FormatError) {
            if position >= bytes.count || !PNM.isSpace(bytes[position]) {
                throw FormatError(
                    name, at: .offset(position), expected: "white space before the samples",
                    found: position < bytes.count ? hexadecimal(bytes[position]) : "the end")
            }
            position += 1
        }

        /// A sample of one byte, or two. There are enough.
        mutating func sample(most: Int) throws(FormatError) -> Int {
            let start = position
            var value = Int(bytes[position])
            position += 1
            if most > 255 {
                value = value << 8 | Int(bytes[position])
                position += 1
            }
            if value > most {
                throw FormatError(name, at: .offset(start), expected: "a sample of at most \(most)", found: "\(value)")
            }
            return value
        }
    }
}
