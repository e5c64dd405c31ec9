/// Each element 0 with the given probability, the others scaled by `1 / (1 - probability)`, which keeps the mean
/// (Srivastava et al., 2014). The input itself unless `training`. PyTorch's `dropout`.
///
/// The mask is not saved: the derivative draws the same random numbers again.
///
/// - Parameters:
///   - x: of any shape.
///   - probability: in 0...1.
///   - training: `false` in evaluation.
///   - generator: this thread's default one if `nil`; moved on by the number of elements.
public func dropout(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    if !(0...1).contains(probability) { mistake("dropout", "expects a probability in 0...1, got \(probability)") }
    let x = x.converted(to: x.dtype.floating)
    if !training || probability == 0 { return x }
    return masked(x, probability, (generator ?? .default).reserve(x.count))
}

/// The elements that the random numbers after `state` keep, scaled. Linear: the derivative is the same operation.
private func masked(_ x: Tensor, _ probability: Double, _ state: Generator.State) -> Tensor {
    let source = x.contiguous()
    let result = Tensor(uninitialized: x.shape, dtype: x.dtype)
    let scale = probability < 1 ? 1 / (1 - probability) : 0
    x.backend.dropout(source, keeping: 1 - probability, scale: scale, state, into: result)
    return result.output(of: "dropout", from: x, attributes: ["probability": probability]) { g, _ in
        InputGradients(masked(g, probability, state))
    }
}
