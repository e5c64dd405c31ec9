import TernCore
import TernNN

/// The input divided by its L2 norm over some axes, see ``/TernCore/Tensor/l2Normalized(p:axes:epsilon:)``. Keras's
/// `UnitNormalization`.
public final class UnitNormalization: Module {
    /// The axes over which vectors are made as long as 1.
    public let axes: any Axes

    /// - Parameter axes: the last one unless given.
    public init(axes: any Axes = -1) { self.axes = axes }

    public func forward(_ input: Tensor) -> Tensor { input.l2Normalized(axes: axes) }

    public var settingsDescription: String {
        "axis=\(axes.axisNumbers.count == 1 ? "\(axes.axisNumbers[0])" : "\(axes.axisNumbers)")"
    }
}

extension UnitNormalization: RebuildableModule {
    public static let blueprint = Blueprint<UnitNormalization>(
        "[...] -> [...]", .init("axes", \.axisNumbers, in: .axes)
    ) { (axes: [Int]) in UnitNormalization(axes: axes) }

    private var axisNumbers: [Int] { Array(axes.axisNumbers) }
}
