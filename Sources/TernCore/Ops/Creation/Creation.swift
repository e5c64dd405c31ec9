extension Tensor {
    /// A tensor whose elements are all `value`.
    ///
    /// ```swift
    /// Tensor.full([2, 3], 7)                  // float32
    /// Tensor.full([2, 3], 7, dtype: .int64)
    /// ```
    @inline(__always)
    public static func full(_ shape: Shape, _ value: some TensorScalar, dtype: DType = .float32) -> Tensor {
        checkSizes(shape, "full")
        let result = Tensor(uninitialized: shape, dtype: dtype)
        result.fill(value)
        return result
    }

    /// A tensor of zeros. PyTorch's `torch.zeros`.
    public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor { full(shape, 0.0, dtype: dtype) }

    /// A tensor of ones. PyTorch's `torch.ones`.
    public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor { full(shape, 1.0, dtype: dtype) }

    /// Zeros, ones, or `value`, of the shape and type of `other`.
    public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape, dtype: other.dtype) }
    /// Ones in the shape and type of another tensor. PyTorch's `torch.ones_like`.
    public static func ones(like other: Tensor) -> Tensor { ones(other.shape, dtype: other.dtype) }
    /// One value in the shape and type of another tensor, to which it is converted. PyTorch's `torch.full_like`.
    public static func full(like other: Tensor, _ value: some TensorScalar) -> Tensor {
        full(other.shape, value, dtype: other.dtype)
    }

    /// `start`, `start + step`, ... up to but without `end`. PyTorch's `torch.arange`.
    ///
    /// ```swift
    /// Tensor.arange(5)                 // [0, 1, 2, 3, 4], int64
    /// Tensor.arange(0.0, 1, by: 0.25)  // [0, 0.25, 0.5, 0.75], float32
    /// ```
    public static func arange(_ start: Int, _ end: Int, by step: Int = 1, dtype: DType = .int64) -> Tensor {
        if step == 0 { mistake("arange", "step must not be 0") }
        let isEmpty = step > 0 ? start >= end : start <= end
        // Of two integers the difference may be none, and the place of a last element neither.
        let width = UInt(bitPattern: step > 0 ? end &- start : start &- end)
        let count = isEmpty ? 0 : (width - 1) / step.magnitude + 1
        if count > UInt(Shape.maximumElements) { stopArange("\(start), \(end), by: \(step)") }
        return filled(Int(count)) { start &+ $0 &* step }.converted(to: dtype)
    }

    /// `0, 1, ..., end - 1`. PyTorch's `torch.arange`.
    public static func arange(_ end: Int, dtype: DType = .int64) -> Tensor { arange(0, end, dtype: dtype) }

    /// Numbers from `start` in steps up to `end`, which is not among them. PyTorch's `torch.arange`.
    public static func arange(_ start: Double, _ end: Double, by step: Double = 1, dtype: DType = .float32) -> Tensor {
        if step == 0 { mistake("arange", "step must not be 0") }
        let count = ((end - start) / step).rounded(.up)
        if !start.isFinite || !end.isFinite || !step.isFinite || !(count <= Double(Shape.maximumElements)) {
            stopArange("\(start), \(end), by: \(step)")
        }
        return filled(count > 0 ? Int(count) : 0) { start + Double($0) * step }.converted(to: dtype)
    }

    private static func stopArange(_ numbers: String) -> Never {
        mistake("arange", "expects finite numbers and at most \(Shape.maximumElements) elements, got \(numbers)")
    }

    /// `count` values evenly spaced from `start` to `end`, both included. PyTorch's `torch.linspace`.
    public static func linspace(_ start: Double, _ end: Double, count: Int, dtype: DType = .float32) -> Tensor {
        if count < 0 { mistake("linspace", "count must not be negative, got \(count)") }
        // The width may be more than a Double holds.
        let width = end - start
        let intervals = Double(count - 1)
        let step = count > 2 ? (width.isFinite ? width / intervals : end / intervals - start / intervals) : 0
        // The second half from the end, so that the last value is exactly `end`.
        let values = filled(count) { index in
            index < (count + 1) / 2 ? start + Double(index) * step : end - Double(count - 1 - index) * step
        }
        return values.converted(to: dtype)
    }

    /// `count` values from `base` to the power of `start` to `base` to the power of `end`, evenly spaced on a logarithmic
    /// scale. PyTorch's `torch.logspace`.
    ///
    /// ```swift
    /// Tensor.logspace(0, 3, count: 4)   // [1, 10, 100, 1000]
    /// ```
    public static func logspace(
        _ start: Double, _ end: Double, count: Int, base: Double = 10, dtype: DType = .float32
    ) -> Tensor {
        if count < 0 { mistake("logspace", "count must not be negative, got \(count)") }
        let exponents = linspace(start, end, count: count, dtype: .float64)
        return asOneOperation { Tensor(base, dtype: .float64).pow(exponents).converted(to: dtype) }
    }

    /// Ones on the main diagonal, zeros elsewhere. PyTorch's `torch.eye`.
    public static func eye(_ rows: Int, _ columns: Int? = nil, dtype: DType = .float32) -> Tensor {
        let columns = columns ?? rows
        if rows < 0 || columns < 0 { mistake("eye", "expects sizes that are not negative, got \(rows) and \(columns)") }
        return Tensor.arange(rows).unsqueezed(axes: 1).equal(to: Tensor.arange(columns)).converted(to: dtype)
    }

    /// Sets all elements of this fresh, contiguous tensor.
    @inline(__always)
    func fill(_ value: some TensorScalar) { backend.fill(self, value) }

    static func checkSizes(_ shape: Shape, _ operation: String) {
        for size in shape where size < 0 { mistake(operation, "got a negative size in shape \(shape)") }
    }
}
