extension Graph: CustomStringConvertible {
    /// An operation a line, with what it reads, its attributes, the type and shape of what it gives, and its module.
    ///
    /// ```
    /// MLP(input: float32 [1, 4])
    ///   %0 = linear(input, fc1.weight, fc1.bias) -> float32 [1, 3]   MLP.fc1
    ///   %1 = leakyRelu(%0; slope=0.1) -> float32 [1, 3]   MLP
    ///   output: %1
    /// ```
    public var description: String {
        let arguments = inputs.map { "\($0.name): \(Kind($0.tensor))" }.joined(separator: ", ")
        var lines = ["\(name)(\(arguments))"]
        for (index, constant) in constants.enumerated() where constant.count != 1 {
            lines.append("  constant.\(index): \(Kind(constant))")
        }
        for (index, operation) in operations.enumerated() {
            let inputs = operation.inputs.map(label).joined(separator: ", ")
            let attributes = operation.attributes.entries.isEmpty ? "" : "; \(operation.attributes)"
            let outputs = operation.outputs.map { "\($0)" }.joined(separator: ", ")
            let place = operation.modulePath.isEmpty ? "" : "   \(operation.modulePath)"
            lines.append("  %\(index) = \(operation.name)(\(inputs)\(attributes)) -> \(outputs)\(place)")
        }
        for output in outputs { lines.append("  \(output.name): \(label(output.value))") }
        return lines.map(\.printable).joined(separator: "\n")
    }

    /// What the printed form calls a value: `%3` the output of the fourth operation, `%3.1` the second of several, a
    /// parameter by its path, a constant of one element by that.
    public func label(_ value: Value) -> String {
        switch value {
        case .input(let index): inputs[index].name
        case .parameter(let index): parameters[index].name
        case .buffer(let index): buffers[index].name
        case .constant(let index):
            constants[index].count == 1 ? "\(constants[index].reshaped([]))" : "constant.\(index)"
        case .output(let operation, let index):
            operations[operation].outputs.count == 1 ? "%\(operation)" : "%\(operation).\(index)"
        }
    }

    /// The graph in the language of Graphviz: `dot -Tsvg` draws it.
    public var dot: String {
        var lines = ["digraph \(quoted(name)) {", "  node [fontname=\"Helvetica\", fontsize=10];"]
        var drawn: Set<Value> = []
        func id(_ value: Value) -> String {
            switch value {
            case .input(let index): "input\(index)"
            case .parameter(let index): "parameter\(index)"
            case .buffer(let index): "buffer\(index)"
            case .constant(let index): "constant\(index)"
            case .output(let operation, _): "operation\(operation)"
            }
        }
        func drawSource(_ value: Value) {
            if case .output = value { return }
            guard drawn.insert(value).inserted else { return }
            let color = if case .input = value { "lightblue" } else { "lightgray" }
            let text = "\(label(value))\n\(kind(of: value))"
            lines.append("  \(id(value)) [label=\(quoted(text)), shape=ellipse, style=filled, fillcolor=\(color)];")
        }
        for index in inputs.indices { drawSource(.input(index)) }
        for (index, operation) in operations.enumerated() {
            operation.inputs.forEach(drawSource)
            let texts = [
                operation.name, operation.attributes.description,
                operation.outputs.map { "\($0)" }.joined(separator: ", "),
                operation.modulePath,
            ]
            let text = texts.filter { !$0.isEmpty }.joined(separator: "\n")
            lines.append("  operation\(index) [label=\(quoted(text)), shape=box];")
            for input in operation.inputs { lines.append("  \(id(input)) -> operation\(index);") }
        }
        for (index, output) in outputs.enumerated() {
            drawSource(output.value)
            lines.append(
                "  output\(index) [label=\(quoted(output.name)), shape=ellipse, style=filled, fillcolor=lightblue];")
            lines.append("  \(id(output.value)) -> output\(index);")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }
}

extension Graph.Kind: CustomStringConvertible {
    /// `float32 [2, 3]`
    public var description: String { "\(dtype) \(shape)" }
}

/// A string of Graphviz, where a backslash begins what stands for something else.
private func quoted(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.printable.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
    return "\"\(lines.joined(separator: "\\n"))\""
}
