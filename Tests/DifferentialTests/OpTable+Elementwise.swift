import Tern

extension OpTable {
    mutating func addUnary() {
        unary("-", .any, numeric) { -$0 }
        unary("abs", .any, numeric) { abs($0) }
        unary("sign", .any, numeric) { sign($0) }
        unary("square", .any, numeric) { square($0) }
        unary("reciprocal", .nonZero) { reciprocal($0) }
        unary("sqrt", .positive) { sqrt($0) }
        unary("rsqrt", .positive) { rsqrt($0) }
        unary("exp") { exp($0) }
        unary("expm1") { expm1($0) }
        unary("log", .positive) { log($0) }
        unary("log1p", .positive) { log1p($0) }
        unary("sin", .any, [.float, .float, .int64]) { sin($0) }
        unary("cos") { cos($0) }
        unary("erf") { erf($0) }
        unary("floor", .any, numeric) { floor($0) }
        unary("ceil") { ceil($0) }
        unary("round") { round($0) }
        unary("relu") { relu($0) }
        unary("leakyRelu") { leakyRelu($0, slope: 0.3) }
        // The derivatives are computed from the outputs, which are near 1, as y (1 - y) and 1 - y^2.
        unary("sigmoid", terms: passed) { sigmoid($0) }
        unary("tanh", terms: passed) { tanh($0) }
        unary("softplus") { softplus($0) }
        unary("silu") { silu($0) }
        unary("gelu") { gelu($0) }
        unary("gelu tanh") { gelu($0, approximation: .tanh) }
        unary("elu") { elu($0, alpha: 0.7) }
        unary("contiguous", .any, anyKind) { $0.contiguous() }
        unary("detached", .any, anyKind) { $0.detached }
        op("converted") { b in
            let x = b.operand(anyKind)
            let kind = b.one(of: [Kind.int64, .int32, .uint8, .bool, .float])
            // Not out of range of the target: a float in -2..<2 would be.
            let isFloat = b.kind(of: x) == .float || b.kind(of: x) == .bool
            let (target, source) = (kind.dtype, isFloat ? "abs" : "")
            if kind == .float {
                return Call([x], "there and back") {
                    [$0[0].converted(to: .float32).converted(to: .float64).converted(to: $0[0].dtype)]
                }
            }
            return Call([x], "to: \(target) \(source)") { x in
                [(isFloat && x[0].dtype != .bool && target == .uint8 ? abs(x[0]) : x[0]).converted(to: target)]
            }
        }
    }

    mutating func addBinary() {
        binary("+", anyKind) { $0 + $1 }
        binary("- binary", anyKind) { $0 - $1 }
        binary("*", anyKind) { $0 * $1 }
        binary("/", numeric, .any, .nonZero) { $0 / $1 }
        binary("%", numeric, .any, .nonZero) { $0 % $1 }
        binary("floorDivide", numeric, .any, .nonZero) { floorDivide($0, $1) }
        binary("pow", [.float], .positive) { pow($0, $1) }
        binary("maximum", numeric) { maximum($0, $1) }
        binary("minimum", numeric) { minimum($0, $1) }
        op("* itself", .elementwise) { b in
            let x = b.operand(numeric)
            return Call([x, x]) { [$0[0] * $0[1]] }
        }
        number("+ number") { x, n in [x + n, n + x, x + Int(n)] }
        number("- number") { x, n in [x - n, n - x, Int(n) - x] }
        number("* number") { x, n in [x * n, n * x, x * Int(n)] }
        number("/ number", .nonZero) { x, n in [x / (n + 4), n / x, Int(n) / x] }
        number("pow number", .positive) { x, n in [pow(x, n), pow(x, 2), pow(x, 0.5), pow(x, 0), pow(x, 3)] }
        op("clamp", .elementwise) { b in
            let x = b.operand()
            let low = Double(b.number(in: -8...4)) / 4
            let kind = b.number(in: 0...2)
            return Call([x], "\(low), \(kind)") { x in
                switch kind {
                case 0: [clamp(x[0], min: low)]
                case 1: [clamp(x[0], max: low)]
                default: [clamp(x[0], min: low, max: low + 1)]
                }
            }
        }
        op("which", .elementwise) { b in
            let x = b.operand(numeric)
            let y = b.operand(beside: x, numeric)
            let mask = b.operand(beside: x, [.bool])
            return b.broadcasts([x, y, mask])
                ? Call([mask, x, y]) { [which($0[0], $0[1], $0[2])] }
                : Call([mask, x]) { [which($0[0], $0[1], $0[1] * 2)] }
        }
    }

    /// A function of a tensor and a Swift number.
    private mutating func number(
        _ name: String, _ domain: Domain = .any, _ call: @escaping @Sendable (Tensor, Double) -> [Tensor]
    ) {
        op(name, .elementwise) { b in
            let x = b.operand([.float], domain)
            let number = Double(b.number(in: -12...12)) / 4
            return Call([x], "\(number)") { call($0[0], number) }
        }
    }

    mutating func addComparison() {
        binary("equal .==", anyKind) { $0 .== $1 }
        binary("notEqual .!=", anyKind) { $0 .!= $1 }
        binary("less .<", numeric) { $0 .< $1 }
        binary("lessOrEqual .<=", numeric) { $0 .<= $1 }
        binary("greater .>", numeric) { $0 .> $1 }
        binary("greaterOrEqual .>=", numeric) { $0 .>= $1 }
        unary("equal number", .any, numeric) { ($0 .== 1).logicalXor($0 .> 0.5) }
        unary("less number", .any, numeric) { ($0 .< 1).logicalOr($0 .>= 2) }
        binary("logicalAnd", anyKind) { $0.logicalAnd($1) }
        binary("logicalOr", anyKind) { $0.logicalOr($1) }
        binary("logicalXor", anyKind) { $0.logicalXor($1) }
        unary("logicalNot", .any, anyKind) { $0.logicalNot() }
        unary("isNaN", .any, numeric) { $0.isNaN() }
        unary("isFinite", .any, numeric) { $0.isFinite() }
        op("isClose", .typed) { b in
            let x = b.operand()
            return Call([x, b.operand(beside: x)]) { [$0[0].isClose(to: $0[1], relativeTolerance: 0.25)] }
        }
        op("allClose", .typed) { b in
            let x = b.operand()
            return Call([x, b.operand(b.shape(of: x))]) { [Tensor([$0[0].allClose(to: $0[1], absoluteTolerance: 1)])] }
        }
    }
}

/// The operand, whose gradient is that of the result.
@Sendable private func passed(_ x: [Tensor]) -> [Tensor] { [x[0] * 1] }

extension Builder {
    func broadcasts(_ operands: [Int]) -> Bool {
        var shape: Shape? = []
        for operand in operands { shape = shape?.broadcast(with: self.shape(of: operand)) }
        return shape.map { $0.elements <= 60_000 } ?? false
    }
}
