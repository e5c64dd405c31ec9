extension TensorBoardEvent {
    /// The bytes of the message `Event`.
    var encoded: [UInt8] {
        var message = ProtobufWriter()
        message.append(1, time)
        if step != 0 { message.append(2, Int64(step)) }
        switch content {
        case .fileVersion(let version): message.append(3, version)
        case .summary(let values):
            var summary = ProtobufWriter()
            for value in values { summary.append(1, value.message) }
            message.append(5, summary)
        case .sessionStart:
            var session = ProtobufWriter()
            session.append(1, Int64(1))
            message.append(7, session)
        case .other: break
        }
        return message.bytes
    }

    /// - Parameter offset: of the message in the file.
    init(_ bytes: ArraySlice<UInt8>, file: String, offset: Int) throws(FormatError) {
        var reader = ProtobufReader(bytes, file: file, offset: offset)
        self.init(time: 0, step: 0, .other)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .eightBytes(let bits)): time = Double(bitPattern: bits)
            case (2, .varint(let number)): step = Int(truncatingIfNeeded: number)
            case (3, .bytes(let text)): content = .fileVersion(try reader.string(text))
            case (5, .bytes(let message)): content = .summary(try Self.values(reader.inner(message)))
            case (7, .bytes(let message)): content = try Self.isStart(reader.inner(message)) ? .sessionStart : .other
            default: break
            }
        }
    }

    private static func isStart(_ message: ProtobufReader) throws(FormatError) -> Bool {
        var message = message
        var isStart = false
        while let (field, value) = try message.next() {
            if field == 1, case .varint(let status) = value { isStart = status == 1 }
        }
        return isStart
    }

    private static func values(_ summary: ProtobufReader) throws(FormatError) -> [SummaryValue] {
        var summary = summary
        var values: [SummaryValue] = []
        values.reserveCapacity(try summary.count(ofField: 1))
        while let (field, value) = try summary.next() {
            guard field == 1, case .bytes(let message) = value else { continue }
            if let value = try SummaryValue(summary.inner(message)) { values.append(value) }
        }
        return values
    }
}

extension SummaryValue {
    fileprivate var message: ProtobufWriter {
        var message = ProtobufWriter()
        message.append(1, tag)
        switch content {
        case .scalar(let number): message.append(2, number)
        case .image(let image): message.append(4, image.message)
        case .histogram(let histogram): message.append(5, histogram.message)
        case .text(let texts):
            // A tensor of strings, of no axis if there is one, and for TensorBoard's plugin the plugin's name and the
            // class of data (2, a tensor).
            var (tensor, shape) = (ProtobufWriter(), ProtobufWriter())
            if texts.count != 1 {
                var size = ProtobufWriter()
                size.append(1, Int64(texts.count))
                shape.append(2, size)
            }
            tensor.append(1, SummaryValue.stringType)
            tensor.append(2, shape)
            for text in texts { tensor.append(8, text) }
            message.append(8, tensor)
            var (metadata, plugin) = (ProtobufWriter(), ProtobufWriter())
            plugin.append(1, "text")
            metadata.append(1, plugin)
            metadata.append(4, Int64(2))
            message.append(9, metadata)
        }
        return message
    }

    /// DT_STRING.
    private static let stringType: Int64 = 7

    /// Nil for a kind of value that is not read here.
    fileprivate init?(_ message: ProtobufReader) throws(FormatError) {
        var message = message
        var tag = ""
        var content: Content?
        var texts: [String]?
        var plugin = ""
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (1, .bytes(let text)): tag = try message.string(text)
            case (2, .fourBytes(let bits)): content = .scalar(Float(bitPattern: bits))
            case (4, .bytes(let image)): content = .image(try SummaryImage(message.inner(image)))
            case (5, .bytes(let histogram)): content = .histogram(try SummaryHistogram(message.inner(histogram)))
            case (8, .bytes(let tensor)): texts = try Self.texts(message.inner(tensor))
            case (9, .bytes(let metadata)): plugin = try Self.plugin(message.inner(metadata))
            default: break
            }
        }
        if let texts, plugin == "text" { content = .text(texts) }
        guard let content else { return nil }
        if tag.isEmpty { throw message.error("a value with a tag", "none") }
        self.init(tag, content)
    }

    /// The strings of a tensor: nil if it holds something else.
    private static func texts(_ tensor: ProtobufReader) throws(FormatError) -> [String]? {
        var tensor = tensor
        var texts: [String] = []
        texts.reserveCapacity(try tensor.count(ofField: 8))
        var isText = false
        while let (field, value) = try tensor.next() {
            switch (field, value) {
            case (1, .varint(let type)): isText = type == UInt64(stringType)
            case (8, .bytes(let text)): texts.append(String(decoding: text, as: UTF8.self))
            default: break
            }
        }
        return isText ? texts : nil
    }

    private static func plugin(_ metadata: ProtobufReader) throws(FormatError) -> String {
        var metadata = metadata
        var name = ""
        while let (field, value) = try metadata.next() {
            guard field == 1, case .bytes(let bytes) = value else { continue }
            var plugin = metadata.inner(bytes)
            while let (field, value) = try plugin.next() {
                if field == 1, case .bytes(let text) = value { name = try plugin.string(text) }
            }
        }
        return name
    }
}

extension SummaryImage {
    fileprivate var message: ProtobufWriter {
        var message = ProtobufWriter()
        message.append(1, Int64(height))
        message.append(2, Int64(width))
        message.append(3, Int64(channels))
        message.append(4, encoded)
        return message
    }

    fileprivate init(_ message: ProtobufReader) throws(FormatError) {
        var message = message
        self.init(width: 0, height: 0, channels: 0, encoded: [])
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (1, .varint(let number)): height = Int32(truncatingIfNeeded: number)
            case (2, .varint(let number)): width = Int32(truncatingIfNeeded: number)
            case (3, .varint(let number)): channels = Int32(truncatingIfNeeded: number)
            case (4, .bytes(let bytes)): encoded = Array(bytes)
            default: break
            }
        }
        if encoded.isEmpty { throw message.error("an encoded image", "none") }
    }
}

extension SummaryHistogram {
    fileprivate var message: ProtobufWriter {
        var message = ProtobufWriter()
        for (index, number) in [minimum, maximum, count, sum, sumOfSquares].enumerated() {
            message.append(index + 1, number)
        }
        message.append(6, packed: limits)
        message.append(7, packed: counts)
        return message
    }

    fileprivate init(_ message: ProtobufReader) throws(FormatError) {
        var message = message
        var numbers = [Double](repeating: 0, count: 5)
        var (limits, counts): ([Double], [Double]) = ([], [])
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (1...5, .eightBytes(let bits)): numbers[field - 1] = Double(bitPattern: bits)
            case (6, .bytes(let bytes)): limits += try message.doubles(bytes)
            case (7, .bytes(let bytes)): counts += try message.doubles(bytes)
            case (6, .eightBytes(let bits)): limits.append(Double(bitPattern: bits))
            case (7, .eightBytes(let bits)): counts.append(Double(bitPattern: bits))
            default: break
            }
        }
        guard limits.count == counts.count, !limits.isEmpty else {
            throw message.error(
                "a histogram with a count for each limit", "\(limits.count) limits and \(counts.count) counts")
        }
        self.init(
            minimum: numbers[0], maximum: numbers[1], count: numbers[2], sum: numbers[3], sumOfSquares: numbers[4],
            limits: limits, counts: counts)
    }
}
