/// Sums along the last one, two or three axes by tables of weights, one pass an axis: an operation that is linear and has
/// the transposed tables as its derivative.
struct Resampling: Sendable {
    /// For each of the last axes; one without a table stays as it is.
    private let axes: [AxisTaps?]
    private let attributes: @Sendable () -> OperationAttributes

    init(_ axes: [AxisTaps?], _ attributes: @escaping @Sendable () -> OperationAttributes) {
        self.axes = axes
        self.attributes = attributes
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        if axes.allSatisfy({ $0 == nil }) { return x }
        let result = asOneOperation { values(x) }
        return result.output(of: "interpolated", from: x, attributes: attributes()) { gradient, _ in
            InputGradients(transposed(gradient))
        }
    }

    /// The transpose of an interpolation is another operation, whose transpose is the interpolation.
    private func transposed(_ gradient: Tensor) -> Tensor {
        let other = Resampling(axes.map { $0?.transposed }, attributes)
        let result = asOneOperation { other.values(gradient) }
        return result.output(of: "interpolatedBackward", from: gradient, attributes: attributes()) { upstream, _ in
            InputGradients(self(upstream))
        }
    }

    private func values(_ x: Tensor) -> Tensor {
        guard axes.count == 3, let depth = axes[0] else { return planes(x) }
        // Rounded once.
        if x.dtype.isHalf { return values(x.converted(to: .float32)).converted(to: x.dtype) }
        // What makes less of it comes first.
        return depth.output < depth.input ? planes(slices(x, depth)) : slices(planes(x), depth)
    }

    /// The last two axes (or the last).
    private func planes(_ x: Tensor) -> Tensor {
        let (rows, columns) = (axes.count > 1 ? axes[axes.count - 2] : nil, axes[axes.count - 1])
        if rows == nil, columns == nil { return x }
        var shape = x.shape
        if let rows { shape[x.rank - 2] = rows.output }
        if let columns { shape[x.rank - 1] = columns.output }
        let result = Tensor(uninitialized: shape, dtype: x.dtype)
        x.backend.resample(x.packed, rows: rows, columns: columns, into: result)
        return result
    }

    /// The third axis from the end: rows as long as planes.
    private func slices(_ x: Tensor, _ depth: AxisTaps) -> Tensor {
        var shape = x.shape
        let axis = x.rank - 3
        let plane = shape[axis + 1] * shape[axis + 2]
        let outer = shape[..<axis].reduce(1, *)
        shape[axis] = depth.output
        let result = Tensor(uninitialized: shape, dtype: x.dtype)
        x.backend.resample(
            x.packed.contiguousView([outer, depth.input, plane]), rows: depth, columns: nil,
            into: result.contiguousView([outer, depth.output, plane]))
        return result
    }
}
