import TernCore

/// Pictures in the JPEG format, read through TurboJPEG, which is loaded at run time if the system has it.
///
/// A picture is a `uint8` tensor `[1, H, W]` (grey) or `[3, H, W]` (colour); row 0 is the top. The orientation that a camera
/// may have noted (Exif) and colour profiles are not applied.
public enum JPEG {
    /// Whether TurboJPEG is there.
    public static var isAvailable: Bool { TurboJPEG.shared != nil }

    /// Whether bytes begin as a JPEG file does.
    public static func isPicture(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xFF, 0xD8, 0xFF]) }

    /// The picture in a file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - maximumPixelCount: a picture of more pixels is an error.
    /// - Throws: `FormatError` if the file cannot be read, is damaged, or TurboJPEG is not installed; the error then names the
    ///   package to install.
    public static func read(
        contentsOf path: String, maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) -> Tensor {
        let bytes = try contents(ofFile: path, expected: "a JPEG file")
        return try read(bytes, name: path, maximumPixelCount: maximumPixelCount)
    }

    /// The picture in the bytes of a file. Errors call them `name`.
    public static func read(
        _ bytes: [UInt8], name: String = "JPEG data", maximumPixelCount: Int = 1 << 28
    ) throws(FormatError) -> Tensor {
        try read(bytes, name: name, maximumPixelCount: maximumPixelCount, by: TurboJPEG.shared)
    }

    static func read(
        _ bytes: [UInt8], name: String, maximumPixelCount: Int, by library: TurboJPEG?
    ) throws(FormatError) -> Tensor {
        guard isPicture(bytes) else {
            throw FormatError(
                name, at: .offset(0), expected: "the bytes that begin a JPEG file",
                found: bytes.isEmpty ? "no bytes" : FileKind.found(bytes, count: 8))
        }
        guard let library else {
            throw FormatError(
                name,
                expected: "TurboJPEG to read a JPEG picture (apt install libturbojpeg0, dnf install turbojpeg or "
                    + "brew install jpeg-turbo)",
                found: "no \(TurboJPEG.names[0])")
        }
        let pixels = try library.decode(bytes, name: name, maximumPixelCount: maximumPixelCount)
        if pixels.channels == 1 {
            return Tensor(shape: [1, pixels.height, pixels.width], values: pixels.samples)
        }
        return Tensor(shape: [pixels.height, pixels.width, 3], values: pixels.samples).permuted([2, 0, 1]).contiguous()
    }
}
