/// How ``embeddingBag(_:_:offsets:mode:perSampleWeights:paddingIndex:includesLastOffset:)`` makes one row out of a bag's.
public enum EmbeddingBagMode: String, Sendable, CaseIterable {
    /// Their sum.
    case sum
    /// Their mean; zeros of an empty bag.
    case mean
    /// The largest element of each feature; zeros of an empty bag.
    case max
}

/// One row for each bag of ids: the sum, mean or largest elements of the rows of `weight` that belong to them. PyTorch's
/// `embedding_bag`.
///
/// ```swift
/// let weight: Tensor = [[0, 0], [1, 2], [3, 4]]
/// let ids = Tensor([1, 2, 2], dtype: .int64)
/// embeddingBag(ids, weight, offsets: Tensor([0, 2], dtype: .int64))   // [[2, 3], [3, 4]]
/// ```
///
/// Shapes, with `B` bags, `N` entries and `D` features: ids [B, K], or [T] with offsets [B]; weight [N, D] -> [B, D]. An empty
/// bag gives zeros. The gradient of a largest element goes to the first one in the bag.
///
/// - Parameters:
///   - ids: integers from 0 up to `N`: [B, K], or [T] with offsets.
///   - weight: the rows, [N, D].
///   - offsets: where in `ids` each bag begins, in rising order from 0 on; the bags are the rows of `ids` without.
///   - mode: how the rows of a bag become one.
///   - perSampleWeights: a factor for each id, of its shape; with the mode ``EmbeddingBagMode/sum`` alone.
///   - paddingIndex: an id that counts as absent, and whose row gets no gradient; from the end if negative.
///   - includesLastOffset: whether the last of [B + 1] offsets says where the last bag ends.
public func embeddingBag(
    _ ids: Tensor, _ weight: Tensor, offsets: Tensor? = nil, mode: EmbeddingBagMode = .mean,
    perSampleWeights: Tensor? = nil, paddingIndex: Int? = nil, includesLastOffset: Bool = false
) -> Tensor {
    let name: StaticString = "embeddingBag"
    if weight.rank != 2 { mistake("\(name)", "expects a weight of shape [N, D], got \(weight.shape)") }
    if ids.rank != (offsets == nil ? 2 : 1) {
        mistake(
            "\(name)", "expects ids [B, K], or [T] and offsets, got \(ids.shape) \(offsets.map { "\($0.shape)" } ?? "")"
        )
    }
    if let weights = perSampleWeights, mode != .sum || weights.shape != ids.shape || weights.dtype != weight.dtype {
        mistake(
            "\(name)",
            "expects weights of the samples of shape \(ids.shape) and type \(weight.dtype) with mode sum, got "
                + "\(weights.dtype) \(weights.shape) with mode \(mode)")
    }
    let padding = paddingIndex.map { resolvedPadding($0, weight, "\(name)") }
    let places = ids.asIndices(below: weight.shape[0], weight.shape, name).flattened()
    let bags = Bags(places, ids.shape, offsets, padding, includesLastOffset: includesLastOffset)
    // Sums of halves are rounded once.
    let rows = embedding(bags.ids, weight, paddingIndex: padding).converted(to: weight.dtype.accumulator)
    func result() -> Tensor {
        switch mode {
        case .max: return bags.largest(rows)
        case .mean:
            let counts = bags.sizes.map { Double(Swift.max($0, 1)) }
            return bags.sum(rows) / Tensor(counts).converted(to: rows.dtype).unsqueezed(axes: 1)
        case .sum:
            guard let perSampleWeights else { return bags.sum(rows) }
            let factors = perSampleWeights.flattened().selected(bags.kept).unsqueezed(axes: 1)
            return bags.sum(rows * factors.converted(to: rows.dtype))
        }
    }
    return result().converted(to: weight.dtype)
}

/// Which ids belong to which bag.
private struct Bags {
    /// The ids that count, and their places among all.
    let ids: Tensor
    let kept: Tensor
    /// The bag of each of them.
    let bags: Tensor
    /// How many each bag has.
    let sizes: [Int]

    init(_ places: Tensor, _ shape: Shape, _ offsets: Tensor?, _ padding: Int?, includesLastOffset: Bool) {
        let all = places.array(of: Int.self)
        var starts: [Int]
        if let offsets {
            if offsets.rank != 1 || !offsets.dtype.isInteger {
                mistake(
                    "embeddingBag", "expects a vector of integers as offsets, got \(offsets.dtype) \(offsets.shape)")
            }
            starts = offsets.array(of: Int.self)
            let end = includesLastOffset ? starts.popLast() ?? -1 : all.count
            let isRising = zip(starts, starts.dropFirst() + [end]).allSatisfy { $0 <= $1 }
            if starts.first ?? 0 != 0 || !isRising || end > all.count || end < 0 {
                mistake("embeddingBag", "expects offsets from 0 up to \(all.count) in rising order, got \(offsets)")
            }
            starts.append(end)
        } else {
            starts = (0...shape[0]).map { $0 * shape[1] }
        }
        var (kept, bags): ([Int], [Int]) = ([], [])
        var sizes = [Int](repeating: 0, count: starts.count - 1)
        for bag in sizes.indices {
            for place in starts[bag]..<starts[bag + 1] where all[place] != padding {
                kept.append(place)
                bags.append(bag)
                sizes[bag] += 1
            }
        }
        self.kept = Tensor(shape: [kept.count], values: kept)
        self.bags = Tensor(shape: [bags.count], values: bags)
        self.sizes = sizes
        ids = kept.count == all.count ? places : places.selected(self.kept)
    }

    func sum(_ rows: Tensor) -> Tensor {
        rows.placed(in: .slices(Slices([sizes.count, rows.shape[1]], axis: 0, bags, places: bags)))
    }

    /// Bags side by side, the shorter ones filled up with their first row, which changes no maximum.
    func largest(_ rows: Tensor) -> Tensor {
        let longest = sizes.max() ?? 0
        if longest == 0 { return sum(rows) }
        var (table, start): ([Int], Int) = ([], 0)
        for size in sizes {
            for place in 0..<longest { table.append(place < size ? start + place : size > 0 ? start : 0) }
            start += size
        }
        let places = Tensor(shape: [sizes.count, longest], values: table)
        let values = rows.selected(places)
        let first = values.detached.argmax(axis: 1, keepAxes: true)
        let result = values.gathered(first, axis: 1).squeezed(axes: 1)
        let isFull = Tensor(sizes.map { $0 > 0 }).unsqueezed(axes: 1)
        return which(isFull, result, 0)
    }
}
