import TernCore
import TernNN

/// The axes in another order: `Permute([0, 2, 3, 1])` makes [N, H, W, C] of [N, C, H, W]. A view. As
/// ``/TernCore/Tensor/permuted(_:)``; Keras's `Permute` counts from 1 and leaves the samples' axis out: its `(2, 3, 1)`
/// is this `[0, 2, 3, 1]`.
public final class Permute: Module {
    /// The axis of the input that each axis of the result is.
    public let order: [Int]

    /// - Parameter order: the axis of the input that each axis of the result is.
    public init(_ order: [Int]) { self.order = order }

    public func forward(_ input: Tensor) -> Tensor { input.permuted(order) }

    public var settingsDescription: String { "dims=(\(order.map { "\($0)" }.joined(separator: ", ")))" }
}

extension Permute: RebuildableModule {
    public static let blueprint = Blueprint<Permute>("[...] -> [...]", .init("dims", \.order), make: Permute.init)
}
