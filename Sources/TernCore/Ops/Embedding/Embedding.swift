/// The rows of `embedding`'s weight that belong to the ids: `result[..., d] = weight[ids[...], d]`. The gradient of a row is
/// the sum over its occurrences, in their order. PyTorch's `torch.nn.functional.embedding`.
///
/// ```swift
/// let weight: Tensor = [[0, 0], [1, 2], [3, 4]]
/// embedding(Tensor([2, 1], dtype: .int64), weight)   // [[3, 4], [1, 2]]
/// ```
///
/// - Parameters:
///   - ids: integers of any shape, from 0 up to `N`.
///   - weight: [N, D] (`N` entries of `D` features).
///   - paddingIndex: an id whose row gets no gradient; from the end if negative.
///   - scalesGradientByFrequency: whether the gradient of a row is divided by its occurrences: a mean instead of a sum.
public func embedding(
    _ ids: Tensor, _ weight: Tensor, paddingIndex: Int? = nil, scalesGradientByFrequency: Bool = false
) -> Tensor {
    if weight.rank != 2 { mistake("embedding", "expects a weight of shape [N, D], got \(weight.shape)") }
    guard paddingIndex != nil || scalesGradientByFrequency else { return weight.selected(ids, axis: 0, "embedding") }
    let padding = paddingIndex.map { resolvedPadding($0, weight, "embedding") }
    let places = ids.asIndices(below: weight.shape[0], weight.shape, "embedding")
    let result = asOneOperation { weight.detached.selected(places) }
    let shape = weight.shape
    return result.output(
        of: "embedding", from: weight, ids,
        attributes: ["paddingIndex": padding ?? -1, "scalesGradientByFrequency": scalesGradientByFrequency]
    ) { g, _ in
        var slopes = g
        if let padding { slopes = which(places.notEqual(to: padding).unsqueezed(axes: -1), slopes, 0) }
        if scalesGradientByFrequency { slopes = slopes * inverseFrequencies(places, shape[0], g.dtype) }
        return InputGradients(slopes.placed(in: .slices(Slices(shape, axis: 0, ids, places: places))))
    }
}

/// 1 divided by how often each id occurs, [..., 1].
private func inverseFrequencies(_ places: Tensor, _ count: Int, _ dtype: DType) -> Tensor {
    let counts = Tensor.zeros([count], dtype: .float64).indexAdded(
        Tensor.ones(places.shape, dtype: .float64), at: places)
    return (1 / counts.selected(places)).converted(to: dtype).unsqueezed(axes: -1)
}

/// An id of padding, counted from the start.
func resolvedPadding(_ index: Int, _ weight: Tensor, _ name: String) -> Int {
    let count = weight.shape[0]
    if index >= count || index < -count {
        mistake(name, "paddingIndex \(index) is out of range for a weight of shape \(weight.shape)")
    }
    return index < 0 ? index + count : index
}
