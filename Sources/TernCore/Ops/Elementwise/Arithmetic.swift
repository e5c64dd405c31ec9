extension Tensor {
    /// The sum of this gradient over the axes that an operand of `shape` was broadcast along: the operand's gradient.
    @inline(__always)
    func reduced(to shape: Shape) -> Tensor {
        if self.shape == shape { return self }
        return sumReduced(to: shape)
    }

    private func sumReduced(to shape: Shape) -> Tensor {
        let lead = rank - shape.count
        let axes = (0..<rank).filter { $0 < lead || (shape[$0 - lead] == 1 && self.shape[$0] != 1) }
        return sum(axes: axes, keepAxes: true).reshaped(shape)
    }

    /// Elementwise sum, broadcast. PyTorch's `torch.add`.
    public static func + (lhs: Tensor, rhs: Tensor) -> Tensor {
        let (a, b) = arithmeticOperands(lhs, rhs)
        let result = zip(.add, a, b, "+")
        let (shapeA, shapeB) = (a.shape, b.shape)
        return result.output(of: "+", from: a, b) { gradient, node in
            InputGradients(
                node.needs(0) ? gradient.reduced(to: shapeA) : nil, node.needs(1) ? gradient.reduced(to: shapeB) : nil)
        }
    }

    /// Elementwise difference, broadcast. PyTorch's `torch.sub`.
    public static func - (lhs: Tensor, rhs: Tensor) -> Tensor {
        let (a, b) = arithmeticOperands(lhs, rhs)
        let result = zip(.subtract, a, b, "-")
        let (shapeA, shapeB) = (a.shape, b.shape)
        return result.output(of: "-", from: a, b) { gradient, node in
            InputGradients(
                node.needs(0) ? gradient.reduced(to: shapeA) : nil,
                node.needs(1) ? (-gradient).reduced(to: shapeB) : nil)
        }
    }

    /// Elementwise product, broadcast. PyTorch's `torch.mul`.
    public static func * (lhs: Tensor, rhs: Tensor) -> Tensor {
        let (a, b) = arithmeticOperands(lhs, rhs)
        let result = zip(.multiply, a, b, "*")
        return result.output(of: "*", from: a, b) { gradient, node in
            InputGradients(
                node.needs(0) ? (gradient * b).reduced(to: a.shape) : nil,
                node.needs(1) ? (gradient * a).reduced(to: b.shape) : nil)
        }
    }

    /// Elementwise true quotient, broadcast; integers are divided as `float32`. PyTorch's `torch.div`.
    public static func / (lhs: Tensor, rhs: Tensor) -> Tensor {
        var (a, b) = arithmeticOperands(lhs, rhs)
        (a, b) = (a.converted(to: a.dtype.floating), b.converted(to: b.dtype.floating))
        let result = zip(.divide, a, b, "/")
        let (left, right) = (a, b)
        return result.output(of: "/", from: a, b) { gradient, node in
            let scaled = gradient / right
            return InputGradients(
                node.needs(0) ? scaled.reduced(to: left.shape) : nil,
                node.needs(1) ? (-(scaled * left) / right).reduced(to: right.shape) : nil)
        }
    }

    /// Elementwise remainder with the sign of the divisor, as in Python; 0 for an integer divisor of 0. PyTorch's
    /// `torch.remainder`.
    public static func % (lhs: Tensor, rhs: Tensor) -> Tensor {
        let (a, b) = arithmeticOperands(lhs, rhs)
        let result = zip(.remainder, a, b, "%")
        return result.output(of: "%", from: a, b) { gradient, node in
            InputGradients(
                node.needs(0) ? gradient.reduced(to: a.shape) : nil,
                node.needs(1) ? (-(gradient * floorDivide(a, b))).reduced(to: b.shape) : nil)
        }
    }

    /// The negative of each element; not of `bool`. PyTorch's `torch.neg`.
    public static prefix func - (operand: Tensor) -> Tensor {
        if operand.dtype == .bool { mistake("-", "is not defined for bool: use logicalNot") }
        let result = operand.map(.negate)
        return result.output(of: "-", from: operand) { gradient, _ in InputGradients(-gradient) }
    }

    // Bool has no arithmetic of its own: it counts as uint8 would overflow, so as int64, like PyTorch's sums.
    @inline(__always)
    static func arithmeticOperands(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.dtype == b.dtype, a.dtype != .bool { return (a, b) }
        let (a, b) = promoted(a, b)
        return a.dtype == .bool ? (a.converted(to: .int64), b.converted(to: .int64)) : (a, b)
    }

    /// Each element plus a number, see ``WeakScalar``.
    public static func + (lhs: Tensor, rhs: some WeakScalar) -> Tensor {
        lhs + rhs.weakNumber.tensor(beside: lhs.dtype)
    }
    /// A number plus each element, see ``WeakScalar``.
    public static func + (lhs: some WeakScalar, rhs: Tensor) -> Tensor {
        lhs.weakNumber.tensor(beside: rhs.dtype) + rhs
    }
    /// Each element minus a number, see ``WeakScalar``.
    public static func - (lhs: Tensor, rhs: some WeakScalar) -> Tensor {
        lhs - rhs.weakNumber.tensor(beside: lhs.dtype)
    }
    /// A number minus each element, see ``WeakScalar``.
    public static func - (lhs: some WeakScalar, rhs: Tensor) -> Tensor {
        lhs.weakNumber.tensor(beside: rhs.dtype) - rhs
    }
    /// Each element times a number, see ``WeakScalar``.
    public static func * (lhs: Tensor, rhs: some WeakScalar) -> Tensor {
        lhs * rhs.weakNumber.tensor(beside: lhs.dtype)
    }
    /// A number times each element, see ``WeakScalar``.
    public static func * (lhs: some WeakScalar, rhs: Tensor) -> Tensor {
        lhs.weakNumber.tensor(beside: rhs.dtype) * rhs
    }
    /// Each element divided by a number, integers as `float32`; see ``WeakScalar``.
    public static func / (lhs: Tensor, rhs: some WeakScalar) -> Tensor {
        lhs / rhs.weakNumber.tensor(beside: lhs.dtype.floating)
    }
    /// A number divided by each element, integers as `float32`; see ``WeakScalar``.
    public static func / (lhs: some WeakScalar, rhs: Tensor) -> Tensor {
        lhs.weakNumber.tensor(beside: rhs.dtype.floating) / rhs
    }
    /// The remainder of each element's division by a number, see ``WeakScalar``.
    public static func % (lhs: Tensor, rhs: some WeakScalar) -> Tensor {
        rhs.weakNumber.combined(with: lhs) { $0 % $1 }
    }
    /// The remainder of a number's division by each element, see ``WeakScalar``.
    public static func % (lhs: some WeakScalar, rhs: Tensor) -> Tensor {
        lhs.weakNumber.combined(with: rhs) { $1 % $0 }
    }

    /// `lhs = lhs + rhs`.
    public static func += (lhs: inout Tensor, rhs: Tensor) { lhs = lhs + rhs }
    /// `lhs = lhs - rhs`.
    public static func -= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs - rhs }
    /// `lhs = lhs * rhs`.
    public static func *= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs * rhs }
    /// `lhs = lhs / rhs`.
    public static func /= (lhs: inout Tensor, rhs: Tensor) { lhs = lhs / rhs }
    /// `lhs = lhs + rhs`.
    public static func += (lhs: inout Tensor, rhs: some WeakScalar) { lhs = lhs + rhs }
    /// `lhs = lhs - rhs`.
    public static func -= (lhs: inout Tensor, rhs: some WeakScalar) { lhs = lhs - rhs }
    /// `lhs = lhs * rhs`.
    public static func *= (lhs: inout Tensor, rhs: some WeakScalar) { lhs = lhs * rhs }
    /// `lhs = lhs / rhs`.
    public static func /= (lhs: inout Tensor, rhs: some WeakScalar) { lhs = lhs / rhs }
}

/// The quotient rounded towards negative infinity, broadcast; 0 for an integer divisor of 0. The derivative is 0 (PyTorch's
/// `torch.floor_divide` has none).
public func floorDivide(_ a: Tensor, _ b: Tensor) -> Tensor {
    wholeQuotient(a, b, "floorDivide") { Tensor.zip(.floorDivide, $0, $1, "floorDivide") }
}
/// ``floorDivide(_:_:)-(Tensor,Tensor)`` by a number.
public func floorDivide(_ a: Tensor, _ b: some WeakScalar) -> Tensor {
    b.weakNumber.combined(with: a) { floorDivide($0, $1) }
}
/// ``floorDivide(_:_:)-(Tensor,Tensor)`` of a number.
public func floorDivide(_ a: some WeakScalar, _ b: Tensor) -> Tensor {
    a.weakNumber.combined(with: b) { floorDivide($1, $0) }
}

/// A quotient that is a whole number, so that its derivative is 0.
@inline(__always)
func wholeQuotient(
    _ a: Tensor, _ b: Tensor, _ name: StaticString, _ quotient: (_ a: Tensor, _ b: Tensor) -> Tensor
) -> Tensor {
    let (a, b) = Tensor.arithmeticOperands(a, b)
    let (shapeA, shapeB) = (a.shape, b.shape)
    return quotient(a, b).output(of: name, from: a, b) { gradient, _ in
        InputGradients(Tensor.zeros(shapeA, dtype: gradient.dtype), Tensor.zeros(shapeB, dtype: gradient.dtype))
    }
}

/// `base` to the power `exponent`, elementwise and broadcast. The derivative with respect to the exponent is 0 where the
/// base is 0 and the exponent is not negative. PyTorch's `torch.pow`.
public func pow(_ base: Tensor, _ exponent: Tensor) -> Tensor {
    let (a, b) = Tensor.arithmeticOperands(base, exponent)
    let result = Tensor.zip(.power, a, b, "pow")
    return result.output(of: "pow", from: a, b) { saved in
        { gradient, node in
            // A base of 0 that would make the formulas 0 * inf or 0 * log(0) is replaced: the derivative there is 0.
            let one = Tensor.ones([], dtype: a.dtype)
            var gradientA: Tensor?
            if node.needs(0) {
                // x^0 is constant, also where 1 / x or a further derivative is infinite. Elsewhere the exponent may ask for the
                // derivative of that.
                var isConstant = b.equal(to: 0)
                if node.needs(1) {
                    let least = a.dtype.limits.leastNormal
                    isConstant = isConstant.logicalAnd(abs(a.detached).less(than: least))
                }
                let safe = which(isConstant, one, a)
                gradientA = (gradient * b * pow(safe, b - 1)).reduced(to: a.shape)
            }
            var gradientB: Tensor?
            if node.needs(1) {
                let safe = which(a.equal(to: 0).logicalAnd(b.greaterOrEqual(0)), one, a)
                gradientB = (gradient * node.relinked(saved) * log(safe)).reduced(to: b.shape)
            }
            return InputGradients(gradientA, gradientB)
        }
    }
}

/// `base` to a constant power. `pow(x, 2)` is `square(x)`.
public func pow(_ base: Tensor, _ exponent: some WeakScalar) -> Tensor {
    let number = exponent.weakNumber
    switch number {
    case .integer(2): return square(base)
    case .real(2): return square(base.converted(to: base.dtype.floating))
    default: return number.combined(with: base) { pow($0, $1) }
    }
}

/// A constant to the power `exponent`.
public func pow(_ base: some WeakScalar, _ exponent: Tensor) -> Tensor {
    base.weakNumber.combined(with: exponent) { pow($1, $0) }
}

/// The larger of two elements, broadcast; NaN if either is. Where they are equal, each gets half of the gradient; where one is
/// NaN, each gets all of it. PyTorch's `torch.maximum`.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(a, b, .maximum, "maximum") }

/// The smaller of two elements, broadcast; NaN if either is. Where they are equal, each gets half of the gradient; where one is
/// NaN, each gets all of it. PyTorch's `torch.minimum`.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(a, b, .minimum, "minimum") }

/// The larger of an element and a number, on either side. Beside integers, a number beyond the type gives the type's end.
///
/// ```swift
/// maximum(Tensor([-1, 0.5]), 0)                             // [0, 0.5]
/// maximum(1.5, Tensor([1, 2], dtype: .int64))               // [1.5, 2], float32
/// ```
public func maximum(_ a: Tensor, _ b: some WeakScalar) -> Tensor { extremum(a, b.weakNumber, .maximum) }
/// The larger one of a number and each element, see ``WeakScalar``.
public func maximum(_ a: some WeakScalar, _ b: Tensor) -> Tensor { extremum(b, a.weakNumber, .maximum) }

/// The smaller of an element and a number, on either side. Beside integers, a number beyond the type gives the type's end.
public func minimum(_ a: Tensor, _ b: some WeakScalar) -> Tensor { extremum(a, b.weakNumber, .minimum) }
/// The smaller one of a number and each element, see ``WeakScalar``.
public func minimum(_ a: some WeakScalar, _ b: Tensor) -> Tensor { extremum(b, a.weakNumber, .minimum) }

private func extremum(_ a: Tensor, _ number: WeakNumber, _ operation: BinaryFunction) -> Tensor {
    let a = a.dtype == .bool ? a.converted(to: .int64) : a
    var number = number
    if case .integer(let value) = number, let range = a.dtype.integers { number = .integer(value.clamped(to: range)) }
    return extremum(
        a, number.tensor(beside: a.dtype), operation, operation == .maximum ? "maximum" : "minimum")
}

private func extremum(_ a: Tensor, _ b: Tensor, _ operation: BinaryFunction, _ name: StaticString) -> Tensor {
    let (a, b) = Tensor.promoted(a, b)
    let result = Tensor.zip(operation, a, b, name)
    return result.output(of: name, from: a, b) { gradient, node in
        func share(_ x: Tensor, beside y: Tensor) -> Tensor {
            let loses = operation == .maximum ? x.less(than: y) : x.greater(than: y)
            return which(x.equal(to: y), gradient * 0.5, which(loses, 0, gradient))
        }
        return InputGradients(
            node.needs(0) ? share(a, beside: b).reduced(to: a.shape) : nil,
            node.needs(1) ? share(b, beside: a).reduced(to: b.shape) : nil)
    }
}
