extension Tensor {
    private static func compare(_ a: Tensor, _ b: Tensor, _ operation: Comparison, _ name: StaticString) -> Tensor {
        let (a, b) = promoted(a, b)
        let result = Tensor(uninitialized: broadcastShape(a, b, name), dtype: .bool)
        a.backend.compare(operation, a, b, into: result)
        return result.output(of: name, from: [a, b])
    }

    /// A number that the type does not hold is between two values of the type, or beyond them.
    private static func compare(
        _ a: Tensor, _ number: WeakNumber, _ operation: Comparison, _ name: StaticString
    ) -> Tensor {
        guard let (value, isExact) = number.floor(in: a.dtype) else {
            // Below all values, or NaN.
            var holds = operation == .notEqual
            if operation == .greater || operation == .greaterEqual { holds = !number.isNaN }
            return Tensor.full(a.shape, holds, dtype: .bool)
        }
        let scalar = Tensor.full([], value, dtype: a.dtype)
        if isExact { return compare(a, scalar, operation, name) }
        switch operation {
        case .equal, .notEqual:
            return Tensor.full(a.shape, operation == .notEqual, dtype: .bool)
        case .less, .lessEqual: return compare(a, scalar, .lessEqual, name)
        case .greater, .greaterEqual: return compare(a, scalar, .greater, name)
        }
    }

    /// Elementwise comparison, broadcast; a tensor of `bool`. NaN equals nothing.
    public func equal(to other: Tensor) -> Tensor { Tensor.compare(self, other, .equal, "equal") }
    /// Whether elements differ, broadcast; a tensor of `bool`. NaN differs from everything. PyTorch's `torch.ne`.
    public func notEqual(to other: Tensor) -> Tensor {
        Tensor.compare(self, other, .notEqual, "notEqual")
    }
    /// Whether each element is less than the other's, broadcast; a tensor of `bool`. PyTorch's `torch.lt`.
    public func less(than other: Tensor) -> Tensor { Tensor.compare(self, other, .less, "less") }
    /// Whether each element is at most the other's, broadcast; a tensor of `bool`. PyTorch's `torch.le`.
    public func lessOrEqual(_ other: Tensor) -> Tensor {
        Tensor.compare(self, other, .lessEqual, "lessOrEqual")
    }
    /// Whether each element is more than the other's, broadcast; a tensor of `bool`. PyTorch's `torch.gt`.
    public func greater(than other: Tensor) -> Tensor { Tensor.compare(self, other, .greater, "greater") }
    /// Whether each element is at least the other's, broadcast; a tensor of `bool`. PyTorch's `torch.ge`.
    public func greaterOrEqual(_ other: Tensor) -> Tensor {
        Tensor.compare(self, other, .greaterEqual, "greaterOrEqual")
    }

    /// Whether each element is a number; a tensor of `bool`.
    public func equal(to other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .equal, "equal")
    }
    /// Whether each element differs from a number; a tensor of `bool`.
    public func notEqual(to other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .notEqual, "notEqual")
    }
    /// Whether each element is less than a number; a tensor of `bool`.
    public func less(than other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .less, "less")
    }
    /// Whether each element is at most a number; a tensor of `bool`.
    public func lessOrEqual(_ other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .lessEqual, "lessOrEqual")
    }
    /// Whether each element is more than a number; a tensor of `bool`.
    public func greater(than other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .greater, "greater")
    }
    /// Whether each element is at least a number; a tensor of `bool`.
    public func greaterOrEqual(_ other: some WeakScalar) -> Tensor {
        Tensor.compare(self, other.weakNumber, .greaterEqual, "greaterOrEqual")
    }

    /// Elementwise comparison, as a tensor of `bool`: `x .> 0`. `==` compares whole tensors.
    public static func .== (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.equal(to: rhs) }
    /// Whether elements differ, broadcast; a tensor of `bool`.
    public static func .!= (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.notEqual(to: rhs) }
    /// Whether each element is less than the other's, broadcast; a tensor of `bool`.
    public static func .< (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.less(than: rhs) }
    /// Whether each element is at most the other's, broadcast; a tensor of `bool`.
    public static func .<= (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.lessOrEqual(rhs) }
    /// Whether each element is more than the other's, broadcast; a tensor of `bool`.
    public static func .> (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.greater(than: rhs) }
    /// Whether each element is at least the other's, broadcast; a tensor of `bool`.
    public static func .>= (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.greaterOrEqual(rhs) }
    /// Whether each element is a number; a tensor of `bool`.
    public static func .== (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.equal(to: rhs) }
    /// Whether each element differs from a number; a tensor of `bool`.
    public static func .!= (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.notEqual(to: rhs) }
    /// Whether each element is less than a number; a tensor of `bool`.
    public static func .< (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.less(than: rhs) }
    /// Whether each element is at most a number; a tensor of `bool`.
    public static func .<= (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.lessOrEqual(rhs) }
    /// Whether each element is more than a number; a tensor of `bool`.
    public static func .> (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.greater(than: rhs) }
    /// Whether each element is at least a number; a tensor of `bool`.
    public static func .>= (lhs: Tensor, rhs: some WeakScalar) -> Tensor { lhs.greaterOrEqual(rhs) }
    /// Whether a number is each element; a tensor of `bool`.
    public static func .== (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.equal(to: lhs) }
    /// Whether a number differs from each element; a tensor of `bool`.
    public static func .!= (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.notEqual(to: lhs) }
    /// Whether a number is less than each element; a tensor of `bool`.
    public static func .< (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.greater(than: lhs) }
    /// Whether a number is at most each element; a tensor of `bool`.
    public static func .<= (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.greaterOrEqual(lhs) }
    /// Whether a number is more than each element; a tensor of `bool`.
    public static func .> (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.less(than: lhs) }
    /// Whether a number is at least each element; a tensor of `bool`.
    public static func .>= (lhs: some WeakScalar, rhs: Tensor) -> Tensor { rhs.lessOrEqual(lhs) }

    // MARK: - Logic

    private static func logic(
        _ a: Tensor, _ b: Tensor, _ name: StaticString, _ operation: BinaryFunction
    ) -> Tensor {
        let (a, b) = (a.converted(to: .bool), b.converted(to: .bool))
        let result = Tensor(uninitialized: broadcastShape(a, b, name), dtype: .bool)
        a.backend.logic(operation, a, b, into: result)
        return result.output(of: name, from: [a, b])
    }

    /// Elementwise logic, broadcast; anything but 0 is true.
    public func logicalAnd(_ other: Tensor) -> Tensor { Tensor.logic(self, other, "logicalAnd", .minimum) }
    /// Whether one or both are true, broadcast; anything but 0 is true. PyTorch's `torch.logical_or`.
    public func logicalOr(_ other: Tensor) -> Tensor { Tensor.logic(self, other, "logicalOr", .maximum) }
    /// Whether one alone is true, broadcast; anything but 0 is true. PyTorch's `torch.logical_xor`.
    public func logicalXor(_ other: Tensor) -> Tensor {
        converted(to: .bool).notEqual(to: other.converted(to: .bool))
    }
    /// Whether each element is 0. PyTorch's `torch.logical_not`.
    public func logicalNot() -> Tensor { converted(to: .bool).equal(to: Tensor.full([], false, dtype: .bool)) }

    /// Whether each element is NaN; `false` for integers.
    public func isNaN() -> Tensor { notEqual(to: self) }

    /// Whether each element is neither infinite nor NaN.
    public func isFinite() -> Tensor {
        dtype.isFloatingPoint ? (self - self).equal(to: self - self) : Tensor.full(shape, true, dtype: .bool)
    }
}

/// Elementwise choice, all three broadcast: `a` where `condition` is true, `b` elsewhere. PyTorch's and NumPy's `where`
/// (in Swift a keyword), MLX's `which`.
///
/// ```swift
/// which(Tensor([true, false]), Tensor([1, 2]), Tensor([3, 4]))   // [1, 4]
/// which(Tensor([1, -2]) .> 0, Tensor([1, -2]), 0)                // [1, 0]
/// ```
public func which(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    let condition = condition.converted(to: .bool)
    let (a, b) = Tensor.promoted(a, b)
    guard let values = a.shape.broadcast(with: b.shape), let shape = values.broadcast(with: condition.shape) else {
        mistake("which", "cannot broadcast shapes \(condition.shape), \(a.shape) and \(b.shape)")
    }
    let result = Tensor(uninitialized: shape, dtype: a.dtype)
    a.backend.choose(condition, a, b, into: result)
    let (shapeA, shapeB) = (a.shape, b.shape)
    return result.output(of: "which", from: condition, a, b) { gradient, node in
        let zero = Tensor.zeros([], dtype: gradient.dtype)
        return InputGradients(
            nil, node.needs(1) ? which(condition, gradient, zero).reduced(to: shapeA) : nil,
            node.needs(2) ? which(condition, zero, gradient).reduced(to: shapeB) : nil)
    }
}

/// Elementwise choice between a tensor and a number.
public func which(_ condition: Tensor, _ a: Tensor, _ b: some WeakScalar) -> Tensor {
    which(condition, a, b.weakNumber.tensor(beside: a.dtype))
}
/// Elementwise choice between a number and a tensor.
public func which(_ condition: Tensor, _ a: some WeakScalar, _ b: Tensor) -> Tensor {
    which(condition, a.weakNumber.tensor(beside: b.dtype), b)
}

/// Elementwise choice between two numbers: `int64` for two integers, otherwise `float32`.
public func which(_ condition: Tensor, _ a: some WeakScalar, _ b: some WeakScalar) -> Tensor {
    var dtype = DType.float32
    if case (.integer, .integer) = (a.weakNumber, b.weakNumber) { dtype = .int64 }
    return which(condition, Tensor.full([], a.weakNumber, dtype: dtype), Tensor.full([], b.weakNumber, dtype: dtype))
}
