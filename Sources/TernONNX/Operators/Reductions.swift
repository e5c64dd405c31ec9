import TernCore

let reductionOperators: [ONNXOperator] = [
    reduction("ReduceSum", axesAreInputFrom: 13) { sum($0, $1, $2) },
    reduction("ReduceMean") { x, axes, keeps in
        x.dtype.isFloatingPoint
            ? x.mean(axes: axes, keepAxes: keeps)
            : x.converted(to: .float64).mean(axes: axes, keepAxes: keeps).converted(to: x.dtype)
    },
    reduction("ReduceProd") { $0.product(axes: $1, keepAxes: $2).converted(to: $0.dtype) },
    reduction("ReduceL1") { sum(abs($0), $1, $2) },
    reduction("ReduceL2") { x, axes, keeps in
        let wide = x.dtype.isFloatingPoint ? x : x.converted(to: .float64)
        return sqrt(sum(square(wide), axes, keeps)).converted(to: x.dtype)
    },
    reduction("ReduceSumSquare") { sum(square($0), $1, $2) },
    reduction("ReduceLogSum") { x, axes, keeps in
        let wide = x.dtype.isFloatingPoint ? x : x.converted(to: .float64)
        return log(sum(wide, axes, keeps)).converted(to: x.dtype)
    },
    reduction("ReduceLogSumExp") { x, axes, keeps in
        let wide = x.dtype.isFloatingPoint ? x : x.converted(to: .float64)
        return wide.logSumExp(axes: axes, keepAxes: keeps).converted(to: x.dtype)
    },
    reduction("ReduceMax", takesBool: true, isExtremum: true) { extremum($0, $1, $2, isMaximum: true) },
    reduction("ReduceMin", takesBool: true, isExtremum: true) { extremum($0, $1, $2, isMaximum: false) },
    argument("ArgMax") { $0.argmax(axis: $1, keepAxes: true) },
    argument("ArgMin") { $0.argmin(axis: $1, keepAxes: true) },
]

private func sum(_ x: Tensor, _ axes: [Int], _ keeps: Bool) -> Tensor {
    x.sum(axes: axes, keepAxes: keeps).converted(to: x.dtype)
}

private func extremum(_ x: Tensor, _ axes: [Int], _ keeps: Bool, isMaximum: Bool) -> Tensor {
    if x.count == 0 || x.dtype == .bool {
        // Over nothing the least or greatest value.
        var shape = x.shape
        for axis in axes { shape[axis] = min(1, shape[axis]) }
        if x.dtype == .bool {
            let found = x.converted(to: .uint8)
            if x.count > 0 {
                let value =
                    isMaximum ? found.max(axes: axes, keepAxes: keeps) : found.min(axes: axes, keepAxes: keeps)
                return value.converted(to: .bool)
            }
        }
        var kept = x.shape
        for axis in axes { kept[axis] = 1 }
        let filled = limit(x.dtype, isLowest: isMaximum).expanded(to: kept)
        return keeps ? filled : filled.squeezed(axes: axes)
    }
    return isMaximum ? x.max(axes: axes, keepAxes: keeps) : x.min(axes: axes, keepAxes: keeps)
}

/// The least or the greatest value of a type, infinite where there is infinity.
func limit(_ dtype: DType, isLowest: Bool) -> Tensor {
    func bound<Number: FixedWidthInteger & TensorScalar>(_: Number.Type) -> Tensor {
        Tensor(isLowest ? Number.min : Number.max)
    }
    switch dtype {
    case .bool: return Tensor(!isLowest)
    case .uint8: return bound(UInt8.self)
    case .int8: return bound(Int8.self)
    case .uint16: return bound(UInt16.self)
    case .int16: return bound(Int16.self)
    case .uint32: return bound(UInt32.self)
    case .int32: return bound(Int32.self)
    case .uint64: return bound(UInt64.self)
    case .int64: return bound(Int64.self)
    case .float16, .bfloat16, .float32, .float64:
        return Tensor.full([], isLowest ? -Double.infinity : .infinity, dtype: dtype)
    }
}

/// An operator over axes, which are a setting before some version and an input since.
private func reduction(
    _ type: String, axesAreInputFrom version: Int = 18, takesBool: Bool = false, isExtremum: Bool = false,
    _ compute: @escaping @Sendable (Tensor, [Int], Bool) -> Tensor
) -> ONNXOperator {
    op(type, 1...2) { call in
        let x = takesBool ? try call.tensor(0) : try call.numeric(0)
        let keeps = try call.flag("keepdims", default: true)
        let given = call.opset >= version ? try call.optionalIntegers(1) : try call.integerList("axes")
        var axes = try call.axes(given ?? [], x.rank)
        if axes.isEmpty {
            if call.opset >= version, try call.flag("noop_with_empty_axes") {
                // Each element is reduced by itself.
                return isExtremum || x.rank == Shape.maximumRank
                    ? x : compute(x.unsqueezed(axes: 0), [0], false)
            }
            axes = Array(0..<x.rank)
        }
        if x.rank == 0 { return compute(x.reshaped([1]), [0], false) }
        return compute(x, axes.sorted(), keeps)
    }
}

private func argument(_ type: String, _ compute: @escaping @Sendable (Tensor, Int) -> Tensor) -> ONNXOperator {
    op(type, 1) { call in
        let x = try call.numeric(0)
        try call.expect(x.rank > 0, "expects a tensor with axes")
        let axis = try call.axis(try call.integer("axis", default: 0), x.rank)
        let size = x.shape[axis]
        try call.expect(size > 0, "has no index for no elements (shape \(x.shape))")
        var index: Tensor
        if try call.flag("select_last_index") {
            index = Tensor(size - 1) - compute(x.flipped(axes: axis), axis)
        } else {
            index = compute(x, axis)
        }
        if try !call.flag("keepdims", default: true) { index = index.squeezed(axes: axis) }
        return index
    }
}
