import TernCore
import TernNN

/// `x - log(sum(e^x))` along an axis: log-probabilities, see ``/TernCore/logSoftmax(_:axis:dtype:)``. PyTorch's
/// `LogSoftmax`.
public final class LogSoftmax: Module {
    /// The axis of the classes.
    public let axis: Int

    /// - Parameter axis: the axis of the classes.
    public init(axis: Int = -1) { self.axis = axis }

    public func forward(_ input: Tensor) -> Tensor { logSoftmax(input, axis: axis) }

    public var settingsDescription: String { "dim=\(axis)" }
}

extension LogSoftmax: RebuildableModule {
    public static let blueprint = Blueprint<LogSoftmax>("[...] -> [...]", .init("dim", \.axis), make: LogSoftmax.init)
}
