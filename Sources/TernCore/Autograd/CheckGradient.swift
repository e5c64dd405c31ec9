/// The worst element of a gradient that differs from its numeric estimate, see ``checkGradient(_:at:epsilon:absoluteTolerance:relativeTolerance:seed:)-(([Tensor])->Tensor,_,_,_,_,_)``.
public struct GradientMismatch: Error, Hashable, CustomStringConvertible {
    /// Which of the inputs, counted from 0.
    public var input: Int
    /// The element of that input.
    public var index: [Int]
    /// What the recorded derivatives give.
    public var analytic: Double
    /// What central differences give.
    public var numeric: Double

    public var description: String {
        "the gradient of input \(input) is wrong at \(index): the derivative gives \(analytic), "
            + "central differences give \(numeric)"
    }
}

/// Checks the derivative of a function against central differences, in `float64`. PyTorch's `gradcheck`.
///
/// Outputs are weighted with random cotangents, as a sum would hide transposed gradients, and these come both contiguous
/// and strided. Inputs keep their layout, so views are checked as such; inputs of integers are passed on as they are.
/// The function is called twice for each element of the inputs, and must give the same result each time: seed what is
/// random in it.
///
/// ```swift
/// try checkGradient({ tanh($0[0]) * $0[1] }, at: [x, y])
/// ```
///
/// - Parameters:
///   - function: made of recorded operations; its outputs are tensors of floating-point type.
///   - inputs: where it is checked; converted to `float64`. The function must be smooth within `epsilon` around.
///   - epsilon: the step of the differences.
///   - absoluteTolerance: what a gradient `a` and its estimate `n` may differ in, as `|a - n| <= absolute + relative * |n|`.
///   - relativeTolerance: see `absoluteTolerance`.
///   - seed: of the cotangents.
/// - Throws: ``GradientMismatch`` with the element whose difference exceeds its tolerance most.
public func checkGradient(
    _ function: ([Tensor]) -> Tensor, at inputs: [Tensor], epsilon: Double = 1e-6, absoluteTolerance: Double = 1e-5,
    relativeTolerance: Double = 1e-3, seed: UInt64 = 0
) throws(GradientMismatch) {
    try checkGradient(
        { [function($0)] }, at: inputs, epsilon: epsilon, absoluteTolerance: absoluteTolerance,
        relativeTolerance: relativeTolerance, seed: seed)
}

/// Checks the derivative of a function with several outputs.
public func checkGradient(
    _ function: ([Tensor]) -> [Tensor], at inputs: [Tensor], epsilon: Double = 1e-6, absoluteTolerance: Double = 1e-5,
    relativeTolerance: Double = 1e-3, seed: UInt64 = 0
) throws(GradientMismatch) {
    let inputs = inputs.map(checkedInput)
    let sources = inputs.map { $0.dtype.isFloatingPoint ? Tensor(impl: $0.impl.with(node: Leaf())) : $0 }
    let outputs = withGradients { function(sources) }
    let generator = Generator(seed: seed)
    let cotangents = outputs.map { randomCotangent(of: $0, generator) }

    let contiguous = derivatives(
        of: outputs, with: sources, gradients: cotangents, retainsGraph: true, operation: "checkGradient")
    let strided = derivatives(
        of: outputs, with: sources, gradients: cotangents.map(\.strided), operation: "checkGradient")

    var worst: (excess: Double, mismatch: GradientMismatch)?
    for (number, input) in inputs.enumerated() where input.dtype.isFloatingPoint {
        let analytic = [contiguous, strided].compactMap { $0[number].map { checkedValues($0, number, input) } }
        var values = input.array(of: Double.self)
        for element in values.indices {
            let numeric = withoutGradients {
                var outputs = [epsilon, -epsilon].map { step in
                    let value = values[element]
                    defer { values[element] = value }
                    values[element] += step
                    var moved = inputs
                    moved[number] = Tensor(shape: input.shape, values: values)
                    return function(moved)
                }
                let lower = outputs.removeLast()
                return zip(zip(outputs[0], lower), cotangents).reduce(0) { sum, pair in
                    sum + ((pair.0.0 - pair.0.1) * pair.1).sum().item() / (2 * epsilon)
                }
            }
            // Where nothing arrives, the gradient is 0.
            for analytic in analytic.isEmpty ? [0] : analytic.map({ $0[element] }) {
                let excess = Swift.abs(analytic - numeric) - absoluteTolerance - relativeTolerance * Swift.abs(numeric)
                if excess <= 0 || excess <= worst?.excess ?? 0 { continue }
                let mismatch = GradientMismatch(
                    input: number, index: input.shape.index(ofElement: element), analytic: analytic, numeric: numeric)
                worst = (excess.isNaN ? .infinity : excess, mismatch)
            }
        }
    }
    if let worst { throw worst.mismatch }
}

/// Checks the derivative of a function's derivative: ``checkGradient(_:at:epsilon:absoluteTolerance:relativeTolerance:seed:)-(([Tensor])->Tensor,_,_,_,_,_)``
/// of the gradient as a function of the inputs and of the cotangents. PyTorch's `gradgradcheck`.
///
/// - Throws: ``GradientMismatch``; inputs behind those of the function are the cotangents of its outputs.
public func checkSecondGradient(
    _ function: ([Tensor]) -> Tensor, at inputs: [Tensor], epsilon: Double = 1e-6, absoluteTolerance: Double = 1e-5,
    relativeTolerance: Double = 1e-3, seed: UInt64 = 0
) throws(GradientMismatch) {
    try checkSecondGradient(
        { [function($0)] }, at: inputs, epsilon: epsilon, absoluteTolerance: absoluteTolerance,
        relativeTolerance: relativeTolerance, seed: seed)
}

/// Checks the derivative of the derivative of a function with several outputs.
public func checkSecondGradient(
    _ function: ([Tensor]) -> [Tensor], at inputs: [Tensor], epsilon: Double = 1e-6, absoluteTolerance: Double = 1e-5,
    relativeTolerance: Double = 1e-3, seed: UInt64 = 0
) throws(GradientMismatch) {
    let inputs = inputs.map(checkedInput)
    let generator = Generator(seed: seed &+ 1)
    let cotangents = withoutGradients { function(inputs) }.map { randomCotangent(of: $0, generator) }

    func gradient(_ point: [Tensor]) -> [Tensor] {
        let sources = point[..<inputs.count].map { tensor in
            tensor.requiresGradient || !tensor.dtype.isFloatingPoint
                ? tensor : Tensor(impl: tensor.impl.with(node: Leaf()))
        }
        let outputs = withGradients { function(sources) }
        let gradients = derivatives(
            of: outputs, with: sources, gradients: Array(point[inputs.count...]),
            createsGraph: ThreadState.current.isRecording, operation: "checkSecondGradient")
        return zip(gradients, sources).compactMap { gradient, source in
            source.dtype.isFloatingPoint ? gradient ?? source.zerosLike : nil
        }
    }
    try checkGradient(
        gradient, at: inputs + cotangents, epsilon: epsilon, absoluteTolerance: absoluteTolerance,
        relativeTolerance: relativeTolerance, seed: seed)
}

private func checkedInput(_ input: Tensor) -> Tensor {
    let input = input.detached
    return input.dtype.isFloatingPoint ? input.converted(to: .float64) : input
}

private func checkedValues(_ gradient: Tensor, _ number: Int, _ input: Tensor) -> [Double] {
    if gradient.shape != input.shape || gradient.dtype != input.dtype {
        mistake(
            "checkGradient",
            "got a gradient of shape \(gradient.shape) and type \(gradient.dtype) for input \(number) of shape "
                + "\(input.shape) and type \(input.dtype)")
    }
    return gradient.array(of: Double.self)
}

private func randomCotangent(of output: Tensor, _ generator: Generator) -> Tensor {
    if output.dtype != .float64 {
        mistake("checkGradient", "expects a function that gives float64 for float64, got \(output.dtype)")
    }
    var generator = generator
    let values = (0..<output.count).map { _ in Double.random(in: -1...1, using: &generator) }
    return Tensor(shape: output.shape, values: values)
}

extension Shape {
    /// The indices of an element counted in row-major order.
    fileprivate func index(ofElement element: Int) -> [Int] {
        var rest = element
        return reversed().map { size in
            defer { rest /= size }
            return rest % size
        }.reversed()
    }
}

extension Tensor {
    /// The same values as every other element of memory.
    fileprivate var strided: Tensor {
        var doubled = shape
        doubled.append(2)
        return unsqueezed(axes: -1).expanded(to: doubled).copied().sliced(from: 0, to: 1, axis: -1).squeezed(axes: -1)
    }
}
