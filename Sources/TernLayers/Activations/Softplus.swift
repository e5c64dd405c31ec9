import TernCore
import TernNN

/// `log(1 + e^(beta x)) / beta`, see ``/TernCore/softplus(_:beta:)``. PyTorch's `Softplus`, whose `threshold` changes
/// no values.
public final class Softplus: Module {
    /// How sharp the bend is.
    public let beta: Double

    /// - Parameter beta: how sharp the bend is.
    public init(beta: Double = 1) { self.beta = beta }

    public func forward(_ input: Tensor) -> Tensor { softplus(input, beta: beta) }

    public var settingsDescription: String { beta == 1 ? "" : "beta=\(beta)" }
}

extension Softplus: RebuildableModule {
    public static let blueprint = Blueprint<Softplus>("[...] -> [...]", .init("beta", \.beta), make: Softplus.init)
}
