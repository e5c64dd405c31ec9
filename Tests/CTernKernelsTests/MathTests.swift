import CTernKernels
import Foundation
import Testing

/// One function with its reference and the greatest error allowed, in units of the last place.
struct MathFunction: CustomTestStringConvertible, Sendable {
    let name: String
    let op: UnaryFunction
    let limit: Double
    let reference: @Sendable (Double) -> Double
    /// What the reference itself may be wrong by at x, in units of a Double's last place.
    let uncertainty: @Sendable (Double) -> Double

    init(
        _ name: String, _ op: UnaryFunction, _ limit: Double,
        uncertainty: @escaping @Sendable (Double) -> Double = { _ in 2 },
        _ reference: @escaping @Sendable (Double) -> Double
    ) {
        self.name = name
        self.op = op
        self.limit = limit
        self.reference = reference
        self.uncertainty = uncertainty
    }

    var testDescription: String { name }
}

private func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
/// x sigmoid(v), where exp(v) alone may be too small for a Double.
private func times(_ x: Double, sigmoid v: Double) -> Double {
    v < -700 ? (v < -1400 ? -0.0 : x * exp(v / 2) * exp(v / 2)) : x * sigmoid(v)
}

private func geluArgument(_ x: Double) -> Double { (8 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }
/// erfc amplifies the rounding error of its argument: put right to the first order.
@Sendable private func gelu(_ x: Double) -> Double {
    if x < -40 { return -0.0 }
    if x > 40 { return x }
    let root = 0.5.squareRoot()
    let rootError = 0.5.addingProduct(-root, root) / 2 / root
    let u = -x * root
    let error = (-x * rootError) - u.addingProduct(x, root)
    let tail = erfc(u)
    return x * 0.5 * (tail - 2 / Double.pi.squareRoot() * exp(-u * u) * error)
}

@Sendable private func geluByTanh(_ x: Double) -> Double { x < -40 ? -0.0 : times(x, sigmoid: geluArgument(x)) }

private let functions: [MathFunction] = [
    .init("square", .square, 0.5) { $0 * $0 },
    .init("sqrt", .sqrt, 0.5) { $0.squareRoot() },
    .init("rsqrt", .rsqrt, 1.5) { 1 / $0.squareRoot() },
    .init("reciprocal", .reciprocal, 0.5) { 1 / $0 },
    .init("exp", .exp, 1) { exp($0) },
    .init("expm1", .expm1, 1.5) { expm1($0) },
    .init("log", .log, 1) { log($0) },
    .init("log1p", .log1p, 1.5) { log1p($0) },
    .init("sin", .sin, 1) { sin($0) },
    .init("cos", .cos, 1) { cos($0) },
    .init("tanh", .tanh, 2.5) { tanh($0) },
    .init("sigmoid", .sigmoid, 2.5) { sigmoid($0) },
    .init("erf", .erf, 2) { erf($0) },
    .init("tan", .tan, 2.5) { tan($0) },
    .init("asin", .asin, 2.5) { asin($0) },
    .init("acos", .acos, 1.5) { acos($0) },
    .init("atan", .atan, 2) { atan($0) },
    .init("sinh", .sinh, 2) { sinh($0) },
    .init("cosh", .cosh, 2) { cosh($0) },
    .init("asinh", .asinh, 2.5) { asinh($0) },
    .init("acosh", .acosh, 2.5) { acosh($0) },
    .init("atanh", .atanh, 2.5) { atanh($0) },
    .init("log2", .log2, 2) { log2($0) },
    .init("log10", .log10, 2) { log10($0) },
    .init("exp2", .exp2, 1.5) { exp2($0) },
    .init("erfc", .erfc, 5) { erfc($0) },
    .init("lgamma", .lgamma, 0.5) { lgamma($0).0 },
    .init("trunc", .trunc, 0) { trunc($0) },
    .init("frac", .frac, 0) { $0 - trunc($0) },
    .init("logSigmoid", .logSigmoid, 3.5) { min($0, 0) - log1p(exp(-abs($0))) + ($0.isNaN ? .nan : 0) },
    .init("softsign", .softsign, 2) { $0 / (abs($0) + 1) },
    .init("mish", .mish, 4, uncertainty: { $0 < -700 ? 1000 : 4 }, mish),
    .init("hard sigmoid", .hardSigmoid, 1, uncertainty: { _ in 2 }, hardSigmoid),
    .init("hard swish", .hardSwish, 2) { $0 * hardSigmoid($0) },
    .init("selu", .selu, 2) { $0 > 0 ? $0 * 1.0507009873554805 : expm1($0) * 1.7580993408473766 },
    // Below the bound of its series digits cancel.
    .init("tanh shrink", .tanhShrink, 20, uncertainty: { _ in 20 }, tanhShrink),
    .init("floor", .floor, 0) { floor($0) },
    .init("ceil", .ceil, 0) { ceil($0) },
    .init("round to even", .round, 0) { $0.rounded(.toNearestOrEven) },
    .init("relu", .relu, 0) { $0 < 0 ? 0 : $0 },
    .init("abs", .abs, 0) { abs($0) },
    .init("negate", .negate, 0) { -$0 },
    .init("sign", .sign, 0) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0.isNaN ? .nan : 0 },
    .init("softplus", .softplus, 3) { max($0, 0) + log1p(exp(-abs($0))) + ($0.isNaN ? .nan : 0) },
    .init("silu", .silu, 3) { times($0, sigmoid: $0) },
    .init("gelu", .gelu, 5, uncertainty: { $0 < -37 ? 20 : 2 }, gelu),
    .init("gelu by tanh", .geluTanh, 4, uncertainty: { 4 + 4 * abs(geluArgument($0)) }, geluByTanh),
]

@Sendable private func mish(_ x: Double) -> Double {
    if x > 40 || x.isNaN { return x }
    let e = exp(x)
    return x < -745 ? -0.0 : x * (e * (e + 2) / (e * (e + 2) + 2))
}

@Sendable private func hardSigmoid(_ x: Double) -> Double { x.isNaN ? x : min(max(x + 3, 0), 6) / 6 }

/// `x - tanh(x)`, near 0 by a continued fraction: tanh(x) = x / (1 + z / (3 + z / (5 + ...))) with z = x^2.
@Sendable private func tanhShrink(_ x: Double) -> Double {
    if !(abs(x) < 0.55) { return x - tanh(x) }
    let z = x * x
    var tail = 25.0
    for odd in stride(from: 23.0, through: 3, by: -2) { tail = odd + z / tail }
    // x - x / (1 + r) = x r / (1 + r)
    let r = z / tail
    return x * r / (1 + r)
}

/// Where functions have ends, jumps and other branches.
private let specialValues: [Double] = [
    0, -0.0, .infinity, -.infinity, .nan, 1, -1, 0.5, -0.5, 1.5, 2.5, 1e-45, -1e-45, 1e-40, -1e-40, 1e-20, -1e-20,
    88.72, 88.73,
    -87.3, -87.4, -103.9, -104, -110, 9, 10, -9, -10, 20, -20, 0.9999999, -0.9999999, 3.4e38, -3.4e38, 709.78, -745.1,
    -708.4,
    0.70710678, 1.41421356, -14.4, -5.5, 1e10, -1e10, 3.14159265, 1_048_576, 1_048_577, 8_388_608, 8_388_609,
]

private func apply<T: Real>(_ op: UnaryFunction, _ x: [T], _ level: TernLevel) -> [T] {
    written(x.count) { tern_kernels(level, T.type).pointee.elementwise.pointee.unary(op, x.count, x, 1, $0) }
}

@Suite("Elementary functions") struct MathTests {
    @Test("float32 is right over the whole range", arguments: availableLevels, functions)
    func float32(level: TernLevel, function: MathFunction) {
        let x =
            specialValues.map { Float($0) }
            + stride(from: UInt32(0), to: .max - 250_000, by: 250_007).map { Float(bitPattern: $0) }
        var worst = (ulps: 0.0, x: Float(0), y: Float(0))
        for (x, y) in zip(x, apply(function.op, x, level)) {
            let error = ulps(y, function.reference(Double(x)))
            if error > worst.ulps { worst = (error, x, y) }
        }
        #expect(worst.ulps <= function.limit, "\(function.name)(\(worst.x)) gave \(worst.y)")
    }

    @Test("float64 is right over the whole range", arguments: availableLevels, functions)
    func float64(level: TernLevel, function: MathFunction) {
        var numbers = TestNumbers(3)
        let x =
            specialValues + (0..<4000).map { _ in Double(bitPattern: numbers.next()) }
            + numbers.reals(4000, in: -40...40)
        var worst = (ulps: 0.0, x: 0.0, y: 0.0)
        for (x, y) in zip(x, apply(function.op, x, level)) {
            let error = ulps(y, function.reference(x)) - function.uncertainty(x)
            if error > worst.ulps { worst = (error, x, y) }
        }
        #expect(worst.ulps <= function.limit, "\(function.name)(\(worst.x)) gave \(worst.y)")
    }

    @Test("zeros keep their sign", arguments: availableLevels)
    func signedZero(level: TernLevel) {
        for op: UnaryFunction in [
            .sin, .tanh, .erf, .expm1, .log1p, .gelu, .tan, .asin, .atan, .sinh, .asinh, .atanh, .trunc, .softsign,
            .tanhShrink,
            .silu, .round,
        ] {
            #expect(apply(op, [Float(-0.0), 0], level).map(\.sign) == [.minus, .plus], "\(op)")
            #expect(apply(op, [-0.0, 0], level).map(\.sign) == [.minus, .plus], "\(op)")
        }
    }

    @Test("float32 power agrees with C", arguments: availableLevels)
    func power(level: TernLevel) {
        var numbers = TestNumbers(5)
        let special: [Float] = [
            0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, .infinity, -.infinity, .nan, 0x1p-140, 3.4e38, 16_777_216, -7.25,
        ]
        var x = special.flatMap { value in special.map { _ in value } }
        var y = special.flatMap { _ in special }
        x += (0..<4000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next())) }
        y += numbers.reals(4000, in: -3...3)
        x += numbers.reals(4000, in: 0...20)
        y += numbers.reals(4000, in: -20...20)
        let result: [Float] = written(x.count) {
            tern_kernels(level, .TERN_FLOAT32).pointee.elementwise.pointee.binary(.power, x.count, x, 1, y, 1, $0)
        }
        for i in x.indices {
            let reference = pow(Double(x[i]), Double(y[i]))
            #expect(ulps(result[i], reference) <= 0.51, "\(x[i]) ^ \(y[i]) = \(reference), got \(result[i])")
            if result[i] == 0 { #expect(result[i].sign == reference.sign, "\(x[i]) ^ \(y[i])") }
        }
    }

    @Test(
        "powers with one exponent agree with C", arguments: availableLevels,
        [0, 1, 2, 3, 0.5, -1, -0.5, 2.5, -2, .nan, .infinity])
    func constantPower(level: TernLevel, exponent: Double) {
        let x: [Float] = [
            0, -0.0, 1, -1, 2, -2, 3, 0.3, -0.7, .infinity, -.infinity, .nan, 0x1p-140, 3.4e38, 1e19, -7.25, 12, 13,
        ]
        let result: [Float] = written(x.count) { y in
            withUnsafePointer(to: Float(exponent)) {
                tern_kernels(level, .TERN_FLOAT32).pointee.elementwise.pointee.binary(.power, x.count, x, 1, $0, 0, y)
            }
        }
        for (x, y) in zip(x, result) {
            let reference = pow(Double(x), Double(Float(exponent)))
            #expect(ulps(y, reference) <= (exponent == 3 ? 1 : 0.51), "\(x) ^ \(exponent) = \(reference), got \(y)")
            if y == 0 { #expect(y.sign == reference.sign, "\(x) ^ \(exponent)") }
        }
    }
}
