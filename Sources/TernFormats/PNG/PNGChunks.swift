/// The chunks of a PNG file that matter for its pixels, checked one by one and against each other.
struct PNGChunks {
    let header: PNGHeader
    /// Red, green and blue of each entry.
    private(set) var palette: [UInt8] = []
    /// The tRNS chunk: alpha of palette entries, or the samples (of 16 bits) of the transparent colour.
    private(set) var transparency: [UInt8]?
    /// The contents of the IDAT chunks: a zlib stream of the rows.
    private var data: [UInt8] = []
    private let file: String
    private let strict: Bool

    init(_ bytes: [UInt8], file: String, maximumPixelCount: Int, strict: Bool) throws(FormatError) {
        self.file = file
        self.strict = strict
        guard PNG.isPicture(bytes) else {
            throw FormatError(
                file, at: .offset(0), expected: "the 8 bytes that begin a PNG file",
                found: bytes.isEmpty ? "no bytes" : FileKind.found(bytes, count: 8))
        }
        var reader = ChunkReader(bytes: bytes, position: PNG.signature.count, file: file)
        let first = try reader.next()
        guard first.type == "IHDR" else {
            throw FormatError(file, at: .offset(12), expected: "the chunk IHDR first", found: quoted(first.type))
        }
        header = try PNGHeader(first.data, at: first.data.startIndex, file: file)
        let pixels = header.width * header.height
        if pixels > maximumPixelCount {
            throw FormatError(
                file, at: .offset(16), expected: "at most \(maximumPixelCount) pixels",
                found: "\(header.width) x \(header.height)")
        }
        try readRest(&reader)
    }

    private mutating func readRest(_ reader: inout ChunkReader) throws(FormatError) {
        var last = "IHDR"
        var hasData = false
        while true {
            // What stands behind the picture's data does not change the picture.
            if !strict && hasData && !reader.isAtData { return }
            let chunk = try reader.next(acceptsCutData: !strict)
            func unexpected(_ expected: String) -> FormatError {
                FormatError(
                    file, at: .offset(chunk.data.startIndex - 4), expected: expected, found: quoted(chunk.type))
            }
            switch chunk.type {
            case "PLTE":
                if hasData || !palette.isEmpty || transparency != nil {
                    throw unexpected("one PLTE before tRNS and IDAT")
                }
                try readPalette(chunk)
            case "tRNS":
                if hasData || transparency != nil { throw unexpected("one tRNS before IDAT") }
                try readTransparency(chunk)
            case "IDAT":
                if hasData && last != "IDAT" { throw unexpected("the IDAT chunks one after the other") }
                if header.color == .palette && palette.isEmpty { throw unexpected("PLTE before IDAT") }
                hasData = true
                data.append(contentsOf: chunk.data)
            case "IEND":
                if !hasData { throw unexpected("IDAT before IEND") }
                return
            default:
                // A capital letter marks what must be understood to show the picture.
                if chunk.type.utf8.first.map({ $0 & 0x20 == 0 }) ?? true {
                    throw unexpected("a chunk that is known or can be skipped")
                }
            }
            last = chunk.type
        }
    }

    private mutating func readPalette(_ chunk: ChunkReader.Chunk) throws(FormatError) {
        let entries = chunk.data.count / 3
        let most = header.color == .palette ? 1 << header.depth : 256
        guard header.color != .grey, header.color != .greyAlpha else {
            throw FormatError(file, at: .key("PLTE"), expected: "no palette in a grey picture", found: "one")
        }
        guard chunk.data.count % 3 == 0, (1...most).contains(entries) else {
            throw FormatError(
                file, at: .key("PLTE"), expected: "1 to \(most) entries of 3 bytes", found: "\(chunk.data.count) bytes")
        }
        palette = Array(chunk.data)
    }

    private mutating func readTransparency(_ chunk: ChunkReader.Chunk) throws(FormatError) {
        let count = chunk.data.count
        let (isRight, expected) =
            switch header.color {
            case .grey: (count == 2, "2 bytes")
            case .rgb: (count == 6, "6 bytes")
            case .palette:
                (count <= palette.count / 3, "at most \(palette.count / 3) bytes, as the palette has entries")
            case .greyAlpha, .rgba: (false, "none beside an alpha channel")
            }
        if !isRight { throw FormatError(file, at: .key("tRNS"), expected: expected, found: "\(count) bytes") }
        transparency = Array(chunk.data)
    }

    func dataError(_ expected: String, _ found: String) -> FormatError {
        FormatError(file, at: .key("IDAT"), expected: expected, found: found)
    }

    /// The rows as they are filtered. Memory is taken as they come out of the compressed bytes, not as the header
    /// promises them.
    func inflatedRows() throws(FormatError) -> [UInt8] {
        let most = InflateSource.mostBytes(in: data.count)
        guard let size = header.dataSize, size <= most else {
            let found = "\(data.count) compressed bytes, which hold at most \(most)"
            throw dataError("rows for \(header.width) x \(header.height) pixels", found)
        }
        let source = try InflateSource(
            FileSource(data, name: "\(file), the contents of IDAT"), .zlib, endsAnyhow: !strict)
        let rows = try strict ? source.readAll(atMost: size) : source.readStart(size)
        if rows.count != size { throw dataError("\(size) bytes of rows", "\(rows.count)") }
        return rows
    }
}

/// The chunks of a file one after the other: length, type, data and CRC-32.
private struct ChunkReader {
    struct Chunk {
        let type: String
        let data: ArraySlice<UInt8>
    }

    let bytes: [UInt8]
    var position: Int
    let file: String

    /// Whether the next chunk is one of the picture's data, whole or not.
    var isAtData: Bool { bytes.count - position >= 8 && bytes[position + 4..<position + 8].elementsEqual("IDAT".utf8) }

    /// - Parameter acceptsCutData: whether the file may end within an IDAT chunk or its CRC-32.
    mutating func next(acceptsCutData: Bool = false) throws(FormatError) -> Chunk {
        let rest = bytes.count - position
        if acceptsCutData && isAtData, rest < 12 || bigEndian(bytes[position..<position + 4]) > rest - 12 {
            let length = min(bigEndian(bytes[position..<position + 4]), rest - 8)
            defer { position = bytes.count }
            return Chunk(type: "IDAT", data: bytes[position + 8..<position + 8 + length])
        }
        guard rest >= 12 else {
            throw FormatError(
                file, at: .offset(position), expected: "another chunk (the last is IEND)",
                found: "\(rest) bytes and the end of the file")
        }
        let length = bigEndian(bytes[position..<position + 4])
        guard length <= rest - 12 else {
            throw FormatError(
                file, at: .offset(position), expected: "a chunk of at most \(rest - 12) bytes", found: "\(length)")
        }
        let start = position + 8
        let type = String(decoding: bytes[position + 4..<start], as: UTF8.self)
        let stated = UInt32(bigEndian(bytes[start + length..<start + length + 4]))
        let computed = PNG.checksum(bytes[start - 4..<start + length])
        guard stated == computed else {
            throw FormatError(
                file, at: .offset(start + length),
                expected: "the CRC-32 \(hexadecimal(computed)) of the chunk \(quoted(type))",
                found: hexadecimal(stated))
        }
        position = start + length + 4
        return Chunk(type: type, data: bytes[start..<start + length])
    }
}
