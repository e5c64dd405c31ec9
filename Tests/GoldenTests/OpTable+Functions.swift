import Tern

private let broadcasts = ["same", "row", "both", "left-scalar", "right-scalar", "empty", "special"]

extension OpTable {
    mutating func addFunctions() {
        one("tan", ["", "special", "int"]) { tan($0) }
        one("asin", ["", "special", "ends"]) { asin($0) }
        one("acos", ["", "special", "ends"]) { acos($0) }
        one("atan", ["", "special"]) { atan($0) }
        one("sinh", ["", "special"]) { sinh($0) }
        one("cosh", ["", "special"]) { cosh($0) }
        one("asinh", ["", "special"]) { asinh($0) }
        one("acosh", ["", "special", "ends"]) { acosh($0) }
        one("atanh", ["", "special", "ends"]) { atanh($0) }
        one("log2", ["", "special", "powers"]) { log2($0) }
        one("log10", ["", "special"]) { log10($0) }
        one("exp2", ["", "special", "whole"]) { exp2($0) }
        one("erfc", ["", "special"]) { erfc($0) }
        one("erfinv", ["", "special", "ends"]) { erfinv($0) }
        one("ndtr", ["", "special"]) { ndtr($0) }
        one("cbrt", ["", "special"]) { cbrt($0) }
        one("ndtri", ["", "special", "ends"]) { ndtri($0) }
        one("erfcx", ["", "special"]) { erfcx($0) }
        one("logNdtr", ["", "special", "tails"]) { logNdtr($0) }
        one("i0", ["", "special", "zero"]) { i0($0) }
        one("i0e", ["", "special", "zero"]) { i0e($0) }
        one("i1", ["", "special", "zero"]) { i1($0) }
        one("i1e", ["", "special", "zero"]) { i1e($0) }
        one("besselJ0") { besselJ0($0) }
        one("besselJ1") { besselJ1($0) }
        one("igamma") { igamma(Tensor([[0.3], [2], [9]]).converted(to: $0.dtype), $0) }
        one("igammac") { igammac(Tensor([[0.3], [2], [9]]).converted(to: $0.dtype), $0) }
        two("igamma", ["values", "special"]) { igamma($0, $1) }
        two("igammac", ["values", "special"]) { igammac($0, $1) }
        one("lgamma", ["", "special", "negative"]) { lgamma($0) }
        one("digamma", ["", "special", "negative"]) { digamma($0) }
        for order in 1...3 { one("polygamma-\(order)") { polygamma(order, $0) } }
        one("polygamma-negative") { polygamma(1, $0) }
        one("zeta") { zeta(2.5, $0) }
        one("mvlgamma") { mvlgamma($0, 3) }
        one("sinc", ["", "special", "near"]) { sinc($0) }
        one("logit", ["", "special", "ends"]) { logit($0) }
        one("logit-epsilon", ["", "special"]) { logit($0, epsilon: 0.1) }
        one("entr", ["", "special", "ends"]) { entr($0) }
        one("trunc", ["", "special"]) { trunc($0) }
        one("frac", ["", "special"]) { frac($0) }
        one("deg2rad", ["", "special"]) { deg2rad($0) }
        one("rad2deg", ["", "special"]) { rad2deg($0) }
        one("round-decimals") { round($0, decimals: 1) }
        one("round-tens") { round($0, decimals: -1) }
        one("nanToNumber", ["", "special"]) { nanToNumber($0) }
        one("nanToNumber-settings", ["", "special"]) {
            nanToNumber($0, nan: 0.5, positiveInfinity: 7, negativeInfinity: -8)
        }
        one("isInfinite") { $0.isInfinite() }
        one("isPositiveInfinity") { $0.isPositiveInfinity() }
        one("isNegativeInfinity") { $0.isNegativeInfinity() }
        one("signbit") { signbit($0) }
    }

    mutating func addFunctionsOfTwo() {
        let integers = ["int64", "int8", "uint8"]
        two("atan2", broadcasts + ["origin"]) { atan2($0, $1) }
        two("hypot", broadcasts) { hypot($0, $1) }
        two("logAddExp", broadcasts) { logAddExp($0, $1) }
        two("logAddExp2", broadcasts) { logAddExp2($0, $1) }
        two("xlogy", broadcasts + ["zero"]) { xlogy($0, $1) }
        two("xlog1py", broadcasts) { xlog1py($0, $1) }
        two("copysign", broadcasts) { copysign($0, $1) }
        two("fmod", broadcasts + ["signs"] + integers) { fmod($0, $1) }
        two("truncDivide", broadcasts + integers) { truncDivide($0, $1) }
        two("fmax", broadcasts + ["ties"]) { fmax($0, $1) }
        two("fmin", broadcasts) { fmin($0, $1) }
        one("atan2-number") { atan2($0, 2) }
        one("number-atan2") { atan2(2, $0) }
        one("maximum-number") { maximum($0, 0) }
        one("minimum-number") { minimum(0.5, $0) }
        two("ldexp") { ldexp($0, $1) }
        two("heaviside") { heaviside($0, $1) }
        three("lerp") { lerp($0, $1, $2) }
        two("lerp-number") { lerp($0, $1, 0.3) }
        two("lerp-large") { lerp($0, $1, 0.8) }
        three("clamp", ["tensors", "tensors-meet"]) { clamp($0, min: $1, max: $2) }
        two("clamp-tensor-min") { clamp($0, min: $1) }
        two("clamp-tensor-max") { clamp($0, max: $1) }
        two("bitwiseAnd", integers + ["bool"]) { $0 & $1 }
        two("bitwiseOr", integers + ["bool"]) { $0 | $1 }
        two("bitwiseXor", integers + ["bool"]) { $0 ^ $1 }
        one("bitwiseNot", ["bool", "int32", "uint8"]) { ~$0 }
        two("bitwiseLeftShift", integers) { $0 << $1 }
        two("bitwiseRightShift", integers + ["far"]) { $0 >> $1 }
        two("gcd", integers) { gcd($0, $1) }
        two("lcm", integers) { lcm($0, $1) }
    }

    private mutating func three(
        _ name: String, _ suffixes: [String], _ call: @escaping @Sendable (Tensor, Tensor, Tensor) -> Tensor
    ) {
        for suffix in suffixes { three("\(name)-\(suffix)", call) }
    }
}
