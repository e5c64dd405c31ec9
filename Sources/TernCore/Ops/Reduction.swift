import CTernKernels

/// Which axes a reduction removes: `nil` all of them, one number, or a list; negative ones count from the end.
public struct Axes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, Sendable {
    var list: [Int]

    public init(_ axes: [Int]) { list = axes }
    public init(_ axis: Int) { list = [axis] }
    public init(integerLiteral axis: Int) { list = [axis] }
    public init(arrayLiteral axes: Int...) { list = axes }
}

extension Tensor {
    /// The sum over `axes`, or over all. Of `bool` and integers it is an `int64`. PyTorch's `sum`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    /// x.sum()                           // 21.0
    /// x.sum(axes: 0)                    // [5, 7, 9]
    /// x.sum(axes: -1, keepAxes: true)   // [[6], [15]]
    /// ```
    public func sum(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        let source = dtype.isFloatingPoint ? self : converted(to: .int64)
        let plan = ReductionPlan(source, axes, "sum")
        let result = plan.reduce(source, .TERN_REDUCE_SUM).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        guard records(source) else { return result }
        let shape = shape
        return result.recorded("sum", from: source) { gradient, _ in
            InputGradients(gradient.reshaped(plan.keptShape).expanded(to: shape))
        }
    }

    public func sum(axes: [Int], keepAxes: Bool = false) -> Tensor { sum(axes: Axes(axes), keepAxes: keepAxes) }

    /// The arithmetic mean over `axes`, or over all; NaN of no elements. Integers are averaged as `float32`.
    public func mean(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "mean")
        let total = source.sum(axes: axes, keepAxes: keepAxes)
        return total / Double(plan.reducedCount)
    }

    /// The product over `axes`, or over all. Of `bool` and integers it is an `int64`. The derivative is right for zeros
    /// too. PyTorch's `prod`.
    public func product(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        let source = dtype.isFloatingPoint ? self : converted(to: .int64)
        let plan = ReductionPlan(source, axes, "product")
        let result = plan.reduce(source, .TERN_REDUCE_PRODUCT).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        guard records(source) else { return result }
        return result.recorded("product", from: source) { gradient, _ in
            InputGradients(gradient.reshaped(plan.keptShape) * plan.productsOfOthers(source))
        }
    }

    /// The largest element over `axes`, or over all; NaN if there is one. Equal largest elements share the gradient
    /// evenly. PyTorch's `amax`.
    public func max(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        extremum(axes, keepAxes, .TERN_REDUCE_MAX, "max")
    }

    /// The smallest element over `axes`, or over all; NaN if there is one. Equal smallest elements share the gradient
    /// evenly. PyTorch's `amin`.
    public func min(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        extremum(axes, keepAxes, .TERN_REDUCE_MIN, "min")
    }

    private func extremum(_ axes: Axes?, _ keepAxes: Bool, _ operation: TernReduce, _ name: StaticString) -> Tensor {
        if dtype <= .uint8 {
            return withoutGradients {
                converted(to: .int64).extremum(axes, keepAxes, operation, name).converted(to: dtype)
            }
        }
        let plan = ReductionPlan(self, axes, name)
        if plan.reducedCount == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        let result = plan.reduce(self, operation).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        guard records(self) else { return result }
        let saved = result.savedOutput
        return result.recorded(name, from: self) { gradient, _ in
            let chosen = equal(to: saved.reshaped(plan.keptShape)).converted(to: gradient.dtype)
            let share = chosen / chosen.sum(axes: plan.axes, keepAxes: true)
            return InputGradients(gradient.reshaped(plan.keptShape) * share)
        }
    }

    /// The index of the first largest element along `axis`, or of all elements in row-major order; a NaN counts as the
    /// largest. An `int64`. PyTorch's `argmax`.
    public func argmax(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        argument(axis, keepAxes, "argmax", Kernels.vector.argmax)
    }

    /// The index of the first smallest element along `axis`, or of all elements in row-major order; a NaN counts as the
    /// smallest. An `int64`. PyTorch's `argmin`.
    public func argmin(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        argument(axis, keepAxes, "argmin", Kernels.vector.argmin)
    }

    private func argument(
        _ axis: Int?, _ keepAxes: Bool, _ name: StaticString,
        _ kernel: (TernType, Int, UnsafeRawPointer, Int) -> Int64
    ) -> Tensor {
        guard let axis else {
            let flat = contiguous().contiguousView([count])
            let result = flat.argument(0, false, name, kernel)
            return keepAxes ? result.contiguousView(Shape(repeating: 1, count: rank)) : result
        }
        let position = self.axis(axis, "\(name)")
        if shape[position] == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        var outer = shape
        var outerStrides = strides
        let n = outer.remove(at: position)
        let step = outerStrides.remove(at: position)
        let result = Tensor(uninitialized: outer, dtype: .int64)
        let output = result.pointer(as: Int64.self)
        let loop = StridedLoop<1>(outer, [outerStrides])
        stridedPieces(loop, count: result.count, nanosecondsPerElement: Double(n)) { start, run, offsets in
            for i in 0..<run {
                let first = impl.pointer + (offsets[0] + i * loop.innerStrides[0]) * dtype.byteCount
                output[start + i] = kernel(dtype.kernelType, n, first, step)
            }
        }
        outer.insert(1, at: position)
        return keepAxes ? result.contiguousView(outer) : result
    }

    /// Whether any element, along `axes` or of all, is not 0. A `bool`.
    public func any(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        converted(to: .bool).sum(axes: axes, keepAxes: keepAxes).notEqual(to: 0)
    }

    /// Whether all elements, along `axes` or of all, are not 0. A `bool`.
    public func all(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        logicalNot().any(axes: axes, keepAxes: keepAxes).logicalNot()
    }

    /// The variance over `axes`, or over all: the sum of squared deviations from the mean, divided by the number of
    /// elements less `correction` (1: unbiased, 0: of the population). NaN of a single value with correction 1.
    /// PyTorch's `var`.
    public func variance(axes: Axes? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "variance")
        let deviation = source - source.mean(axes: axes.map { _ in Axes(plan.axes) }, keepAxes: true)
        let total = square(deviation).sum(axes: axes, keepAxes: keepAxes)
        return total / Double(Swift.max(0, plan.reducedCount - correction))
    }

    /// The square root of the ``variance(axes:keepAxes:correction:)``; the derivative at 0 is 0. PyTorch's `std`.
    public func standardDeviation(axes: Axes? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        variance(axes: axes, keepAxes: keepAxes, correction: correction).root(2)
    }

    /// The p-norm over `axes`, or over all: `(sum |x|^p)^(1/p)`; p may be infinite (the largest magnitude) or 0 (the number
    /// of elements that are not 0). The derivative at 0 is 0. PyTorch's `torch.linalg.vector_norm`.
    public func norm(_ p: Double = 2, axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        let source = converted(to: dtype.floating)
        if p == .infinity { return TernCore.abs(source).max(axes: axes, keepAxes: keepAxes) }
        if p == 0 {
            return source.notEqual(to: 0).sum(axes: axes, keepAxes: keepAxes).converted(to: source.dtype)
        }
        if p == 1 { return TernCore.abs(source).sum(axes: axes, keepAxes: keepAxes) }
        if p < 0 { mistake("norm", "expects p >= 0, got \(p)") }
        let total =
            p == 2
            ? square(source).sum(axes: axes, keepAxes: keepAxes)
            : pow(TernCore.abs(source), p).sum(axes: axes, keepAxes: keepAxes)
        return total.root(p)
    }

    /// The p-th root of a total that is not negative, with derivative 0 at 0: the infinite one times the 0 behind it would
    /// be NaN.
    private func root(_ p: Double) -> Tensor {
        let isZero = equal(to: 0)
        let safe = select(isZero, Tensor.ones([], dtype: dtype), self)
        return select(isZero, Tensor.zeros([], dtype: dtype), p == 2 ? sqrt(safe) : pow(safe, 1 / p))
    }

    /// `log(sum(exp(x)))` over `axes`, or over all, without overflow. PyTorch's `logsumexp`.
    public func logSumExp(axes: Axes? = nil, keepAxes: Bool = false) -> Tensor {
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "logSumExp")
        let largest = source.detached.max(axes: Axes(plan.axes), keepAxes: true)
        // An infinite largest element would give inf - inf.
        let shift = select(largest.isFinite(), largest, Tensor.zeros([], dtype: largest.dtype))
        let result = log(exp(source - shift).sum(axes: Axes(plan.axes), keepAxes: true)) + shift
        return keepAxes ? result : result.reshaped(plan.shape)
    }
}

/// How a reduction walks its operand.
struct ReductionPlan {
    let axes: [Int]
    /// The result's shape without the reduced axes, and with them as size 1.
    let shape: Shape
    let keptShape: Shape
    /// Elements that make one of the result.
    let reducedCount: Int

    @inline(__always)
    init(_ tensor: Tensor, _ wanted: Axes?, _ operation: StaticString) {
        if let wanted {
            axes = wanted.list.map { tensor.axis($0, "\(operation)") }.sorted()
            for (a, b) in zip(axes, axes.dropFirst()) where a == b {
                mistake("\(operation)", "got axis \(a) twice for shape \(tensor.shape)")
            }
        } else {
            axes = Array(0..<tensor.rank)
        }
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

    /// The reduced values, contiguous. The order of additions depends on the shape and layout alone.
    func reduce(_ tensor: Tensor, _ operation: TernReduce) -> Tensor {
        let type = tensor.dtype.kernelType
        let size = tensor.dtype.byteCount
        let result = Tensor(uninitialized: shape, dtype: tensor.dtype)
        if reducedCount == 0 || result.count == 0 {
            result.fill(operation == .TERN_REDUCE_PRODUCT ? 1.0 : 0.0)
            return result
        }
        let source = tensor.impl.pointer
        let output = result.impl.pointer
        if shape.elements == 1, tensor.isContiguous {
            return reduceAll(tensor, operation, into: result)
        }
        // Reduced axes last, each part as few loops as its strides allow.
        var keptSizes = Shape()
        var keptStrides = Shape()
        var reducedSizes = Shape()
        var reducedStrides = Shape()
        for axis in 0..<tensor.rank {
            if axes.contains(axis) {
                reducedSizes.append(tensor.shape[axis])
                reducedStrides.append(tensor.strides[axis])
            } else {
                keptSizes.append(tensor.shape[axis])
                keptStrides.append(tensor.strides[axis])
            }
        }
        let outer = StridedLoop<1>(keptSizes, [keptStrides])
        let inner = StridedLoop<1>(reducedSizes, [reducedStrides])
        let work = Double(reducedCount) * 0.3
        if outer.innerStrides[0] == 1, outer.inner >= 8, inner.innerStrides[0] != 1 {
            // The kept elements lie together: add rows of them, which also keeps vectors full.
            stridedPieces(outer, count: result.count, nanosecondsPerElement: work) { start, n, offsets in
                let row = source + offsets[0] * size
                let sums = output + start * size
                inner.forEach(0..<inner.loops) { loop, start in
                    for i in 0..<inner.inner {
                        let values = row + (start[0] + i * inner.innerStrides[0]) * size
                        if loop == 0, i == 0 {
                            sums.copyMemory(from: values, byteCount: n * size)
                        } else {
                            Kernels.vector.reduce_rows(type, operation, n, values, sums)
                        }
                    }
                }
            }
            return result
        }
        stridedPieces(outer, count: result.count, nanosecondsPerElement: work) { start, n, offsets in
            withUnsafeTemporaryAllocation(byteCount: inner.loops * size, alignment: 16) { sums in
                for i in 0..<n {
                    let first = source + (offsets[0] + i * outer.innerStrides[0]) * size
                    let target = output + (start + i) * size
                    if inner.loops == 1 {
                        Kernels.vector.reduce(type, operation, inner.inner, first, inner.innerStrides[0], target)
                        continue
                    }
                    inner.forEach(0..<inner.loops) { loop, start in
                        Kernels.vector.reduce(
                            type, operation, inner.inner, first + start[0] * size, inner.innerStrides[0],
                            sums.baseAddress! + loop * size)
                    }
                    Kernels.vector.reduce(type, operation, inner.loops, sums.baseAddress!, 1, target)
                }
            }
        }
        return result
    }

    /// All elements of a contiguous tensor: pieces of fixed size in parallel, then their results in order.
    private func reduceAll(_ tensor: Tensor, _ operation: TernReduce, into result: Tensor) -> Tensor {
        let type = tensor.dtype.kernelType
        let size = tensor.dtype.byteCount
        let pieces = (tensor.count + elementwisePiece - 1) / elementwisePiece
        if pieces == 1 {
            Kernels.vector.reduce(type, operation, tensor.count, tensor.impl.pointer, 1, result.impl.pointer)
            return result
        }
        let partial = Tensor(uninitialized: [pieces], dtype: tensor.dtype)
        elementwiseLoop(tensor.count, nanosecondsPerElement: 0.1) { start, n in
            Kernels.vector.reduce(
                type, operation, n, tensor.impl.pointer + start * size, 1,
                partial.impl.pointer + start / elementwisePiece * size)
        }
        Kernels.vector.reduce(type, operation, pieces, partial.impl.pointer, 1, result.impl.pointer)
        return result
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
            before.append(before[i] * lined.sliced(axis: last, from: i, to: i + 1))
            let j = reducedCount - 1 - i
            after.append(after[i] * lined.sliced(axis: last, from: j, to: j + 1))
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
