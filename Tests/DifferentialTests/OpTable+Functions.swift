import Tern

extension OpTable {
    mutating func addFunctions() {
        unary("tan", .unit) { tan($0) }
        unary("asin", .unit) { asin($0) }
        unary("acos", .unit) { acos($0) }
        unary("atan") { atan($0) }
        unary("sinh") { sinh($0) }
        unary("cosh") { cosh($0) }
        unary("asinh") { asinh($0) }
        unary("acosh", .positive) { acosh($0 + 1) }
        unary("atanh", .unit) { atanh($0) }
        unary("log2", .positive) { log2($0) }
        unary("log10", .positive) { log10($0) }
        unary("exp2") { exp2($0) }
        unary("erfc") { erfc($0) }
        unary("erfinv", .unit) { erfinv($0) }
        unary("ndtr") { ndtr($0) }
        unary("cbrt", .nonZero) { cbrt($0) }
        unary("ndtri", .unit) { ndtri($0 * 0.45 + 0.5) }
        unary("erfcx", .positive) { erfcx($0 - 0.5) }
        unary("logNdtr") { logNdtr($0) }
        unary("i0", .unit) { i0($0 * 4) }
        unary("i0e") { i0e($0) }
        unary("i1", .unit) { i1($0 * 4) }
        unary("i1e") { i1e($0) }
        unary("besselJ0") { besselJ0($0) }
        unary("besselJ1") { besselJ1($0) }
        // Without a derivative with respect to the first.
        unary("igamma", .positive) { igamma(1.5, $0) }
        unary("igammac", .positive) { igammac(0.75, $0) }
        unary("lgamma", .positive) { lgamma($0) }
        unary("digamma", .positive) { digamma($0) }
        unary("polygamma", .positive) { polygamma(2, $0) }
        unary("zeta", .positive) { zeta(2.5, $0) }
        one("mvlgamma") { mvlgamma(abs($0) + 2, 3) }
        unary("sinc") { sinc($0) }
        unary("logit", .unit) { logit($0) }
        unary("entr", .positive) { entr($0) }
        unary("trunc", .any, numeric) { trunc($0) }
        unary("frac", .any, numeric) { frac($0) }
        unary("deg2rad") { deg2rad($0) }
        unary("rad2deg") { rad2deg($0) }
        unary("nanToNumber", .any, numeric) { nanToNumber($0, positiveInfinity: 2, negativeInfinity: -2) }
        unary("isInfinite", .any, numeric) { $0.isInfinite() }
        unary("isPositiveInfinity") { $0.isPositiveInfinity() }
        unary("isNegativeInfinity") { $0.isNegativeInfinity() }
        unary("signbit", .any, anyKind) { signbit($0) }
    }

    mutating func addFunctionsOfTwo() {
        binary("atan2", [.float], .finite, .nonZero) { atan2($0, $1) }
        binary("hypot", [.float], .finite, .nonZero) { hypot($0, $1) }
        binary("logAddExp") { logAddExp($0, $1) }
        binary("logAddExp2") { logAddExp2($0, $1) }
        binary("xlogy", [.float], .any, .positive) { xlogy($0, $1) }
        binary("xlog1py", [.float], .any, .positive) { xlog1py($0, $1) }
        // At 0 its derivative is 0 by convention, as PyTorch's.
        binary("copysign", [.float], .nonZero) { copysign($0, $1) }
        binary("fmod", numeric, .any, .nonZero) { fmod($0, $1) }
        binary("truncDivide", numeric, .any, .nonZero) { truncDivide($0, $1) }
        binary("fmax") { fmax($0, $1) }
        binary("fmin") { fmin($0, $1) }
        binary("lerp") { lerp($0, $1, 0.3) + lerp($0, $1, $0) }
        binary("ldexp", [.float], .unit) { ldexp($0, $1) }
        binary("heaviside", numeric) { heaviside($0, $1) }
        binary("clamp tensors") { clamp($0, min: $1, max: $1 + 1) }
        unary("maximum number", .any, numeric) { maximum($0, 1) - minimum(2, $0) }
        binary("bitwiseAnd &", [.int64, .int32, .uint8, .bool]) { $0 & $1 }
        binary("bitwiseOr |", [.int64, .int32, .uint8, .bool]) { $0 | $1 }
        binary("bitwiseXor ^", [.int64, .int32, .uint8, .bool]) { $0 ^ $1 }
        unary("bitwiseNot ~", .any, [.int64, .int32, .uint8, .bool]) { ~$0 }
        binary("bitwiseLeftShift <<", [.int64, .int32, .uint8]) { $0 << $1 }
        binary("bitwiseRightShift >>", [.int64, .int32, .uint8]) { $0 >> $1 }
        binary("gcd", [.int64, .int32, .uint8]) { gcd($0, $1) }
        binary("lcm", [.int64, .int32, .uint8]) { lcm($0, $1) }
    }

    mutating func addActivations() {
        unary("logSigmoid") { logSigmoid($0) }
        unary("softsign") { softsign($0) }
        unary("mish") { mish($0) }
        unary("quickGelu") { quickGelu($0) }
        unary("hardSigmoid") { hardSigmoid($0) }
        unary("hardSwish") { hardSwish($0) }
        unary("hardTanh") { hardTanh($0, min: -0.3, max: 1.2) }
        unary("relu6") { relu6($0) }
        unary("selu") { selu($0) }
        unary("celu") { celu($0, alpha: 0.7) }
        unary("squareplus") { squareplus($0) }
        unary("sparsePlus") { sparsePlus($0) }
        unary("sparseSigmoid") { sparseSigmoid($0) }
        along("sparsemax", isNonEmpty: true) { [sparsemax($0, axis: $1)] }
        unary("threshold") { threshold($0, 0.3, -1) }
        unary("softshrink") { softshrink($0) }
        unary("hardshrink") { hardshrink($0) }
        unary("tanhshrink") { tanhshrink($0) }
        op("prelu", .elementwise) { b in
            let x = b.operand(rank: 2...4)
            return Call([x, b.operand([b.chance(0.5) ? 1 : b.shape(of: x)[1]])]) { [prelu($0[0], $0[1])] }
        }
        op("rrelu", .typed) { b in
            let (training, seed) = (b.chance(0.5), UInt64(b.number(in: 0...99)))
            return Call([b.operand()], "training: \(training), seed \(seed)") {
                [rrelu($0[0], training: training, generator: Generator(seed: seed))]
            }
        }
        gated("glu") { glu($0, axis: $1) }
        gated("swiGLU") { swiGLU($0, axis: $1) }
        gated("geGLU") { geGLU($0, axis: $1) }
        along("softmin") { [softmin($0, axis: $1)] }
    }

    private mutating func gated(_ name: String, _ call: @escaping @Sendable (Tensor, Int) -> Tensor) {
        op(name) { b in
            let x = b.operand(rank: 1...4, where: { $0.contains { $0 % 2 == 0 } })
            let axis = b.shape(of: x).firstIndex { $0 % 2 == 0 }!
            return Call([x], "axis: \(axis)") { [call($0[0], axis)] }
        }
    }
}
