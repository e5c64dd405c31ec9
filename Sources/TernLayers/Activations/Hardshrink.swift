import TernCore
import TernNN

/// `x` where its magnitude is above `bound`, 0 elsewhere, see ``/TernCore/hardshrink(_:bound:)``. PyTorch's
/// `Hardshrink`.
public final class Hardshrink: Module {
    /// Inputs nearer to 0 become 0. PyTorch's `lambd`.
    public let bound: Double

    /// - Parameter bound: at least 0. PyTorch's `lambd`.
    public init(_ bound: Double = 0.5) {
        if !(bound >= 0) { mistake("Hardshrink", "bound must be at least 0, got \(bound)") }
        self.bound = bound
    }

    public func forward(_ input: Tensor) -> Tensor { hardshrink(input, bound: bound) }

    public var settingsDescription: String { "\(bound)" }
}

extension Hardshrink: RebuildableModule {
    public static let blueprint = Blueprint<Hardshrink>(
        "[...] -> [...]", .init("lambd", \.bound, in: .fromZero), make: Hardshrink.init)
}
