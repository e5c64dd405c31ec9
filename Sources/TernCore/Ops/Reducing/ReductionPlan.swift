/// What a reduction removes and what it leaves.
struct ReductionPlan {
    let axes: [Int]
    /// The result's shape without the reduced axes, and with them as size 1.
    let shape: Shape
    let keptShape: Shape
    /// Elements that make one of the result.
    let reducedCount: Int

    @inline(__always)
    init(_ tensor: Tensor, _ wanted: (any Axes)?, _ operation: StaticString) {
        axes = tensor.axes(wanted, operation)
        var shape = Shape()
        var kept = tensor.impl.shape
        var count = 1
        var next = 0
        for axis in 0..<tensor.rank {
            if next < axes.count, axes[next] == axis {
                count *= kept.sizes[axis]
                kept.sizes[axis] = 1
                next += 1
            } else {
                shape.append(kept.sizes[axis])
            }
        }
        self.shape = shape
        keptShape = kept
        reducedCount = count
    }

    /// The reduced values, contiguous and of ``shape``; not recorded.
    func reduce(_ tensor: Tensor, _ function: ReductionFunction) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: tensor.dtype)
        if reducedCount == 0 {
            result.fill(function == .product ? 1.0 : 0.0)
        } else {
            tensor.backend.reduce(function, tensor, axes: axes, into: result)
        }
        return result
    }

    func attributes(_ keepAxes: Bool) -> OperationAttributes { ["axes": axes, "keepAxes": keepAxes] }

    /// The p-norms, p > 0: of elements divided by the largest magnitude, where their powers would overflow or underflow.
    func norm(_ tensor: Tensor, _ p: Double) -> Tensor {
        if tensor.count == 0 || reducedCount == 0 { return reduce(tensor, .sum) }
        return asOneOperation {
            if p == 2 {
                let total = reduce(tensor, .sumSquares)
                let least = tensor.dtype == .float64 ? 1e-200 : 1e-20
                if total.min().item() > least, total.max().item() < .infinity { return sqrt(total) }
            }
            let largest = abs(tensor).max(axes: axes, keepAxes: true)
            let isScale = largest.isFinite().logicalAnd(largest.greater(than: 0))
            let scale = which(isScale, largest, 1)
            let scaled = tensor / scale
            let root =
                p == 2
                ? sqrt(reduce(scaled, .sumSquares))
                : pow(reduce(pow(abs(scaled), p), .sum), 1 / p)
            return root * scale.reshaped(shape)
        }
    }

    /// For each element, the product of the others that are multiplied with it: products of those before and after it,
    /// so that zeros need no special case.
    func productsOfOthers(_ tensor: Tensor) -> Tensor {
        if tensor.count == 0 { return tensor }
        let others = (0..<tensor.rank).filter { !axes.contains($0) }
        let order = others + axes
        let lined = tensor.permuted(order).reshaped(shapeOf(lined: reducedCount))
        let ones = Tensor.ones(shapeOf(lined: 1), dtype: tensor.dtype)
        var before = [ones]
        var after = [ones]
        let last = lined.rank - 1
        for i in 0..<Swift.max(0, reducedCount - 1) {
            before.append(before[i] * lined.sliced(from: i, to: i + 1, axis: last))
            let j = reducedCount - 1 - i
            after.append(after[i] * lined.sliced(from: j, to: j + 1, axis: last))
        }
        let products = zip(before, after.reversed()).map { $0 * $1 }
        var permuted = Shape()
        for axis in order { permuted.append(tensor.shape[axis]) }
        var inverse = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return concatenated(products, axis: last).reshaped(permuted).permuted(inverse)
    }

    private func shapeOf(lined count: Int) -> Shape {
        var lined = shape
        lined.append(count)
        return lined
    }
}
