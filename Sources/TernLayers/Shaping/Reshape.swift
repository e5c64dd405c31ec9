import TernCore
import TernNN

/// Each sample in another shape: `Reshape([6, -1])` makes [N, 6, 4] of [N, 2, 3, 4]. One size may be -1, for what is left.
/// Keras's `Reshape`.
public final class Reshape: Module {
    /// The shape of a sample's result.
    public let shape: Shape

    /// - Parameter shape: without the samples' axis 0.
    public init(_ shape: Shape) { self.shape = shape }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank == 0 { mistake("Reshape", "expects an input of shape [N, ...], got []") }
        return input.reshaped(Shape([input.shape[0]] + shape))
    }

    public var settingsDescription: String { "target_shape=\(shape)" }
}

extension Reshape: RebuildableModule {
    public static let blueprint = Blueprint<Reshape>(
        "[N, ...] -> [N, shape...]", .init("target_shape", \.shape, in: -1...Int(Int32.max)), make: Reshape.init)
}
