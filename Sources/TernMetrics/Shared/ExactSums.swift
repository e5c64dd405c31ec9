import TernCore

/// Several sums of `Double`s without any rounding: the order of the numbers makes no difference, nor how they are split and
/// merged. A sum is rounded once, when it is read.
///
/// ```swift
/// var sums = ExactSums(count: 1)
/// for number in [1e100, 1, -1e100] { sums.add(number) }
/// sums[0]   // 1.0
/// ```
///
/// Each sum is an integer times a power of two, in digits of 32 bits that lie in 64, so that carries wait; there are as many
/// digits as the numbers need (one for counts, two or three for most others). Neal, "Fast exact summation using small and
/// large superaccumulators", 2015. NaN and infinities give what they give in any sum.
public struct ExactSums: Sendable {
    /// How many sums there are.
    public let count: Int
    /// A plane of `count` digits for each power of 2^32, the lowest first.
    private var digits: [Int64]
    /// The lowest plane counts 2^(32 * lowest).
    private var lowest = 0
    /// So many additions more fit before digits must be carried.
    private var room = ExactSums.additions
    /// The sums of what was not finite, if there was such.
    private var special: [Double] = []

    private static let additions = 1 << 30
    private static let mask: Int64 = 0xFFFF_FFFF

    /// - Parameter count: how many sums, all 0.
    public init(count: Int) {
        if count < 1 || count > 1 << 40 { mistake("ExactSums", "expects a count of at least 1, got \(count)") }
        self.count = count
        digits = [Int64](repeating: 0, count: count)
    }

    private var planes: Int { digits.count / count }

    /// Sets all sums back to 0.
    public mutating func reset() { self = ExactSums(count: count) }
}

// MARK: - Adding

extension ExactSums {
    /// Adds a number to the sum at `index`.
    public mutating func add(_ value: Double, at index: Int = 0) {
        precondition(index >= 0 && index < count)
        if value == 0 { return }
        if !value.isFinite {
            if special.isEmpty { special = [Double](repeating: 0, count: count) }
            special[index] += value
            return
        }
        // value = significand * 2^exponent
        let bits = value.magnitude.bitPattern
        let biased = Int(bits >> 52)
        var significand = bits & (1 << 52 - 1)
        if biased > 0 { significand |= 1 << 52 }
        let zeros = significand.trailingZeroBitCount
        significand >>= UInt64(zeros)
        let exponent = max(biased, 1) - 1075 + zeros
        let plane = exponent >> 5
        let shift = UInt64(exponent & 31)
        let low = Int64((significand << shift) & 0xFFFF_FFFF)
        let rest = significand >> (32 - shift)
        let (middle, high) = (Int64(rest & 0xFFFF_FFFF), Int64(rest >> 32))
        hold(plane, through: plane + (high != 0 ? 2 : middle != 0 ? 1 : 0))
        let place = (plane - lowest) * count + index
        if value > 0 {
            digits[place] += low
            if middle != 0 || high != 0 { digits[place + count] += middle }
            if high != 0 { digits[place + 2 * count] += high }
        } else {
            digits[place] -= low
            if middle != 0 || high != 0 { digits[place + count] -= middle }
            if high != 0 { digits[place + 2 * count] -= high }
        }
        room -= 1
        if room == 0 { carry() }
    }

    /// Adds the product of two numbers, not rounded unless it is below 2^-969.
    public mutating func add(_ a: Double, times b: Double, at index: Int = 0) {
        let product = a * b
        add(product, at: index)
        if product.isFinite { add((-product).addingProduct(a, b), at: index) }
    }

    /// Adds all numbers to the sum at `index`.
    public mutating func add(_ values: [Double], at index: Int = 0) {
        for value in values { add(value, at: index) }
    }

    /// Adds 1 to the sum at each of these indices.
    mutating func addOnes(at indices: [Int]) {
        if room <= indices.count { carry() }
        room -= indices.count
        hold(0, through: 0)
        let (start, count) = (-lowest * count, count)
        digits.withUnsafeMutableBufferPointer { digits in
            for index in indices {
                precondition(index >= 0 && index < count)
                digits[start + index] += 1
            }
        }
    }

    /// Adds each sum of another one.
    public mutating func add(_ other: ExactSums) {
        if other.count != count { mistake("ExactSums", "expects \(count) sums to add, got \(other.count)") }
        var other = other
        other.carry()
        carry()
        hold(other.lowest, through: other.lowest + other.planes - 1)
        let start = (other.lowest - lowest) * count
        for place in other.digits.indices { digits[start + place] += other.digits[place] }
        room -= 2
        if other.special.isEmpty { return }
        if special.isEmpty { special = [Double](repeating: 0, count: count) }
        for index in 0..<count { special[index] += other.special[index] }
    }

    /// Makes place for the planes from `first` to `last`.
    private mutating func hold(_ first: Int, through last: Int) {
        if first < lowest {
            digits.insert(contentsOf: repeatElement(0, count: (lowest - first) * count), at: 0)
            lowest = first
        }
        let missing = last - lowest - planes + 1
        if missing > 0 { digits.append(contentsOf: repeatElement(0, count: missing * count)) }
    }

    /// Leaves in each digit what it holds, 0..<2^32, but for the highest ones, which have the sign and may be as large as
    /// that on either side.
    private mutating func carry() {
        var start = 0
        while start < digits.count {
            if start + count == digits.count {
                if !digits[start...].contains(where: { $0 >> 32 != 0 && $0 >> 32 != -1 }) { break }
                hold(lowest, through: lowest + planes)
            }
            for place in start..<(start + count) {
                digits[place + count] += digits[place] >> 32
                digits[place] &= Self.mask
            }
            start += count
        }
        room = Self.additions
    }
}

// MARK: - Reading

extension ExactSums {
    /// The sum at `index`, rounded to the nearest `Double`.
    public subscript(index: Int) -> Double {
        precondition(index >= 0 && index < count)
        if !special.isEmpty, special[index] != 0 { return special[index] }
        // Counts, mostly.
        if planes == 1, lowest == 0 { return Double(digits[index]) }
        return rounded(stride(from: index, to: digits.count, by: count).map { digits[$0] })
    }

    /// All sums.
    public var values: [Double] { (0..<count).map { self[$0] } }

    /// The sum of some of the sums less that of others, rounded once.
    func combined(plus: [Int], minus: [Int] = []) -> Double {
        if !special.isEmpty {
            let sum = plus.reduce(0) { $0 + special[$1] } - minus.reduce(0) { $0 + special[$1] }
            if sum != 0 { return sum }
        }
        return rounded(
            (0..<planes).map { plane in
                plus.reduce(0) { $0 + digits[plane * count + $1] } - minus.reduce(0) { $0 + digits[plane * count + $1] }
            })
    }

    /// The sum at `index` as two numbers: the nearest one, and nearly all that is left.
    func pair(_ index: Int) -> DoubleDouble {
        let high = self[index]
        if !high.isFinite { return DoubleDouble(high) }
        var rest = ExactSums(count: 1)
        rest.digits = stride(from: index, to: digits.count, by: count).map { digits[$0] }
        rest.lowest = lowest
        rest.room = room
        rest.add(-high)
        return DoubleDouble(high, rest[0])
    }

    /// Whether all sums are whole numbers.
    var areWhole: Bool { special.isEmpty && canonical.lowest >= 0 }

    /// The nearest number to the value of these digits, which may be of either sign and size.
    private func rounded(_ digits: [Int64]) -> Double {
        var digits = digits + [0]
        func carry() {
            for place in 0..<(digits.count - 1) {
                digits[place + 1] += digits[place] >> 32
                digits[place] &= Self.mask
            }
        }
        carry()
        let isNegative = digits[digits.count - 1] < 0
        if isNegative {
            for place in digits.indices { digits[place] = -digits[place] }
            carry()
        }
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
        func digit(_ place: Int) -> UInt64 { place < 0 ? 0 : UInt64(digits[place]) }
        // The first 64 bits, the last of which is also set for anything that is left: then the conversion rounds rightly.
        let shift = UInt64(digit(top).leadingZeroBitCount - 32)
        var bits = (digit(top) << 32 | digit(top - 1)) << shift | digit(top - 2) >> (32 - shift)
        let isMore = digit(top - 2) << shift & 0xFFFF_FFFF != 0 || digits.prefix(max(0, top - 2)).contains { $0 != 0 }
        if isMore { bits |= 1 }
        let exponent = 32 * (lowest + top - 1) - Int(shift)
        return Double(sign: isNegative ? .minus : .plus, exponent: exponent, significand: Double(bits))
    }

    /// The same sums in the one form that their values have.
    private var canonical: ExactSums {
        var result = self
        result.carry()
        while result.planes > 1 {
            let top = result.digits.count - count
            if result.digits[top...].contains(where: { $0 != 0 && $0 != -1 }) { break }
            for place in top..<result.digits.count { result.digits[place - count] += result.digits[place] << 32 }
            result.digits.removeLast(count)
        }
        while !result.digits[..<count].contains(where: { $0 != 0 }) {
            if result.planes == 1 {
                result.lowest = 0
                break
            }
            result.digits.removeFirst(count)
            result.lowest += 1
        }
        return result
    }
}

extension ExactSums: Equatable {
    /// Whether all sums are the same, to the last bit; NaN is the same as NaN.
    public static func == (lhs: ExactSums, rhs: ExactSums) -> Bool {
        if lhs.count != rhs.count { return false }
        let (a, b) = (lhs.canonical, rhs.canonical)
        return a.lowest == b.lowest && a.digits == b.digits
            && (0..<a.count).allSatisfy { a.special(at: $0) == b.special(at: $0) }
    }

    private func special(at index: Int) -> UInt64 {
        if special.isEmpty { return 0 }
        return special[index].isNaN ? Double.nan.bitPattern : special[index].bitPattern
    }
}

// MARK: - State

extension ExactSums {
    /// The sums as a part of a state.
    public func state(prefix: String = "") -> [String: StateValue] {
        let sums = canonical
        return [
            prefix + "digits": .tensor(Tensor(shape: [sums.planes, count], values: sums.digits)),
            prefix + "lowest": .integer(sums.lowest),
            prefix + "special": .tensor(Tensor(shape: [sums.special.count], values: sums.special)),
        ]
    }

    /// The sums of a state that ``state(prefix:)`` gave; tells the reader what does not fit.
    public init(count: Int, from reader: inout StateReader, prefix: String = "") {
        self.init(count: count)
        let digits = reader.tensor(prefix + "digits", dtype: .int64, shape: [-1, count])
        let lowest = reader.integer(prefix + "lowest", in: -34...34)
        let special = reader.tensor(prefix + "special", dtype: .float64, shape: [-1])
        if digits.count > 70 * count || digits.count < count {
            reader.complain("\(prefix)digits: expects 1 to 70 rows, got \(digits.shape)")
        } else {
            self.digits = digits.array()
            if self.digits.contains(where: { abs($0) > 1 << 33 }) {
                reader.complain("\(prefix)digits: expects numbers of 33 bits at most")
            }
        }
        if special.count != 0, special.count != count {
            reader.complain("\(prefix)special: expects [0] or [\(count)], got \(special.shape)")
        } else {
            self.special = special.array()
        }
        self.lowest = lowest
    }
}
