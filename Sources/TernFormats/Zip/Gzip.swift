/// The gzip format (RFC 1952).
///
/// ```swift
/// let file = Gzip.compress(Array("tern".utf8))
/// try Gzip.decompress(file, maximumCount: 1000)   // "tern" as bytes
/// ```
public enum Gzip {
    /// The uncompressed contents of a gzip file of one or more members, each checked against its CRC-32 and length. Zero
    /// bytes behind a member are padding.
    ///
    /// - Parameters:
    ///   - bytes: of the gzip file.
    ///   - name: what errors call the data.
    ///   - maximumCount: more bytes than these are an error: a few compressed bytes can stand for a thousand times as
    ///     many.
    public static func decompress(_ bytes: [UInt8], name: String = "gzip data", maximumCount: Int) throws(FormatError)
        -> [UInt8]
    {
        try InflateSource(FileSource(bytes, name: name), .gzip).readAll(atMost: maximumCount)
    }

    /// A gzip file of one member. It depends on the bytes and the level alone: no name and no time are in it.
    ///
    /// - Parameters:
    ///   - bytes: the contents.
    ///   - level: from 0, not compressed, to 9, smallest.
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflater.compress(bytes, .gzip, level: level)
    }
}

/// The zlib format (RFC 1950): a deflate stream with an Adler-32.
///
/// ```swift
/// let stream = Zlib.compress(Array("tern".utf8))
/// try Zlib.decompress(stream, maximumCount: 1000)   // "tern" as bytes
/// ```
public enum Zlib {
    /// The uncompressed contents of a zlib stream, checked against its Adler-32; nothing may follow it.
    ///
    /// - Parameters:
    ///   - bytes: of the zlib stream.
    ///   - name: what errors call the data.
    ///   - maximumCount: more bytes than these are an error.
    public static func decompress(_ bytes: [UInt8], name: String = "zlib data", maximumCount: Int) throws(FormatError)
        -> [UInt8]
    {
        try InflateSource(FileSource(bytes, name: name), .zlib).readAll(atMost: maximumCount)
    }

    /// A zlib stream.
    ///
    /// - Parameters:
    ///   - bytes: the contents.
    ///   - level: from 0, not compressed, to 9, smallest.
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflater.compress(bytes, .zlib, level: level)
    }
}
