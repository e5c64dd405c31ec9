import TernCore

/// Runs a model once and lists the operations that its output depends on: with their attributes, the parameters and buffers
/// that they read by path, constants, shapes, and the module that each ran in. PyTorch's `torch.fx` and `torch.export`; what
/// exporters read.
///
/// ```swift
/// model.eval()
/// let graph = captureGraph(of: model, Tensor.zeros([1, 1, 28, 28]))
/// print(graph)        // an operation a line
/// graph.dot           // a drawing, for Graphviz
/// ```
///
/// What the model does with this input is what is listed: a loop as its turns, of an `if` what was chosen. Numbers that left
/// the tensors, through `item()`, are constants. Tensors are found in inputs and outputs that are tensors, or tuples, arrays,
/// dictionaries, optionals and structs of them. Nothing is recorded for differentiation. The model runs in the mode in which
/// it is: one in training updates its running statistics.
public func captureGraph<Model: Module>(of model: Model, _ input: Model.Input) -> Graph {
    Graph(
        model.typeName, tensors(in: input, named: "input"),
        parameters: {
            model.namedParameters.filter(\.parameter.hasValue).map { Graph.Named($0.name, $0.parameter.value) }
        },
        buffers: { model.namedBuffers.filter(\.buffer.hasValue).map { Graph.Named($0.name, $0.buffer.value) } },
        { tensors(in: model(input), named: "output") })
}

/// The tensors that a value is made of, with their names in it, outside of every graph.
func tensors(in value: Any, named name: String) -> [Graph.Named] {
    namedTensors(in: value, named: name).map { Graph.Named($0.name, $0.tensor) }
}

/// The tensors that a value is made of, with their names in it.
package func namedTensors(in value: Any, named name: String) -> [(name: String, tensor: Tensor)] {
    if let tensor = value as? Tensor { return [(name, tensor)] }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .class { return [] }
    if mirror.displayStyle == .optional { return mirror.children.flatMap { namedTensors(in: $0.value, named: name) } }
    if let dictionary = value as? [String: Any] {
        return dictionary.sorted { $0.key < $1.key }.flatMap { namedTensors(in: $0.value, named: "\(name).\($0.key)") }
    }
    return mirror.children.enumerated().flatMap { index, child in
        // Elements of tuples without labels are called .0, .1, ...
        let label = child.label.flatMap { $0.hasPrefix(".") ? nil : $0 } ?? "\(index)"
        return namedTensors(in: child.value, named: "\(name).\(label)")
    }
}
