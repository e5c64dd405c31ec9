/// Walks the fields of CSV text, which was or is being checked, byte by byte.
struct CSVScanner {
    /// Where a field ended.
    enum End {
        case separator
        /// The end of a row (its LF, CRLF or CR is consumed) or of the text.
        case row
    }

    let start: UnsafePointer<UInt8>
    let count: Int
    let separator: UInt8
    let comment: UInt8?
    /// Whether an empty line is a row of one empty field.
    var keepsEmptyLines = false
    var position: Int

    /// Moves over empty lines, unless they are rows, and comments.
    ///
    /// - Returns: whether there is a row.
    mutating func moveToRow() -> Bool {
        while position < count {
            let byte = start[position]
            if byte == CSV.Byte.lf || byte == CSV.Byte.cr {
                if keepsEmptyLines { return true }
                position += 1
            } else if byte == comment {
                while position < count && start[position] != CSV.Byte.lf && start[position] != CSV.Byte.cr {
                    position += 1
                }
                if position < count { _ = endRow() }
            } else {
                return true
            }
        }
        return false
    }

    /// Moves past a field that is not in quotes, and what ends it.
    ///
    /// - Returns: where its bytes end.
    @inline(__always)
    mutating func skipPlain() -> (end: Int, by: End) {
        while position < count {
            let byte = start[position]
            // Nearly all bytes are above all three.
            if byte <= UInt8(ascii: ",") || byte == separator {
                if byte == separator {
                    position += 1
                    return (position - 1, .separator)
                }
                if byte == CSV.Byte.lf || byte == CSV.Byte.cr { return (position, endRow()) }
            }
            position += 1
        }
        return (position, .row)
    }

    /// Moves past a field in quotes, and what ends it.
    ///
    /// - Returns: where its bytes between the quotes end, and whether quotes are doubled in them; or at which byte it
    ///   is wrong.
    mutating func skipQuoted() -> (end: Int, by: End?, isDoubled: Bool) {
        let opening = position
        var isDoubled = false
        position += 1
        while position < count {
            if start[position] != CSV.Byte.quote {
                position += 1
                continue
            }
            let end = position
            position += 1
            if position == count { return (end, .row, isDoubled) }
            switch start[position] {
            case CSV.Byte.quote:
                isDoubled = true
                position += 1
            case separator:
                position += 1
                return (end, .separator, isDoubled)
            case CSV.Byte.lf, CSV.Byte.cr:
                return (end, endRow(), isDoubled)
            default:
                return (position, nil, isDoubled)
            }
        }
        return (opening, nil, isDoubled)
    }

    /// Consumes LF, CRLF or CR.
    @inline(__always)
    mutating func endRow() -> End {
        let isReturn = start[position] == CSV.Byte.cr
        position += 1
        if isReturn && position < count && start[position] == CSV.Byte.lf { position += 1 }
        return .row
    }

    /// Moves past a field of either kind.
    @inline(__always)
    mutating func skipField() -> End {
        if position < count && start[position] == CSV.Byte.quote { return skipQuoted().by ?? .row }
        return skipPlain().by
    }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool {
        (byte == CSV.Byte.space || byte == CSV.Byte.tab) && byte != separator
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < count && isBlank(start[position]) { position += 1 }
    }

    /// The range without the spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper && isBlank(start[lower]) { lower += 1 }
        while lower < upper && isBlank(start[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// Moves past what ends a field, if it is here.
    @inline(__always)
    mutating func skipFieldEnd() -> Bool {
        if position == count { return true }
        let byte = start[position]
        if byte == separator {
            position += 1
            return true
        }
        if byte == CSV.Byte.lf || byte == CSV.Byte.cr {
            _ = endRow()
            return true
        }
        return false
    }
}
