/// Turns rows, filters undone, into planes of samples with the channels and the range that were asked for.
struct PNGPixels {
    let channelCount: Int

    private let header: PNGHeader
    private let chunks: PNGChunks
    private let storesGrey: Bool
    private let givesGrey: Bool
    /// The sample that is white, or opaque.
    private let white: UInt16
    /// What the transparent colour's samples are in the file.
    private let transparentColor: [UInt16]?

    /// - Parameter sampleMaximum: 255 or 65535.
    init(_ chunks: PNGChunks, channels: PNG.Channels, sampleMaximum: Int) {
        self.chunks = chunks
        header = chunks.header
        storesGrey = header.color == .grey || header.color == .greyAlpha
        let storesAlpha = chunks.transparency != nil || header.color == .greyAlpha || header.color == .rgba
        let hasAlpha: Bool
        switch channels {
        case .stored: (givesGrey, hasAlpha) = (storesGrey, storesAlpha)
        case .grey: (givesGrey, hasAlpha) = (true, false)
        case .greyAlpha: (givesGrey, hasAlpha) = (true, true)
        case .rgb: (givesGrey, hasAlpha) = (false, false)
        case .rgba: (givesGrey, hasAlpha) = (false, true)
        }
        channelCount = (givesGrey ? 1 : 3) + (hasAlpha ? 1 : 0)
        white = UInt16(sampleMaximum)
        transparentColor =
            header.color == .palette
            ? nil
            : chunks.transparency.map { bytes in
                stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            }
    }

    /// Fills the planes of a tensor of uint8 or, for samples of 16 bits, int32.
    func convert(_ rows: [UInt8], into memory: UnsafeMutableRawBufferPointer) throws(FormatError) {
        if isPlain { return copyBytes(rows, into: memory) }
        var stored = [UInt16](repeating: 0, count: header.width * header.color.samples)
        var planes = [[UInt16]](repeating: [UInt16](repeating: 0, count: header.width), count: 4)
        let plane = header.width * header.height
        var start = 0
        for pass in header.passes {
            for row in 0..<pass.height {
                let bytes = rows[start + 1..<start + 1 + pass.rowSize]
                unpack(bytes, pass.width * header.color.samples, into: &stored)
                try spread(stored, pass.width, into: &planes)
                chooseChannels(&planes, pass.width)
                for channel in 0..<channelCount {
                    let first = channel * plane + (pass.y + row * pass.stepY) * header.width + pass.x
                    store(planes[channel], pass, at: first, in: memory)
                }
                start += pass.rowSize + 1
            }
        }
    }

    /// Whether all samples are bytes that stay as they are, as in most files.
    private var isPlain: Bool {
        header.depth == 8 && header.color != .palette && !header.isInterlaced && transparentColor == nil && white == 255
            && storesGrey == givesGrey
    }

    private func copyBytes(_ rows: [UInt8], into memory: UnsafeMutableRawBufferPointer) {
        let (width, samples) = (header.width, header.color.samples)
        rows.withUnsafeBufferPointer { rows in
            var target = memory.assumingMemoryBound(to: UInt8.self).baseAddress!
            for channel in 0..<channelCount {
                for row in 0..<header.height {
                    if channel < samples {
                        let source = rows.baseAddress! + row * (width * samples + 1) + 1 + channel
                        for i in 0..<width { target[i] = source[i * samples] }
                    } else {
                        // Alpha that is not stored. (Where it is, it comes after the colours, as it does here.)
                        target.update(repeating: 255, count: width)
                    }
                    target += width
                }
            }
        }
    }

    private func store(
        _ samples: [UInt16], _ pass: PNGPass, at first: Int, in memory: UnsafeMutableRawBufferPointer
    ) {
        if white == 255 {
            let target = memory.assumingMemoryBound(to: UInt8.self)
            for i in 0..<pass.width { target[first + i * pass.stepX] = UInt8(truncatingIfNeeded: samples[i]) }
        } else {
            let target = memory.assumingMemoryBound(to: Int32.self)
            for i in 0..<pass.width { target[first + i * pass.stepX] = Int32(samples[i]) }
        }
    }

    /// The numbers in a row, of as many bits as the file's depth.
    private func unpack(_ row: ArraySlice<UInt8>, _ count: Int, into samples: inout [UInt16]) {
        row.withUnsafeBufferPointer { row in
            switch header.depth {
            case 8:
                for i in 0..<count { samples[i] = UInt16(row[i]) }
            case 16:
                for i in 0..<count { samples[i] = UInt16(row[2 * i]) << 8 | UInt16(row[2 * i + 1]) }
            case let depth:
                let perByte = 8 / depth
                let mask = UInt8(1 << depth - 1)
                for i in 0..<count {
                    // The leftmost pixel is in the highest bits.
                    let shift = (perByte - 1 - i % perByte) * depth
                    samples[i] = UInt16(row[i / perByte] >> shift & mask)
                }
            }
        }
    }

    /// Takes a row's numbers apart into planes of the right range: grey, or red, green and blue; then alpha, in the
    /// plane of index 1 or 3.
    private func spread(_ stored: [UInt16], _ width: Int, into planes: inout [[UInt16]]) throws(FormatError) {
        if header.color == .palette { return try spreadPalette(stored, width, into: &planes) }
        let samples = header.color.samples
        for sample in 0..<samples {
            for i in 0..<width { planes[sample][i] = scaled(stored[i * samples + sample]) }
        }
        if header.color == .grey || header.color == .rgb {
            for i in 0..<width { planes[samples][i] = white }
            if let transparentColor {
                for i in 0..<width where stored[i * samples..<(i + 1) * samples].elementsEqual(transparentColor) {
                    planes[samples][i] = 0
                }
            }
        }
    }

    private func spreadPalette(_ stored: [UInt16], _ width: Int, into planes: inout [[UInt16]]) throws(FormatError) {
        let factor = white / 255
        let entries = chunks.palette.count / 3
        let alpha = chunks.transparency ?? []
        for i in 0..<width {
            let index = Int(stored[i])
            if index >= entries {
                throw chunks.dataError("indices of a palette of \(entries) entries", "\(index)")
            }
            for channel in 0..<3 { planes[channel][i] = UInt16(chunks.palette[3 * index + channel]) * factor }
            planes[3][i] = index < alpha.count ? UInt16(alpha[index]) * factor : white
        }
    }

    /// A number of the file's depth in the range of the result.
    @inline(__always)
    private func scaled(_ sample: UInt16) -> UInt16 {
        let (sample, white, most) = (Int(sample), Int(white), 1 << header.depth - 1)
        return UInt16(white == most ? sample : (sample * white + most / 2) / most)
    }

    private func chooseChannels(_ planes: inout [[UInt16]], _ width: Int) {
        switch (storesGrey, givesGrey) {
        case (true, false):
            planes[3] = planes[1]
            planes[1] = planes[0]
            planes[2] = planes[0]
        case (false, true):
            for i in 0..<width {
                // 0.299, 0.587 and 0.114 times 65536, as Pillow has them.
                let weighted = 19595 * Int(planes[0][i]) + 38470 * Int(planes[1][i]) + 7471 * Int(planes[2][i])
                planes[0][i] = UInt16((weighted + 0x8000) >> 16)
            }
            planes[1] = planes[3]
        default: break
        }
    }
}
