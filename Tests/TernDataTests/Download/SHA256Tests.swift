import Testing

@testable import TernData

/// The digest of pieces of bytes.
private func digest<Function>(_ type: BlockDigest<Function>.Type, _ pieces: [[UInt8]]) -> String {
    var digest = BlockDigest<Function>()
    for piece in pieces { piece.withUnsafeBytes { digest.update($0) } }
    return digest.finalized()
}

@Suite struct MD5Tests {
    @Test(
        "RFC 1321's test vectors",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
            (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        ])
    func vectors(text: String, expected: String) {
        #expect(digest(MD5.self, [Array(text.utf8)]) == expected)
        #expect(digest(MD5.self, text.utf8.map { [$0] }) == expected)
    }
}

@Suite struct SHA256Tests {
    @Test(
        "NIST's test vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func vectors(text: String, expected: String) {
        #expect(digest(SHA256.self, [Array(text.utf8)]) == expected)
    }

    @Test("pieces of any size make the same digest")
    func pieces() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        let whole = digest(SHA256.self, [bytes])
        for cut in 0...bytes.count {
            #expect(digest(SHA256.self, [Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
        }
        #expect(digest(SHA256.self, bytes.map { [$0] }) == whole)
    }
}
