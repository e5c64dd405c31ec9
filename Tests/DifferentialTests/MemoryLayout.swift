import Tern

/// How the elements of an operand lie in memory: views made one after the other, of the same values.
struct MemoryLayout: CustomStringConvertible {
    enum View: String, CaseIterable {
        /// Axes in reverse order in memory.
        case transposed
        /// The last axis first.
        case rotated
        /// Every other element of memory, with NaN (or 1) between.
        case gaps
        /// Every other row, with such rows between.
        case rows
        /// Backwards, along all axes.
        case reversed
        /// Backwards along the first axis.
        case reversedRows
        /// With strides that lead outside of the memory along axes of size 1.
        case wild
    }

    var views: [View]

    init(_ random: inout SplitMix) {
        views = (0..<[0, 0, 1, 1, 1, 2].randomElement(using: &random)!).map { _ in
            View.allCases.randomElement(using: &random)!
        }
    }

    var isEmpty: Bool { views.isEmpty }

    var description: String { views.map(\.rawValue).joined(separator: ", ") }

    func apply(to tensor: Tensor) -> Tensor {
        // Room for another axis is needed meanwhile.
        if tensor.rank == 0 || tensor.rank == Shape.maximumRank { return tensor }
        return views.reduce(tensor) { $1.apply(to: $0) }
    }
}

extension MemoryLayout.View {
    fileprivate func apply(to x: Tensor) -> Tensor {
        switch self {
        case .transposed:
            let order = Array((0..<x.rank).reversed())
            return x.permuted(order).contiguous().permuted(order)
        case .rotated: return x.movingAxis(-1, to: 0).contiguous().movingAxis(0, to: -1)
        case .gaps: return stacked([x.filler, x], axis: -1)[..., 1]
        case .rows: return stacked([x.filler, x], axis: 1).movingAxis(1, to: 0)[1]
        case .reversed: return x.flipped().contiguous().flipped()
        case .reversedRows: return x.flipped(axes: 0).contiguous().flipped(axes: 0)
        case .wild:
            return (0..<x.rank).reduce(x) { result, axis in
                result.shape[axis] > 1
                    ? result : result.movingAxis(axis, to: 0)[.every(1 << 20)].movingAxis(0, to: axis)
            }
        }
    }
}

extension Tensor {
    fileprivate var filler: Tensor {
        dtype.isFloatingPoint ? Tensor.full(like: self, Double.nan) : Tensor.ones(like: self)
    }
}
