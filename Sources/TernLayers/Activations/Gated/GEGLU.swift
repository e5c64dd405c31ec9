import TernCore
import TernNN

/// `gelu(a) * b` with the halves `a` and `b` along an axis, see ``/TernCore/geGLU(_:axis:)``.
///
/// Shapes: [..., 2 n] -> [..., n].
public final class GEGLU: Module {
    /// The axis that is halved.
    public let axis: Int

    /// - Parameter axis: the axis that is halved.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { geGLU(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension GEGLU: RebuildableModule {
    public static let blueprint = Blueprint<GEGLU>("[..., 2 * C] -> [..., C]", .init("dim", \.axis), make: GEGLU.init)
}
