import TernCore

/// A parametrization of one tensor that knows which original it computes a value of, or the nearest that it can compute:
/// PyTorch's `right_inverse`. With it, the parameter can be set as if it kept its value itself.
public protocol RightInvertible: Module<Tensor, Tensor> {
    /// An original that ``/TernNN/Module/forward(_:)`` makes `value` of.
    func rightInverse(_ value: Tensor) -> Tensor
}

/// A parametrization that computes a value from several originals, such as a magnitude and a direction.
public protocol JointParametrization: Module<[Tensor], Tensor> {
    /// The originals that ``/TernNN/Module/forward(_:)`` makes `value` of.
    func originals(for value: Tensor) -> [Tensor]

    /// The shapes of the originals for a value of `shape`, in which -1 is a size that is not known yet.
    func originalShapes(for shape: Shape) -> [Shape]
}

/// Lets `parametrization` compute a parameter of a module: at every read, it makes the value of an original, which is what
/// is trained and saved from now on. PyTorch's `torch.nn.utils.parametrize.register_parametrization`.
///
/// ```swift
/// final class Symmetric: Module {
///     func forward(_ x: Tensor) -> Tensor { x.upperTriangle() + x.upperTriangle(diagonal: 1).T }
/// }
/// let layer = Linear(3, 3)
/// parametrize(layer, "weight", with: Symmetric())
/// layer.namedParameters.map(\.name)   // ["bias", "parametrizations.weight.original"]
/// ```
///
/// The layer reads its parameter as always and knows nothing of it, so every layer can be parametrized, a shared parameter
/// in all places at once. Names are PyTorch's: the original is `parametrizations.weight.original` (of a
/// ``JointParametrization`` `original0`, `original1`, ...), what belongs to the parametrization itself stands under
/// `parametrizations.weight.0`. A second parametrization of the same parameter gets the first one's value, and so on.
///
/// The original is at first what the parameter was, passed through ``RightInvertible/rightInverse(_:)`` if there is one.
/// Setting the parameter does the same; without an inverse it stops. A parameter without a value yet, of a lazy layer,
/// gets its original with its first value. An optimizer that was made before stops at its next step, as it lacks the
/// original: make it afterwards.
///
/// - Parameters:
///   - module: the layer, or a model that contains it.
///   - name: the parameter's path in `module`, such as `"weight"` or `"encoder.0.weight"`.
///   - parametrization: a module whose output has the shape of its input.
public func parametrize(_ module: any Module, _ name: String, with parametrization: any Module<Tensor, Tensor>) {
    let parameter = module.parameter(at: name, "parametrize")
    if let list = parameter.source as? ParametrizationList { return list.append(parametrization) }
    ParametrizationList(parameter, .single(parametrization)).install(in: parameter)
}

/// See ``parametrize(_:_:with:)-(_,_,Module<Tensor,Tensor>)``. A joint parametrization is the first of its parameter.
public func parametrize(_ module: any Module, _ name: String, with parametrization: any JointParametrization) {
    let parameter = module.parameter(at: name, "parametrize")
    if parameter.source != nil {
        mistake("parametrize", "'\(name)' is parametrized already: what has several originals must come first")
    }
    ParametrizationList(parameter, .joint(parametrization)).install(in: parameter)
}

/// Whether the parameter of that path is computed by a parametrization.
public func isParametrized(_ module: any Module, _ name: String) -> Bool {
    module.parameter(at: name, "isParametrized").source is ParametrizationList
}

/// Lets a parameter keep its value itself again. PyTorch's `remove_parametrizations`.
///
/// - Parameters:
///   - module: the one that was given to ``parametrize(_:_:with:)-(_,_,Module<Tensor,Tensor>)``.
///   - name: the parameter's path in `module`.
///   - keepsValue: whether the parameter has the value that the parametrizations computed last, or else its original's,
///     which must be one.
public func removeParametrizations(of module: any Module, _ name: String, keepsValue: Bool = true) {
    let parameter = module.parameter(at: name, "removeParametrizations")
    guard let list = parameter.source as? ParametrizationList else {
        mistake("removeParametrizations", "'\(name)' has no parametrization")
    }
    if !keepsValue && list.originals.count > 1 {
        mistake("removeParametrizations", "'\(name)' has \(list.originals.count) originals: only its value can be kept")
    }
    list.remove(from: parameter, keepsValue: keepsValue)
}

/// Runs `body`, in which parametrizations compute each value once on this thread, when it is first read: for layers that read
/// their parameters many times a step. PyTorch's `parametrize.cached()`.
///
/// ```swift
/// let y = withCachedParametrizations { model(images) }
/// ```
///
/// Changes of originals within `body` are not seen by it. Values that were computed with gradients and without are kept apart.
public func withCachedParametrizations<Result>(_ body: () throws -> Result) rethrows -> Result {
    try ComputedValues.keeping(body)
}

extension Module {
    /// The parameter of a path, be it computed or not.
    func parameter(at path: String, _ operation: String) -> Parameter {
        var found: Parameter?
        walk(unique: false) { prefix, _, members in
            guard found == nil, path.hasPrefix(prefix) else { return }
            let name = path.dropFirst(prefix.count)
            found = (members.parameters + members.computedParameters).first { $0.name == name }?.parameter
        }
        if let found { return found }
        let names = namedParameters.map(\.name.printable).joined(separator: ", ")
        mistake(operation, "\(typeName) has no parameter '\(path)', but \(names.isEmpty ? "none" : names)")
    }
}
