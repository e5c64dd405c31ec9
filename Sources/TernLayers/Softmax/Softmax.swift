import TernCore
import TernNN

/// `e^x / sum(e^x)` along an axis: probabilities, see ``/TernCore/softmax(_:axis:dtype:)``. PyTorch's `Softmax`.
public final class Softmax: Module {
    /// The axis of the classes.
    public let axis: Int

    /// - Parameter axis: the axis of the classes.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { softmax(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension Softmax: RebuildableModule {
    public static let blueprint = Blueprint<Softmax>("[...] -> [...]", .init("dim", \.axis), make: Softmax.init)
}
