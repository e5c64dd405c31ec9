import TernCore
import Testing

/// Swift numbers beside tensors, held against Swift's own arithmetic of 128 bits.
@Suite("Swift numbers beside tensors")
struct WeakScalarTests {
    private static let integerTypes: [DType] = [.bool, .uint8, .int32, .int64]
    private static let integers: [Int] = [
        -300, -256, -2, -1, 0, 1, 2, 3, 7, 127, 255, 256, 257, 1000, Int(Int32.min) - 1, Int(Int32.min), Int(Int32.max),
        3_000_000_000, 1 << 24 + 1, 1 << 53 + 1, .min, .min + 1, .max - 1, .max,
    ]
    private static let reals: [Double] = [
        -1e300, -0x1p63, -3e9, -256.5, -1, -0.5, -0.0, 0.5, 1, 1.5, 2, 254.5, 255, 255.5, 3e9, 0x1p53, 0x1p63, 1e300,
        .infinity, -.infinity, .nan,
    ]

    private static func limits(_ dtype: DType) -> ClosedRange<Int> {
        switch dtype {
        case .bool: 0...1
        case .uint8: 0...255
        case .int32: Int(Int32.min)...Int(Int32.max)
        default: .min ... .max
        }
    }

    /// Those of the numbers above that a type holds, and the tensor of them.
    private static func elements(_ dtype: DType) -> ([Int128], Tensor) {
        let values = integers.filter { limits(dtype).contains($0) }
        return (values.map { Int128($0) }, Tensor(values).converted(to: dtype))
    }

    /// The bits of a number that a type has room for.
    private static func cut(_ value: Int128, to dtype: DType) -> Int128 {
        switch dtype {
        case .uint8: Int128(UInt8(truncatingIfNeeded: value))
        case .int32: Int128(Int32(truncatingIfNeeded: value))
        default: Int128(Int64(truncatingIfNeeded: value))
        }
    }

    private static func remainder(_ a: Int128, _ b: Int128) -> Int128 {
        if b == 0 { return 0 }
        let r = a % b
        return r != 0 && (r < 0) != (b < 0) ? r + b : r
    }

    private static func quotient(_ a: Int128, _ b: Int128) -> Int128 {
        b == 0 ? 0 : (a - remainder(a, b)) / b
    }

    private struct Arithmetic: Sendable {
        let name: String
        let exact: @Sendable (Int128, Int128) -> Int128
        let right: @Sendable (Tensor, Int) -> Tensor
        let left: @Sendable (Int, Tensor) -> Tensor
    }

    private static let arithmetic: [Arithmetic] = [
        .init(name: "+", exact: { $0 + $1 }, right: { $0 + $1 }, left: { $0 + $1 }),
        .init(name: "-", exact: { $0 - $1 }, right: { $0 - $1 }, left: { $0 - $1 }),
        .init(name: "*", exact: { $0 &* $1 }, right: { $0 * $1 }, left: { $0 * $1 }),
        .init(name: "%", exact: { remainder($0, $1) }, right: { $0 % $1 }, left: { $0 % $1 }),
        .init(
            name: "floorDivide", exact: { quotient($0, $1) }, right: { floorDivide($0, $1) },
            left: { floorDivide($0, $1) }),
    ]

    @Test("arithmetic of integers is mathematical, cut to the bits of the tensor's type", arguments: integerTypes)
    func integerArithmetic(_ dtype: DType) {
        let (values, tensor) = Self.elements(dtype)
        let result = dtype == .bool ? DType.int64 : dtype
        for operation in Self.arithmetic {
            for number in Self.integers {
                let right = operation.right(tensor, number)
                let left = operation.left(number, tensor)
                let name = "\(dtype) \(operation.name) \(number)"
                #expect(right.dtype == result && left.dtype == result, "\(name)")
                let exactRight = values.map { Self.cut(operation.exact($0, Int128(number)), to: result) }
                let exactLeft = values.map { Self.cut(operation.exact(Int128(number), $0), to: result) }
                #expect(right.array(of: Int64.self).map { Int128($0) } == exactRight, "\(name)")
                #expect(left.array(of: Int64.self).map { Int128($0) } == exactLeft, "\(name), on the left")
            }
        }
    }

    @Test("powers of integers are products, cut to the bits of the tensor's type", arguments: integerTypes)
    func powers(_ dtype: DType) {
        let result = dtype == .bool ? DType.int64 : dtype
        func exact(_ base: Int128, _ exponent: Int) -> Int128 {
            Self.cut(
                (0..<exponent).reduce(Int128(1)) { power, _ in Int128(Int64(truncatingIfNeeded: power &* base)) },
                to: result)
        }
        let (values, tensor) = Self.elements(dtype)
        for exponent in [0, 1, 2, 3, 7, 256, 257, 300] {
            let power = pow(tensor, exponent)
            #expect(power.dtype == result)
            #expect(power.array(of: Int64.self).map { Int128($0) } == values.map { exact($0, exponent) }, "\(exponent)")
        }
        let exponents = [0, 1, 2, 7, 63].filter { Self.limits(dtype).contains($0) }
        for base in Self.integers {
            let power = pow(base, Tensor(exponents).converted(to: dtype))
            #expect(power.dtype == result)
            #expect(
                power.array(of: Int64.self).map { Int128($0) } == exponents.map { exact(Int128(base), $0) }, "\(base)")
        }
    }

    @Test("a true quotient has the number as it is, rounded once", arguments: integerTypes)
    func quotients(_ dtype: DType) {
        let (values, tensor) = Self.elements(dtype)
        for number in Self.integers {
            #expect((tensor / number).dtype == .float32)
            expectSame(
                (tensor / number).array(of: Float.self), values.map { Float(Int(exactly: $0)!) / Float(number) },
                "\(number)")
            expectSame(
                (number / tensor).array(of: Float.self), values.map { Float(number) / Float(Int(exactly: $0)!) },
                "\(number)")
        }
        for number in Self.reals {
            expectSame(
                (tensor / number).array(of: Float.self), values.map { Float(Int(exactly: $0)!) / Float(number) },
                "\(number)")
        }
    }

    @Test("a Double makes float32 of integers, also if it is whole", arguments: integerTypes)
    func reals(_ dtype: DType) {
        let (values, tensor) = Self.elements(dtype)
        let floats = values.map { Float(Int(exactly: $0)!) }
        for number in Self.reals {
            let results: [(Tensor, (Float) -> Float)] = [
                (tensor + number, { $0 + Float(number) }), (number + tensor, { Float(number) + $0 }),
                (tensor - number, { $0 - Float(number) }), (number - tensor, { Float(number) - $0 }),
                (tensor * number, { $0 * Float(number) }), (number * tensor, { Float(number) * $0 }),
            ]
            for (result, exact) in results {
                #expect(result.dtype == .float32)
                expectSame(result.array(of: Float.self), floats.map(exact), "\(dtype) and \(number)")
            }
            #expect((tensor % number).dtype == .float32)
            #expect(pow(tensor, number).dtype == .float32)
            #expect(floorDivide(tensor, number).dtype == .float32)
        }
    }

    /// What an order below, at or above 0 means; x beside a number, and the number beside x.
    private typealias Comparison = (
        symbol: String, holds: @Sendable (Int) -> Bool, right: @Sendable (Tensor, any WeakScalar) -> Tensor,
        left: @Sendable (any WeakScalar, Tensor) -> Tensor
    )
    private static let comparisons: [Comparison] = [
        ("<", { $0 < 0 }, { $0.less($1) }, { $1.reversedLess($0) }),
        ("<=", { $0 <= 0 }, { $0.lessEqual($1) }, { $1.reversedLessEqual($0) }),
        (">", { $0 > 0 }, { $0.greater($1) }, { $1.reversedGreater($0) }),
        (">=", { $0 >= 0 }, { $0.greaterEqual($1) }, { $1.reversedGreaterEqual($0) }),
        ("==", { $0 == 0 }, { $0.same($1) }, { $1.reversedSame($0) }),
    ]

    /// -1, 0 or 1 as a is below, equal to or above b; `nil` beside NaN.
    private static func order(_ a: Int128, _ b: Double) -> Int? {
        if b.isNaN { return nil }
        if Swift.abs(b) >= 0x1p100 { return b < 0 ? 1 : -1 }
        let whole = Int128(b.rounded(.down))
        if a == whole { return b == b.rounded(.down) ? 0 : -1 }
        return a < whole ? -1 : 1
    }

    private func check(_ tensor: Tensor, _ number: any WeakScalar, _ orders: [Int?], _ name: String) {
        for (symbol, holds, compare, reversed) in Self.comparisons {
            let expected = orders.map { $0.map(holds) ?? false }
            #expect(compare(tensor, number).array(of: Bool.self) == expected, "\(name): x \(symbol) \(number)")
            let mirrored = orders.map { $0.map { holds(-$0) } ?? false }
            #expect(reversed(number, tensor).array(of: Bool.self) == mirrored, "\(name): \(number) \(symbol) x")
        }
        let unequal = orders.map { $0 != 0 }
        #expect(tensor.unequal(number).array(of: Bool.self) == unequal, "\(name): x != \(number)")
    }

    @Test("comparisons of integers with any number are mathematical", arguments: integerTypes)
    func integerComparisons(_ dtype: DType) {
        let (values, tensor) = Self.elements(dtype)
        for number in Self.integers {
            check(tensor, number, values.map { $0 < Int128(number) ? -1 : $0 == Int128(number) ? 0 : 1 }, "\(dtype)")
        }
        for number in Self.reals { check(tensor, number, values.map { Self.order($0, number) }, "\(dtype)") }
    }

    @Test(
        "comparisons of floats with integers are mathematical, with a Double after rounding",
        arguments: [DType.float32, .float64])
    func realComparisons(_ dtype: DType) {
        let values = (Self.reals + Self.integers.map { Double($0) } + [0x1p24, 0x1p24 + 2, 0x1p53 + 2, 0.1]).map {
            dtype == .float32 ? Double(Float($0)) : $0
        }
        let tensor = Tensor(values, dtype: dtype)
        for number in Self.integers {
            check(tensor, number, values.map { Self.order(Int128(number), $0).map { -$0 } }, "\(dtype)")
        }
        for number in Self.reals + [0.1] {
            let rounded = dtype == .float32 ? Double(Float(number)) : number
            check(
                tensor, number,
                values.map { $0.isNaN || rounded.isNaN ? nil : $0 < rounded ? -1 : $0 == rounded ? 0 : 1 }, "\(dtype)")
        }
        #expect((Tensor([0.1]) .== 0.1).item(as: Bool.self))
    }

    @Test("clamp keeps integers between integers, and makes float32 with a fraction", arguments: integerTypes)
    func clampedIntegers(_ dtype: DType) {
        let (values, tensor) = Self.elements(dtype)
        let result = dtype == .bool ? DType.int64 : dtype
        let limits = Self.limits(result)
        func limited(_ value: Int) -> Int128 { Int128(min(max(value, limits.lowerBound), limits.upperBound)) }
        for low in Self.integers {
            for high in Self.integers {
                let both = clamp(tensor, min: low, max: high)
                #expect(both.dtype == result)
                let exact = values.map { min(max($0, limited(low)), limited(high)) }
                #expect(both.array(of: Int64.self).map { Int128($0) } == exact, "\(dtype) \(low)...\(high)")
            }
            #expect(
                clamp(tensor, min: low).array(of: Int64.self).map { Int128($0) } == values.map { max($0, limited(low)) }
            )
            #expect(
                clamp(tensor, max: low).array(of: Int64.self).map { Int128($0) } == values.map { min($0, limited(low)) }
            )
        }
        let floats = tensor.converted(to: .float32)
        #expect(clamp(tensor, min: 0.5) == clamp(floats, min: 0.5))
        #expect(clamp(tensor, min: 0, max: 1.5) == clamp(floats, min: 0.0, max: 1.5))
        #expect(clamp(tensor, max: 2.0).dtype == .float32)
    }

    @Test("clamp of integers between fractions gives fractions, and with a bound of NaN all is NaN")
    func clampedExamples() {
        #expect(clamp(Tensor([0, 1, 2], dtype: .int64), min: 0.5) == Tensor([0.5, 1, 2]))
        for dtype in [DType.float32, .float64, .int32] {
            let x = Tensor([-1, 0, 1], dtype: dtype)
            #expect(clamp(x, min: Double.nan).isNaN().all().item(as: Bool.self))
            #expect(clamp(x, min: 0, max: Double.nan).isNaN().all().item(as: Bool.self))
        }
        let (value, gradient) = valueAndGradient(at: Tensor([1, 2])) { clamp($0, max: Double.nan).sum() }
        #expect(value.item().isNaN && gradient == Tensor([0, 0]))
    }

    @Test("full and select take integers exactly, and convert those that do not fit")
    func filled() {
        for dtype in DType.allCases {
            for number in Self.integers {
                let exact = Tensor([number]).converted(to: dtype)
                #expect(Tensor.full([3], number, dtype: dtype) == exact.expanded(to: [3]))
                #expect(Tensor(Int64(number), dtype: dtype) == exact.reshaped([]))
                let zero = Tensor.zeros([1], dtype: dtype)
                let wide = dtype == .bool ? Tensor([number]) : exact
                #expect(which(Tensor([true]), number, zero) == wide)
                #expect(which(Tensor([false]), zero, number) == wide)
            }
            for number in Self.reals where !number.isNaN {
                #expect(Tensor.full([1], number, dtype: dtype) == Tensor([number]).converted(to: dtype))
            }
        }
        #expect(Tensor.full([], 1 << 53 + 1, dtype: .int64).item(as: Int.self) == 1 << 53 + 1)
        #expect(which(Tensor([true]), 0.5, Tensor([2], dtype: .int32)) == Tensor([0.5]))
    }

    @Test("beside floating-point numbers an integer is rounded once", arguments: [DType.float32, .float64])
    func rounded(_ dtype: DType) {
        let one = Tensor([1.0], dtype: dtype)
        for number in Self.integers {
            let product = (one * number).item()
            #expect(product == (dtype == .float32 ? Double(Float(number)) : Double(number)), "\(number)")
            #expect((number + one).dtype == dtype)
        }
    }

    private func expectSame(_ a: [Float], _ b: [Float], _ name: String) {
        #expect(zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(name): \(a) instead of \(b)")
    }
}

extension Tensor {
    // The operators, callable with any number.
    fileprivate func less(_ number: some WeakScalar) -> Tensor { self .< number }
    fileprivate func lessEqual(_ number: some WeakScalar) -> Tensor { self .<= number }
    fileprivate func greater(_ number: some WeakScalar) -> Tensor { self .> number }
    fileprivate func greaterEqual(_ number: some WeakScalar) -> Tensor { self .>= number }
    fileprivate func same(_ number: some WeakScalar) -> Tensor { self .== number }
    fileprivate func unequal(_ number: some WeakScalar) -> Tensor { self .!= number }
    fileprivate func reversedLess(_ number: some WeakScalar) -> Tensor { number .< self }
    fileprivate func reversedLessEqual(_ number: some WeakScalar) -> Tensor { number .<= self }
    fileprivate func reversedGreater(_ number: some WeakScalar) -> Tensor { number .> self }
    fileprivate func reversedGreaterEqual(_ number: some WeakScalar) -> Tensor { number .>= self }
    fileprivate func reversedSame(_ number: some WeakScalar) -> Tensor { number .== self }
}
