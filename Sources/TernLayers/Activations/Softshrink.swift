import TernCore
import TernNN

/// `x` less `bound` in magnitude, 0 within the bound, see ``/TernCore/softshrink(_:bound:)``. PyTorch's `Softshrink`.
public final class Softshrink: Module {
    /// Inputs nearer to 0 become 0, others come nearer by this. PyTorch's `lambd`.
    public let bound: Double

    /// - Parameter bound: at least 0. PyTorch's `lambd`.
    public init(_ bound: Double = 0.5) {
        if !(bound >= 0) { mistake("Softshrink", "bound must be at least 0, got \(bound)") }
        self.bound = bound
    }

    public func forward(_ input: Tensor) -> Tensor { softshrink(input, bound: bound) }

    public var settingsDescription: String { "\(bound)" }
}

extension Softshrink: RebuildableModule {
    public static let blueprint = Blueprint<Softshrink>(
        "[...] -> [...]", .init("lambd", \.bound, in: .fromZero), make: Softshrink.init)
}
