/// An equation of ``einsum(_:_:)`` beside its operands. Axes are numbers: letters by their place in the alphabet, those of
/// `...` behind them, counted from their end.
struct EinsumEquation {
    /// The axes of each operand.
    var inputs: [[Int]] = []
    var output: [Int] = []
    /// Of each axis; 1 for what does not occur.
    var sizes = [Int](repeating: 1, count: AxisSet.limit)

    private static let letters = 52

    init(_ equation: String, _ operands: [Tensor]) {
        let problem = Problem(equation: equation, operands: operands)
        let text = equation.utf8.filter { $0 != UInt8(ascii: " ") }
        var parts = [text[...]]
        if let arrow = text.firstIndex(of: UInt8(ascii: "-")) {
            guard arrow + 1 < text.count, text[arrow + 1] == UInt8(ascii: ">") else { problem.stop("'-' without '>'") }
            parts = [text[..<arrow], text[(arrow + 2)...]]
        }
        let terms = parts[0].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if operands.isEmpty { problem.stop("expects at least one operand") }
        if terms.count != operands.count { problem.stop("names \(terms.count) operands, got \(operands.count)") }
        var widest = 0
        for (term, tensor) in Swift.zip(terms, operands) {
            let (axes, ellipsis) = Self.axes(term, rank: tensor.rank, problem)
            if ellipsis == nil, axes.count != tensor.rank {
                problem.stop("'\(String(decoding: term, as: UTF8.self))' has \(axes.count) axes, got \(tensor.shape)")
            }
            widest = Swift.max(widest, ellipsis ?? 0)
            for (axis, size) in Swift.zip(axes, tensor.shape) where size != 1 {
                if sizes[axis] != 1, sizes[axis] != size {
                    problem.stop("\(Self.name(axis)) is both \(sizes[axis]) and \(size)")
                }
                sizes[axis] = size
            }
            inputs.append(axes)
        }
        if parts.count == 2 {
            output = Self.axes(parts[1], rank: nil, widest: widest, problem).axes
            let known = inputs.reduce(into: AxisSet()) { $0.formUnion(AxisSet($1)) }
            for axis in output where !known.contains(axis) { problem.stop("\(Self.name(axis)) is in no operand") }
            if AxisSet(output).count != output.count { problem.stop("the result names an axis twice") }
        } else {
            var counts = [Int](repeating: 0, count: AxisSet.limit)
            for axes in inputs { for axis in axes { counts[axis] += 1 } }
            output = (0..<widest).reversed().map { Self.letters + $0 }
            output += (0..<Self.letters).filter { counts[$0] == 1 }
        }
        if output.count > Shape.maximumRank { problem.stop("the result would have \(output.count) axes") }
    }

    /// The axes of one term, and how many of them are those of `...`, which takes what is left of `rank`.
    private static func axes(
        _ term: ArraySlice<UInt8>, rank: Int?, widest: Int = 0, _ problem: Problem
    ) -> (axes: [Int], ellipsis: Int?) {
        var axes: [Int] = []
        var ellipsis: Int?
        let dot = UInt8(ascii: ".")
        let named = term.lazy.filter { $0 != dot }.count
        var rest = term
        while let byte = rest.popFirst() {
            switch byte {
            // In the order of ASCII.
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): axes.append(Int(byte - UInt8(ascii: "A")))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): axes.append(Int(byte - UInt8(ascii: "a")) + 26)
            case dot:
                guard rest.prefix(2) == [dot, dot] else { problem.stop("'.' that is not part of '...'") }
                if ellipsis != nil { problem.stop("'...' twice in one term") }
                rest = rest.dropFirst(2)
                let count = rank.map { $0 - named } ?? widest
                if count < 0 { problem.stop("'\(String(decoding: term, as: UTF8.self))' has more axes than \(rank!)") }
                ellipsis = count
                axes += (0..<count).reversed().map { letters + $0 }
            default: problem.stop("'\(Character(UnicodeScalar(byte)))' is no letter")
            }
        }
        return (axes, ellipsis)
    }

    private static func name(_ axis: Int) -> String {
        if axis >= letters { return "axis \(letters - axis - 1) of '...'" }
        let first = axis < 26 ? UInt8(ascii: "A") : UInt8(ascii: "a") - 26
        return "'\(Character(UnicodeScalar(first + UInt8(axis))))'"
    }

    private struct Problem {
        let equation: String
        let operands: [Tensor]

        func stop(_ text: String) -> Never {
            let shapes = operands.map { "\($0.shape)" }.joined(separator: ", ")
            mistake("einsum", "\(text) (equation '\(equation)', operands \(shapes))")
        }
    }
}

/// A set of axes by their numbers in an equation.
struct AxisSet: OptionSet {
    /// Numbers are below this.
    static let limit = 64
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ axes: some Sequence<Int>) {
        rawValue = 0
        for axis in axes { rawValue |= 1 << UInt64(axis) }
    }

    var count: Int { rawValue.nonzeroBitCount }

    func contains(_ axis: Int) -> Bool { rawValue >> UInt64(axis) & 1 != 0 }

    /// The number of elements of a tensor with these axes.
    func elements(_ sizes: [Int]) -> Double {
        var (product, rest) = (1.0, rawValue)
        while rest != 0 {
            product *= Double(sizes[rest.trailingZeroBitCount])
            rest &= rest - 1
        }
        return product
    }
}
