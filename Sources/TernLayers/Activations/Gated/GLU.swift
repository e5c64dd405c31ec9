import TernCore
import TernNN

/// `a * sigmoid(b)` with the halves `a` and `b` along an axis, see ``/TernCore/glu(_:axis:)``. PyTorch's `GLU`.
///
/// Shapes: [..., 2 n] -> [..., n].
public final class GLU: Module {
    /// The axis that is halved.
    public let axis: Int

    /// - Parameter axis: the axis that is halved.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { glu(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension GLU: RebuildableModule {
    public static let blueprint = Blueprint<GLU>("[..., 2 * C] -> [..., C]", .init("dim", \.axis), make: GLU.init)
}
