import TernCore

/// The output of a model with other values for its parameters and buffers: a function of these, which can be differentiated
/// with respect to them. PyTorch's `torch.func.functional_call`.
///
/// ```swift
/// let values = ["fc1.bias": Tensor.zeros([10])]
/// let output = functionalCall(model, values, images)
/// let steepness = hvp(at: values["fc1.bias"]!, vector: Tensor.ones([10])) { bias in
///     functionalCall(model, ["fc1.bias": bias], images).square().sum()
/// }
/// ```
///
/// The values keep their own graph. What `values` does not name is the model's; a parameter that several modules share has
/// the value in all of them. Calls can stand inside each other.
///
/// The model is the same afterwards: the values stand for its own on this thread alone and only while the call runs, so
/// other threads can use the model meanwhile, with its own values or with others. What the call changes of buffers, such as
/// running statistics, is forgotten with it. A lazy layer whose parameters are not all named takes its size from the input, as
/// it always does.
///
/// - Parameters:
///   - values: by path, of the shapes that the model's have.
public func functionalCall<Model: Module>(
    _ model: Model, _ values: [String: Tensor], _ input: Model.Input
) -> Model.Output {
    var substitutes: [ObjectIdentifier: (object: AnyObject, value: Tensor)] = [:]
    var names: [ObjectIdentifier: String] = [:]
    func add(_ object: AnyObject, _ shape: Shape, _ name: String) {
        guard let value = values[name] else { return }
        if shape.count != value.rank || !zip(shape, value.shape).allSatisfy({ $0 == -1 || $0 == $1 }) {
            mistake("functionalCall", "'\(name)' has shape \(shape) in \(model.typeName), got \(value.shape)")
        }
        let id = ObjectIdentifier(object)
        if let other = names[id], !(value.shape == values[other]!.shape && value.sharesMemory(with: values[other]!)) {
            mistake("functionalCall", "'\(other)' and '\(name)' are one in \(model.typeName), but got two values")
        }
        names[id] = name
        substitutes[id] = (object, value)
    }
    var found = 0
    model.walk(unique: false) { path, _, members in
        for (name, parameter) in members.parameters + members.computedParameters {
            parameter.setPath(path + name)
            if values[path + name] != nil { found += 1 }
            add(parameter, parameter.shape, path + name)
        }
        for (name, buffer) in members.buffers {
            buffer.setPath(path + name)
            if values[path + name] != nil {
                found += 1
            } else if buffer.hasValue, names[ObjectIdentifier(buffer)] == nil {
                substitutes[ObjectIdentifier(buffer)] = (buffer, buffer.value)
            }
            add(buffer, buffer.shape, path + name)
        }
    }
    if found < values.count {
        let known = Set(model.stateDictionary().keys)
        let strange = values.keys.filter { !known.contains($0) }.sorted().map(\.printable).joined(separator: ", ")
        mistake("functionalCall", "\(model.typeName) has no \(strange)")
    }
    return Substitutes.with(Array(substitutes.values)) { model(input) }
}
