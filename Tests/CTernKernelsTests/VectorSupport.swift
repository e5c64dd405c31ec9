import CTernKernels

protocol Element: Numeric, Comparable, BitwiseCopyable {
    static var type: TernType { get }
}
extension UInt8: Element { static var type: TernType { .TERN_UINT8 } }
extension Int8: Element { static var type: TernType { .TERN_INT8 } }
extension UInt16: Element { static var type: TernType { .TERN_UINT16 } }
extension Int16: Element { static var type: TernType { .TERN_INT16 } }
extension UInt32: Element { static var type: TernType { .TERN_UINT32 } }
extension UInt64: Element { static var type: TernType { .TERN_UINT64 } }
extension Int32: Element { static var type: TernType { .TERN_INT32 } }
extension Int64: Element { static var type: TernType { .TERN_INT64 } }

protocol Real: Element, BinaryFloatingPoint {}
extension Float: Real { static var type: TernType { .TERN_FLOAT32 } }
extension Double: Real { static var type: TernType { .TERN_FLOAT64 } }

/// A generator of test data that is the same in every run (SplitMix64).
struct TestNumbers: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func reals<T: Real>(_ count: Int, in range: ClosedRange<Double> = -3...3) -> [T] {
        (0..<count).map { _ in T(Double.random(in: range, using: &self)) }
    }
}

/// What a kernel writes into `count` elements. Elements before and after them must stay as they are.
func written<T: Element>(
    _ count: Int, _: T.Type = T.self, canary: T = 77, _ body: (UnsafeMutablePointer<T>) -> Void
) -> [T] {
    let margin = 80
    var memory = [T](repeating: canary, count: count + 2 * margin)
    memory.withUnsafeMutableBufferPointer { body($0.baseAddress! + margin) }
    precondition(memory[..<margin].allSatisfy { $0 == canary }, "written before the output")
    precondition(memory[(margin + count)...].allSatisfy { $0 == canary }, "written past the output")
    return Array(memory[margin..<(margin + count)])
}

/// `count` elements of `values` at a stride, beginning at the end for a negative one.
struct Strided<T: Element> {
    let memory: [T]
    let stride: Int
    let count: Int

    init(_ values: [T], stride: Int) {
        self.stride = stride
        count = values.count
        let step = Swift.max(Swift.abs(stride), 1)
        var memory = [T](repeating: 99, count: values.count * step + 1)
        for (i, value) in values.enumerated() {
            memory[stride < 0 ? (values.count - 1 - i) * step : i * stride] = value
        }
        self.memory = memory
    }

    var values: [T] { (0..<count).map { memory[start + $0 * stride] } }
    var start: Int { stride < 0 ? Swift.max(count - 1, 0) * -stride : 0 }

    func withPointer<R>(_ body: (UnsafePointer<T>) -> R) -> R {
        memory.withUnsafeBufferPointer { body($0.baseAddress! + start) }
    }
}

/// The distance of `value` from the exact `reference` in units of the last place of a `T` of that size. Infinite where one
/// of them is NaN and the other is not.
func ulps<T: Real>(_ value: T, _ reference: Double) -> Double {
    let nearest = T(reference)
    if nearest.isNaN || value.isNaN { return nearest.isNaN && value.isNaN ? 0 : .infinity }
    if nearest == value { return nearest.isInfinite ? 0 : abs(Double(value) - reference) / Double(nearest.ulp) }
    if nearest.isInfinite || value.isInfinite { return .infinity }
    return abs(Double(value) - reference) / Double(nearest.ulp)
}

func isClose<T: Real>(_ a: T, _ b: Double, tolerance: Double) -> Bool {
    abs(Double(a) - b) <= tolerance * max(1, abs(b))
}

/// The levels that this machine can run: every kernel is tested at each.
let availableLevels: [TernLevel] = [.TERN_LEVEL_PORTABLE, .TERN_LEVEL_NEON, .TERN_LEVEL_AVX2, .TERN_LEVEL_AVX512]
    .filter { tern_level_is_available($0) }

/// The functions of an operation's table, which the type has.
extension TernElementwiseKernels {
    func unary(
        _ operation: UnaryFunction, _ n: Int, _ x: UnsafeRawPointer, _ stride: Int, _ y: UnsafeMutableRawPointer
    ) { unary[Int(operation.rawValue)]!(n, x, stride, y) }

    func unaryParameter(
        _ operation: ParameterUnaryFunction, _ p: Double, _ n: Int, _ x: UnsafeRawPointer, _ stride: Int,
        _ y: UnsafeMutableRawPointer
    ) { unary_parameter[Int(operation.rawValue)]!(p, n, x, stride, y) }

    func binary(
        _ operation: BinaryFunction, _ n: Int, _ a: UnsafeRawPointer, _ strideA: Int, _ b: UnsafeRawPointer,
        _ strideB: Int, _ y: UnsafeMutableRawPointer
    ) { binary[Int(operation.rawValue)]!(n, a, strideA, b, strideB, y) }

    func binaryParameter(
        _ operation: ParameterBinaryFunction, _ p: Double, _ n: Int, _ a: UnsafeRawPointer, _ strideA: Int,
        _ b: UnsafeRawPointer, _ strideB: Int, _ y: UnsafeMutableRawPointer
    ) { binary_parameter[Int(operation.rawValue)]!(p, n, a, strideA, b, strideB, y) }

    func compare(
        _ operation: Comparison, _ n: Int, _ a: UnsafeRawPointer, _ strideA: Int, _ b: UnsafeRawPointer, _ strideB: Int,
        _ y: UnsafeMutablePointer<UInt8>
    ) { compare[Int(operation.rawValue)](n, a, strideA, b, strideB, y) }

    func convert(
        _ type: TernType, _ n: Int, _ x: UnsafeRawPointer, _ stride: Int, _ y: UnsafeMutableRawPointer
    ) { convert[Int(type.rawValue)](n, x, stride, y) }
}
