import TernCore
import TernFormats
import TernTestSupport
import Testing

@Suite struct CSVWritingTests {
    @Test(
        "a row quotes what a reader would take apart",
        arguments: [
            (["a", "b"], "a,b\n"),
            ([], "\n"),
            ([""], "\"\"\n"),
            (["", ""], ",\n"),
            (["a,b", "c"], "\"a,b\",c\n"),
            (["say \"hi\""], "\"say \"\"hi\"\"\"\n"),
            (["two\nlines", "two\rlines", "two\r\nlines"], "\"two\nlines\",\"two\rlines\",\"two\r\nlines\"\n"),
            ([" a ", "é,😀"], " a ,\"é,😀\"\n"),
            (["\u{FEFF}a", "\u{FEFF}a"], "\"\u{FEFF}a\",\u{FEFF}a\n"),
        ])
    func rows(fields: [String], expected: String) {
        #expect(CSV.row(fields) == expected)
    }

    @Test("separator and line ending are chosen")
    func choices() {
        #expect(CSV.row(["a,b", "c;d", "e\tf"], separator: ";") == "a,b;\"c;d\";e\tf\n")
        #expect(CSV.row(["a,b", "c;d", "e\tf"], separator: "\t", lineEnding: .crlf) == "a,b\tc;d\t\"e\tf\"\r\n")
    }

    @Test("rows and matrices are written to files")
    func files() throws {
        try withTemporaryFolder { folder in
            try CSV.write([["1", "a,b"]], header: ["n", "text"], to: folder + "/x")
            #expect(try String(decoding: bytes(ofFile: folder + "/x"), as: UTF8.self) == "n,text\n1,\"a,b\"\n")
            try CSV.write([], to: folder + "/x")
            #expect(try bytes(ofFile: folder + "/x") == [])
            try CSV.write(Tensor([[0.1, 2], [.nan, -1e-30]]), header: ["a", "b"], to: folder + "/x")
            #expect(try String(decoding: bytes(ofFile: folder + "/x"), as: UTF8.self) == "a,b\n0.1,2.0\nnan,-1e-30\n")
            try CSV.write(Tensor([[1, 2]] as [[Int64]]), lineEnding: .crlf, to: folder + "/x")
            #expect(try String(decoding: bytes(ofFile: folder + "/x"), as: UTF8.self) == "1,2\r\n")
            let error = #expect(throws: FormatError.self) { try CSV.write([["a"]], to: folder + "/none/x") }
            #expect(
                error?.description
                    == "\(folder)/none/x: expected a file that can be written, found No such file or directory")
        }
    }

    @Test("a header with a name twice stops, before there is a file")
    func doubledNames() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            try CSV.write([["1", "2", "3"]], header: ["a", "b", "a"], to: "/nowhere/x")
        }.expectMessage(#"CSV.write: expects different names of columns, got 'a' twice in ["a", "b", "a"]"#)
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            try CSV.write(Tensor.zeros([2, 2]), header: ["", ""], to: "/nowhere/x")
        }.expectMessage(#"CSV.write: expects different names of columns, got '' twice in ["", ""]"#)
    }
}
