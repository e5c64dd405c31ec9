import TernCore
import TernNN

/// `x` where it is positive, `weight * x` elsewhere, with a learned weight, see ``/TernCore/prelu(_:_:)``. PyTorch's
/// `PReLU`; Keras's has a weight for each element, which is 0 at first.
///
/// Shapes, with `N` batch and `C` channels: x [N, C, ...] -> the same; `weight` [count], 0.25 at first.
public final class PReLU: Module {
    /// The slopes: [1], or one for each channel.
    public let weight: Parameter

    /// - Parameters:
    ///   - count: 1 weight for all, or one for each channel. PyTorch's `num_parameters`.
    ///   - initial: what the weights are at first.
    public init(_ count: Int = 1, initial: Double = 0.25) {
        checkPositive(count, "count", "PReLU")
        weight = Parameter([count], .constant(initial))
    }

    public func forward(_ input: Tensor) -> Tensor { prelu(input, weight.value) }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("weight", weight) }

    public var settingsDescription: String { "num_parameters=\(weight.shape[0])" }
}

extension PReLU: RebuildableModule {
    public static let blueprint = Blueprint<PReLU>(
        "[N, C, ...] -> [N, C, ...]", .init("num_parameters", \.weight.shape[0], in: .sizes), make: { PReLU($0) })
}
