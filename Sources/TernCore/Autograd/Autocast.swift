import Synchronization

/// Runs `body` in mixed precision: operations that gain from it are computed on halves, and those that need it in `float32`.
/// PyTorch's `torch.autocast` on a CPU.
///
/// ```swift
/// let loss = autocast(.bfloat16) { crossEntropy(model(images), labels) }
/// loss.backward()
/// optimizer.step()
/// ```
///
/// | operations | are computed in |
/// |---|---|
/// | ``matmul(_:_:)``, ``linear(_:_:_:)``, ``conv2d(_:_:_:stride:padding:dilation:groups:paddingMode:)`` and the other convolutions, ``scaledDotProductAttention(_:_:_:mask:isCausal:dropout:scale:groupedQueryHeads:generator:)``, ``selfAttention(_:heads:mask:isCausal:dropout:scale:generator:)`` | `type` |
/// | losses; means, variances, norms and products of elements, ``Tensor/logSumExp(axes:keepAxes:)`` | `float32` |
/// | all others | the type of their operands |
///
/// Operands of `float32` become halves and halves `float32`; `float64` and integers are left alone. Parameters stay `float32`,
/// and so do their gradients: the conversion is part of the graph.
///
/// What it saves is memory and its traffic, not arithmetic: products convert halves to `float32` as they pack them. A product
/// of `bfloat16` has the error of its operands' rounding, 2^-9 of each, and of the result's.
///
/// - Parameters:
///   - type: `bfloat16`, which has the range of `float32`, or `float16`, whose small gradients need a `GradientScaler`.
///   - isEnabled: `false` to compute as if there were no autocast around.
///   - body: computes in mixed precision, on this thread; its result is returned.
public func autocast<Result>(
    _ type: DType = .bfloat16, isEnabled: Bool = true, _ body: () throws -> Result
) rethrows -> Result {
    if !type.isHalf { mistake("autocast", "expects bfloat16 or float16, got \(type)") }
    let state = ThreadState.current
    let was = state.autocastType
    state.autocastType = isEnabled ? type : nil
    Autocast.users.add(1, ordering: .relaxed)
    defer {
        Autocast.users.subtract(1, ordering: .relaxed)
        state.autocastType = was
    }
    return try body()
}

/// Asked by the operations of the table above. Without an ``autocast(_:isEnabled:_:)`` in the process, all that they pay is one
/// look at a number.
enum Autocast {
    fileprivate static let users = Atomic<Int>(0)

    @inline(__always)
    static var isOn: Bool { users.load(ordering: .relaxed) != 0 }

    /// The half type that an operation on halves has to convert these operands to; `nil` if they stay what they are.
    @inline(__always)
    static func type(narrowing operands: @autoclosure () -> [Tensor?]) -> DType? { isOn ? narrowType(operands()) : nil }

    @inline(never)
    private static func narrowType(_ operands: [Tensor?]) -> DType? {
        guard let type = ThreadState.current.autocastType else { return nil }
        let types = operands.compactMap { $0?.dtype }
        let areLowered = types.allSatisfy { $0 == .float32 || $0.isHalf }
        return areLowered && types.contains { $0 != type } ? type : nil
    }

    /// Whether an operation on `x` is to be computed in `float32` instead.
    @inline(__always)
    static func widens(_ x: Tensor) -> Bool { isOn && x.dtype.isHalf && ThreadState.current.autocastType != nil }
}

extension Tensor {
    /// Whether a running autocast wants operations such as losses on this tensor in `float32`.
    package var isWidenedByAutocast: Bool { Autocast.widens(self) }

    /// This tensor as an operand of such an operation.
    package var widenedByAutocast: Tensor { isWidenedByAutocast ? converted(to: .float32) : self }
}
