import TernFormats

/// A function that digests blocks of 64 bytes, as those of the MD4 family do.
package protocol DigestFunction {
    init()
    /// Whether the bits' number at the end, and the words of the digest, are big-endian.
    static var isBigEndian: Bool { get }
    /// The words of the digest.
    var words: [UInt32] { get }
    mutating func compress(_ block: Slice<UnsafeRawBufferPointer>)
}

/// The digest of bytes that come piece by piece.
package struct BlockDigest<Function: DigestFunction> {
    private var function = Function()
    /// The bytes of an incomplete block.
    private var pending: [UInt8] = []
    private var count: UInt64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let missing = rest.prefix(64 - pending.count)
            pending.append(contentsOf: missing)
            rest = rest.dropFirst(missing.count)
            if pending.count < 64 { return }
            pending.withUnsafeBytes { function.compress($0[...]) }
            pending.removeAll(keepingCapacity: true)
        }
        while rest.count >= 64 {
            function.compress(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        pending.append(contentsOf: rest)
    }

    /// The digest of all bytes so far in hexadecimal digits.
    package func finalized() -> String {
        var copy = self
        let zeros = (119 - Int(count % 64)) % 64
        let end: [UInt8] = [0x80] + Array(repeating: 0, count: zeros)
        end.withUnsafeBytes { copy.update($0) }
        let bits = Function.isBigEndian ? (count * 8).bigEndian : (count * 8).littleEndian
        withUnsafeBytes(of: bits) { copy.update($0) }
        let words = copy.function.words.map { Function.isBigEndian ? $0 : $0.byteSwapped }
        return words.map { digits($0, 8, radix: 16) }.joined()
    }
}
