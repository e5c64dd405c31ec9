import TernCore

extension PNG {
    /// The bytes of a PNG file of a picture: 8 bits a sample, not interlaced. They depend on picture and level alone.
    ///
    /// ```swift
    /// PNG.encode(Tensor.zeros([3, 2, 2])).count   // 68
    /// ```
    ///
    /// - Parameters:
    ///   - image: `[H, W]` (grey) or `[C, H, W]` of 1 to 4 channels: grey, grey and alpha, RGB, RGBA. uint8 is taken as
    ///     it is; floats are taken as 0...1, rounded to the nearest of the 256 steps, what lies outside (and NaN) to the
    ///     nearest end (0); bool is black and white.
    ///   - level: zlib's effort, 0 (none) to 9.
    public static func encode(_ image: Tensor, level: Int = 6) -> [UInt8] {
        if !(0...9).contains(level) { mistake("PNG.encode", "expects a level in 0...9, got \(level)") }
        let channels = image.rank == 3 ? image.shape[0] : 1
        guard image.rank == 2 || image.rank == 3, (1...4).contains(channels), image.count > 0,
            image.shape.allSatisfy({ $0 <= Int(Int32.max) })
        else {
            mistake(
                "PNG.encode",
                "expects a picture [H, W] or [C, H, W] of 1 to 4 channels and at least one pixel, got \(image.shape)")
        }
        let (height, width) = (image.shape[image.rank - 2], image.shape[image.rank - 1])
        let colors: [ColorType] = [.grey, .greyAlpha, .rgb, .rgba]

        var file = signature
        let header = bigEndianBytes(width) + bigEndianBytes(height) + [8, colors[channels - 1].rawValue, 0, 0, 0]
        appendChunk("IHDR", header, to: &file)
        let rows = filteredRows(pixels(of: image, channels, "PNG.encode"), width * channels, pixel: channels)
        let data = Deflater.compress(rows, .zlib, level: level)
        let longest = 1 << 30
        for start in stride(from: 0, to: data.count, by: longest) {
            appendChunk("IDAT", Array(data[start..<min(start + longest, data.count)]), to: &file)
        }
        appendChunk("IEND", [], to: &file)
        return file
    }

    /// Writes a picture to a PNG file, whole or not at all; the parameters are those of ``encode(_:level:)``.
    public static func write(_ image: Tensor, to path: String, level: Int = 6) throws(FormatError) {
        let bytes = encode(image, level: level)
        let file = try OutputFile(path)
        try file.append(bytes)
        try file.commit()
    }

    /// The samples as bytes, those of a pixel side by side: `[H, W, C]`.
    static func pixels(of image: Tensor, _ channels: Int, _ operation: String) -> [UInt8] {
        let planes: [UInt8] =
            switch image.dtype {
            case .uint8: image.array(of: UInt8.self)
            case .bool: image.array(of: UInt8.self).map { $0 * 255 }
            case .float16, .bfloat16, .float32, .float64: image.array(of: Double.self).map(byte)
            case .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64:
                mistake(operation, "expects uint8, floats in 0...1 or bool, got \(image.dtype)")
            }
        if channels == 1 { return planes }
        let plane = planes.count / channels
        return [UInt8](unsafeUninitializedCapacity: planes.count) { pixels, count in
            for channel in 0..<channels {
                for i in 0..<plane { pixels[i * channels + channel] = planes[channel * plane + i] }
            }
            count = planes.count
        }
    }

    /// 0...1 as 0...255. NaN compares as outside of neither end, and `max` then gives the 0.
    private static func byte(_ value: Double) -> UInt8 {
        value >= 1 ? 255 : value > 0 ? UInt8(value * 255 + 0.5) : 0
    }

    /// The rows, each behind the number of the filter that makes its differences smallest.
    private static func filteredRows(_ pixels: [UInt8], _ rowSize: Int, pixel: Int) -> [UInt8] {
        let rows = pixels.count / rowSize
        let filters = PNGFilter.allCases
        var candidates = [UInt8](repeating: 0, count: filters.count * rowSize)
        let zeros = [UInt8](repeating: 0, count: rowSize)
        return [UInt8](unsafeUninitializedCapacity: rows * (rowSize + 1)) { out, count in
            pixels.withUnsafeBufferPointer { pixels in
                zeros.withUnsafeBufferPointer { zeros in
                    candidates.withUnsafeMutableBufferPointer { candidates in
                        for row in 0..<rows {
                            let start = pixels.baseAddress! + row * rowSize
                            let above = row > 0 ? start - rowSize : zeros.baseAddress!
                            var (best, least) = (0, Int.max)
                            for (index, filter) in filters.enumerated() {
                                let sum = filter.apply(
                                    to: start, above: above, count: rowSize, pixel: pixel,
                                    out: candidates.baseAddress! + index * rowSize)
                                if sum < least { (best, least) = (index, sum) }
                            }
                            let target = out.baseAddress! + row * (rowSize + 1)
                            target.pointee = filters[best].rawValue
                            (target + 1).update(from: candidates.baseAddress! + best * rowSize, count: rowSize)
                        }
                    }
                }
            }
            count = rows * (rowSize + 1)
        }
    }

    static func appendChunk(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
        let body = Array(type.utf8) + data
        file += bigEndianBytes(data.count) + body + bigEndianBytes(Int(checksum(body[...])))
    }

    /// The CRC-32 of a chunk's type and data.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.append($0) }
        return checksum.value
    }

    private static func bigEndianBytes(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
