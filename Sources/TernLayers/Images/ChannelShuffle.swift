import TernCore
import TernNN

/// Channels dealt out anew, see ``/TernCore/channelShuffle(_:groups:)``. PyTorch's `ChannelShuffle`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, ...] -> [N, C, ...].
public final class ChannelShuffle: Module {
    /// A divisor of the channels.
    public let groups: Int

    /// - Parameter groups: A divisor of the channels.
    public init(_ groups: Int) {
        checkPositive(groups, "groups", "ChannelShuffle")
        self.groups = groups
    }

    public func forward(_ input: Tensor) -> Tensor { channelShuffle(input, groups: groups) }

    public var settingsDescription: String { "groups=\(groups)" }
}

extension ChannelShuffle: RebuildableModule {
    public static let blueprint = Blueprint<ChannelShuffle>(
        "[N, C, ...] -> [N, C, ...]", .init("groups", \.groups, in: .sizes), make: ChannelShuffle.init)
}
