import TernCore
import TernFormats
import Testing

@Suite struct CSVErrorTests {
    static func message(_ text: String, hasHeader: Bool = true, read: (CSVTable) throws -> Void = { _ in }) -> String? {
        #expect(throws: FormatError.self) {
            try read(CSVReadingTests.table(text, hasHeader: hasHeader))
        }?.description
    }

    @Test("errors name the line, the column and the byte")
    func numbers() {
        let text = "a,b\r\n1,2\r\n\r\n3,x\r\n"
        #expect(
            Self.message(text) { _ = try $0.tensor() }
                == "x.csv, line 4, column \"b\" (byte 14): expected a number in the range of float32, found \"x\"")
        #expect(
            Self.message(text) { _ = try $0.tensor(dtype: .int64) }
                == "x.csv, line 4, column \"b\" (byte 14): expected an integer from -9223372036854775808 to "
                + "9223372036854775807, found \"x\"")
        #expect(
            Self.message("1\n2.0", hasHeader: false) { _ = try $0.column(0, dtype: .uint8) }
                == "x.csv, line 2, column 0 (byte 2): expected an integer from 0 to 255, found \"2.0\"")
        #expect(
            Self.message("a\n\"two\nlines\"\n2") { _ = try $0.column("a", dtype: .bool) }
                == "x.csv, line 2, column \"a\" (byte 2): expected 0, 1, true or false, found \"two\\nlines\"")
    }

    @Test(
        "what is not a number, or does not fit, is refused",
        arguments: [
            "1x", "--1", "1e", "1e+", ".", "e5", "+", "0x10", "1_000", "1 2", "1,5e", "١", "1e39", "-1e39", "nane",
            "in",
            "1..2", "\"1\"2", "1e400", "99999999999999999999999999999999999999999999",
        ])
    func notFloats(text: String) {
        let field = text.contains(",") || text.hasPrefix("\"") ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        #expect(throws: FormatError.self) { try CSVReadingTests.table("a\n\(field)").column("a") }
    }

    @Test(
        "what is not an integer, or does not fit, is refused",
        arguments: [
            ("1.0", DType.int64), ("1e2", .int64), ("9223372036854775808", .int64), ("-9223372036854775809", .int64),
            ("18446744073709551616", .int64), ("36893488147419103232", .int64), ("2147483648", .int32),
            ("-2147483649", .int32), ("-1", .uint8), ("256", .uint8), ("2", .bool), ("yes", .bool), ("nan", .int64),
        ])
    func notIntegers(text: String, dtype: DType) {
        #expect(throws: FormatError.self) { try CSVReadingTests.table("a\n\(text)").column("a", dtype: dtype) }
    }

    @Test("rows and quotes that are wrong are named when the table is opened")
    func structure() {
        #expect(
            Self.message("a,b\n1,2\n3\n")
                == "x.csv, line 3 (byte 8): expected 2 fields, as in the first row, found 1")
        #expect(
            Self.message("1\n2,3\n", hasHeader: false)
                == "x.csv, line 2 (byte 2): expected 1 fields, as in the first row, found 2")
        #expect(
            Self.message("a\n1\n\"2\n3\n")
                == "x.csv, line 3 (byte 4): expected a quote that closes this field, found the end of the text")
        #expect(
            Self.message("a\n\"1\"x\n")
                == "x.csv, line 2 (byte 5): expected a separator or the row's end after a closing quote, found \"x\"")
        #expect(Self.message("") == "x.csv: expected a header that names the columns, found no row")
        let mark = #expect(throws: FormatError.self) { try CSVTable([0xFF, 0xFE, 0x61, 0], name: "x.csv") }
        #expect(mark?.description == "x.csv, byte 0: expected text in UTF-8, found the mark of UTF-16")
    }

    @Test("columns that are not there are named, with those that are")
    func columns() {
        #expect(
            Self.message("a,b\n") { _ = try $0.column("c") } == "x.csv: expected a column \"c\", found \"a\", \"b\"")
        #expect(
            Self.message("a,b\n") { _ = try $0.column(2) } == "x.csv: expected 3 or more columns, found 2")
        #expect(
            Self.message("a,a\n") { _ = try $0.column("a") }
                == "x.csv: expected one column \"a\", found it at the indices 0, 1")
        #expect(
            Self.message("1\n", hasHeader: false) { _ = try $0.column("a") }
                == "x.csv: expected a column \"a\", found no header")
    }

    @Test("text that is not UTF-8 is an error where it is asked for")
    func encoding() throws {
        let table = try CSVTable(Array("a,b\n1,".utf8) + [0xE9, 0x0A], name: "x.csv")
        #expect(try table.column("a") == [1])
        let error = #expect(throws: FormatError.self) { try table.strings("b") }
        #expect(
            error?.description
                == "x.csv, line 2, column \"b\" (byte 6): expected text in UTF-8, found bytes that are not")
        #expect(throws: FormatError.self) { try table.column("b") }
        #expect(throws: FormatError.self) { try CSVTable([0xE9, 0x0A]) }
    }
}
