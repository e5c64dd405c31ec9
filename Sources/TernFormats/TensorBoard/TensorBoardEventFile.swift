/// The records of a TensorBoard event file, which `TensorBoardEventWriter`, PyTorch or TensorFlow wrote.
///
/// ```swift
/// let file = try TensorBoardEventFile(contentsOf: "logs/run1/events.out.tfevents.1700000000.host.17.0")
/// for event in file.events { ... }
/// ```
///
/// A record is `u64le length | u32le masked CRC-32C of it | data | u32le masked CRC-32C of the data`, and the data a
/// protocol-buffer message. Values of kinds that are not read here (audio, tensors that are no text) are left out.
public struct TensorBoardEventFile: Equatable, Sendable {
    /// What the file says, in order.
    public let events: [TensorBoardEvent]
    /// Where the last record begins if the file ends in the middle of it, as after a crash or while it is being written:
    /// nil if all are whole.
    public let cutRecordOffset: Int?

    /// - Throws: `FormatError` if the file cannot be read, a checksum does not fit, or a record is no event.
    public init(contentsOf path: String) throws(FormatError) {
        try self.init(FileSource(try InputFile(path)))
    }

    /// The events in the bytes of a file. Errors call them `name`.
    public init(_ bytes: [UInt8], name: String = "TensorBoard events") throws(FormatError) {
        try self.init(FileSource(bytes, name: name))
    }

    private init(_ source: some ByteSource) throws(FormatError) {
        var events: [TensorBoardEvent] = []
        var cut: Int?
        while source.remainingAtMost > 0 {
            let start = source.position
            guard let data = try Self.record(source) else {
                cut = start
                break
            }
            events.append(try TensorBoardEvent(data, file: source.name, offset: start + Self.headerSize))
        }
        self.events = events
        cutRecordOffset = cut
    }

    static let headerSize = 12

    /// The data of a record: nil if the file ends before its end.
    private static func record(_ source: some ByteSource) throws(FormatError) -> ArraySlice<UInt8>? {
        let start = source.position
        if source.remainingAtMost < headerSize { return nil }
        let header = try source.readBytes(headerSize, expected: "a record's header")
        let length = header.uint64(0)
        try check(header, count: 8, "the length", at: start, source)
        guard length <= source.remainingAtMost, source.remainingAtMost - Int(length) >= 4 else { return nil }
        let data = try source.readBytes(Int(length) + 4, expected: "a record's data")
        try check(data, count: Int(length), "the data", at: start + headerSize, source)
        return data.dropLast(4)
    }

    /// Holds the masked CRC behind the first `count` bytes against them.
    private static func check(_ bytes: [UInt8], count: Int, _ what: String, at offset: Int, _ source: some ByteSource)
        throws(FormatError)
    {
        let stated = bytes.uint32(count)
        let computed = bytes.withUnsafeBytes { maskedCRC32C(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        if stated != computed {
            throw FormatError(
                source.name, at: .offset(offset + count),
                expected: "the masked CRC-32C \(hexadecimal(computed)) of \(what)", found: hexadecimal(stated))
        }
    }
}
