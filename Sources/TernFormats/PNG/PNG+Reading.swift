import TernCore

extension PNG {
    /// What the channels of a tensor that is read mean, whatever the file stores.
    public enum Channels: Sendable, CaseIterable {
        /// As in the file: 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA). A palette becomes RGB, and what names a
        /// transparent colour (tRNS) gets an alpha channel.
        case stored
        /// One channel.
        case grey
        /// Grey and opacity.
        case greyAlpha
        /// Red, green, blue.
        case rgb
        /// Red, green, blue and opacity.
        case rgba
    }

    /// The picture in a PNG file as a tensor `[C, H, W]`.
    ///
    /// Colour turned into grey is 0.299 R + 0.587 G + 0.114 B; alpha that is not asked for is dropped, and that is asked
    /// for but not stored is opaque. No gamma or colour profile is applied.
    ///
    /// Faults that leave every pixel as it was are forgiven, as Pillow forgives them: more bytes behind the rows, rows
    /// without their Adler-32, and whatever is wrong behind the picture's data, a missing IEND included.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - channels: what to return; PyTorch's `ImageReadMode`.
    ///   - dtype: `uint8`: samples as 0...255, those of 16 bits rounded to the nearest; or `int32`: as 0...65535, exact
    ///     for every depth (8-bit samples times 257).
    ///   - maximumPixelCount: a picture of more pixels is an error: a few compressed bytes can stand for a thousand
    ///     times as many.
    ///   - strict: whether those faults are errors too. (What follows IEND is always ignored.)
    /// - Throws: `FormatError` if the file cannot be read, a chunk's CRC-32 or anything else in it does not hold.
    public static func read(
        contentsOf path: String, channels: Channels = .stored, dtype: DType = .uint8,
        maximumPixelCount: Int = 1 << 28, strict: Bool = false
    ) throws(FormatError) -> Tensor {
        let bytes = try contents(ofFile: path, expected: "a PNG file")
        return try read(
            bytes, name: path, channels: channels, dtype: dtype, maximumPixelCount: maximumPixelCount, strict: strict)
    }

    /// The picture in the bytes of a PNG file. Errors call them `name`.
    public static func read(
        _ bytes: [UInt8], name: String = "PNG data", channels: Channels = .stored, dtype: DType = .uint8,
        maximumPixelCount: Int = 1 << 28, strict: Bool = false
    ) throws(FormatError) -> Tensor {
        if dtype != .uint8, dtype != .int32 { mistake("PNG.read", "expects the dtype uint8 or int32, got \(dtype)") }
        let chunks = try PNGChunks(bytes, file: name, maximumPixelCount: maximumPixelCount, strict: strict)
        var rows = try chunks.inflatedRows()
        try undoFilters(of: &rows, chunks)
        let pixels = PNGPixels(chunks, channels: channels, sampleMaximum: dtype == .uint8 ? 255 : 65535)
        let shape: Shape = [pixels.channelCount, chunks.header.height, chunks.header.width]
        return try Tensor(shape: shape, dtype: dtype) { (memory) throws(FormatError) in
            try pixels.convert(rows, into: memory)
        }
    }

    /// The filters' numbers stay where they are, before each row.
    private static func undoFilters(of rows: inout [UInt8], _ chunks: PNGChunks) throws(FormatError) {
        let header = chunks.header
        let zeros = [UInt8](repeating: 0, count: header.passes.map(\.rowSize).max() ?? 0)
        var start = 0
        for pass in header.passes {
            for row in 0..<pass.height {
                guard let filter = PNGFilter(rawValue: rows[start]) else {
                    throw chunks.dataError("a filter type of 0 to 4 at byte \(start) of the rows", "\(rows[start])")
                }
                let isFirst = row == 0
                rows.withUnsafeMutableBufferPointer { rows in
                    zeros.withUnsafeBufferPointer { zeros in
                        let bytes = rows.baseAddress! + start + 1
                        let above = isFirst ? zeros.baseAddress! : UnsafePointer(bytes - pass.rowSize - 1)
                        filter.undo(bytes, above: above, count: pass.rowSize, pixel: header.bytesPerPixel)
                    }
                }
                start += pass.rowSize + 1
            }
        }
    }
}
