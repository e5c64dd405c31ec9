/// An activation of straight pieces as a value, which the operation before it can apply to its results as it writes them:
/// see ``batchNorm(_:weight:bias:epsilon:activation:)``.
///
/// ```swift
/// PiecewiseLinear.leakyRelu(slope: 0.1)(Tensor([-1, 2]))   // [-0.1, 2]
/// ```
public enum PiecewiseLinear: Sendable, Hashable {
    /// ``relu(_:)``
    case relu
    /// ``leakyRelu(_:slope:)``
    case leakyRelu(slope: Double)
    /// ``hardTanh(_:min:max:)``; ``relu6(_:)`` is one.
    case hardTanh(min: Double, max: Double)

    /// The activation of each element.
    ///
    /// - Parameter x: of any shape.
    public func callAsFunction(_ x: consuming Tensor) -> Tensor {
        switch self {
        case .relu: TernCore.relu(x)
        case .leakyRelu(let slope): TernCore.leakyRelu(x, slope: slope)
        case .hardTanh(let low, let high): TernCore.hardTanh(x, min: low, max: high)
        }
    }

    /// The gradient at `x` of what is above.
    func gradient(_ g: Tensor, at x: Tensor) -> Tensor {
        switch self {
        case .relu: reluBackward(g, x)
        case .leakyRelu(let slope): leakyReluBackward(g, x, slope)
        case .hardTanh(let low, let high): hardTanhBackward(g, x, low, high)
        }
    }

    func check() {
        if case .hardTanh(let low, let high) = self { checkHardTanh(low, high) }
    }
}
