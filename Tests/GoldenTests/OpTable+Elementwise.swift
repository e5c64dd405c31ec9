import Tern
import TernTesting

private let broadcasts = ["same", "row", "both", "left-scalar", "right-scalar", "empty"]

extension OpTable {
    mutating func addUnary() {
        one("negate", ["", "special"]) { -$0 }
        one("abs", ["", "special", "at-zero", "int"]) { abs($0) }
        one("sign", ["", "special"]) { sign($0) }
        one("square", ["", "special", "at-zero"]) { square($0) }
        one("reciprocal", ["", "special"]) { reciprocal($0) }
        one("sqrt", ["", "special", "at-zero"]) { sqrt($0) }
        one("rsqrt", ["", "special"]) { rsqrt($0) }
        one("exp", ["", "special", "empty", "int"]) { exp($0) }
        one("expm1", ["", "special"]) { expm1($0) }
        one("log", ["", "special"]) { log($0) }
        one("log1p", ["", "special"]) { log1p($0) }
        one("sin", ["", "special"]) { sin($0) }
        one("cos", ["", "special"]) { cos($0) }
        one("erf", ["", "special"]) { erf($0) }
        one("floor", ["", "special"]) { floor($0) }
        one("ceil", ["", "special"]) { ceil($0) }
        one("round", ["", "special", "halves"]) { round($0) }
    }

    mutating func addActivations() {
        let suffixes = ["", "special", "slope"]
        one("relu", suffixes) { relu($0) }
        one("leakyRelu", suffixes) { leakyRelu($0) }
        one("leakyRelu-0.3", suffixes) { leakyRelu($0, slope: 0.3) }
        one("sigmoid", suffixes) { sigmoid($0) }
        one("tanh", suffixes) { tanh($0) }
        one("softplus", suffixes) { softplus($0) }
        one("silu", suffixes) { silu($0) }
        one("gelu", suffixes) { gelu($0) }
        one("gelu-tanh", suffixes) { gelu($0, approximation: .tanh) }
        one("elu", suffixes) { elu($0) }
        one("elu-0.7", suffixes) { elu($0, alpha: 0.7) }
    }

    mutating func addBinary() {
        two("add", broadcasts + ["special"]) { $0 + $1 }
        two("subtract", broadcasts) { $0 - $1 }
        two("multiply", broadcasts + ["special"]) { $0 * $1 }
        two("divide", broadcasts + ["special"]) { $0 / $1 }
        two("remainder", broadcasts + ["signs"]) { $0 % $1 }
        two("floorDivide", broadcasts) { floorDivide($0, $1) }
        two("pow", broadcasts + ["special", "base-zero"]) { pow($0, $1) }
        two("maximum", broadcasts + ["special", "ties"]) { maximum($0, $1) }
        two("minimum", broadcasts + ["special", "ties"]) { minimum($0, $1) }
        one("multiply-itself") { $0 * $0 }
        one("add-number") { $0 + 2.5 }
        one("number-subtract") { 2 - $0 }
        one("multiply-number") { $0 * 3 }
        one("number-divide") { 2 / $0 }
        one("divide-number") { $0 / 3 }
        one("remainder-number") { $0 % 0.75 }
        one("pow-2") { pow($0, 2) }
        one("pow-3") { pow($0, 3) }
        one("pow-half") { pow($0, 0.5) }
        one("pow-minus-1") { pow($0, -1) }
        one("pow-0") { pow($0, 0) }
    }

    mutating func addIntegers() {
        let types = ["int64", "int32", "uint8"]
        two("add", types + ["int32-int64", "uint8-int32"]) { $0 + $1 }
        two("subtract", types) { $0 - $1 }
        two("multiply", types + ["int64-float", "bool-float"]) { $0 * $1 }
        two("remainder", types) { $0 % $1 }
        two("floorDivide", types) { floorDivide($0, $1) }
        two("maximum", types) { maximum($0, $1) }
        two("minimum", types) { minimum($0, $1) }
        two("divide-int64") { $0 / $1 }
        two("pow-int64") { pow($0, $1) }
    }

    mutating func addComparison() {
        two("equal", ["", "both"]) { $0 .== $1 }
        two("notEqual", ["", "both"]) { $0 .!= $1 }
        two("less", ["", "both"]) { $0 .< $1 }
        two("lessOrEqual", ["", "both"]) { $0 .<= $1 }
        two("greater", ["", "both"]) { $0 .> $1 }
        two("greaterOrEqual", ["", "both"]) { $0 .>= $1 }
        one("equal-number") { $0 .== 1 }
        one("notEqual-number") { $0 .!= 1 }
        one("less-number") { $0 .< 1 }
        one("lessOrEqual-number") { $0 .<= 1 }
        one("greater-number") { $0 .> 1 }
        one("greaterOrEqual-number") { $0 .>= 1 }
        two("logicalAnd", ["", "float"]) { $0.logicalAnd($1) }
        two("logicalOr") { $0.logicalOr($1) }
        two("logicalXor") { $0.logicalXor($1) }
        one("logicalNot") { $0.logicalNot() }
        one("isNaN") { $0.isNaN() }
        one("isFinite") { $0.isFinite() }
        two("isClose") { $0.isClose(to: $1) }
        two("isClose-NaN") { $0.isClose(to: $1, relativeTolerance: 1e-3, absoluteTolerance: 0, equalNaN: true) }
    }

    mutating func addSelection() {
        three("which") { which($0, $1, $2) }
        three("which-broadcast") { which($0, $1, $2) }
        three("which-discards-nan") { which($0, $1, $2) }
        one("clamp") { clamp($0, min: -0.5, max: 1) }
        one("clamp-min") { clamp($0, min: 0.25) }
        one("clamp-max") { clamp($0, max: 0.25) }
        one("clamp-bounds") { clamp($0, min: -1, max: 1) }
        one("clamp-int") { clamp($0, min: 2, max: 5) }
        one("convert-float-int") { $0.converted(to: .int64) }
        one("convert-int-bool") { $0.converted(to: .bool) }
        one("convert-bool-uint8") { $0.converted(to: .uint8) }
    }
}
