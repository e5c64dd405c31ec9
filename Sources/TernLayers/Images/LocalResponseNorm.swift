import TernCore
import TernNN

/// Each element divided by a power of the mean square of its neighbours in the channels, see
/// ``/TernCore/localResponseNorm(_:size:alpha:beta:k:)``. PyTorch's `LocalResponseNorm`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, ...] -> [N, C, ...].
public final class LocalResponseNorm: Module {
    /// How many channels count.
    public let size: Int
    /// The weight of the neighbours' squares.
    public let alpha: Double
    /// The exponent of the divisor.
    public let beta: Double
    /// What the divisor is without neighbours.
    public let k: Double

    /// - Parameters:
    ///   - size: how many channels count.
    ///   - alpha: the weight of the neighbours' squares.
    ///   - beta: the exponent of the divisor.
    ///   - k: what the divisor is without neighbours.
    public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
        checkPositive(size, "size", "LocalResponseNorm")
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    public func forward(_ input: Tensor) -> Tensor {
        localResponseNorm(input, size: size, alpha: alpha, beta: beta, k: k)
    }

    public var settingsDescription: String { "\(size), alpha=\(alpha), beta=\(beta), k=\(k)" }
}

extension LocalResponseNorm: RebuildableModule {
    public static let blueprint = Blueprint<LocalResponseNorm>(
        "[N, C, ...] -> [N, C, ...]", .init("size", \.size, in: .sizes), .init("alpha", \.alpha), .init("beta", \.beta),
        .init("k", \.k), make: LocalResponseNorm.init)
}
