import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct FormatErrorTests {
    @Test("an error says where it is, what was expected and what was found")
    func messages() {
        let whole = FormatError("a.gz", expected: "a readable file", found: "no such file")
        #expect(whole.description == "a.gz: expected a readable file, found no such file")
        let offset = FormatError("a.gz", at: .offset(7), expected: "more", found: "the end")
        #expect(offset.description == "a.gz, byte 7: expected more, found the end")
        let key = FormatError("a.gz", at: .key("conv1.weight"), expected: "dtype", found: "none")
        #expect(key.description == "a.gz, \"conv1.weight\": expected dtype, found none")
    }

    @Test("untrusted text is quoted on one line and cut")
    func quoting() {
        #expect(quoted("a\nb\"c\u{1B}é") == "\"a\\nb\\\"c\\u{1B}é\"")
        #expect(quoted(String(repeating: "x", count: 1_000_000)) == "\"" + String(repeating: "x", count: 80) + "...\"")
    }

    @Test("a file that cannot be opened is an error that says why")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            #expect(
                throws: FormatError("\(folder)/none", expected: "a readable file", found: "No such file or directory")
            ) {
                try InputFile(folder + "/none")
            }
            #expect(throws: FormatError(folder, expected: "a regular file", found: "a folder")) {
                try InputFile(folder)
            }
            #expect(throws: FormatError("/dev/null", expected: "a regular file", found: "a special file")) {
                try InputFile("/dev/null")
            }
        }
    }
}
