import Foundation
import TernCore
import Testing

#if os(Linux)
    // The headers show it only to programs that ask for X/Open.
    @_silgen_name("wcwidth") private func wcwidth(_ character: wchar_t) -> Int32
#endif

@Suite("Text on a terminal")
struct DisplayWidthTests {
    #if os(Linux)
        @Test("each character has the width that the C library gives it")
        func everyScalar() throws {
            let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
            let former = uselocale(locale)
            defer {
                uselocale(former)
                freelocale(locale)
            }
            var different: [String] = []
            for value in 0..<UInt32(0x32000) {
                // Those that the C library does not know, and the sign that widens the character before it.
                guard let scalar = Unicode.Scalar(value), value != 0xFE0F else { continue }
                let expected = Int(wcwidth(wchar_t(value)))
                let width = String(scalar).displayWidth
                if expected >= 0 && width != expected { different.append("\(String(value, radix: 16)): \(width)") }
            }
            // Few characters are told differently by versions of Unicode; none takes more than is reckoned with.
            #expect(different.count < 20, "\(different.joined(separator: " "))")
        }
    #endif

    @Test(
        "the width is that of what is shown",
        arguments: [
            ("", 0), ("loss", 4), ("損失", 4), ("e\u{301}", 1), ("ｱ", 1), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("🐦", 2), ("❤️", 2), ("🇩🇪", 2), ("a\u{200B}b", 2), ("−…", 2), ("━", 1),
        ])
    func width(_ text: String, _ width: Int) { #expect(text.displayWidth == width) }

    @Test("text without control characters is as it was, others have spaces or a replacement")
    func printable() {
        #expect("é 名 🐦 👨‍👩‍👧".printable == "é 名 🐦 👨‍👩‍👧")
        #expect("a\u{1B}[2Jb\r\nc\td\u{7F}\u{9B}\u{202E}".printable == "a\u{FFFD}[2Jb  c d\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test("text is shortened between characters, and padded to a width")
    func fitting() {
        #expect("損失loss".shortened(toColumns: 8) == "損失loss")
        #expect("損失loss".shortened(toColumns: 7) == "損失lo…")
        #expect("損失loss".shortened(toColumns: 4) == "損…")
        #expect("loss".shortened(toColumns: 1) == "…" && "loss".shortened(toColumns: 0) == "")
        #expect("損".padded(toColumns: 4) == "損  " && "loss".padded(toColumns: 2) == "loss")
    }

    @Test(
        "a number as an integer of a range is the nearest of it",
        arguments: [
            (1e20, 80), (-1e20, 5), (.nan, 5), (.infinity, 80), (-.infinity, 5), (1e-300, 5), (79.9, 79), (80, 80),
        ])
    func limits(_ value: Double, _ expected: Int) { #expect(Int(value, in: 5...80) == expected) }

    @Test("the ends of all integers are reached")
    func extremes() {
        for (value, expected) in [
            (1e300, Int.max), (0x1p63, .max), (0x1p63.nextDown, Int(0x1p63.nextDown)), (-0x1p63, .min),
        ] {
            #expect(Int(value, in: .min ... .max) == expected)
        }
    }
}
