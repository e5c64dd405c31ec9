extension Tensor {
    /// A vector of the given values; without a type, number literals make `float32`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).dtype                  // float32
    /// Tensor([1, 2, 3], dtype: .int64).dtype   // int64
    /// Tensor([UInt8](repeating: 0, count: 3)).dtype   // uint8
    /// ```
    public init(_ values: [Float]) { self.init(shape: [values.count], values: values) }

    @_disfavoredOverload
    public init(_ values: [some TensorScalar]) { self.init(shape: [values.count], values: values) }

    /// A matrix from rows of equal lengths.
    public init(_ rows: [[Float]]) { self.init(rows: rows) }

    @_disfavoredOverload
    public init(_ rows: [[some TensorScalar]]) { self.init(rows: rows) }

    /// A tensor of rank 3 from matrices of equal shapes.
    ///
    /// ```swift
    /// Tensor([[[1, 2], [3, 4], [5, 6]]]).shape   // [1, 3, 2]
    /// ```
    public init(_ matrices: [[[Float]]]) { self.init(matrices: matrices) }

    @_disfavoredOverload
    public init(_ matrices: [[[some TensorScalar]]]) { self.init(matrices: matrices) }

    @available(
        *, unavailable,
        message: """
            expects numbers of one type, in up to three levels of arrays; a literal of any depth is a tensor by itself: \
            let x: Tensor = [[[[1, 2]]]]
            """
    )
    @_disfavoredOverload
    public init<Element>(_ values: [Element]) { fatalError("unavailable") }

    private init<Scalar: TensorScalar>(rows: [[Scalar]]) {
        let columns = rows.first?.count ?? 0
        for (index, row) in rows.enumerated() where row.count != columns {
            mistake("Tensor", "expects rows of equal length, got \(columns) in row 0 and \(row.count) in row \(index)")
        }
        self.init(shape: [rows.count, columns], values: rows.flatMap { $0 })
    }

    private init<Scalar: TensorScalar>(matrices: [[[Scalar]]]) {
        let (rows, columns) = (matrices.first?.count ?? 0, matrices.first?.first?.count ?? 0)
        for (index, matrix) in matrices.enumerated() {
            let other = matrix.first { $0.count != columns }?.count ?? columns
            if matrix.count == rows && other == columns { continue }
            mistake(
                "Tensor",
                "expects matrices of equal shapes, got [\(rows), \(columns)] first and [\(matrix.count), \(other)] in "
                    + "matrix \(index)")
        }
        self.init(shape: [matrices.count, rows, columns], values: matrices.flatMap { $0.flatMap { $0 } })
    }

    /// A scalar; without a type, a number literal makes `float32`.
    public init(_ value: Float) { self.init(shape: [], values: [value]) }

    @_disfavoredOverload
    public init(_ value: some TensorScalar) { self.init(shape: [], values: [value]) }

    /// The values in row-major order as a tensor of `shape`.
    public init<Scalar: TensorScalar>(shape: Shape, values: [Scalar]) {
        Tensor.checkSizes(shape, "Tensor")
        if values.count != shape.elements {
            mistake("Tensor", "expects \(shape.elements) values for shape \(shape), got \(values.count)")
        }
        self.init(uninitialized: shape, dtype: Scalar.dtype)
        values.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress, bytes.count > 0 {
                impl.pointer.copyMemory(from: start, byteCount: bytes.count)
            }
        }
    }

    /// A vector whose elements follow from their indices.
    @inline(__always)
    static func filled<Scalar: TensorScalar>(_ count: Int, _ element: (_ index: Int) -> Scalar) -> Tensor {
        let result = Tensor(uninitialized: [count], dtype: Scalar.dtype)
        let values = result.pointer(as: Scalar.self)
        for index in 0..<count { values[index] = element(index) }
        return result
    }

    /// The values converted to `dtype`.
    @_disfavoredOverload
    public init(_ values: [some TensorScalar], dtype: DType) {
        self = Tensor(shape: [values.count], values: values).converted(to: dtype)
    }

    public init(_ values: [Double], dtype: DType) {
        self = Tensor(shape: [values.count], values: values).converted(to: dtype)
    }

    public init(_ value: some TensorScalar, dtype: DType) { self = Tensor.full([], value, dtype: dtype) }

    /// Contiguous elements copied from raw bytes, such as a file's.
    ///
    /// - Precondition: `bytes` holds as many bytes as the shape and type need.
    public init(shape: Shape, dtype: DType, bytes: UnsafeRawBufferPointer) {
        Tensor.checkSizes(shape, "Tensor")
        let expected = shape.checkedElements * dtype.byteCount
        if bytes.count != expected {
            mistake("Tensor", "expects \(expected) bytes for shape \(shape) of \(dtype), got \(bytes.count)")
        }
        self.init(uninitialized: shape, dtype: dtype)
        if let start = bytes.baseAddress, expected > 0 { impl.pointer.copyMemory(from: start, byteCount: expected) }
    }

    /// The elements in row-major order, converted to a Swift type.
    ///
    /// ```swift
    /// Tensor([1.5, 2]).array(of: Float.self)   // [1.5, 2.0]
    /// ```
    public func array<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) -> [Scalar] {
        let tensor = asOneOperation { converted(to: Scalar.dtype).contiguous() }
        return withExtendedLifetime(tensor) {
            Array(UnsafeBufferPointer(start: tensor.pointer(as: type), count: count))
        }
    }

    /// The only element. PyTorch's `item`.
    public func item() -> Double { item(as: Double.self) }

    public func item<Scalar: TensorScalar>(as type: Scalar.Type) -> Scalar {
        if count != 1 { mistake("item", "expects a tensor with one element, got shape \(shape)") }
        if dtype == Scalar.dtype { return pointer(as: type).pointee }
        let tensor = asOneOperation { converted(to: Scalar.dtype) }
        return withExtendedLifetime(tensor) { tensor.pointer(as: type).pointee }
    }

    /// Calls `body` with the bytes of the elements in row-major order.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let tensor = isContiguous ? self : copied()
        return try withExtendedLifetime(tensor) {
            try body(UnsafeRawBufferPointer(start: tensor.impl.pointer, count: count * dtype.byteCount))
        }
    }
}

/// What may stand in a tensor literal: numbers, or arrays of the same.
public enum TensorLiteral: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    case number(Float)
    case array([TensorLiteral])

    public init(floatLiteral value: Float) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Float(value)) }
    public init(arrayLiteral elements: TensorLiteral...) { self = .array(elements) }

    fileprivate var shape: Shape {
        guard case .array(let elements) = self else { return [] }
        var shape = elements.first?.shape ?? []
        for element in elements where element.shape != shape {
            mistake(
                "Tensor", "expects nested arrays of equal lengths in a literal, got \(shape) beside \(element.shape)")
        }
        shape.insert(elements.count, at: 0)
        return shape
    }

    fileprivate func appendValues(to values: inout [Float]) {
        switch self {
        case .number(let value): values.append(value)
        case .array(let elements): for element in elements { element.appendValues(to: &values) }
        }
    }
}

extension Tensor: ExpressibleByArrayLiteral {
    /// `let x: Tensor = [[1, 2], [3, 4]]`: a `float32` tensor of shape [2, 2].
    public init(arrayLiteral elements: TensorLiteral...) {
        let literal = TensorLiteral.array(elements)
        var values: [Float] = []
        literal.appendValues(to: &values)
        self.init(shape: literal.shape, values: values)
    }
}

extension Tensor: Equatable {
    /// Whether shape, type and all elements are equal (NaN equals nothing). ``equal(to:)`` compares element by element.
    public static func == (lhs: Tensor, rhs: Tensor) -> Bool {
        guard lhs.shape == rhs.shape, lhs.dtype == rhs.dtype else { return false }
        return asOneOperation { lhs.equal(to: rhs).all().item(as: Bool.self) }
    }
}
