import TernCore
import TernNN

/// ``Softmax`` of `-x`, see ``/TernCore/softmin(_:axis:)``. PyTorch's `Softmin`.
public final class Softmin: Module {
    /// The axis of the classes.
    public let axis: Int

    /// - Parameter axis: the axis of the classes.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { softmin(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension Softmin: RebuildableModule {
    public static let blueprint = Blueprint<Softmin>("[...] -> [...]", .init("dim", \.axis), make: Softmin.init)
}
