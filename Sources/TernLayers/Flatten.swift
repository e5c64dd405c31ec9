import TernCore
import TernNN

/// Axes from `start` to `end` merged into one: [N, C, H, W] -> [N, C * H * W]. PyTorch's `Flatten`.
public final class Flatten: Module {
    /// The first axis of those that become one.
    public let start: Int
    /// The last axis of those that become one.
    public let end: Int

    /// - Parameters:
    ///   - start: the first axis of those that become one.
    ///   - end: the last axis of those that become one.
    public init(from start: Int = 1, to end: Int = -1) {
        self.start = start
        self.end = end
    }

    public func forward(_ input: Tensor) -> Tensor { input.flattened(from: start, to: end) }

    public var settingsDescription: String { "start_dim=\(start), end_dim=\(end)" }
}

extension Flatten: RebuildableModule {
    public static let blueprint = Blueprint<Flatten>(
        "[N, ...] -> [N, F]", .init("start_dim", \.start), .init("end_dim", \.end), make: Flatten.init)
}
