extension Tensor {
    /// The values of an array, or of arrays in arrays, all of one length at each depth. Without a type, number literals make
    /// `float32`, up to as many axes as a tensor can have; variables make the type that they have.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).dtype                  // float32
    /// Tensor([1, 2, 3], dtype: .int64).dtype   // int64
    /// Tensor([UInt8](repeating: 0, count: 3)).dtype   // uint8
    /// Tensor([[[1, 2], [3, 4], [5, 6]]]).shape        // [1, 3, 2]
    /// let table: [[Double]] = [[1, 2], [3, 4]]
    /// Tensor(table).dtype                             // float64
    /// ```
    @_disfavoredOverload
    public init(_ values: [some TensorElements]) { self.init(nested: values) }

    /// A `float32` vector.
    public init(_ values: [Float]) { self.init(nested: values) }
    /// A `float32` matrix; rows must have one length.
    public init(_ values: [[Float]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 3; parts must have one shape.
    public init(_ values: [[[Float]]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 4; parts must have one shape.
    public init(_ values: [[[[Float]]]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 5; parts must have one shape.
    public init(_ values: [[[[[Float]]]]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 6; parts must have one shape.
    public init(_ values: [[[[[[Float]]]]]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 7; parts must have one shape.
    public init(_ values: [[[[[[[Float]]]]]]]) { self.init(nested: values) }
    /// A `float32` tensor of rank 8; parts must have one shape.
    public init(_ values: [[[[[[[[Float]]]]]]]]) { self.init(nested: values) }

    @available(*, unavailable, message: "expects numbers of one type, or arrays of these in arrays")
    @_disfavoredOverload
    public init<Element>(_ values: [Element]) { fatalError("unavailable") }

    private init<Elements: TensorElements>(nested values: [Elements]) {
        self.init(shape: Elements.shape(of: values), values: Elements.scalars(of: values))
    }

    /// The values converted to `dtype`.
    public init(_ values: [some TensorElements], dtype: DType) { self = Tensor(nested: values).converted(to: dtype) }

    // For `.nan` and the like.
    /// A vector of the type that is asked for, converted from `float64`.
    public init(_ values: [Double], dtype: DType) { self = Tensor(nested: values).converted(to: dtype) }
    /// A matrix of the type that is asked for, converted from `float64`.
    @_disfavoredOverload
    public init(_ values: [[Double]], dtype: DType) { self = Tensor(nested: values).converted(to: dtype) }

    /// A scalar; without a type, a number literal makes `float32`.
    public init(_ value: Float) { self.init(shape: [], values: [value]) }

    /// A scalar of the value's own type.
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

    /// A scalar of the type that is asked for.
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

    /// Contiguous elements that `body` writes, all of them: what they are before is undefined.
    public init<Scalar: TensorScalar, Failure: Error>(
        shape: Shape, of type: Scalar.Type,
        initializing body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Void
    ) throws(Failure) {
        Tensor.checkSizes(shape, "Tensor")
        self.init(uninitialized: shape, dtype: Scalar.dtype)
        try body(UnsafeMutableBufferPointer(start: pointer(as: type), count: count))
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

    /// The only element, as a value of a type, which must be the tensor's. PyTorch's `item`.
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

/// What arrays that make a tensor consist of: numbers of one type, or arrays of these in arrays.
public protocol TensorElements: Sendable {
    /// The type of the single elements.
    associatedtype Scalar: TensorScalar
    /// The shape of an array of such elements.
    static func shape(of array: [Self]) -> Shape
    /// The numbers in row-major order.
    static func scalars(of array: [Self]) -> [Scalar]
}

extension TensorScalar {
    public static func shape(of array: [Self]) -> Shape { [array.count] }
    /// The array itself.
    public static func scalars(of array: [Self]) -> [Self] { array }
}

extension Array: TensorElements where Element: TensorElements {
    public static func shape(of array: [[Element]]) -> Shape {
        var shape = Element.shape(of: array.first ?? [])
        for (index, element) in array.enumerated() where index > 0 {
            let other = Element.shape(of: element)
            if other == shape { continue }
            mistake("Tensor", "expects arrays of equal shapes, got \(shape) first and \(other) at index \(index)")
        }
        shape.insert(array.count, at: 0)
        return shape
    }

    public static func scalars(of array: [[Element]]) -> [Element.Scalar] {
        array.flatMap { Element.scalars(of: $0) }
    }
}

/// What may stand in a tensor literal: numbers, or `true` and `false`, or arrays of the same.
public enum TensorLiteral: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral
{
    /// A number.
    case number(Float)
    /// `true` or `false`.
    case bool(Bool)
    /// Parts of one shape.
    case array([TensorLiteral])

    public init(floatLiteral value: Float) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Float(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
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

    fileprivate func append(to numbers: inout [Float], _ bools: inout [Bool]) {
        switch self {
        case .number(let value): numbers.append(value)
        case .bool(let value): bools.append(value)
        case .array(let elements): for element in elements { element.append(to: &numbers, &bools) }
        }
    }
}

extension Tensor: ExpressibleByArrayLiteral {
    /// `let x: Tensor = [[1, 2], [3, 4]]`: a `float32` tensor of shape [2, 2]; `[true, false]` is one of `bool`.
    public init(arrayLiteral elements: TensorLiteral...) {
        let literal = TensorLiteral.array(elements)
        let shape = literal.shape
        var (numbers, bools): ([Float], [Bool]) = ([], [])
        literal.append(to: &numbers, &bools)
        if bools.isEmpty {
            self.init(shape: shape, values: numbers)
        } else if numbers.isEmpty {
            self.init(shape: shape, values: bools)
        } else {
            mistake("Tensor", "expects numbers, or true and false, in a literal, got both")
        }
    }
}

extension Tensor: Equatable {
    /// Whether shape, type and all elements are equal (NaN equals nothing). ``equal(to:)-(Tensor)`` compares element by
    /// element.
    public static func == (lhs: Tensor, rhs: Tensor) -> Bool {
        guard lhs.shape == rhs.shape, lhs.dtype == rhs.dtype else { return false }
        return asOneOperation { lhs.equal(to: rhs).all().item(as: Bool.self) }
    }
}
