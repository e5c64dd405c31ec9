/// How often each integer from 0 on occurs, or the sum of its weights. PyTorch's and NumPy's `bincount`.
///
/// ```swift
/// bincount(Tensor([1, 3, 1], dtype: .int64))   // [0, 2, 0, 1]
/// ```
///
/// - Parameters:
///   - x: integers that are not negative, of any shape.
///   - weights: one for each element; the result has their type, and `int64` without.
///   - minimumLength: the least size of the result, which otherwise is one more than the largest integer.
public func bincount(_ x: Tensor, weights: Tensor? = nil, minimumLength: Int = 0) -> Tensor {
    if minimumLength < 0 { mistake("bincount", "expects a minimumLength that is not negative, got \(minimumLength)") }
    if let weights, weights.shape != x.shape {
        mistake("bincount", "expects weights of shape \(x.shape), got \(weights.shape)")
    }
    if !x.dtype.isInteger, x.dtype != .bool { mistake("bincount", "expects integers, got \(x.dtype)") }
    let places = asOneOperation { x.packed.contiguousView([x.count]).converted(to: .int64) }
    let largest = x.count == 0 ? -1 : asOneOperation { places.max().item(as: Int.self) }
    let least = x.count == 0 ? 0 : asOneOperation { places.min().item(as: Int.self) }
    if least < 0 { mistake("bincount", "expects integers that are not negative, got \(least)") }
    if largest >= Shape.maximumElements { mistake("bincount", "has no place for the integer \(largest)") }
    let counted = weights.map { $0.reshaped([x.count]) } ?? Tensor.full([1], 1, dtype: .int64)
    let size = Swift.max(largest + 1, minimumLength)
    return Tensor.zeros([size], dtype: counted.dtype == .bool ? .int64 : counted.dtype)
        .scatterAdded(counted, at: places, axis: 0)
}

/// How many elements lie between neighbouring edges, or the sum of their weights, and the edges. The upper edge belongs to
/// the bin above, the last one to the last bin; what lies outside, and NaN, is not counted. PyTorch's `histogram` and
/// `histc`, NumPy's `histogram`.
///
/// ```swift
/// histogram(Tensor([1, 2, 1, 5]), bins: 4)   // counts [2, 1, 0, 1], edges [1, 2, 3, 4, 5]
/// ```
///
/// - Parameters:
///   - x: of any shape.
///   - bins: how many, all of one width.
///   - range: from where to where; those of the elements if absent. The range of equal elements is one wider at each
///     end.
///   - weights: one for each element.
///   - density: whether counts are divided by their sum and the widths of the bins, so that the area is 1.
/// - Returns: both of the elements' type, `float32` of halves and integers; the counts of the weights' type if there are any.
public func histogram(
    _ x: Tensor, bins: Int, range: ClosedRange<Double>? = nil, weights: Tensor? = nil, density: Bool = false
) -> (counts: Tensor, edges: Tensor) {
    if bins < 1 || bins >= Shape.maximumElements {
        mistake("histogram", "expects 1 to \(Shape.maximumElements - 1) bins, got \(bins)")
    }
    let type = x.dtype.floating.accumulator
    let values = asOneOperation { x.converted(to: type) }
    var (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? 1)
    if range == nil, x.count > 0 {
        (low, high) = asOneOperation { (values.min().item(), values.max().item()) }
    }
    if !low.isFinite || !high.isFinite { mistake("histogram", "expects a finite range, got \(low)...\(high)") }
    if low == high { (low, high) = (low - 1, high + 1) }
    let edges = asOneOperation { Tensor.linspace(low, high, count: bins + 1, dtype: .float64).converted(to: type) }
    return histogram(values, edges: edges, weights: weights, density: density)
}

/// How many elements lie between neighbouring edges of bins that may have different widths: see
/// ``histogram(_:bins:range:weights:density:)``.
///
/// - Parameters:
///   - x: of any shape.
///   - edges: a rising vector of at least two.
///   - weights: one for each element.
///   - density: whether counts are divided by their sum and the widths of the bins, so that the area is 1.
public func histogram(
    _ x: Tensor, edges: Tensor, weights: Tensor? = nil, density: Bool = false
) -> (counts: Tensor, edges: Tensor) {
    if edges.rank != 1 || edges.count < 2 {
        mistake("histogram", "expects a vector of at least two edges, got shape \(edges.shape)")
    }
    if let weights, weights.shape != x.shape {
        mistake("histogram", "expects weights of shape \(x.shape), got \(weights.shape)")
    }
    let bins = edges.count - 1
    let type = x.dtype.promoted(with: edges.dtype).floating.accumulator
    var counts: Tensor
    if let weights {
        // Those below and above are counted too, and then left out.
        let found = searchSorted(edges, x, right: true)
        let places = which(x.equal(to: edges[bins]), bins, found).reshaped([x.count])
        let counted = weights.reshaped([x.count]).converted(to: weights.dtype.floating)
        let sums = Tensor.zeros([bins + 2], dtype: counted.dtype).scatterAdded(counted, at: places, axis: 0)
        counts = sums[1...bins].contiguous()
    } else {
        let counted = asOneOperation {
            let counts = Tensor(uninitialized: [bins], dtype: .int64)
            let (edges, x) = Tensor.promoted(edges, x)
            x.backend.histogram(x.packed, edges: edges.packed, into: counts)
            return counts.converted(to: type)
        }
        counts = counted.output(of: "histogram", from: [x, edges])
    }
    if density { counts = counts / (counts.sum() * (edges[1...] - edges[..<bins])) }
    return (counts, edges)
}
