/// Damages files as bad disks, bad programs and bad people do.
struct Mutator {
    private var random: FixedRandom
    /// What is put in now and then beside numbers: words of the format.
    private let tokens: [[UInt8]]

    init(seed: UInt64, tokens: [String] = []) {
        random = FixedRandom(state: seed)
        self.tokens = tokens.map { Array($0.utf8) }
    }

    /// One of the samples with one to six changes; a result is at most a few times as long as its sample.
    mutating func mutated(oneOf samples: [[UInt8]]) -> [UInt8] {
        var bytes = samples[below(samples.count)]
        let longest = 4 * bytes.count + 256
        for _ in 0...min(below(6), below(6)) { change(&bytes, samples) }
        return bytes.count <= longest ? bytes : Array(bytes[..<longest])
    }

    private mutating func change(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
        if bytes.isEmpty { return bytes.append(contentsOf: randomBytes()) }
        let index = below(bytes.count)
        switch below(12) {
        case 0, 1: bytes[index] ^= 1 << UInt8(below(8))
        case 2: bytes[index] = UInt8(below(256))
        case 3: bytes[index] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(6)]
        case 4: bytes[index] &+= UInt8(truncatingIfNeeded: below(9) - 4)
        case 5: overwrite(&bytes, at: index, with: interestingNumber(bytes.count))
        case 6: bytes.removeSubrange(index...)
        case 7: bytes.removeSubrange(stretch(in: bytes, from: index))
        case 8: bytes.insert(contentsOf: randomBytes(), at: index)
        case 9:
            // A stretch of this file, or of another sample, once more.
            let source = below(2) == 0 ? bytes : samples[below(samples.count)]
            if source.isEmpty { return }
            let piece = Array(source[stretch(in: source, from: below(source.count))])
            if below(2) == 0 {
                bytes.insert(contentsOf: piece, at: index)
            } else {
                overwrite(&bytes, at: index, with: piece)
            }
        default:
            if tokens.isEmpty { return overwrite(&bytes, at: index, with: randomBytes()) }
            let token = tokens[below(tokens.count)]
            if below(2) == 0 {
                bytes.insert(contentsOf: token, at: index)
            } else {
                overwrite(&bytes, at: index, with: token)
            }
        }
    }

    private mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % count }

    /// Most are short.
    private mutating func stretch(in bytes: [UInt8], from start: Int) -> Range<Int> {
        let longest = below(8) == 0 ? bytes.count : 16
        return start..<min(start + 1 + below(longest), bytes.count)
    }

    private mutating func randomBytes() -> [UInt8] {
        let value = below(2) == 0 ? nil : UInt8(below(256))
        return (0...below(16)).map { _ in value ?? UInt8(below(256)) }
    }

    private func overwrite(_ bytes: inout [UInt8], at index: Int, with piece: [UInt8]) {
        for (offset, byte) in piece.enumerated() where index + offset < bytes.count { bytes[index + offset] = byte }
    }

    /// A number at the edge of something, in 1, 2, 4 or 8 bytes of either order.
    private mutating func interestingNumber(_ count: Int) -> [UInt8] {
        let bits = [8, 16, 32, 64][below(4)]
        let edge = [0, 1, UInt64.max, 1 << UInt64(bits - 1), 1 << UInt64(below(64)), UInt64(count)][below(6)]
        let number = edge &+ UInt64(bitPattern: Int64(below(5) - 2))
        let bytes = (0..<bits / 8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
        return below(2) == 0 ? bytes : bytes.reversed()
    }
}
