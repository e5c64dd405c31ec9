import TernCore
import TernLosses
import Testing

private let x = signedValues([2, 3], seed: 21)
private let y = signedValues([2, 3], seed: 22)
private let inner = signedValues([2, 3], seed: 23) * 0.5
private let positive = positiveValues([2, 3], seed: 24)
private let row = signedValues([3], seed: 25)
private let wide = signedValues([2, 4], seed: 26)
private let cube = signedValues([2, 3, 2], seed: 27)

@Suite("Derivatives of functions of each element agree with central differences")
struct FunctionGradientTests {
    static let cases: [GradientCase] = [
        .init("tan", [inner]) { tan($0[0]) },
        .init("asin", [inner]) { asin($0[0]) },
        .init("acos", [inner]) { acos($0[0]) },
        .init("atan", [x]) { atan($0[0]) },
        .init("sinh", [x]) { sinh($0[0]) },
        .init("cosh", [x]) { cosh($0[0]) },
        .init("asinh", [x]) { asinh($0[0]) },
        .init("acosh", [positive + 1]) { acosh($0[0]) },
        .init("atanh", [inner]) { atanh($0[0]) },
        .init("log2", [positive]) { log2($0[0]) },
        .init("log10", [positive]) { log10($0[0]) },
        .init("exp2", [x]) { exp2($0[0]) },
        .init("erfc", [x]) { erfc($0[0]) },
        .init("erfinv", [inner]) { erfinv($0[0]) },
        .init("ndtr", [x]) { ndtr($0[0]) },
        .init("ndtri", [inner * 0.45 + 0.5]) { ndtri($0[0]) },
        .init("erfcx", [x]) { erfcx($0[0]) },
        .init("logNdtr", [x * 3]) { logNdtr($0[0]) },
        .init("i0", [x * 3]) { i0($0[0]) },
        .init("i0e", [x * 3]) { i0e($0[0]) },
        .init("i1", [x * 3]) { i1($0[0]) },
        .init("i1e", [x * 3]) { i1e($0[0]) },
        .init("besselJ0", [x * 3]) { besselJ0($0[0]) },
        .init("besselJ1", [x * 3]) { besselJ1($0[0]) },
        .init("igamma", [positive * 2]) { igamma(positive + 0.5, $0[0]) },
        .init("igammac", [positive * 2]) { igammac(positive + 0.5, $0[0]) },
        .init("lgamma", [positive]) { lgamma($0[0]) },
        .init("lgamma of negative numbers", [inner - 1.5]) { lgamma($0[0]) * 0.01 },
        .init("digamma", [positive + 0.5]) { digamma($0[0]) },
        .init("polygamma", [positive + 1]) { polygamma(2, $0[0]) },
        .init("zeta", [positive + 1]) { zeta(2.5, $0[0]) },
        .init("mvlgamma", [positive + 1.5]) { mvlgamma($0[0], 3) },
        .init("sinc", [x]) { sinc($0[0]) },
        .init("sinc near 0", [x * 0.08]) { sinc($0[0]) },
        .init("logit", [positive * 0.5]) { logit($0[0]) },
        .init("logit with epsilon", [inner + 0.5]) { logit($0[0], epsilon: 0.2) },
        .init("entr", [positive]) { entr($0[0]) },
        .init("trunc and frac", [x]) { trunc($0[0]) + frac($0[0]) },
        .init("deg2rad and rad2deg", [x]) { deg2rad($0[0]) + rad2deg($0[0]) },
        .init("round to decimals", [inner]) { round($0[0] * 1.01, decimals: 0) },
        .init("nanToNumber", [x]) { nanToNumber($0[0]) },
        .init("atan2", [x, y]) { atan2($0[0], $0[1]) },
        .init("atan2 of a row", [x, row]) { atan2($0[0], $0[1]) },
        .init("hypot", [x, row]) { hypot($0[0], $0[1]) },
        .init("logAddExp", [x, row]) { logAddExp($0[0], $0[1]) },
        .init("logAddExp2", [row, x]) { logAddExp2($0[0], $0[1]) },
        .init("xlogy", [x, positive]) { xlogy($0[0], $0[1]) },
        .init("xlog1py", [x, positive]) { xlog1py($0[0], $0[1]) },
        .init("copysign", [x, y]) { copysign($0[0], $0[1]) },
        .init("fmod", [x * 3, y]) { fmod($0[0], $0[1]) },
        .init("truncDivide", [x * 3, y]) { truncDivide($0[0], $0[1]) },
        .init("fmax and fmin", [x, y]) { fmax($0[0], $0[1]) - fmin($0[0], $0[1]) * 2 },
        .init("lerp", [x, y, row]) { lerp($0[0], $0[1], $0[2]) },
        .init("lerp by a number", [x, y]) { lerp($0[0], $0[1], 0.7) },
        .init("ldexp", [x, y]) { ldexp($0[0], $0[1]) },
        .init("heaviside", [x, y]) { heaviside($0[0], $0[1]) },
        .init("clamp between tensors", [x, row, row + 0.25]) { clamp($0[0], min: $0[1], max: $0[2]) },
        .init("logSigmoid", [x]) { logSigmoid($0[0]) },
        .init("softsign", [x]) { softsign($0[0]) },
        .init("mish", [x * 2]) { mish($0[0]) },
        .init("quickGelu", [x]) { quickGelu($0[0]) },
        .init("hardSigmoid", [x * 3]) { hardSigmoid($0[0]) },
        .init("hardSwish", [x * 3]) { hardSwish($0[0]) },
        .init("hardTanh", [x]) { hardTanh($0[0], min: -0.8, max: 1.1) },
        .init("relu6", [x * 5]) { relu6($0[0]) },
        .init("selu", [x]) { selu($0[0]) },
        .init("cbrt", [x]) { cbrt($0[0]) },
        .init("squareplus", [x]) { squareplus($0[0]) },
        .init("sparsePlus and sparseSigmoid", [x]) { sparsePlus($0[0]) + sparseSigmoid($0[0] * 0.9) },
        .init("sparsemax", [x]) { sparsemax($0[0]) },
        .init("celu", [x]) { celu($0[0], alpha: 1.3) },
        .init("threshold", [x]) { threshold($0[0], 0.31, 2) },
        .init("softshrink", [x]) { softshrink($0[0], bound: 0.9) },
        .init("hardshrink", [x]) { hardshrink($0[0], bound: 0.9) },
        .init("tanhshrink", [x]) { tanhshrink($0[0]) },
        .init("softplus with beta", [x]) { softplus($0[0], beta: 2.5) },
        .init("prelu", [cube, row]) { prelu($0[0], $0[1]) },
        .init("prelu with one weight", [cube, signedValues([1])]) { prelu($0[0], $0[1]) },
        .init("rrelu", [x]) { rrelu($0[0], training: true, generator: Generator(seed: 3)) },
        .init("glu", [wide]) { glu($0[0]) },
        .init("swiGLU", [wide]) { swiGLU($0[0]) },
        .init("geGLU", [wide]) { geGLU($0[0], axis: 0) },
        .init("softmin", [x]) { softmin($0[0], axis: 0) },
    ]

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            // An expanded operand may lie where a clamped one meets it.
            if layout == .expanded, item.testDescription.hasPrefix("clamp") { continue }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed] {
            try checkSecondGradient(item.function, at: item.inputs.map { layout.apply(to: $0) })
        }
    }
}

@Suite("Special values of functions of each element")
struct FunctionValueTests {
    @Test("bits beside numbers, and shifts beyond the type")
    func bits() {
        let x = Tensor([6, -5, 0], dtype: .int32)
        #expect(x & 3 == Tensor([2, 3, 0], dtype: .int32))
        #expect(3 & x == x & 3 && (1 | x) == (x | 1) && (x ^ 5) == (5 ^ x))
        #expect(~x == -1 - x)
        #expect(x << 1 == x * 2 && x >> 1 == floorDivide(x, 2))
        #expect(x << 32 == Tensor([0, 0, 0], dtype: .int32) && x >> 40 == Tensor([0, -1, 0], dtype: .int32))
        #expect(x << -1 == Tensor([0, 0, 0], dtype: .int32))
        #expect((Tensor([UInt8(200)]) & 300) == Tensor([UInt8(200 & 44)]))
        #expect((Tensor([true, false]) & Tensor([true, true])) == Tensor([true, false]))
        #expect(~Tensor([true, false]) == Tensor([false, true]))
        #expect((Tensor([true]) & 3) == Tensor([1], dtype: .int64))
        #expect(~Tensor([UInt64.max, 0]) == Tensor([UInt64(0), .max]))
        #expect(Tensor([true, false]).logicalNot() == ~Tensor([true, false]))
        let divisors = gcd(Tensor([0, -12], dtype: .int64), Tensor([4, 18], dtype: .int64))
        #expect(divisors == Tensor([4, 6], dtype: .int64))
        let multiples = lcm(Tensor([0, -4], dtype: .int64), Tensor([4, 6], dtype: .int64))
        #expect(multiples == Tensor([0, 12], dtype: .int64))
    }

    @Test("numbers stand on either side of functions of two")
    func numbers() {
        let x = Tensor([1, 2.5], dtype: .float64)
        let two = Tensor([2], dtype: .float64)
        let pairs: [(Tensor, Tensor)] = [
            (atan2(x, 2), atan2(x, two)), (atan2(2, x), atan2(two, x)), (hypot(x, 2), hypot(x, two)),
            (hypot(2, x), hypot(two, x)), (logAddExp(x, 2), logAddExp(x, two)), (logAddExp(2, x), logAddExp(two, x)),
            (logAddExp2(x, 2), logAddExp2(x, two)), (logAddExp2(2, x), logAddExp2(two, x)),
            (xlogy(x, 2), xlogy(x, two)), (xlogy(2, x), xlogy(two, x)), (xlog1py(x, 2), xlog1py(x, two)),
            (xlog1py(2, x), xlog1py(two, x)), (copysign(x, -2), -x), (copysign(2, x), two.expanded(to: [2])),
            (fmod(x, 2), fmod(x, two)), (fmod(2, x), fmod(two, x)), (truncDivide(x, 2), truncDivide(x, two)),
            (truncDivide(2, x), truncDivide(two, x)), (heaviside(x, 2), heaviside(x, two)), (ldexp(x, 3), x * 8),
        ]
        for (found, expected) in pairs { #expect(found == expected) }
        // Integers beside a fraction, as with operators.
        #expect(fmod(Tensor([7], dtype: .int64), 2.5) == Tensor([2]))
        #expect(fmod(Tensor([UInt8(200)]), 256) == Tensor([UInt8(200)]))
        #expect(truncDivide(Tensor([-7], dtype: .int64), 2) == Tensor([-3], dtype: .int64))
        #expect(atan2(Tensor([1], dtype: .int64), 1).dtype == .float32)
    }

    @Test("the gamma function's relatives at negative numbers, poles and far out")
    func gamma() {
        // Summed by mpmath.
        let q = Tensor([-0.5, -1.25, -3, 1e9], dtype: .float64)
        let found = zeta(3, q).array(of: Double.self)
        #expect(abs(found[0] - 0.41439832211716) < 1e-9 && abs(found[1] + 61.86068339183118) < 1e-9)
        #expect(found[2] == .infinity)
        #expect(abs(found[3] - 5e-19) < 1e-27)
        #expect(zeta(0.5, q).isNaN().all().item(as: Bool.self) && zeta(1, q)[0].item() == .infinity)
        #expect(digamma(Tensor([0, -0.0, -2], dtype: .float64)).array(of: Double.self)[0] == -.infinity)
        #expect(lgamma(Tensor([-3.0])).item() == .infinity)
        #expect(polygamma(0, Tensor([2.0])) == digamma(Tensor([2.0])))
    }

    @Test("wrong operands stop with a message")
    func mistakes() async {
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1.5]) & Tensor([1.5])
        }
        expectMessage("bitwiseAnd: expects integers or bool, got float32", in: result)
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([true]).bitwiseLeftShift(Tensor([true]))
        }
        expectMessage("bitwiseLeftShift: expects integers, got bool", in: result)
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = polygamma(-1, Tensor([1]))
        }
        expectMessage("polygamma: expects an order of at least 0, got -1", in: result)
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = softshrink(Tensor([1]), bound: -1)
        }
        expectMessage("softshrink: expects a bound of at least 0, got -1.0", in: result)
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = hypot(Tensor([1, 2]), Tensor([1, 2, 3]))
        }
        expectMessage("hypot: cannot broadcast shapes [2] and [3]", in: result)
    }
}
