import TernCore

/// What the fields of a column can be read as.
protocol CSVNumber {
    /// For messages.
    static var expected: String { get }
    /// Reads a number from `position` as far as it goes: nil, and `position` is moved somewhere, if there is none or it
    /// does not fit.
    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int)
    /// What is not written in digits.
    init?(word: String)
    /// What stands for a missing value: nil for an error. Stops if the type has no such value.
    static func replacement(_ missing: CSVMissing) -> Self?
}

extension CSVNumber {
    /// Whether a word is a number of this type.
    static func canBeWritten(as word: String) -> Bool {
        let bytes = Array(word.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            var position = 0
            return Self(start, &position, end: bytes.count) != nil && position == bytes.count
        }
    }
}

extension Float: CSVNumber {
    static var expected: String { "a number in the range of float32" }

    @inline(__always)
    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) {
        let start = position
        guard let decimal = Decimal(text, &position, end: end) else { return nil }
        guard let value = decimal.float ?? Float(digits(text, start..<position)), value.isFinite else { return nil }
        self = value
    }

    init?(word: String) {
        guard let value = Double(word: word) else { return nil }
        self = Float(value)
    }

    static func replacement(_ missing: CSVMissing) -> Float? { Double.replacement(missing).map(Float.init) }
}

extension Double: CSVNumber {
    static var expected: String { "a number in the range of float64" }

    @inline(__always)
    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) {
        let start = position
        guard let decimal = Decimal(text, &position, end: end) else { return nil }
        guard let value = decimal.double ?? Double(digits(text, start..<position)), value.isFinite else { return nil }
        self = value
    }

    init?(word: String) {
        switch word.lowercased() {
        case "nan", "+nan", "-nan": self = .nan
        case "inf", "+inf", "infinity", "+infinity": self = .infinity
        case "-inf", "-infinity": self = -.infinity
        default: return nil
        }
    }

    static func replacement(_ missing: CSVMissing) -> Double? {
        switch missing {
        case .error: nil
        case .nan: .nan
        case .value(let value): value
        case .integer(let value): Double(value)
        }
    }
}

/// The text of a number of many digits or with a large exponent, for the standard library.
@inline(never)
private func digits(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(start: text + range.lowerBound, count: range.count), as: UTF8.self)
}

/// Integers are digits with or without a sign: no point, no exponent.
protocol CSVInteger: CSVNumber, FixedWidthInteger, TensorScalar {}

extension CSVInteger {
    static var expected: String { "an integer from \(min) to \(max)" }

    @inline(__always)
    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) {
        guard let decimal = Decimal(text, &position, end: end), decimal.isInteger, !decimal.hasTooManyDigits else {
            return nil
        }
        guard decimal.isNegative else {
            self.init(exactly: decimal.digits)
            return
        }
        if decimal.digits > 1 << 63 { return nil }
        self.init(exactly: Int64(truncatingIfNeeded: 0 &- decimal.digits))
    }

    init?(word: String) { nil }

    static func replacement(_ missing: CSVMissing) -> Self? {
        switch missing {
        case .error: return nil
        case .value(let value):
            if let value = Self(exactly: value) { return value }
            mistake("CSVTable", "expects a number that \(dtype) can hold for missing values, got \(value)")
        case .integer(let value):
            if let value = Self(exactly: value) { return value }
            mistake("CSVTable", "expects a number that \(dtype) can hold for missing values, got \(value)")
        case .nan:
            mistake(
                "CSVTable",
                "expects an error or a number for missing values of \(dtype), got NaN: give a number, and ask isMissing"
            )
        }
    }
}

extension Int64: CSVInteger {}
extension Int32: CSVInteger {}
extension UInt8: CSVInteger {}
extension Int8: CSVInteger {}
extension UInt16: CSVInteger {}
extension Int16: CSVInteger {}
extension UInt32: CSVInteger {}
extension UInt64: CSVInteger {}

extension Bool: CSVNumber {
    static var expected: String { "0, 1, true or false" }

    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) {
        guard let value = UInt8(text, &position, end: end), value <= 1 else { return nil }
        self = value == 1
    }

    init?(word: String) {
        switch word.lowercased() {
        case "true": self = true
        case "false": self = false
        default: return nil
        }
    }

    static func replacement(_ missing: CSVMissing) -> Bool? {
        switch missing {
        case .error: return nil
        case .value(0), .integer(0): return false
        case .value(1), .integer(1): return true
        case .nan, .value, .integer:
            mistake("CSVTable", "expects an error, 0 or 1 for missing values of bool, got \(missing)")
        }
    }
}

/// Whether a field holds no value, in place of its value.
struct CSVMissingFlag: CSVNumber {
    private let isMissing: Bool

    static var expected: String { "text" }

    init?(_ text: UnsafePointer<UInt8>, _ position: inout Int, end: Int) { nil }
    init?(word: String) { isMissing = false }

    private init(isMissing: Bool) { self.isMissing = isMissing }

    static func replacement(_ missing: CSVMissing) -> CSVMissingFlag? { CSVMissingFlag(isMissing: true) }
}
