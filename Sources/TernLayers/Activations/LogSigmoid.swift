import TernCore
import TernNN

/// `log(sigmoid(x))`, see ``/TernCore/logSigmoid(_:)``. PyTorch's `LogSigmoid`.
public final class LogSigmoid: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor { logSigmoid(input) }
}

extension LogSigmoid: RebuildableModule {
    public static let blueprint = Blueprint<LogSigmoid>("[...] -> [...]", make: LogSigmoid.init)
}
