import TernCore
import TernNN

/// A weight divided by its largest singular value, `w / sigma(w)`, so that the layer stretches nothing: Miyato et al.,
/// "Spectral normalization for generative adversarial networks", 2018. PyTorch's `parametrizations.spectral_norm`.
///
/// ```swift
/// let layer = spectralNorm(Linear(20, 40))
/// ```
///
/// The weight is a matrix here, with a row for each index along `axis`. In training, every read moves the estimates `_u` and
/// `_v` of its singular vectors by `powerIterations` steps of the power method; in evaluation they stay. Gradients flow through
/// `sigma = u^T w v`, and not through `u` and `v`. A vector is divided by its length.
///
/// - Parameters:
///   - layer: the layer; it is changed.
///   - name: the parameter's path in the layer.
///   - powerIterations: steps of the power method at a read in training.
///   - epsilon: the least length that is divided by.
///   - axis: that of the outputs: 0, but 1 for transposed convolutions.
/// - Returns: the layer itself.
@discardableResult
public func spectralNorm<Layer: Module>(
    _ layer: Layer, _ name: String = "weight", powerIterations: Int = 1, epsilon: Double = 1e-12, axis: Int = 0
) -> Layer {
    parametrize(layer, name, with: SpectralNorm(powerIterations: powerIterations, epsilon: epsilon, axis: axis))
    return layer
}

/// See ``spectralNorm(_:_:powerIterations:epsilon:axis:)``.
public final class SpectralNorm: RightInvertible, ModeDependent {
    /// Steps of the power method at a read in training.
    public let powerIterations: Int
    /// The least length that is divided by.
    public let epsilon: Double
    /// The axis of the outputs.
    public let axis: Int
    public var isTraining = true
    private let left = Buffer(pending: [-1], name: "SpectralNorm._u")
    private let right = Buffer(pending: [-1], name: "SpectralNorm._v")
    /// Whether the weight has shown to be a vector, for which nothing is estimated.
    private var isVector = false

    /// - Parameters:
    ///   - powerIterations: steps of the power method at a read in training.
    ///   - epsilon: the least length that is divided by.
    ///   - axis: the axis of the outputs.
    public init(powerIterations: Int = 1, epsilon: Double = 1e-12, axis: Int = 0) {
        checkPositive(powerIterations, "powerIterations", "SpectralNorm")
        self.powerIterations = powerIterations
        self.epsilon = epsilon
        self.axis = axis
    }

    public func forward(_ weight: Tensor) -> Tensor {
        if weight.rank < 2 {
            isVector = true
            return weight / maximum(weight.norm(), Tensor(epsilon, dtype: weight.dtype))
        }
        let matrix = weight.movingAxis(axis, to: 0).flattened(from: 1)
        if !left.hasValue {
            withoutGradients {
                left.value = unit(Tensor.normal([matrix.shape[0]]).converted(to: weight.dtype))
                right.value = unit(Tensor.normal([matrix.shape[1]]).converted(to: weight.dtype))
            }
            iterate(matrix, 15)
        }
        if isTraining { iterate(matrix, powerIterations) }
        return weight / dot(left.value, matmul(matrix, right.value))
    }

    public func rightInverse(_ value: Tensor) -> Tensor { value }

    private func iterate(_ matrix: Tensor, _ count: Int) {
        withoutGradients {
            for _ in 0..<count {
                left.value = unit(matmul(matrix, right.value))
                right.value = unit(matmul(matrix.T, left.value))
            }
        }
    }

    private func unit(_ vector: Tensor) -> Tensor {
        vector / maximum(vector.norm(), Tensor(epsilon, dtype: vector.dtype))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        if isVector { return }
        visitor.visit("_u", left)
        visitor.visit("_v", right)
    }

    public var settingsDescription: String { "n_power_iterations=\(powerIterations), eps=\(epsilon), dim=\(axis)" }
}
