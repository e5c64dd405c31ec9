extension Tensor {
    /// This tensor with elements of another type; itself if it has it already. Recorded between floating-point types.
    /// PyTorch's `Tensor.to(dtype)`, which leaves open what happens to numbers out of range.
    ///
    /// - Floating-point numbers become integers without their fraction; what is out of range becomes the nearest integer of
    ///   the type, and NaN becomes 0: `[-1.5, 300, .nan]` as `uint8` is `[0, 255, 0]`.
    /// - Integers become narrower ones by their low bits: `[-1, 300]` as `uint8` is `[255, 44]`.
    /// - What is not 0 becomes `true`; `true` becomes 1.
    /// - Numbers become floating-point ones rounded to the nearest, and infinite beyond the range.
    public func converted(to newType: DType) -> Tensor {
        if newType == dtype { return self }
        let source = isContiguous ? self : copied()
        let result = Tensor(uninitialized: shape, dtype: newType)
        backend.convert(source, into: result)
        if !newType.isFloatingPoint {
            return result.output(of: "converted", from: [self], attributes: ["type": newType])
        }
        let oldType = dtype
        return result.output(of: "converted", from: self, attributes: ["type": newType]) { gradient, _ in
            InputGradients(gradient.converted(to: oldType))
        }
    }

    /// A contiguous tensor with these elements in memory of its own; not recorded.
    func copied() -> Tensor {
        let result = Tensor(uninitialized: shape, dtype: dtype)
        backend.copy(self, into: result)
        return result
    }

    /// This tensor if it is contiguous, otherwise a contiguous copy. PyTorch's `contiguous`.
    public func contiguous() -> Tensor {
        if isContiguous { return self }
        let result = copied()
        return result.output(of: "contiguous", from: self) { gradient, _ in InputGradients(gradient) }
    }
}

extension Tensor {
    /// A place for the result of an elementwise operation on this tensor: its own memory if nobody else refers to that,
    /// because the tensor was given away (a `consuming` parameter), and new memory otherwise. What a reused place holds
    /// is read for the last time by the operation.
    @inline(__always)
    mutating func reusedPlace() -> Tensor {
        // An observer may ask for the input's elements.
        isUnique && !Observation.isOnHere ? detached : Tensor(uninitialized: shape, dtype: dtype)
    }

    /// A function of every element.
    ///
    /// - Parameter place: contiguous memory for the result; new memory if absent.
    @inline(__always)
    func map(_ function: UnaryFunction, into place: Tensor? = nil) -> Tensor {
        let result = place ?? Tensor(uninitialized: shape, dtype: dtype)
        backend.unary(function, self, into: result)
        return result
    }

    @inline(__always)
    func map(_ function: ParameterUnaryFunction, _ parameter: Double, into place: Tensor? = nil) -> Tensor {
        let result = place ?? Tensor(uninitialized: shape, dtype: dtype)
        backend.unary(function, parameter, self, into: result)
        return result
    }

    /// A function of every pair of elements of two tensors of one type, broadcast against each other.
    @inline(__always)
    static func zip(
        _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, _ name: StaticString, into place: Tensor? = nil
    ) -> Tensor {
        let result = place ?? Tensor(uninitialized: broadcastShape(a, b, name), dtype: a.dtype)
        a.backend.binary(function, a, b, into: result)
        return result
    }

    @inline(__always)
    static func zip(
        _ function: ParameterBinaryFunction, _ parameter: Double, _ a: Tensor, _ b: Tensor, _ name: StaticString,
        into place: Tensor? = nil
    ) -> Tensor {
        let result = place ?? Tensor(uninitialized: broadcastShape(a, b, name), dtype: a.dtype)
        a.backend.binary(function, parameter, a, b, into: result)
        return result
    }

    @inline(__always)
    static func broadcastShape(_ a: Tensor, _ b: Tensor, _ name: StaticString) -> Shape {
        if a.impl.shape == b.impl.shape { return a.impl.shape }
        guard let shape = a.shape.broadcast(with: b.shape) else {
            mistake("\(name)", "cannot broadcast shapes \(a.shape) and \(b.shape)")
        }
        return shape
    }

    /// `operation` on these numbers, halves as `float32`: what it is made of is not rounded on the way.
    func composed(_ operation: (Tensor) -> Tensor) -> Tensor {
        dtype.isHalf ? operation(converted(to: .float32)).converted(to: dtype) : operation(self)
    }

    /// Both tensors in their common type.
    @inline(__always)
    static func promoted(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.dtype == b.dtype { return (a, b) }
        let common = a.dtype.promoted(with: b.dtype)
        return (a.converted(to: common), b.converted(to: common))
    }
}
