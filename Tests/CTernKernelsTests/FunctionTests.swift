import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernElementwiseKernels {
    tern_kernels(level, type).pointee.elementwise.pointee
}

private func binary<T: Real>(_ level: TernLevel, _ op: BinaryFunction, _ a: [T], _ b: [T]) -> [T] {
    written(a.count) { kernels(level, T.type).binary(op, a.count, a, 1, b, 1, $0) }
}

/// Pairs of all these numbers, and random ones.
private func pairs(_ special: [Double], _ range: ClosedRange<Double>) -> ([Double], [Double]) {
    var numbers = TestNumbers(11)
    let a = special.flatMap { x in special.map { _ in x } } + numbers.reals(2000, in: range)
    let b = special.flatMap { _ in special } + numbers.reals(2000, in: range)
    return (a, b)
}
private let special: [Double] = [
    0, -0.0, 1, -1, 0.5, -3, .infinity, -.infinity, .nan, 0x1p-1030, -0x1p-1030, 1e300, -1e300, 1e-40, 3e38,
]

@Suite("Kernels of functions of two numbers") struct FunctionTests {
    @Test("atan2, hypot and copysign agree with C, at infinities and zeros too", arguments: availableLevels)
    func geometry(level: TernLevel) {
        let (a, b) = pairs(special, -4...4)
        for (op, limit, reference): (BinaryFunction, Double, (Double, Double) -> Double) in [
            (.atan2, 3, atan2), (.hypot, 2, hypot), (.copySign, 0, copysign),
        ] {
            for (i, y) in binary(level, op, a, b).enumerated() {
                let expected = reference(a[i], b[i])
                #expect(ulps(y, expected) <= limit + 1, "\(op) of \(a[i]) and \(b[i])")
                if y == 0 { #expect(y.sign == expected.sign, "\(op) of \(a[i]) and \(b[i])") }
            }
            let (c, d) = (a.map { Float($0) }, b.map { Float($0) })
            for (i, y) in binary(level, op, c, d).enumerated() {
                let expected = reference(Double(c[i]), Double(d[i]))
                #expect(ulps(y, expected) <= limit, "\(op) of \(c[i]) and \(d[i])")
            }
        }
    }

    @Test("logarithms of sums, products with logarithms and truncated remainders", arguments: availableLevels)
    func logarithms(level: TernLevel) {
        func logAdd(_ a: Double, _ b: Double) -> Double {
            a == b ? a + log(2) : a.isNaN || b.isNaN ? .nan : max(a, b) + log1p(exp(-abs(a - b)))
        }
        let (a, b) = pairs([0, 1, -1, 30, -30, .infinity, -.infinity, .nan], -9...9)
        for (op, reference): (BinaryFunction, (Double, Double) -> Double) in [
            (.logAddExp, logAdd), (.logAddExp2, { logAdd($0 * log(2), $1 * log(2)) / log(2) }),
            (.xlogy, { $1.isNaN ? .nan : $0 == 0 ? 0 : $0 * log($1) }),
            (.xlog1py, { $1.isNaN ? .nan : $0 == 0 ? 0 : $0 * log1p($1) }), (.truncatedRemainder, fmod),
        ] {
            for (i, y) in binary(level, op, a, b).enumerated() {
                let expected = reference(a[i], b[i])
                let isSame = y == expected || y.isNaN && expected.isNaN
                #expect(isSame || isClose(y, expected, tolerance: 4e-15), "\(op) of \(a[i]) and \(b[i]): \(y)")
            }
            let (c, d) = (a.map { Float($0) }, b.map { Float($0) })
            for (i, y) in binary(level, op, c, d).enumerated() where op != .truncatedRemainder {
                let expected = reference(Double(c[i]), Double(d[i]))
                let isSame = Double(y) == expected || y.isNaN && expected.isNaN
                #expect(isSame || isClose(y, expected, tolerance: 1e-6), "\(op) of \(c[i]) and \(d[i]): \(y)")
            }
        }
    }

    @Test("erfinv undoes erf, and powers of ten have whole logarithms", arguments: availableLevels)
    func inverses(level: TernLevel) {
        var numbers = TestNumbers(12)
        let x: [Double] = numbers.reals(500, in: -3...3) + numbers.reals(50, in: -1e-3...1e-3)
        let y: [Double] = written(x.count) {
            kernels(level, .TERN_FLOAT64).unary(.erfinv, x.count, x.map { erf($0) }, 1, $0)
        }
        // What erf's rounding alone moves the argument by.
        for (x, y) in zip(x, y) {
            let slack = 0x1p-53 * abs(erf(x)) / (2 / Double.pi.squareRoot() * exp(-x * x))
            #expect(abs(x - y) <= 8 * 0x1p-53 * abs(x) + slack, "\(x), \(y)")
        }
        let powers = (0...22).map { pow(10, Double($0)) }
        let logs: [Double] = written(23) { kernels(level, .TERN_FLOAT64).unary(.log10, 23, powers, 1, $0) }
        #expect(logs == (0...22).map { Double($0) })
        let whole: [Float] = (0...10).map { pow(10, Float($0)) }
        let singles: [Float] = written(11) { kernels(level, .TERN_FLOAT32).unary(.log10, 11, whole, 1, $0) }
        #expect(singles == (0...10).map { Float($0) })
        let binary = (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
        let exponents: [Double] = written(binary.count) {
            kernels(level, .TERN_FLOAT64).unary(.log2, binary.count, binary, 1, $0)
        }
        #expect(exponents == (-1074...1023).map { Double($0) })
        let back: [Double] = written(binary.count) {
            kernels(level, .TERN_FLOAT64).unary(.exp2, binary.count, exponents, 1, $0)
        }
        #expect(back == binary)
    }

    @Test("digamma and zeta satisfy their recurrences", arguments: availableLevels)
    func gamma(level: TernLevel) {
        let x: [Double] = [0.1, 0.5, 1, 1.4616321449683622, 2, 7.3, 9.99, 10, 25, 1e3, 1e8, -0.5, -1.3, -20.7]
        let n = x.count
        func digamma(_ x: [Double]) -> [Double] {
            written(n) { kernels(level, .TERN_FLOAT64).unary(.digamma, n, x, 1, $0) }
        }
        for (i, (y, next)) in zip(digamma(x), digamma(x.map { $0 + 1 })).enumerated() {
            #expect(abs(next - y - 1 / x[i]) <= 1e-14 * max(abs(y), abs(1 / x[i]), 1), "digamma of \(x[i])")
        }
        #expect(abs(digamma(x)[2] + 0.5772156649015329) < 1e-15 && abs(digamma(x)[3]) < 1e-15)
        for s in [1.5, 2, 3, 7.5] {
            let q = x.map { abs($0) }
            let orders = [Double](repeating: s, count: n)
            let values = binary(level, .zeta, orders, q)
            let next = binary(level, .zeta, orders, q.map { $0 + 1 })
            for i in 0..<n {
                let difference = values[i] - next[i]
                #expect(abs(difference - pow(q[i], -s)) <= 1e-14 * values[i], "zeta of \(s) and \(q[i])")
            }
        }
        let basel: [Float] = binary(level, .zeta, [2], [1])
        #expect(ulps(basel[0], Double.pi * Double.pi / 6) <= 0.51)
    }

    /// Arguments and values, computed with 30 digits by mpmath.
    private static let digits: [(UnaryFunction, Double, [(x: Double, y: Double)])] = [
        (
            .i0, 8,
            [
                (0, 1), (1e-05, 1.000000000025), (0.5, 1.0634833707413236), (-3, 4.8807925858650245),
                (7.75, 338.5137537472759), (19.5, 26760525.339838766), (20.5, 70922869.83431701),
                (100, 1.0737517071310738e+42), (700, 1.5295933476718737e+302),
            ]
        ),
        (
            .i0e, 8,
            [
                (0, 1), (1e-05, 0.9999900000749996), (0.5, 0.6450352704491501), (-3, 0.2430003541618254),
                (7.75, 0.1458122743089143), (19.5, 0.09093943209515648), (20.5, 0.08866442901574524),
                (100, 0.03994437929909668), (1e6, 0.00039894233026924577),
            ]
        ),
        (
            .i1, 8,
            [
                (0, 0), (1e-05, 5.0000000000625004e-06), (0.5, 0.2578943053908963), (-3, -3.9533702174026093),
                (7.75, 315.85248092400343), (19.5, 26065069.264457166), (20.5, 69170831.67918438),
                (100, 1.0683693903381625e+42), (700, 1.5285003902339006e+302),
            ]
        ),
        (
            .i1e, 8,
            [
                (0, 0), (1e-05, 4.999950000312499e-06), (0.5, 0.1564208031848717), (-3, -0.19682671329730086),
                (7.75, 0.1360511000803391), (19.5, 0.08857608609431485), (20.5, 0.08647411349408725),
                (100, 0.03974415302513025), (1e6, 0.0003989421307980308),
            ]
        ),
        (
            .erfcx, 5,
            [
                (-26, 7.657724931490568e+293), (-5, 144009798674.66104), (-0.5, 1.952360489182557), (0, 1),
                (0.001, 0.9988726200811514), (0.25, 0.7703465477309968), (1, 0.427583576155807),
                (3, 0.17900115118138996), (10.25, 0.05478458695295453), (12, 0.04685422101489376),
                (27.5, 0.0205024473846148), (28.5, 0.01978396219291317), (60, 0.009401854275176388),
                (1e10, 5.641895835477563e-11),
            ]
        ),
        (
            .ndtri, 8,
            [
                (1e-15, -7.941345326170997), (0.001, -3.0902323061678136), (0.0625, -1.5341205443525463),
                (0.3, -0.5244005127080408), (0.5, 0), (0.625, 0.31863936396437514), (0.99, 2.3263478740408408),
                (0.9999990463256836, 4.7630010342678135),
            ]
        ),
    ]

    @Test("Bessel functions, erfcx and quantiles agree with many digits", arguments: availableLevels)
    func specialFunctions(level: TernLevel) {
        for (function, limit, points) in Self.digits {
            let x = points.map(\.x)
            let values: [Double] = written(x.count) {
                kernels(level, .TERN_FLOAT64).unary(function, x.count, x, 1, $0)
            }
            for (value, point) in zip(values, points) {
                #expect(ulps(value, point.y) <= limit, "\(function) of \(point.x) is \(value)")
            }
            // Arguments that float32 has.
            let exact = points.filter { Double(Float($0.x)) == $0.x && Double(Float($0.y)).isFinite && $0.x != -26 }
            let singles: [Float] = written(exact.count) {
                kernels(level, .TERN_FLOAT32).unary(function, exact.count, exact.map { Float($0.x) }, 1, $0)
            }
            for (value, point) in zip(singles, exact) {
                let limit = function == .erfcx ? 4 : 0.51
                #expect(ulps(value, point.y) <= limit, "\(function) of \(point.x)f is \(value)")
            }
        }
        let ends: [Double] = [-.infinity, .infinity, .nan]
        for (function, expected) in [
            (.i0, [.infinity, .infinity, .nan]), (.i0e, [0, 0, .nan]), (.i1, [-.infinity, .infinity, .nan]),
            (.i1e, [0, 0, .nan]), (.erfcx, [.infinity, 0, .nan]), (.ndtri, [.nan, .nan, .nan]),
            (.besselJ0, [0, 0, .nan]), (.besselJ1, [0, 0, .nan]),
        ] as [(UnaryFunction, [Double])] {
            let values: [Double] = written(3) { kernels(level, .TERN_FLOAT64).unary(function, 3, ends, 1, $0) }
            for (value, wanted) in zip(values, expected) { #expect(ulps(value, wanted) == 0, "\(function) \(values)") }
        }
    }

    @Test("the incomplete gamma functions agree with many digits, the smaller of both, too", arguments: availableLevels)
    func incompleteGamma(level: TernLevel) {
        let points: [(a: Double, x: Double, lower: Double, upper: Double)] = [
            (0.001, 0.5, 0.9994399333435292, 0.0005600666564707498),
            (0.3, 0.01, 0.27924099635901484, 0.7207590036409851),
            (0.3, 2.0, 0.977974019172853, 0.022025980827147015),
            (1.0, 1.0, 0.6321205588285577, 0.36787944117144233),
            (2.5, 30.0, 0.9999999999878454, 1.215456977718304e-11),
            (9.0, 4.0, 0.021363434487984164, 0.9786365655120158),
            (15.0, 40.0, 0.9999980243767566, 1.975623243491064e-06),
            (100.0, 80.0, 0.017108313035133115, 0.9828916869648668),
            (100.0, 130.0, 0.9972495916326934, 0.002750408367306526),
            (2000.0, 2050.0, 0.8678507404035056, 0.13214925959649443),
            (50000.0, 49800.0, 0.18562581119914362, 0.8143741888008563),
            (2000000.0, 2001000.0, 0.7602865609469363, 0.23971343905306375),
        ]
        let lower = binary(level, .igamma, points.map(\.a), points.map(\.x))
        let upper = binary(level, .igammac, points.map(\.a), points.map(\.x))
        for (index, point) in points.enumerated() {
            #expect(ulps(lower[index], point.lower) <= 200, "P(\(point.a), \(point.x)) is \(lower[index])")
            #expect(ulps(upper[index], point.upper) <= 200, "Q(\(point.a), \(point.x)) is \(upper[index])")
            #expect(abs(lower[index] + upper[index] - 1) <= 1e-14)
        }
    }

    @Test("functions of integers", arguments: availableLevels)
    func integers(level: TernLevel) {
        func check<T: Element & FixedWidthInteger>(_: T.Type) {
            let values: [T] = [0, 1, 2, 3, 7, 100, .max, .min, .max - 1, 5, 0 &- 1, 0 &- 7, 12, 63]
            let a = values.flatMap { x in values.map { _ in x } }
            let b = values.flatMap { _ in values }
            func gcd(_ a: T, _ b: T) -> T {
                var (x, y) = (a.magnitude, b.magnitude)
                while y != 0 { (x, y) = (y, x % y) }
                return T(truncatingIfNeeded: x)
            }
            let bits = T(T.bitWidth)
            for (op, reference): (IntegerFunction, (T, T) -> T) in [
                (.and, { $0 & $1 }), (.or, { $0 | $1 }), (.xor, { $0 ^ $1 }),
                (.shiftLeft, { $1 < 0 || $1 >= bits ? 0 : $0 << $1 }),
                (.shiftRight, { $1 < 0 || $1 >= bits ? ($0 < 0 ? 0 &- 1 : 0) : $0 >> $1 }),
                (.greatestCommonDivisor, gcd),
            ] {
                for stride in [1, 0, 2] {
                    let x = Strided(a, stride: stride)
                    let y: [T] = written(a.count) { y in
                        x.withPointer {
                            kernels(level, T.type).integer[Int(op.rawValue)]!(a.count, $0, stride, b, 1, y)
                        }
                    }
                    #expect(y == zip(x.values, b).map(reference), "\(op) of \(T.self), stride \(stride)")
                }
            }
            let rest: [T] = written(a.count) {
                kernels(level, T.type).binary(.truncatedRemainder, a.count, a, 1, b, 1, $0)
            }
            #expect(
                rest == zip(a, b).map { $1 == 0 ? 0 : $0.remainderReportingOverflow(dividingBy: $1).partialValue })
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
    }

    @Test("CELU, shrinks and what passes between two bounds", arguments: availableLevels)
    func parameterized(level: TernLevel) {
        let x: [Double] = [-30, -2, -0.5, -1e-9, 0, 1e-9, 0.5, 2, 30, .nan]
        let (n, p) = (x.count, 0.5)
        let g = [Double](repeating: 2, count: n)
        func unary(_ op: ParameterUnaryFunction) -> [Double] {
            written(n) { kernels(level, .TERN_FLOAT64).unaryParameter(op, p, n, x, 1, $0) }
        }
        func binary(_ op: ParameterBinaryFunction) -> [Double] {
            written(n) { kernels(level, .TERN_FLOAT64).binaryParameter(op, p, n, g, 1, x, 1, $0) }
        }
        let (celu, soft, hard) = (unary(.celu), unary(.softShrink), unary(.hardShrink))
        let (dCelu, dShrink) = (binary(.celuBackward), binary(.shrinkBackward))
        let passed: [Double] = written(n) { kernels(level, .TERN_FLOAT64).clamp_backward!(-0.5, 2, n, g, 1, x, 1, $0) }
        let one: [Float] = written(n) { y in
            let x = Strided(x.map { Float($0) }, stride: 3)
            x.withPointer { kernels(level, .TERN_FLOAT32).clamp_backward!(-0.5, 2, n, [2] as [Float], 0, $0, 3, y) }
        }
        for i in 0..<(n - 1) {
            #expect(ulps(celu[i], x[i] > 0 ? x[i] : p * expm1(x[i] / p)) <= 3)
            #expect(ulps(dCelu[i], x[i] > 0 ? 2 : 2 * exp(x[i] / p)) <= 3)
            #expect(soft[i] == (abs(x[i]) > p ? x[i] - (x[i] < 0 ? -p : p) : 0))
            #expect(hard[i] == (abs(x[i]) > p ? x[i] : 0) && dShrink[i] == (abs(x[i]) > p ? 2 : 0))
            #expect(passed[i] == (x[i] > -0.5 && x[i] < 2 ? 2 : 0) && Double(one[i]) == passed[i])
        }
        #expect(celu[n - 1].isNaN && soft[n - 1].isNaN && hard[n - 1].isNaN)
        #expect(dShrink[n - 1] == 2 && passed[n - 1] == 2 && one[n - 1] == 2)
    }

    @Test("PReLU has the slope of its weight", arguments: availableLevels)
    func prelu(level: TernLevel) {
        let x: [Float] = [-2, -0.0, 0, 3, .nan]
        let y = binary(level, .prelu, x, [0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(y.prefix(4).elementsEqual([-1, 0, 0, 3]) && y[4].isNaN)
    }
}
