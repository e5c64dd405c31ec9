import TernCore
import TernNN

/// Each vector `count` times: [N, F] -> [N, count, F]. A view. Keras's `RepeatVector`.
public final class RepeatVector: Module {
    /// How often each row is repeated.
    public let count: Int

    /// - Parameter count: how often each row is repeated.
    public init(_ count: Int) {
        checkPositive(count, "count", "RepeatVector")
        self.count = count
    }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank != 2 { mistake("RepeatVector", "expects an input of shape [N, F], got \(input.shape)") }
        return input.unsqueezed(axes: 1).expanded(to: [input.shape[0], count, input.shape[1]])
    }

    public var settingsDescription: String { "n=\(count)" }
}

extension RepeatVector: RebuildableModule {
    public static let blueprint = Blueprint<RepeatVector>(
        "[N, F] -> [N, n, F]", .init("n", \.count, in: .sizes), make: RepeatVector.init)
}
