/// What the header of a safetensors file says, checked: metadata and entries that fill the file's data with neither
/// hole nor overlap.
struct SafetensorsHeader {
    struct Entry {
        var type: SafetensorsType
        var shape: [Int]
        /// The place of the values, relative to the data.
        var range: Range<Int>
    }

    /// The reference's limit on the header's length.
    static let maximumSize = 100_000_000

    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [String: Entry] = [:]
    /// The names of the entries in the order of their data.
    private(set) var names: [String] = []

    /// Reads the JSON text of a header that is followed by `dataSize` bytes.
    init(json: [UInt8], dataSize: Int, file: String) throws(FormatError) {
        var scanner = LiteralScanner(.json, json, file: file, base: 8)
        var hasMetadata = false
        try scanner.readObject("the header") { (name, scanner) throws(FormatError) in
            if name != "__metadata__" {
                return entries.updateValue(try Self.readEntry(name, &scanner, file: file), forKey: name) == nil
            }
            metadata = try Self.readMetadata(&scanner)
            defer { hasMetadata = true }
            return !hasMetadata
        }
        try scanner.expectEnd()
        try checkPlaces(dataSize: dataSize, file: file)
    }

    private static func readMetadata(_ scanner: inout LiteralScanner) throws(FormatError) -> [String: String] {
        var result: [String: String] = [:]
        // The reference reads null as no metadata.
        if scanner.skipNull() { return result }
        try scanner.readObject("__metadata__") { (name, scanner) throws(FormatError) in
            result.updateValue(try scanner.readString("a value of __metadata__"), forKey: name) == nil
        }
        return result
    }

    private static func readEntry(
        _ name: String, _ scanner: inout LiteralScanner, file: String
    ) throws(FormatError) -> Entry {
        var type: SafetensorsType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.readObject("an entry") { (field, scanner) throws(FormatError) in
            switch field {
            case "dtype":
                let isNew = type == nil
                let word = try scanner.readString("dtype")
                type = SafetensorsType(rawValue: word)
                if type == nil {
                    throw FormatError(file, at: .key(name), expected: "a known dtype", found: quoted(word))
                }
                return isNew
            case "shape":
                let isNew = shape == nil
                shape = try readCounts("a dimension", &scanner)
                return isNew
            case "data_offsets":
                let isNew = offsets == nil
                offsets = try readCounts("an offset", &scanner)
                return isNew
            default:
                try scanner.skipValue()
                return true
            }
        }
        func missing(_ field: String) -> FormatError {
            FormatError(file, at: .key(name), expected: field, found: "none")
        }
        guard let type else { throw missing("dtype") }
        guard let shape else { throw missing("shape") }
        guard let offsets else { throw missing("data_offsets") }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            let found = offsets.count == 2 ? "\(offsets)" : "\(offsets.count) numbers"
            throw FormatError(file, at: .key(name), expected: "data_offsets [begin, end]", found: found)
        }
        let entry = Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
        try checkSize(of: entry, name, file: file)
        return entry
    }

    private static func readCounts(_ what: String, _ scanner: inout LiteralScanner) throws(FormatError) -> [Int] {
        var result: [Int] = []
        try scanner.readList("numbers") { scanner throws(FormatError) in result.append(try scanner.readCount(what)) }
        return result
    }

    private static func checkSize(of entry: Entry, _ name: String, file: String) throws(FormatError) {
        let shape = entry.shape.count <= 16 ? "\(entry.shape)" : "of \(entry.shape.count) dimensions"
        guard let count = checkedProduct(entry.shape), let bits = checkedProduct([count, entry.type.bits]) else {
            throw FormatError(file, at: .key(name), expected: "a shape of a possible size", found: shape)
        }
        if bits % 8 != 0 || bits / 8 != entry.range.count {
            let needed = bits % 8 == 0 ? "\(bits / 8) bytes" : "a whole number of bytes"
            let description = "\(needed) for \(entry.type.rawValue) values of shape \(shape)"
            throw FormatError(file, at: .key(name), expected: description, found: "\(entry.range.count)")
        }
    }

    private mutating func checkPlaces(dataSize: Int, file: String) throws(FormatError) {
        let order = entries.map { (name: $0.key, range: $0.value.range) }.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var end = 0
        for (name, range) in order {
            if range.lowerBound != end {
                throw FormatError(
                    file, at: .key(name), expected: "data that begins where the previous ends, at \(end)",
                    found: "\(range.lowerBound)")
            }
            end = range.upperBound
        }
        if end != dataSize {
            throw FormatError(file, expected: "\(end) bytes of data, as the header says", found: "\(dataSize)")
        }
        names = order.map(\.name)
    }
}
