/// Which features of ``rotaryEmbedding(_:theta:offset:layout:)`` are turned together.
public enum RotaryLayout: String, Sendable, CaseIterable {
    /// Feature `i` with `i + E / 2`: GPT-NeoX, Llama's published weights for Transformers.
    case halves
    /// Features `2 i` and `2 i + 1`: the paper, GPT-J.
    case interleaved
}

/// Queries or keys turned by their positions, so that products of two depend on the distance of their positions alone: pair `i`
/// of features by the angle `position * theta^(-2 i / E)` (Su et al., "RoFormer", 2021).
///
///     x [..., L, E] -> [..., L, E]     `L` positions, `E` features, an even number
///
/// ```swift
/// let queries = Tensor.normal([2, 4, 10, 16])
/// rotaryEmbedding(queries, offset: 10)   // of the positions 10...19
/// ```
///
/// - Parameters:
///   - x: queries or keys, [..., L, E].
///   - theta: the base of the angles.
///   - offset: the position of the first row.
///   - layout: which features are a pair.
public func rotaryEmbedding(
    _ x: Tensor, theta: Double = 10_000, offset: Int = 0, layout: RotaryLayout = .halves
) -> Tensor {
    if x.rank < 2 || x.shape[x.rank - 1] % 2 != 0 || !x.dtype.isFloatingPoint {
        mistake(
            "rotaryEmbedding",
            "expects a floating-point input [..., L, E] with an even number of features, got \(x.dtype) \(x.shape)")
    }
    if x.dtype.isHalf { return x.widened { rotaryEmbedding($0, theta: theta, offset: offset, layout: layout) } }
    let (length, features) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    let angles = angles(length, features, theta, offset, "rotaryEmbedding")
    let (cosines, sines) = (cos(angles).converted(to: x.dtype), sin(angles).converted(to: x.dtype))
    func turned(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) { (a * cosines - b * sines, b * cosines + a * sines) }
    switch layout {
    case .halves:
        let (a, b) = turned(
            x.sliced(from: 0, to: features / 2, axis: -1), x.sliced(from: features / 2, to: features, axis: -1))
        return concatenated([a, b], axis: -1)
    case .interleaved:
        let (a, b) = turned(
            x.sliced(from: 0, to: features, by: 2, axis: -1),
            x.sliced(from: Swift.min(1, features), to: features, by: 2, axis: -1))
        return stacked([a, b], axis: -1).reshaped(x.shape)
    }
}

/// A row for each position: sines of `position * theta^(-2 i / E)` as its features `2 i` and cosines as `2 i + 1` (Vaswani et al.,
/// "Attention is all you need", 2017). KerasHub's `SinePositionEncoding`.
///
/// ```swift
/// sinusoidalPositions(2, 4)   // [[0, 1, 0, 1], [0.8415, 0.5403, 0.0100, 0.9999]]
/// ```
///
/// - Parameters:
///   - length: how many positions.
///   - features: in a row; the last one is a sine if the number is odd.
///   - theta: the base of the angles.
///   - offset: the first position.
///   - dtype: a floating-point type.
/// - Returns: [length, features].
public func sinusoidalPositions(
    _ length: Int, _ features: Int, theta: Double = 10_000, offset: Int = 0, dtype: DType = .float32
) -> Tensor {
    if length < 0 || features < 0 || !dtype.isFloatingPoint {
        mistake(
            "sinusoidalPositions",
            "expects sizes that are not negative and a floating-point type, got \(length), \(features) and \(dtype)")
    }
    let angles = angles(length, features, theta, offset, "sinusoidalPositions")
    let pairs = stacked([sin(angles), cos(angles)], axis: -1).flattened(from: 1)
    return pairs.sliced(from: 0, to: features, axis: 1).converted(to: dtype)
}

/// The slope of each head's bias for distance in attention with linear biases (Press, Smith and Lewis, "Train short, test
/// long", 2021): of `2^k` heads, head `i` has `2^(-8 (i + 1) / 2^k)`; of other numbers, those of the next smaller power and, for
/// the rest, every other one of the next larger.
///
/// ```swift
/// alibiSlopes(4)   // [0.25, 0.0625, 0.015625, 0.00390625]
/// ```
///
/// The mask that ``scaledDotProductAttention(_:_:_:mask:isCausal:dropout:scale:groupedQueryHeads:generator:)`` takes is
/// `slopes.reshaped([heads, 1, 1]) * -distances`.
public func alibiSlopes(_ heads: Int, dtype: DType = .float32) -> Tensor {
    if heads < 0 || heads > 1 << 20 { mistake("alibiSlopes", "expects a number of heads, got \(heads)") }
    var power = 1
    while power * 2 <= heads { power *= 2 }
    let (few, many) = (Swift.min(power, heads), heads - Swift.min(power, heads))
    // 2^(-8 (i + 1) / n), by an exponential as elsewhere.
    func slopes(_ exponents: Tensor) -> Tensor { exp(exponents.converted(to: .float64) * -0.6931471805599453) }
    let first = slopes((Tensor.arange(few) + 1).converted(to: .float64) * (8 / Double(power)))
    let rest = slopes((Tensor.arange(many) * 2 + 1).converted(to: .float64) * (4 / Double(power)))
    return concatenated([first, rest]).converted(to: dtype)
}

/// [length, (features + 1) / 2]; in `float64`, for far positions.
private func angles(_ length: Int, _ features: Int, _ theta: Double, _ offset: Int, _ name: String) -> Tensor {
    if !(theta > 0) { mistake(name, "expects a positive theta, got \(theta)") }
    if offset.magnitude > 1 << 48 { mistake(name, "expects an offset of a position, got \(offset)") }
    let positions = Tensor.arange(length).converted(to: .float64) + Double(offset)
    let exponents =
        Tensor.arange(features / 2 + features % 2).converted(to: .float64) * (-2 / Double(Swift.max(features, 1)))
    return positions.unsqueezed(axes: 1) * exp(exponents * theta.logarithm)
}

extension Double {
    fileprivate var logarithm: Double { log(Tensor(self, dtype: .float64)).item() }
}
