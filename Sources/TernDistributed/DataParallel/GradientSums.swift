import TernCore

/// The sums of one parameter's gradients over the micro-batches of a rank, in the order of a ``FixedTree``: as soon as both
/// branches are there they are joined, so few are kept.
struct GradientSums {
    /// `nil` is a micro-batch that gave no gradient; with others it counts as zeros.
    private var sums: [(branch: Range<Int>, gradient: Tensor?)] = []

    mutating func add(_ gradient: Tensor?, of microBatch: Int, _ tree: FixedTree) {
        sums.append((microBatch..<(microBatch + 1), gradient))
        while sums.count > 1, tree.joins(sums[sums.count - 2].branch, sums[sums.count - 1].branch) {
            let right = sums.removeLast()
            let left = sums.removeLast()
            sums.append((left.branch.lowerBound..<right.branch.upperBound, Self.sum(left.gradient, right.gradient)))
        }
    }

    /// The sums over these branches, as far as their micro-batches were there.
    mutating func take(_ branches: [Range<Int>], _ tree: FixedTree) -> [Tensor?] {
        let values = Dictionary(uniqueKeysWithValues: sums.map { ($0.branch, Absent($0.gradient)) })
        sums = []
        return branches.map { branch in
            tree.sum(values, below: branch) { Absent(Self.sum($0.gradient, $1.gradient)) }?.gradient ?? nil
        }
    }

    /// A value of a dictionary that is there and `nil`.
    private struct Absent {
        let gradient: Tensor?
        init(_ gradient: Tensor?) { self.gradient = gradient }
    }

    /// Zeros are added, not left out: they turn a -0.0 into 0.0, wherever the sum is computed.
    static func sum(_ left: Tensor?, _ right: Tensor?) -> Tensor? {
        withoutGradients {
            switch (left, right) {
            case (nil, nil): nil
            case (let left?, let right?): wide(left) + wide(right)
            case (let one?, nil), (nil, let one?): wide(one) + 0
            }
        }
    }

    private static func wide(_ x: Tensor) -> Tensor { x.converted(to: x.dtype.accumulator) }
}
