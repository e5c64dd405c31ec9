import TernCore
import TernNN

/// A module applied to every step of a sequence alike: [N, T, ...] is taken as [N * T, ...]. Its parts are named `module`.
/// Keras's `TimeDistributed`.
///
/// ```swift
/// TimeDistributed(Conv2d(3, 8, kernelSize: 3))(Tensor.zeros([2, 5, 3, 9, 9])).shape   // [2, 5, 8, 7, 7]
/// ```
///
/// `Linear` and whatever else takes leading axes as they are needs no such wrapper.
public final class TimeDistributed: Module {
    /// What is applied to each step.
    public let module: any Module<Tensor, Tensor>

    /// - Parameter module: takes one step of all samples, [N, ...].
    public init(_ module: any Module<Tensor, Tensor>) { self.module = module }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank < 2 { mistake("TimeDistributed", "expects an input of shape [N, T, ...], got \(input.shape)") }
        return module(input.flattened(from: 0, to: 1)).unflattened(axis: 0, sizes: Shape(input.shape.prefix(2)))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("module", module) }
}

extension TimeDistributed: RebuildableModule {
    public static let blueprint = Blueprint<TimeDistributed>(
        "[N, T, ...] -> [N, T, ...]", .layer("module", \.module), make: TimeDistributed.init)
}
