import Foundation

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
    /// The elements as NumPy prints them, then type and shape; a scalar is its number alone.
    ///
    /// Columns are aligned, floating-point numbers have as many digits as tell them apart, at most eight behind the point,
    /// and an exponent if the largest is big (10^6 of `float32`, 10^8 of `float64`), the smallest below 0.0001, or they
    /// lie more than a factor of 1000 apart. Above 1000 elements only the first and last three of an axis are shown.
    ///
    /// ```swift
    /// print(Tensor(21))                        // 21.0
    /// print(Tensor([1, 2.25]))                 // [1.  , 2.25] float32 [2]
    /// print(Tensor.arange(6).reshaped([2, 3]))
    /// // [[0, 1, 2],
    /// //  [3, 4, 5]] int64 [2, 3]
    /// ```
    public var description: String {
        if rank == 0 { return asOneOperation { words(self)[0] } }
        return "\(numbers) \(dtype) \(shape)"
    }

    /// The description, and how the elements lie in memory and what recorded the tensor.
    ///
    /// ```
    /// [[1., 2.],
    ///  [3., 4.]] float32 [2, 2], strides [2, 1], recorded by matmul
    /// ```
    public var debugDescription: String {
        let text = rank == 0 ? "\(description) \(dtype) \(shape)" : description
        return text + ", strides \(strides)" + (impl.node.map { ", recorded by \($0.name)" } ?? "")
    }

    /// The elements alone.
    private var numbers: String {
        if count == 0 { return "[]" }
        return asOneOperation {
            let isSummarized = count > Layout.threshold
            var shown = detached
            for axis in 0..<rank where isSummarized && shape[axis] > 2 * Layout.edge {
                shown = concatenated(
                    [
                        shown.sliced(from: 0, to: Layout.edge, axis: axis),
                        shown.sliced(from: shape[axis] - Layout.edge, to: shape[axis], axis: axis),
                    ], axis: axis)
            }
            var layout = Layout(shape: shape, isSummarized: isSummarized, words: words(shown))
            return layout.block(axis: 0, indent: "", width: Layout.lineWidth)
        }
    }

    /// Each element as text, all of one width.
    private func words(_ tensor: Tensor) -> [String] {
        switch dtype {
        case .bool:
            let words = tensor.array(of: Bool.self).map(String.init)
            return rank == 0 ? words : aligned(words, width: 5)
        case .uint64: return aligned(tensor.array(of: UInt64.self).map(String.init))
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .int64:
            return aligned(tensor.array(of: Int64.self).map(String.init))
        case .float16, .bfloat16:
            let values = tensor.array(of: Float.self).map { shortest($0, dtype) }
            return rank == 0 ? values.map(\.description) : FloatFormat(values, largeFrom: 1e3).words
        case .float32:
            let values = tensor.array(of: Float.self)
            return rank == 0 ? values.map(\.description) : FloatFormat(values, largeFrom: 1e6).words
        case .float64:
            let values = tensor.array(of: Double.self)
            return rank == 0 ? values.map(\.description) : FloatFormat(values, largeFrom: 1e8).words
        }
    }
}

/// The number of the fewest digits that `dtype`, a half, rounds to `value`.
private func shortest(_ value: Float, _ dtype: DType) -> Double {
    if !value.isFinite { return Double(value) }
    for digits in 1...4 {
        let number = Double(String(format: "%.\(digits - 1)e", value))!
        if Tensor.full([], number, dtype: dtype).item() == Double(value) { return number }
    }
    return Double(value)
}

private func aligned(_ words: [String], width: Int? = nil) -> [String] {
    let width = width ?? words.lazy.map(\.count).max() ?? 0
    return words.map { padded($0, to: width) }
}

private func padded(_ word: String, to width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - word.count)) + word
}

/// Words in nested brackets, wrapped at the line's width: NumPy's `array2string` with `separator=", "`.
private struct Layout {
    /// More elements than this are summarized, to so many at each end of an axis.
    static let threshold = 1000
    static let edge = 3
    static let lineWidth = 75

    let shape: Shape
    let isSummarized: Bool
    /// The elements to be shown, in order.
    let words: [String]
    private var next = 0

    init(shape: Shape, isSummarized: Bool, words: [String]) {
        self.shape = shape
        self.isSummarized = isSummarized
        self.words = words
    }

    mutating func block(axis: Int, indent: String, width: Int) -> String {
        let size = shape[axis]
        let skips = isSummarized && size > 2 * Layout.edge
        let count = skips ? 2 * Layout.edge : size
        let inner = indent + " "
        if axis < shape.count - 1 {
            var rows: [String] = []
            for row in 0..<count {
                if skips, row == Layout.edge { rows.append("...") }
                rows.append(block(axis: axis + 1, indent: inner, width: width - 1))
            }
            let separator = "," + String(repeating: "\n", count: shape.count - 1 - axis) + inner
            return "[" + rows.joined(separator: separator) + "]"
        }
        var finished = ""
        var line = inner
        func extend(_ word: String) {
            if line.count + word.count > width - 1, line.count > inner.count {
                while line.last == " " { line.removeLast() }
                finished += line + "\n"
                line = inner
            }
            line += word
        }
        for column in 0..<count {
            if skips, column == Layout.edge {
                extend("...")
                line += ", "
            }
            extend(words[next])
            next += 1
            if column < count - 1 { line += ", " }
        }
        return "[" + (finished + line).dropFirst(inner.count) + "]"
    }
}

/// One format for all numbers of a tensor: NumPy's `FloatingFormat`.
private struct FloatFormat {
    /// Digits behind the point at most.
    static let precision = 8

    let words: [String]

    init<Value: BinaryFloatingPoint & CustomStringConvertible>(_ values: [Value], largeFrom large: Value) {
        let finite = values.filter(\.isFinite)
        let magnitudes = finite.lazy.map(\.magnitude).filter { $0 > 0 }
        var hasExponent = false
        if let largest = magnitudes.max(), let smallest = magnitudes.min() {
            hasExponent = largest >= large || smallest < 0.0001 || largest / smallest > 1000
        }
        let numbers = values.map { $0.isFinite ? Decimal($0, hasExponent: hasExponent) : nil }
        let known = numbers.compactMap { $0 }
        let fraction = known.map(\.fraction.count).max() ?? 0
        let exponentSize = known.compactMap { $0.exponent.map { Swift.max(2, String(Swift.abs($0)).count) } }.max() ?? 0
        let whole = known.map(\.whole.count).max() ?? 0
        let right = fraction + (hasExponent ? exponentSize + 2 : 0)
        var width = whole + 1 + right
        for value in values where !value.isFinite { width = Swift.max(width, FloatFormat.special(value).count) }
        words = zip(values, numbers).map { value, number in
            guard let number else { return padded(FloatFormat.special(value), to: width) }
            guard hasExponent else {
                let rest = String(repeating: " ", count: fraction - number.fraction.count)
                return padded(number.whole + "." + number.fraction + rest, to: width)
            }
            // As NumPy, exact digits up to the common length, not zeros behind the shortest.
            let parts = String(format: "%.\(fraction)e", Double(value)).split(separator: "e")
            let exponent = parts[1].dropFirst()
            let zeros = String(repeating: "0", count: exponentSize - exponent.count)
            let mantissa = parts[0] + (fraction == 0 ? "." : "")
            return padded(mantissa + "e" + parts[1].prefix(1) + zeros + exponent, to: width)
        }
    }

    private static func special<Value: BinaryFloatingPoint>(_ value: Value) -> String {
        value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
}

/// The parts of a number in decimal: the fewest digits that tell it from its neighbours, rounded to the precision.
private struct Decimal {
    /// With its sign.
    var whole: String
    /// Without trailing zeros.
    var fraction: String
    var exponent: Int?

    init<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value, hasExponent: Bool) {
        // Swift's description has the fewest digits, with or without an exponent: "0.001", "1e-05", "1.5e+20".
        let parts = value.magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let written = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        var digits = String(mantissa[0] + written)
        // Where the point is: behind this many digits.
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1])! : 0)
        let leading = digits.prefix { $0 == "0" }.count
        digits.removeFirst(leading)
        point -= leading
        while digits.last == "0" { digits.removeLast() }
        if digits.isEmpty { (digits, point) = ("0", 1) }

        let sign = value.sign == .minus ? "-" : ""
        if digits.count - (hasExponent ? 1 : point) > FloatFormat.precision {
            // The exact value rounded, not its shortest digits.
            let text = String(
                format: hasExponent ? "%.\(FloatFormat.precision)e" : "%.\(FloatFormat.precision)f",
                Double(value.magnitude))
            let parts = text.split(separator: "e")
            let rounded = parts[0].split(separator: ".")
            whole = sign + rounded[0]
            fraction = String(rounded[1])
            while fraction.last == "0" { fraction.removeLast() }
            exponent = parts.count > 1 ? Int(parts[1]) : nil
        } else if hasExponent {
            whole = sign + digits.prefix(1)
            fraction = String(digits.dropFirst())
            exponent = point - 1
        } else {
            let padding = String(repeating: "0", count: Swift.max(0, -point))
            let zeros = String(repeating: "0", count: Swift.max(0, point - digits.count))
            let head = digits.prefix(Swift.max(0, point))
            whole = sign + (head.isEmpty ? "0" : head + zeros)
            fraction = padding + digits.dropFirst(Swift.max(0, point))
            exponent = nil
        }
    }
}
