import TernCore

let elementwiseRules: [String: ExportRule] = [
    "+": promoted("Add"), "*": promoted("Mul"), "/": promoted("Div"), "pow": promoted("Pow"),
    "maximum": promoted("Max"), "minimum": promoted("Min"),
    "-": { context in
        let dtype = context.operation.outputs[0].dtype
        let names = try context.operation.inputs.indices.map { try context.input($0, as: dtype) }
        context.set(context.emit(names.count == 1 ? "Neg" : "Sub", names))
    },
    "%": { context in
        let dtype = context.operation.outputs[0].dtype
        if dtype.isFloatingPoint { throw Refusal("ONNX has no remainder of floating-point numbers with this sign") }
        context.set(context.emit("Mod", [try context.input(0, as: dtype), try context.input(1, as: dtype)]))
    },
    "fmod": { context in
        let dtype = context.operation.outputs[0].dtype
        context.set(
            context.emit(
                "Mod", [try context.input(0, as: dtype), try context.input(1, as: dtype)], ["fmod": .integer(1)]))
    },
    "converted": { context in context.set(context.cast(try context.input(0), to: context.operation.outputs[0].dtype)) },
    "contiguous": { context in context.set(try context.input(0)) },
    "equal": compared("Equal"), "less": compared("Less"), "greater": compared("Greater"),
    "lessOrEqual": compared("LessOrEqual"), "greaterOrEqual": compared("GreaterOrEqual"),
    "notEqual": { context in context.set(context.emit("Not", [try compare(context, "Equal")])) },
    "logicalAnd": promoted("And"), "logicalOr": promoted("Or"),
    "which": { context in
        let dtype = context.operation.outputs[0].dtype
        context.set(
            context.emit(
                "Where",
                [
                    try context.input(0, as: .bool), try context.input(1, as: dtype), try context.input(2, as: dtype),
                ]))
    },
    "maskedFilled": { context in
        // x, value, mask
        let dtype = context.operation.outputs[0].dtype
        context.set(
            context.emit(
                "Where",
                [
                    try context.input(2, as: .bool), try context.input(1, as: dtype), try context.input(0, as: dtype),
                ]))
    },
    "exp": function("Exp"), "log": function("Log"), "sqrt": function("Sqrt"), "reciprocal": function("Reciprocal"),
    "erf": function("Erf"), "sin": function("Sin"), "cos": function("Cos"), "tan": function("Tan"),
    "asin": function("Asin"), "acos": function("Acos"), "atan": function("Atan"), "sinh": function("Sinh"),
    "cosh": function("Cosh"), "asinh": function("Asinh"), "acosh": function("Acosh"), "atanh": function("Atanh"),
    "tanh": function("Tanh"), "sigmoid": function("Sigmoid"), "relu": function("Relu"), "abs": function("Abs"),
    "sign": function("Sign"), "floor": function("Floor"), "ceil": function("Ceil"), "round": function("Round"),
    "softplus": function("Softplus"), "softsign": function("Softsign"),
    "square": unary { $0.emit("Mul", [$1, $1]) },
    "rsqrt": unary { $0.emit("Reciprocal", [$0.emit("Sqrt", [$1])]) },
    "expm1": unary { $0.emit("Sub", [$0.emit("Exp", [$1]), $0.one]) },
    "log1p": unary { $0.emit("Log", [$0.emit("Add", [$1, $0.one])]) },
    "exp2": unary { $0.emit("Pow", [$0.number(2, $0.dtype), $1]) },
    "silu": unary { $0.emit("Mul", [$1, $0.emit("Sigmoid", [$1])]) },
    "logSigmoid": unary { $0.emit("Neg", [$0.emit("Softplus", [$0.emit("Neg", [$1])])]) },
    "mish": unary { $0.emit("Mul", [$1, $0.emit("Tanh", [$0.emit("Softplus", [$1])])]) },
    "gelu": unary { context, x in
        if context.opset >= 20 { return context.emit("Gelu", [x]) }
        // x (1 + erf(x / sqrt 2)) / 2
        let inner = context.emit("Erf", [context.emit("Div", [x, context.number(2.0.squareRoot(), context.dtype)])])
        let half = context.emit("Mul", [x, context.number(0.5, context.dtype)])
        return context.emit("Mul", [half, context.emit("Add", [inner, context.one])])
    },
    "geluTanh": unary { context, x in
        if context.opset >= 20 { return context.emit("Gelu", [x], ["approximate": .string("tanh")]) }
        // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
        let cube = context.emit("Mul", [context.emit("Mul", [x, x]), x])
        let sum = context.emit("Add", [x, context.emit("Mul", [cube, context.number(0.044715, context.dtype)])])
        let scale = context.number((2 / Double.pi).squareRoot(), context.dtype)
        let inner = context.emit("Tanh", [context.emit("Mul", [sum, scale])])
        let half = context.emit("Mul", [x, context.number(0.5, context.dtype)])
        return context.emit("Mul", [half, context.emit("Add", [inner, context.one])])
    },
    "leakyRelu": unary { $0.emit("LeakyRelu", [$1], ["alpha": .float(Float(try $0.real("slope")))]) },
    "elu": unary { $0.emit("Elu", [$1], ["alpha": .float(Float(try $0.real("alpha")))]) },
    "celu": unary { $0.emit("Celu", [$1], ["alpha": .float(Float(try $0.real("alpha")))]) },
    "selu": unary { $0.emit("Selu", [$1]) },
    "hardTanh": unary {
        $0.emit("Clip", [$1, $0.number(try $0.real("min"), $0.dtype), $0.number(try $0.real("max"), $0.dtype)])
    },
    "clamp": unary {
        $0.emit("Clip", [$1, $0.number(try $0.real("min"), $0.dtype), $0.number(try $0.real("max"), $0.dtype)])
    },
    "hardSigmoid": unary { $0.emit("HardSigmoid", [$1], ["alpha": .float(1.0 / 6), "beta": .float(0.5)]) },
    "hardSwish": unary { $0.emit("HardSwish", [$1]) },
    "prelu": { context in
        // A weight for each channel, which are the second axis.
        let (rank, count) = (context.kind(0).shape.count, context.kind(1).shape.elements)
        let slope = try context.input(1)
        let shaped =
            count == 1 || rank < 2
            ? slope
            : context.emit("Reshape", [slope, context.constant([count] + Array(repeating: 1, count: rank - 2))])
        context.set(context.emit("PRelu", [try context.input(0), shaped]))
    },
]

/// A function of floating-point numbers, which integers become.
private func function(_ type: String) -> ExportRule { unary { $0.emit(type, [$1]) } }

private func compared(_ type: String) -> ExportRule { { context in context.set(try compare(context, type)) } }

private func compare(_ context: ExportContext, _ type: String) throws -> String {
    let dtype = context.kind(0).dtype.promoted(with: context.kind(1).dtype)
    return context.emit(type, [try context.input(0, as: dtype), try context.input(1, as: dtype)])
}

extension ExportContext {
    /// The type of the output.
    var dtype: DType { operation.outputs[0].dtype }

    var one: String { number(1, dtype) }
}
