import TernCore

/// How an operation of a captured graph is written in nodes.
typealias ExportRule = @Sendable (ExportContext) throws -> Void

/// The table from operations' names to nodes, beside that of the importer.
let exportRules: [String: ExportRule] = [elementwiseRules, shapeRules, reductionRules, layerRules]
    .reduce(into: [:]) { $0.merge($1) { $1 } }

/// One node that has the operation's inputs.
func same(_ type: String, from opset: Int = 1) -> ExportRule {
    { context in
        if context.opset < opset { throw Refusal("\(type) is known from opset \(opset) on") }
        context.set(context.emit(type, try context.operation.inputs.indices.map { try context.input($0) }))
    }
}

/// One node that has the operation's inputs, which get the type of its output.
func promoted(_ type: String) -> ExportRule {
    { context in
        let dtype = context.operation.outputs[0].dtype
        context.set(
            context.emit(type, try context.operation.inputs.indices.map { try context.input($0, as: dtype) }))
    }
}

/// What is made of the name of the only input.
func unary(_ make: @escaping @Sendable (ExportContext, String) throws -> String) -> ExportRule {
    { context in context.set(try make(context, try context.input(0, as: context.operation.outputs[0].dtype))) }
}
