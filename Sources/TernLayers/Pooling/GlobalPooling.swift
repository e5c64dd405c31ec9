import TernCore
import TernNN

/// What the layers that pool whole channels have in common. Inputs are [N, C] and as many axes as they are made for.
public class GlobalPooling<let dimensions: Int>: Module {
    /// Whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public final func forward(_ input: Tensor) -> Tensor {
        if input.rank != dimensions + 2 {
            mistake("\(Self.self)", "expects an input [N, C, \(SpatialSize<dimensions>.letters)], got \(input.shape)")
        }
        return pooled(input, axes: 2..<input.rank)
    }

    /// The operation.
    func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { mistake("\(Self.self)", "has no operation") }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}
