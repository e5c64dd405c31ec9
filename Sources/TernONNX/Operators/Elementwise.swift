import TernCore

// One entry an operator. Where versions differ, the later one is meant unless the entry asks for the version.

let elementwiseOperators: [ONNXOperator] =
    arithmeticOperators + comparisonOperators + functionOperators + bitOperators + [
        ops("Identity", 1) { call in [try call.value(0)] },
        op("Where", 3) { call in
            let (condition, a, b) = (try call.bool(0), try call.tensor(1), try call.tensor(2))
            try call.expectOneType(a, b)
            try call.broadcast(condition, a, b)
            return which(condition, a, b)
        },
        op("Clip", 1...3) { call in
            let x = try call.numeric(0)
            var result = x
            if call.opset < 11 {
                let (low, high) = (
                    try call.real("min", default: -.infinity), try call.real("max", default: .infinity)
                )
                return minimum(maximum(x, low), high)
            }
            for (index, bound) in [try call.optionalTensor(1), try call.optionalTensor(2)].enumerated() {
                guard let bound else { continue }
                try call.expectOneType(x, bound)
                try call.expect(bound.count == 1, "expects one bound, got shape \(bound.shape)")
                result = index == 0 ? maximum(result, bound.reshaped([])) : minimum(result, bound.reshaped([]))
            }
            return result
        },
        op("Cast", 1) { call in cast(try call.tensor(0), try call.dtype("to")) },
        op("CastLike", 2) { call in cast(try call.tensor(0), try call.tensor(1).dtype) },
        op("BitCast", 1) { call in
            let (x, type) = (try call.tensor(0), try call.dtype("to"))
            try call.expect(
                x.dtype.byteCount == type.byteCount && (x.dtype == .bool || type != .bool),
                "expects types of one size, and numbers, got \(x.dtype) and \(type)")
            return x.withUnsafeBytes { Tensor(shape: x.shape, dtype: type, bytes: $0) }
        },
    ]

/// Numbers toward zero; what a type cannot hold is not defined by the standard.
private func cast(_ x: Tensor, _ type: DType) -> Tensor { x.converted(to: type) }

private func binary(
    _ type: String, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
) -> ONNXOperator {
    op(type, 2) { call in
        let (a, b) = (try call.numeric(0), try call.numeric(1))
        try call.expectOneType(a, b)
        try call.broadcast(a, b)
        return compute(a, b)
    }
}

private func variadic(
    _ type: String, _ combine: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    finish: @escaping @Sendable (Tensor, _ count: Int) -> Tensor = { x, _ in x }
) -> ONNXOperator {
    op(type, 1...(.max)) { call in
        var result = try call.numeric(0)
        for index in 1..<max(1, call.inputs.count) {
            let next = try call.numeric(index)
            try call.expectOneType(result, next)
            try call.broadcast(result, next)
            result = combine(result, next)
        }
        return finish(result, call.inputs.count)
    }
}

private let arithmeticOperators: [ONNXOperator] = [
    binary("Add", +), binary("Sub", -), binary("Mul", *),
    binary("Div") { $0.dtype.isFloatingPoint ? $0 / $1 : truncDivide($0, $1) },
    op("Mod", 2) { call in
        let (a, b) = (try call.numeric(0), try call.numeric(1))
        try call.expectOneType(a, b)
        try call.broadcast(a, b)
        return try call.flag("fmod") ? fmod(a, b) : a % b
    },
    op("Pow", 2) { call in
        let (a, b) = (try call.numeric(0), try call.numeric(1))
        try call.broadcast(a, b)
        if a.dtype == b.dtype && a.dtype.isFloatingPoint { return pow(a, b) }
        // The result has the type of the base.
        if a.dtype.isInteger && b.dtype.isInteger {
            return pow(a.converted(to: .float64), b.converted(to: .float64)).converted(to: a.dtype)
        }
        let wide = a.dtype.isFloatingPoint && !b.dtype.isFloatingPoint ? a.dtype : DType.float64
        return pow(a.converted(to: wide), b.converted(to: wide)).converted(to: a.dtype)
    },
    op("Neg", 1) { call in -(try call.numeric(0)) },
    variadic("Sum", +), variadic("Max", maximum), variadic("Min", minimum),
    variadic("Mean", +) { $1 == 1 ? $0 : ($0 / Double($1)).converted(to: $0.dtype) },
]

private func comparison(
    _ type: String, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
) -> ONNXOperator {
    op(type, 2) { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        try call.expectOneType(a, b)
        try call.broadcast(a, b)
        return compute(a, b)
    }
}

private func logic(_ type: String, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> ONNXOperator {
    op(type, 2) { call in
        let (a, b) = (try call.bool(0), try call.bool(1))
        try call.broadcast(a, b)
        return compute(a, b)
    }
}

private let comparisonOperators: [ONNXOperator] = [
    comparison("Equal") { $0.equal(to: $1) },
    comparison("Less") { $0.less(than: $1) },
    comparison("LessOrEqual") { $0.lessOrEqual($1) },
    comparison("Greater") { $0.greater(than: $1) },
    comparison("GreaterOrEqual") { $0.greaterOrEqual($1) },
    logic("And") { $0.logicalAnd($1) },
    logic("Or") { $0.logicalOr($1) },
    logic("Xor") { $0.logicalXor($1) },
    op("Not", 1) { call in try call.bool(0).logicalNot() },
    op("IsNaN", 1) { call in try call.floating(0).isNaN() },
    op("IsInf", 1) { call in
        let x = try call.floating(0)
        let (positive, negative) = (
            try call.flag("detect_positive", default: true), try call.flag("detect_negative", default: true)
        )
        switch (positive, negative) {
        case (true, true): return x.isInfinite()
        case (true, false): return x.isPositiveInfinity()
        case (false, true): return x.isNegativeInfinity()
        case (false, false): return Tensor.zeros(x.shape, dtype: .bool)
        }
    },
]

private func bitwise(
    _ type: String, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
) -> ONNXOperator {
    op(type, 2) { call in
        let (a, b) = (try call.integer(0), try call.integer(1))
        try call.expectOneType(a, b)
        try call.broadcast(a, b)
        return compute(a, b)
    }
}

private let bitOperators: [ONNXOperator] = [
    bitwise("BitwiseAnd") { $0.bitwiseAnd($1) },
    bitwise("BitwiseOr") { $0.bitwiseOr($1) },
    bitwise("BitwiseXor") { $0.bitwiseXor($1) },
    op("BitwiseNot", 1) { call in try call.integer(0).bitwiseNot() },
    op("BitShift", 2) { call in
        let (a, b) = (try call.integer(0), try call.integer(1))
        try call.expectOneType(a, b)
        try call.broadcast(a, b)
        switch try call.text("direction") {
        case "LEFT": return a.bitwiseLeftShift(b)
        case "RIGHT": return a.bitwiseRightShift(b)
        case let other: throw Refusal("shifts in the direction \(excerpt(other))")
        }
    },
]

/// A function of floating-point numbers.
func function(_ type: String, _ compute: @escaping @Sendable (Tensor) -> Tensor) -> ONNXOperator {
    op(type, 1) { call in compute(try call.floating(0)) }
}

private let functionOperators: [ONNXOperator] = [
    op("Abs", 1) { call in abs(try call.numeric(0)) },
    op("Sign", 1) { call in sign(try call.numeric(0)) },
    function("Sqrt") { sqrt($0) }, function("Exp") { exp($0) }, function("Log") { log($0) },
    function("Reciprocal") { reciprocal($0) }, function("Erf") { erf($0) },
    function("Floor") { floor($0) }, function("Ceil") { ceil($0) }, function("Round") { round($0) },
    function("Sin") { sin($0) }, function("Cos") { cos($0) }, function("Tan") { tan($0) },
    function("Asin") { asin($0) }, function("Acos") { acos($0) }, function("Atan") { atan($0) },
    function("Sinh") { sinh($0) }, function("Cosh") { cosh($0) }, function("Tanh") { tanh($0) },
    function("Asinh") { asinh($0) }, function("Acosh") { acosh($0) }, function("Atanh") { atanh($0) },
]
