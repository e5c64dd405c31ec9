import TernCore

/// All inputs joined by an operation, from the first to the last.
func merged(
    _ inputs: [Tensor], _ layer: String, exactly count: Int? = nil, _ combine: (Tensor, Tensor) -> Tensor
) -> Tensor {
    if let count, inputs.count != count { mistake(layer, "expects \(count) inputs, got \(inputs.count)") }
    guard let first = inputs.first else { mistake(layer, "expects at least one input") }
    return inputs.dropFirst().reduce(first, combine)
}
