/// Normalizes the last axes: `(x - mean) / sqrt(variance + epsilon) * weight + bias`, with the mean and the biased variance over
/// these axes, of each position by itself (Ba, Kiros and Hinton, "Layer normalization", 2016). PyTorch's `layer_norm`.
///
/// ```swift
/// layerNorm(Tensor([[1, 3], [5, 9]]))                                      // [[-1, 1], [-1, 1]], but for epsilon
/// layerNorm(Tensor.normal([8, 16, 4, 4]), normalizedShape: [16, 4, 4])
/// ```
///
/// Shapes: x [N..., D...] -> [N..., D...], with D the normalized shape. The input and the statistics of each position are
/// saved for the derivative. Sums are made in blocks whose rounding errors do not depend on the mean.
///
/// - Parameters:
///   - x: [N..., D...].
///   - normalizedShape: the last sizes of `x`; those of the weight or the bias if absent, and the last one without
///     these.
///   - weight: [D...]; 1 if absent.
///   - bias: [D...]; 0 if absent.
///   - epsilon: added to the variance, against a division by zero.
public func layerNorm(
    _ x: Tensor, normalizedShape: Shape? = nil, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
    let shape = suffix(of: x, normalizedShape, weight ?? bias, "layerNorm")
    checkParameter(weight, "weight", shape, x, "layerNorm")
    checkParameter(bias, "bias", shape, x, "layerNorm")
    let rows = NormalizedRows(count: rowCount(x, shape), segments: shape.elements, epsilon: epsilon)
    return rows.normalized(
        "layerNorm", x, weight: weight, bias: bias,
        attributes: [
            "normalizedShape": shape, "epsilon": epsilon, "hasWeight": weight != nil, "hasBias": bias != nil,
        ]
    ).output
}

/// Divides the last axes by their root mean square: `x / sqrt(mean(x^2) + epsilon) * weight`, of each position by itself
/// (Zhang and Sennrich, "Root mean square layer normalization", 2019). PyTorch's `rms_norm`.
///
/// ```swift
/// rmsNorm(Tensor([3, 4]))   // [0.84853, 1.13137]
/// ```
///
/// Shapes: x [N..., D...] -> [N..., D...], with D the normalized shape.
///
/// - Parameters:
///   - x: [N..., D...].
///   - normalizedShape: the last sizes of `x`; those of the weight if absent, and the last one without.
///   - weight: [D...]; 1 if absent.
///   - epsilon: the distance of 1 from the next number of the type that sums are made in if absent: 1.2e-7 for
///     `float32` and halves, 2.2e-16 for `float64`.
public func rmsNorm(
    _ x: Tensor, normalizedShape: Shape? = nil, weight: Tensor? = nil, epsilon: Double? = nil
) -> Tensor {
    let shape = suffix(of: x, normalizedShape, weight, "rmsNorm")
    checkParameter(weight, "weight", shape, x, "rmsNorm")
    let epsilon = epsilon ?? (x.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne))
    let rows = NormalizedRows(
        count: rowCount(x, shape), segments: shape.elements, centers: false, epsilon: epsilon)
    return rows.normalized(
        "rmsNorm", x, weight: weight, bias: nil,
        attributes: ["normalizedShape": shape, "epsilon": epsilon, "hasWeight": weight != nil]
    ).output
}

/// The last sizes of `x` that are normalized together.
private func suffix(of x: Tensor, _ given: Shape?, _ parameter: Tensor?, _ name: String) -> Shape {
    checkNormalizable(x, name)
    let shape = given ?? parameter?.shape ?? Shape(x.shape.suffix(1))
    if shape.isEmpty || shape.count > x.rank || Shape(x.shape.suffix(shape.count)) != shape {
        mistake(name, "expects an input whose last sizes are the normalized shape \(shape), got \(x.shape)")
    }
    return shape
}

private func rowCount(_ x: Tensor, _ shape: Shape) -> Int { x.shape.dropLast(shape.count).reduce(1, *) }
