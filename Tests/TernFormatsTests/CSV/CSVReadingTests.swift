import Foundation
import TernCore
import TernFormats
import TernFuzzing
import TernTestSupport
import Testing

@Suite struct CSVReadingTests {
    /// What Python's csv module reads and writes.
    struct Goldens: Decodable {
        struct Text: Decodable {
            let separator: String
            let text: String
            let rows: [[String]]
        }
        struct Line: Decodable {
            let fields: [String]
            let line: String
        }
        let texts: [Text]
        let lines: [Line]

        static func load() throws -> Goldens {
            try JSONDecoder().decode(Goldens.self, from: Data(golden("csv.json")))
        }
    }

    static func table(_ text: String, hasHeader: Bool = true, _ change: (inout CSVDialect) -> Void = { _ in }) throws
        -> CSVTable
    {
        var dialect = CSVDialect.standard
        dialect.hasHeader = hasHeader
        change(&dialect)
        return try CSVTable(Array(text.utf8), name: "x.csv", dialect: dialect)
    }

    @Test("fields are those that Python reads")
    func reference() throws {
        for golden in try Goldens.load().texts {
            let table = try Self.table(golden.text, hasHeader: false) { $0.separator = Character(golden.separator) }
            #expect(table.rowCount == golden.rows.count)
            #expect(table.columnCount == golden.rows.first?.count)
            for column in 0..<table.columnCount {
                #expect(try table.strings(.index(column)) == golden.rows.map { $0[column] }, "\(golden.text)")
            }
        }
    }

    @Test("rows are those that Python writes")
    func lines() throws {
        for golden in try Goldens.load().lines { #expect(CSV.row(golden.fields) == golden.line) }
    }

    @Test(
        "a separator that could stand in a number separates", arguments: [".", "-", "+", "e", "E", "5"] as [Character])
    func separatorInNumber(_ separator: Character) throws {
        let table = try Self.table("1\(separator)2\n3\(separator)4\n", hasHeader: false) { $0.separator = separator }
        #expect(try table.tensor() == [[1, 2], [3, 4]])
        #expect(try table.tensor(dtype: .int64) == Tensor(shape: [2, 2], values: [1, 2, 3, 4] as [Int]))
    }

    @Test("columns are chosen by name, by index, or left out")
    func columns() throws {
        let table = try Self.table("a,b,c\n1,2,3\n4,5,6\n")
        #expect(table.columnNames == ["a", "b", "c"])
        #expect(table.rowCount == 2)
        #expect(try table.tensor(["c", 0]) == [[3, 1], [6, 4]])
        #expect(try table.tensor() == [[1, 2, 3], [4, 5, 6]])
        #expect(try table.tensor(except: ["b"]) == [[1, 3], [4, 6]])
        #expect(try table.column("b") == [2, 5])
        #expect(try table.tensor([]).shape == [2, 0])
        #expect(try Self.table("a,b\n").tensor().shape == [0, 2])
        #expect(try Self.table("", hasHeader: false).tensor().shape == [0, 0])
        #expect(try Self.table("1;2", hasHeader: false) { $0.separator = ";" }.tensor() == [[1, 2]])
    }

    @Test("numbers have the type that is asked for")
    func types() throws {
        let table = try Self.table("x,i\n 1.5 ,-3\n\"-2e-3\",\"7\"\n+.25,\t0\n", { $0.missingWords = [] })
        #expect(try table.column("x") == Tensor([1.5, -2e-3, 0.25]))
        #expect(try table.column("x", dtype: .float64) == Tensor([1.5, -2e-3, 0.25], dtype: .float64))
        #expect(try table.column("i", dtype: .int64) == Tensor([-3, 7, 0], dtype: .int64))
        #expect(try table.column("i", dtype: .int32) == Tensor([-3, 7, 0], dtype: .int32))
        #expect(try table.strings("x") == [" 1.5 ", "-2e-3", "+.25"])
        let extremes = try Self.table(
            "9223372036854775807,255,true,inf\n-9223372036854775808,0,0,-Infinity", hasHeader: false)
        #expect(try extremes.column(0, dtype: .int64).array(of: Int64.self) == [.max, .min])
        #expect(try extremes.column(1, dtype: .uint8).array(of: UInt8.self) == [255, 0])
        #expect(try extremes.column(2, dtype: .bool).array(of: Bool.self) == [true, false])
        #expect(try extremes.column(3).array(of: Float.self) == [.infinity, -.infinity])
        #expect(try Self.table("nan\n", hasHeader: false).column(0).item().isNaN)
    }

    @Test("missing values are an error, NaN or a number")
    func missing() throws {
        let table = try Self.table("a,b\n1,\nNA,4\n\" ? \",\"\"\n")
        let error = #expect(throws: FormatError.self) { try table.column("a") }
        #expect(
            error?.description == "x.csv, line 3, column \"a\" (byte 7): expected a number in the range of float32, "
                + "found \"NA\", which stands for a missing value")
        let values = try table.tensor(missing: .nan).array(of: Float.self)
        #expect(values.map(\.isNaN) == [false, true, true, false, true, true])
        #expect(try table.tensor(dtype: .int64, missing: .value(-1)).array(of: Int.self) == [1, -1, -1, 4, -1, -1])
        // A number can be the word for a missing value too.
        let coded = try Self.table("a\n1\n-999\n-999.0\n") { $0.missingWords = ["-999"] }
        #expect(try coded.column("a", missing: .value(0)) == [1, 0, -999])
    }

    @Test(
        "an empty line of a single column is a row whose value is missing, unless it is to be skipped",
        arguments: [
            ("a\n1\n\n3\n", true, nil, [1.0, nil, 3]), ("\n\na\n1\n\n\n", true, nil, [1, nil, nil]),
            ("a\n1\n\n3\n", true, true, [1, 3]), ("a\r\n\r\n\r\n3", true, nil, [nil, nil, 3]),
            ("1\n\n3\n", false, nil, [1, nil, 3]), ("\n\n3\n", false, nil, [nil, nil, 3]),
            ("\n\n", false, false, [nil, nil]), ("\n\n", false, nil, []), ("\r\r3", false, false, [nil, nil, 3]),
            ("#x\n1\n#y\n\n#z\n2\n#", false, nil, [1, nil, 2]), ("a\n\"\"\n2\n", true, true, [nil, 2]),
            ("a\n", true, false, []), ("a", true, nil, []),
        ] as [(String, Bool, Bool?, [Float?])])
    func emptyLines(text: String, hasHeader: Bool, skips: Bool?, expected: [Float?]) throws {
        var dialect = CSVDialect.standard
        dialect.hasHeader = hasHeader
        dialect.comment = "#"
        dialect.skipsEmptyLines = skips
        let table = try CSVTable(Array(text.utf8), dialect: dialect)
        #expect(table.rowCount == expected.count)
        if expected.isEmpty && !hasHeader { return }
        let values = try table.column(0, missing: .nan).array(of: Float.self)
        #expect(values.map { $0.isNaN ? nil : $0 } == expected)
        #expect(try table.strings(0).map { $0.isEmpty } == expected.map { $0 == nil })
        #expect(try table.isMissing(0).array(of: Bool.self) == expected.map { $0 == nil })
    }

    @Test("empty lines of a wide table are skipped, or rows with too few fields")
    func emptyLinesOfWideTables() throws {
        let text = Array("a,b\n1,2\n\n3,4\n".utf8)
        #expect(try CSVTable(text).tensor() == [[1, 2], [3, 4]])
        var dialect = CSVDialect.standard
        dialect.skipsEmptyLines = false
        let error = #expect(throws: FormatError.self) { try CSVTable(text, name: "x", dialect: dialect) }
        #expect(error?.description == "x, line 3 (byte 8): expected 2 fields, as in the first row, found 1")
    }

    @Test("integers with missing values are read, with what tells which are missing")
    func missingIntegers() throws {
        let table = try CSVTable(Array("a,b\n9007199254740993,x\nNA,\n\"\",?\n-1,1\n".utf8))
        let least = Int64.min
        let expected = [9_007_199_254_740_993, least, least, -1]
        #expect(try table.column("a", dtype: .int64, missing: .integer(least)).array(of: Int64.self) == expected)
        #expect(
            try table.column("a", dtype: .int64, missing: .integer(.max)).array(of: Int64.self)
                == expected.map { $0 == least ? .max : $0 })
        #expect(
            try table.column("a", dtype: .int64, missing: .value(-2)).array(of: Int64.self)
                == expected.map { $0 == least ? -2 : $0 })
        #expect(try table.isMissing("a").array(of: Bool.self) == [false, true, true, false])
        #expect(try table.isMissing("b").array(of: Bool.self) == [false, true, true, false])
        #expect(throws: FormatError.self) { try table.isMissing("c") }
    }

    @Test("a header, a byte order mark, comments and empty lines are not data")
    func surroundings() throws {
        let table = try Self.table("\u{FEFF}\"a b\",c\r\n\r\n1,2\r\n\n3,4")
        #expect(table.columnNames == ["a b", "c"])
        #expect(try table.tensor() == [[1, 2], [3, 4]])
        let commented = try Self.table("# by hand\na\n#1\n2 # two\n") { $0.comment = "#" }
        #expect(try commented.strings("a") == ["2 # two"])
        #expect(try Self.table("a\n#1\n").strings("a") == ["#1"])
    }

    @Test("categories are numbered in the order of their names")
    func categories() throws {
        let (labels, names) = try Self.table("kind\nb\na\né\nb\n").categories("kind")
        #expect(names == ["a", "b", "é"])
        #expect(labels == Tensor([1, 0, 2, 1], dtype: .int64))
    }

    @Test("what is written is read back, to the bit")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            var random = FixedRandom(state: 5)
            let floats = (0..<3000).map { _ in Float(bitPattern: UInt32.random(in: 0..<0x7F80_0000, using: &random)) }
            let matrix = Tensor(shape: [1000, 3], values: floats)
            try CSV.write(matrix, header: ["a", "b,\"", "c"], to: folder + "/x")
            let table = try CSVTable(contentsOf: folder + "/x")
            #expect(table.columnNames == ["a", "b,\"", "c"])
            #expect(try table.tensor() == matrix)
            let wide = matrix.converted(to: .float64) / 3
            try CSV.write(wide, header: ["a", "b", "c"], separator: ";", lineEnding: .crlf, to: folder + "/x")
            var dialect = CSVDialect.standard
            dialect.separator = ";"
            #expect(try CSVTable(contentsOf: folder + "/x", dialect: dialect).tensor(dtype: .float64) == wide)
        }
    }

    static let housing = ProcessInfo.processInfo.environment["TERN_DATA"].map {
        $0 + "/boston_housing/boston_housing.csv"
    }

    @Test(
        "the Boston housing data is read",
        .enabled(if: housing != nil, "TERN_DATA names no folder with boston_housing/"))
    func bostonHousing() throws {
        let table = try CSVTable(contentsOf: try #require(Self.housing))
        #expect(table.columnNames.last == "medv")
        let inputs = try table.tensor(except: ["medv"])
        #expect(inputs.shape == [506, 13])
        #expect(
            inputs[0].array(of: Float.self) == [
                0.006, 18, 2.31, 0, 0.538, 6.575, 65.2, 4.09, 1, 296, 15.3, 396.898, 4.98,
            ])
        // NumPy's loadtxt, in float64.
        #expect(try abs(table.column("medv", dtype: .float64).sum().item() - 11401.6) < 1e-6)
        #expect(try table.column("chas", dtype: .bool).sum().item() == 35)
    }
}
