import TernCore
import TernNN

/// `silu(a) * b` with the halves `a` and `b` along an axis, see ``/TernCore/swiGLU(_:axis:)``.
///
/// Shapes: [..., 2 n] -> [..., n].
public final class SwiGLU: Module {
    /// The axis that is halved.
    public let axis: Int

    /// - Parameter axis: the axis that is halved.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { swiGLU(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension SwiGLU: RebuildableModule {
    public static let blueprint = Blueprint<SwiGLU>("[..., 2 * C] -> [..., C]", .init("dim", \.axis), make: SwiGLU.init)
}
