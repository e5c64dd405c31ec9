import TernCore

let reductionRules: [String: ExportRule] = [
    "sum": reduced("ReduceSum", axesAreInputFrom: 13), "max": reduced("ReduceMax"),
    "min": reduced("ReduceMin"), "product": reduced("ReduceProd"),
    "argmax": indexed("ArgMax"), "argmin": indexed("ArgMin"),
    "norm": { context in
        switch try context.real("p") {
        case 1: try reduced("ReduceL1")(context)
        case 2: try reduced("ReduceL2")(context)
        case let p: throw Refusal("ONNX has no norm of power \(p)")
        }
    },
    "softmax": { context in
        context.set(
            context.emit("Softmax", [try context.input(0)], ["axis": .integer(Int64(try context.integer("axis")))]))
    },
    "logSoftmax": { context in
        context.set(
            context.emit("LogSoftmax", [try context.input(0)], ["axis": .integer(Int64(try context.integer("axis")))]))
    },
]

private func reduced(_ type: String, axesAreInputFrom version: Int = 18) -> ExportRule {
    { context in
        let keeps = (try? context.flag("keepAxes")) ?? false
        let x = try context.input(0, as: context.dtype)
        guard let axes = try? context.integers("axes"), !axes.isEmpty else {
            context.set(context.emit(type, [x], ["keepdims": .integer(keeps ? 1 : 0)]))
            return
        }
        let attributes: KeyValuePairs<String, AttributeMessage.Value> =
            context.opset >= version
            ? ["keepdims": .integer(keeps ? 1 : 0)]
            : ["axes": .integers(axes.map(Int64.init)), "keepdims": .integer(keeps ? 1 : 0)]
        context.set(context.emit(type, context.opset >= version ? [x, context.constant(axes)] : [x], attributes))
    }
}

private func indexed(_ type: String) -> ExportRule {
    { context in
        let axes = try context.integers("axes")
        var x = try context.input(0)
        if axes.isEmpty { x = context.emit("Reshape", [x, context.constant([-1])]) }
        let keeps = try context.flag("keepAxes") && !axes.isEmpty
        let index = context.emit(
            type, [x], ["axis": .integer(Int64(axes.first ?? 0)), "keepdims": .integer(keeps ? 1 : 0)])
        let isWhole = try axes.isEmpty && context.flag("keepAxes")
        context.set(isWhole ? try context.reshape(index, try context.outputShape()) : index)
    }
}
