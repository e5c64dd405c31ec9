import Testing

@testable import TernData

@Suite struct SHA256Tests {
    static func digest(_ pieces: [[UInt8]]) -> String {
        var digest = SHA256()
        for piece in pieces { piece.withUnsafeBytes { digest.update($0) } }
        return digest.finalized()
    }

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
        #expect(Self.digest([Array(text.utf8)]) == expected)
    }

    @Test("pieces of any size make the same digest")
    func pieces() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        let whole = Self.digest([bytes])
        for cut in 0...bytes.count {
            #expect(Self.digest([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
        }
        #expect(Self.digest(bytes.map { [$0] }) == whole)
    }
}
