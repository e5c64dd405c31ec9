import TernCore

extension CSVTable {
    /// The numbers of columns, in the order given, as a matrix `[N, C]`.
    ///
    /// Floats are the nearest to what is written, ties to even; `inf`, `infinity` and `nan` (any case) are floats too.
    /// Halves are rounded from float64, to infinity where they end. bool takes 0, 1, true and false.
    ///
    /// - Parameters:
    ///   - columns: by name or number.
    ///   - dtype: of the result.
    ///   - missing: what becomes of fields that hold no value (``CSVDialect/missingWords``).
    /// - Throws: `FormatError` if there is no such column, or a field is no number that fits the type; with the line, the
    ///   column and the byte.
    public func tensor(_ columns: [CSVColumn], dtype: DType = .float32, missing: CSVMissing = .error)
        throws(FormatError) -> Tensor
    {
        let indices = try indices(of: columns, "CSVTable.tensor")
        return try tensor(shape: [rowCount, indices.count], indices, dtype, missing)
    }

    /// The numbers of all columns but some, as a matrix `[N, C]`.
    public func tensor(except columns: [CSVColumn] = [], dtype: DType = .float32, missing: CSVMissing = .error)
        throws(FormatError) -> Tensor
    {
        let left = Set(try indices(of: columns, "CSVTable.tensor"))
        let indices = (0..<columnCount).filter { !left.contains($0) }
        return try tensor(shape: [rowCount, indices.count], indices, dtype, missing)
    }

    /// The numbers of one column as a vector `[N]`.
    public func column(_ column: CSVColumn, dtype: DType = .float32, missing: CSVMissing = .error)
        throws(FormatError) -> Tensor
    {
        try tensor(shape: [rowCount], [index(of: column)], dtype, missing)
    }

    /// Which values of a column are missing (``CSVDialect/missingWords``), as bool `[N]`; pandas' `isna`. A column of integers
    /// in which some are missing is read with it and a number in their place:
    ///
    /// ```swift
    /// let petals = try iris.column("petals", dtype: .int64, missing: .integer(0))
    /// let isMissing = try iris.isMissing("petals")
    /// ```
    public func isMissing(_ column: CSVColumn) throws(FormatError) -> Tensor {
        var slots = [Int](repeating: -1, count: columnCount)
        slots[try index(of: column)] = 0
        return try Tensor(shape: [rowCount], dtype: .bool) { (memory) throws(FormatError) in
            try parse(CSVMissingFlag.self, slots, 1, .error, into: memory)
        }
    }

    /// The fields of a column as they are written, without the quotes around them.
    ///
    /// - Throws: `FormatError` if there is no such column, or a field is not in UTF-8.
    public func strings(_ column: CSVColumn) throws(FormatError) -> [String] {
        let wanted = try index(of: column)
        return try text.withUnsafeBufferPointer { (text) throws(FormatError) in
            var scanner = CSVScanner(text, dialect, at: dataStart, keepsEmptyLines: keepsEmptyLines)
            var strings: [String] = []
            strings.reserveCapacity(rowCount)
            while scanner.moveToRow() {
                for index in 0..<columnCount {
                    if index != wanted {
                        _ = scanner.skipField()
                        continue
                    }
                    let start = scanner.position
                    guard let string = scanner.field().string(scanner.start) else {
                        throw error(at: start, column: index, expected: "text in UTF-8", found: "bytes that are not")
                    }
                    strings.append(string)
                }
            }
            return strings
        }
    }

    /// The fields of a column as numbers of categories, int64 `[N]`, and the categories' names: each different field, in
    /// the order of their UTF-8 bytes. pandas' `Categorical`.
    ///
    /// ```swift
    /// let (labels, species) = try iris.categories("species")   // [0, 0, ..., 2] and ["setosa", "versicolor", ...]
    /// ```
    public func categories(_ column: CSVColumn) throws(FormatError) -> (Tensor, names: [String]) {
        let strings = try strings(column)
        let names = Set(strings).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int64($0)) })
        return (Tensor(shape: [strings.count], values: strings.map { codes[$0]! }), names)
    }

    private func tensor(shape: Shape, _ columns: [Int], _ dtype: DType, _ missing: CSVMissing) throws(FormatError)
        -> Tensor
    {
        // Rounded once, but for numbers of more digits than float64 has.
        if dtype.isHalf { return try tensor(shape: shape, columns, .float64, missing).converted(to: dtype) }
        var slots = [Int](repeating: -1, count: columnCount)
        for (slot, column) in columns.enumerated() { slots[column] = slot }
        return try Tensor(shape: shape, dtype: dtype) { (memory) throws(FormatError) in
            switch dtype {
            case .float32: try parse(Float.self, slots, columns.count, missing, into: memory)
            case .float64: try parse(Double.self, slots, columns.count, missing, into: memory)
            case .int64: try parse(Int64.self, slots, columns.count, missing, into: memory)
            case .int32: try parse(Int32.self, slots, columns.count, missing, into: memory)
            case .uint8: try parse(UInt8.self, slots, columns.count, missing, into: memory)
            case .int8: try parse(Int8.self, slots, columns.count, missing, into: memory)
            case .uint16: try parse(UInt16.self, slots, columns.count, missing, into: memory)
            case .int16: try parse(Int16.self, slots, columns.count, missing, into: memory)
            case .uint32: try parse(UInt32.self, slots, columns.count, missing, into: memory)
            case .uint64: try parse(UInt64.self, slots, columns.count, missing, into: memory)
            case .float16, .bfloat16: mistake("CSVTable", "has no parser of \(dtype)")
            case .bool: try parse(Bool.self, slots, columns.count, missing, into: memory)
            }
        }
    }

    /// - Parameters:
    ///   - slots: for each column of the file, its place in a row of the tensor; -1 for those left out.
    ///   - width: the length of a row of the tensor.
    private func parse<Value: CSVNumber>(
        _ type: Value.Type, _ slots: [Int], _ width: Int, _ missing: CSVMissing,
        into memory: UnsafeMutableRawBufferPointer
    ) throws(FormatError) {
        let replacement = Value.replacement(missing)
        // Or where the field ends, if the separator could be read as a part of a number.
        let asksWordsFirst =
            dialect.missingWords.contains(where: Value.canBeWritten) || "0123456789+-.eE".contains(dialect.separator)
        guard rowCount > 0, width > 0, let base = memory.baseAddress else { return }
        var out = base.assumingMemoryBound(to: Value.self)
        try text.withUnsafeBufferPointer { (text) throws(FormatError) in
            var scanner = CSVScanner(text, dialect, at: dataStart, keepsEmptyLines: keepsEmptyLines)
            while scanner.moveToRow() {
                for column in slots.indices {
                    let slot = slots[column]
                    if slot < 0 {
                        _ = scanner.skipField()
                        continue
                    }
                    if !asksWordsFirst {
                        let start = scanner.position
                        scanner.skipBlanks()
                        if let value = Value(scanner.start, &scanner.position, end: scanner.count),
                            scanner.skipFieldEnd()
                        {
                            out[slot] = value
                            continue
                        }
                        scanner.position = start
                    }
                    out[slot] = try parseField(&scanner, column, replacement, asksWordsFirst)
                }
                out += width
            }
        }
    }

    /// A field that is not simply a number.
    @inline(never)
    private func parseField<Value: CSVNumber>(
        _ scanner: inout CSVScanner, _ column: Int, _ replacement: Value?, _ asksWordsFirst: Bool
    ) throws(FormatError) -> Value {
        let start = scanner.position
        let field = scanner.field()
        let range = scanner.trimmed(field.range)
        var position = range.lowerBound
        let value = Value(scanner.start, &position, end: range.upperBound).flatMap {
            position == range.upperBound ? $0 : nil
        }
        if let value, !asksWordsFirst { return value }
        let written = CSVField(range: range, isDoubled: field.isDoubled, by: field.by)
        guard let word = written.string(scanner.start) else {
            throw error(at: start, column: column, expected: Value.expected, found: "bytes that are not UTF-8")
        }
        if dialect.missingWords.contains(word) {
            if let replacement { return replacement }
            let found = "\(quoted(word)), which stands for a missing value"
            throw error(at: start, column: column, expected: Value.expected, found: found)
        }
        if let value = value ?? Value(word: word) { return value }
        throw error(at: start, column: column, expected: Value.expected, found: quoted(word))
    }
}
