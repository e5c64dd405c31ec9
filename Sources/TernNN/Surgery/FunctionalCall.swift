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
/// The values stand for the model's own on this thread alone and only while the call runs, so other threads can use the model
/// meanwhile, with its own values or with others. What the call changes, such as running statistics in training, changes
/// what it was given: a passed dictionary (`&values`) has the new values afterwards, and those of a plain one are dropped.
/// Buffers that `values` does not name are the model's, and are changed as by `model(input)`. A lazy layer whose parameters
/// are not all named takes its size from the input, as it always does.
///
/// ```swift
/// var state = model.stateDictionary()                 // running statistics, too
/// let output = functionalCall(model, &state, images)  // the model itself is the same afterwards
/// ```
///
/// - Parameters:
///   - model: is not changed.
///   - values: by path, of the shapes that the model's have.
///   - input: what the model is called with.
public func functionalCall<Model: Module>(
    _ model: Model, _ values: [String: Tensor], _ input: Model.Input
) -> Model.Output {
    var values = values
    return functionalCall(model, &values, input)
}

/// See ``functionalCall(_:_:_:)-(_,[String:Tensor],_)``; `values` are afterwards what the call has made of them.
public func functionalCall<Model: Module>(
    _ model: Model, _ values: inout [String: Tensor], _ input: Model.Input
) -> Model.Output {
    var substitutes: [ObjectIdentifier: (object: AnyObject, value: Tensor)] = [:]
    var names: [ObjectIdentifier: String] = [:]
    var objects: [String: AnyObject] = [:]
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
        objects[name] = object
        substitutes[id] = (object, value)
    }
    model.walk(unique: false) { path, _, members in
        for (name, parameter) in members.parameters + members.computedParameters {
            parameter.setPath(path + name)
            add(parameter, parameter.shape, path + name)
        }
        for (name, buffer) in members.buffers {
            buffer.setPath(path + name)
            add(buffer, buffer.shape, path + name)
        }
    }
    let strange = values.keys.filter { objects[$0] == nil }.sorted().map(\.printable).joined(separator: ", ")
    if !strange.isEmpty { mistake("functionalCall", "\(model.typeName) has no \(strange)") }
    return Substitutes.with(Array(substitutes.values)) {
        let output = model(input)
        for (name, object) in objects { values[name] = Substitutes.value(of: object) }
        return output
    }
}
