// Derivatives of functions, as functions. All nest: their results are recorded where they depend on something else that
// needs gradients (the point, or what the function closes over), and nothing but ``withoutGradients(_:)`` stops that.

/// The value of a scalar function at a point, and its gradient there.
///
/// ```swift
/// valueAndGradient(at: Tensor(3)) { x in x * x }   // (9.0, 6.0)
/// ```
public func valueAndGradient(at point: Tensor, of function: (Tensor) -> Tensor) -> (value: Tensor, gradient: Tensor) {
    let (value, gradients) = valueAndGradient(at: [point]) { function($0[0]) }
    return (value, gradients[0])
}

/// The value of a scalar function of several tensors, and its gradient with respect to each: zero where it does not
/// depend on one.
public func valueAndGradient(
    at point: [Tensor], of function: ([Tensor]) -> Tensor
) -> (value: Tensor, gradients: [Tensor]) {
    let sources = point.map(\.asSource)
    let value = GradientTape().record { function(sources) }
    let isRecorded = recordsDerivatives(of: [value], at: sources)
    let gradients = derivatives(
        of: [value], with: sources, gradients: [value.seed(nil, "valueAndGradient")], createsGraph: isRecorded,
        operation: "valueAndGradient")
    return (finished([value], isRecorded)[0], orZeros(gradients, point))
}

/// The values of a function, and the product of `cotangents` with its Jacobian: the gradient of `sum(values * cotangents)`.
/// Costs about twice the function. PyTorch's `torch.func.vjp`.
///
/// ```swift
/// vjp(at: Tensor([1, 2]), cotangent: Tensor([1, 10])) { $0 * $0 }.gradient   // [2, 40]
/// ```
///
/// - Parameters:
///   - point: floating-point tensors.
///   - cotangents: of the shapes of the values.
///   - function: gives any number of tensors from as many as `point` has.
public func vjp(
    at point: [Tensor], cotangents: [Tensor], of function: ([Tensor]) -> [Tensor]
) -> (values: [Tensor], gradients: [Tensor]) {
    let sources = point.map(\.asSource)
    let values = GradientTape().record { function(sources) }
    let cotangents = matching(cotangents, values, "vjp", "cotangent")
    let isRecorded = recordsDerivatives(of: values + cotangents, at: sources)
    let gradients = derivatives(
        of: values, with: sources, gradients: cotangents, createsGraph: isRecorded, operation: "vjp")
    return (finished(values, isRecorded), orZeros(gradients, point))
}

/// ``vjp(at:cotangents:of:)`` of one tensor.
public func vjp(
    at point: Tensor, cotangent: Tensor, of function: (Tensor) -> Tensor
) -> (value: Tensor, gradient: Tensor) {
    let (values, gradients) = vjp(at: [point], cotangents: [cotangent]) { [function($0[0])] }
    return (values[0], gradients[0])
}

/// The values of a function, and the product of its Jacobian with `tangents`: how the values change as the point moves
/// along `tangents`. Computed as the derivative of the ``vjp(at:cotangents:of:)`` with respect to its cotangents, to which
/// it is linear. PyTorch's `torch.func.jvp`.
///
/// - Parameters:
///   - point: floating-point tensors.
///   - tangents: of their shapes.
///   - function: gives any number of tensors from as many as `point` has.
public func jvp(
    at point: [Tensor], tangents: [Tensor], of function: ([Tensor]) -> [Tensor]
) -> (values: [Tensor], tangents: [Tensor]) {
    let sources = point.map(\.asSource)
    let tangents = matching(tangents, point, "jvp", "tangent")
    let values = GradientTape().record { function(sources) }
    let isRecorded = recordsDerivatives(of: values + tangents, at: sources)
    let cotangents = values.map(\.zerosLike.asSource)
    let gradients = derivatives(
        of: values, with: sources, gradients: cotangents, createsGraph: true, operation: "jvp")
    let connected = zip(gradients, tangents).compactMap { gradient, tangent in gradient.map { ($0, tangent) } }
    let results = derivatives(
        of: connected.map(\.0), with: cotangents, gradients: connected.map(\.1),
        createsGraph: isRecorded, operation: "jvp")
    return (finished(values, isRecorded), orZeros(results, values))
}

/// ``jvp(at:tangents:of:)`` of one tensor.
public func jvp(
    at point: Tensor, tangent: Tensor, of function: (Tensor) -> Tensor
) -> (value: Tensor, tangent: Tensor) {
    let (values, tangents) = jvp(at: [point], tangents: [tangent]) { [function($0[0])] }
    return (values[0], tangents[0])
}

/// All partial derivatives of a function: element `[i..., j...]` is that of the value's element `i` with respect to the
/// point's element `j`. One backward walk for each element of the value. PyTorch's `torch.autograd.functional.jacobian`.
///
/// - Returns: a tensor whose shape is that of the value followed by that of the point.
public func jacobian(at point: Tensor, of function: (Tensor) -> Tensor) -> Tensor {
    let source = point.asSource
    let value = GradientTape().record { function(source) }
    let createsGraph = recordsDerivatives(of: [value], at: [source])
    let one = Tensor.eye(value.count, dtype: value.dtype)
    let rows = (0..<value.count).map { element in
        let chosen = one.sliced(from: element, to: element + 1, axis: 0).reshaped(value.shape)
        let row = derivatives(
            of: [value], with: [source], gradients: [chosen], retainsGraph: true, createsGraph: createsGraph,
            operation: "jacobian")
        return orZeros(row, [point])[0].unsqueezed(axes: 0)
    }
    let shape = Shape(Array(value.shape) + Array(point.shape))
    return rows.isEmpty ? Tensor.zeros(shape, dtype: point.dtype) : concatenated(rows).reshaped(shape)
}

/// All second partial derivatives of a scalar function. PyTorch's `torch.autograd.functional.hessian`.
///
/// - Returns: a tensor whose shape is that of the point, twice.
public func hessian(at point: Tensor, of function: (Tensor) -> Tensor) -> Tensor {
    jacobian(at: point) { valueAndGradient(at: $0, of: function).gradient }
}

/// The product of the ``hessian(at:of:)`` of a scalar function with a vector, without the Hessian: about the cost of two
/// gradients. PyTorch's `torch.autograd.functional.hvp`.
///
/// - Parameters:
///   - point: a floating-point tensor.
///   - vector: of the shape of the point.
///   - function: gives a scalar.
public func hvp(at point: Tensor, vector: Tensor, of function: (Tensor) -> Tensor) -> Tensor {
    // The Hessian is symmetric, so its product from the left is the one from the right.
    vjp(at: point, cotangent: vector) { valueAndGradient(at: $0, of: function).gradient }.gradient
}

private func matching(_ vectors: [Tensor], _ tensors: [Tensor], _ operation: StaticString, _ name: String) -> [Tensor] {
    if vectors.count != tensors.count {
        mistake("\(operation)", "expects \(tensors.count) \(name)s, got \(vectors.count)")
    }
    return zip(vectors, tensors).map { vector, tensor in
        if vector.shape != tensor.shape {
            mistake("\(operation)", "expects a \(name) of shape \(tensor.shape), got \(vector.shape)")
        }
        return vector.converted(to: tensor.dtype)
    }
}

/// Whether derivatives at fresh `sources` are part of a graph: recording is on, and a source or what `results` were
/// computed from needs gradients itself.
private func recordsDerivatives(of results: [Tensor], at sources: [Tensor]) -> Bool {
    if !ThreadState.current.isRecording { return false }
    var seen: Set<ObjectIdentifier> = []
    for source in sources {
        guard let leaf = source.impl.node as? Leaf else { return true }
        seen.insert(ObjectIdentifier(leaf))
    }
    var stack: [Node] = []
    func visit(_ node: Node?) {
        if let node, seen.insert(ObjectIdentifier(node)).inserted { stack.append(node) }
    }
    for result in results { visit(result.impl.node) }
    while let node = stack.popLast() {
        if node.depth == 0 { return true }
        node.inputs.forEach(visit)
    }
    return false
}

private func finished(_ values: [Tensor], _ isRecorded: Bool) -> [Tensor] {
    isRecorded ? values : values.map(\.detached)
}

private func orZeros(_ gradients: [Tensor?], _ tensors: [Tensor]) -> [Tensor] {
    zip(gradients, tensors).map { gradient, tensor in gradient ?? tensor.zerosLike }
}
