/// The IHDR chunk: the picture's size and how its samples are stored.
struct PNGHeader {
    static let size = 13

    let width: Int
    let height: Int
    /// Bits of a sample, or of a palette's index.
    let depth: Int
    let color: PNG.ColorType
    let isInterlaced: Bool

    /// - Parameter offset: of the chunk's data in the file.
    init(_ bytes: ArraySlice<UInt8>, at offset: Int, file: String) throws(FormatError) {
        func fail(_ index: Int, _ expected: String, _ found: String) -> FormatError {
            FormatError(file, at: .offset(offset + index), expected: expected, found: found)
        }
        let bytes = Array(bytes)
        guard bytes.count == Self.size else {
            throw fail(0, "an IHDR chunk of \(Self.size) bytes", "\(bytes.count)")
        }
        width = bigEndian(bytes[0..<4])
        height = bigEndian(bytes[4..<8])
        guard (1...Int(Int32.max)).contains(width) else { throw fail(0, "a width of 1 to 2147483647", "\(width)") }
        guard (1...Int(Int32.max)).contains(height) else { throw fail(4, "a height of 1 to 2147483647", "\(height)") }
        guard let color = PNG.ColorType(rawValue: bytes[9]) else {
            throw fail(9, "a colour type (0, 2, 3, 4 or 6)", "\(bytes[9])")
        }
        depth = Int(bytes[8])
        guard color.depths.contains(depth) else {
            let depths = color.depths.map(String.init).joined(separator: ", ")
            throw fail(8, "a depth that colour type \(color.rawValue) can have (\(depths))", "\(depth)")
        }
        guard bytes[10] == 0 else { throw fail(10, "compression method 0", "\(bytes[10])") }
        guard bytes[11] == 0 else { throw fail(11, "filter method 0", "\(bytes[11])") }
        guard bytes[12] <= 1 else { throw fail(12, "interlace method 0 or 1", "\(bytes[12])") }
        self.color = color
        isInterlaced = bytes[12] == 1
    }

    /// How far left in a row the filters' left neighbour is.
    var bytesPerPixel: Int { max(color.samples * depth / 8, 1) }

    /// The pictures that make up the picture: itself, or Adam7's seven, without those that are empty.
    var passes: [PNGPass] {
        let whole = PNGPass(x: 0, y: 0, stepX: 1, stepY: 1, header: self)
        let interlaced: [(Int, Int, Int, Int)] = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        ]
        if !isInterlaced { return [whole] }
        return interlaced.map { PNGPass(x: $0.0, y: $0.1, stepX: $0.2, stepY: $0.3, header: self) }.filter {
            $0.width > 0 && $0.height > 0
        }
    }

    /// The bytes of all rows, each behind its filter's number: nil if they do not fit an `Int`.
    var dataSize: Int? {
        var sum = 0
        for pass in passes {
            guard let size = checkedProduct([pass.rowSize + 1, pass.height]) else { return nil }
            let (total, isTooLarge) = sum.addingReportingOverflow(size)
            if isTooLarge { return nil }
            sum = total
        }
        return sum
    }
}

/// Every `stepX`th pixel of every `stepY`th row, from pixel `x` of row `y` on: a picture stored by itself.
struct PNGPass {
    let x: Int
    let y: Int
    let stepX: Int
    let stepY: Int
    let width: Int
    let height: Int
    /// Bytes of a row, without its filter's number.
    let rowSize: Int

    init(x: Int, y: Int, stepX: Int, stepY: Int, header: PNGHeader) {
        (self.x, self.y, self.stepX, self.stepY) = (x, y, stepX, stepY)
        width = (header.width - x + stepX - 1) / stepX
        height = (header.height - y + stepY - 1) / stepY
        rowSize = (width * header.color.samples * header.depth + 7) / 8
    }
}
