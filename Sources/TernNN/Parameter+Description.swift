import TernCore

extension Parameter: CustomStringConvertible {
    /// The path in the model that has listed it last, whether it is frozen, and the value.
    ///
    /// ```
    /// fc.bias: [0.5, 0.25] float32 [2]
    /// fc.weight (frozen):
    /// [[1., 2.],
    ///  [3., 4.]] float32 [2, 2]
    /// Linear.weight: [5, -1] float32, -1 is not known yet
    /// ```
    public var description: String {
        text(pathName + (requiresGradient ? "" : " (frozen)"), hasValue ? value : nil, shape, dtype)
    }
}

extension Buffer: CustomStringConvertible {
    /// The value, after the name that the layer gave it if it has no value yet.
    public var description: String { text(pendingName ?? "Buffer", hasValue ? value : nil, shape, dtype) }
}

private func text(_ name: String, _ value: Tensor?, _ shape: Shape, _ dtype: DType) -> String {
    guard let value else { return "\(name): \(shape) \(dtype), -1 is not known yet" }
    if value.rank == 0 { return "\(name): \(value) \(dtype)" }
    return "\(name):\(value.rank == 1 && value.count <= 20 ? " " : "\n")\(value)"
}
