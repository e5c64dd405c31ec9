import TernCore
import TernNN

/// Normalizes groups of neighbouring channels of each sample: `(x - mean) / sqrt(variance + epsilon) * weight + bias`. Wu and He,
/// "Group normalization", 2018. PyTorch's `GroupNorm`; Keras's `GroupNormalization` has an epsilon of 1e-3.
///
/// Shapes, with `N` batch and `C` channels: x [N, C, D...] -> [N, C, D...]; `weight` [C], 1 at first, `bias` [C], 0 at first.
public final class GroupNorm: Module {
    /// How many groups the channels are cut into.
    public let groups: Int
    /// Added to the variance, against a division by zero.
    public let epsilon: Double
    /// A factor for each channel, [C]; `nil` unless affine.
    public let weight: Parameter?
    /// An addend for each channel, [C]; `nil` without.
    public let bias: Parameter?
    private var knownChannels = -1

    /// - Parameters:
    ///   - groups: a divisor of the channels.
    ///   - channels: taken from the first input if absent.
    ///   - epsilon: added to the variance, against a division by zero.
    ///   - affine: whether there are a weight and a bias.
    ///   - bias: whether there is a bias, if there is a weight.
    public init(_ groups: Int, _ channels: Int? = nil, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
        checkPositive(groups, "groups", "GroupNorm")
        self.groups = groups
        self.epsilon = epsilon
        weight = affine ? Parameter(pending: [-1], name: "GroupNorm.weight") : nil
        self.bias = affine && bias ? Parameter(pending: [-1], name: "GroupNorm.bias") : nil
        if let channels {
            checkPositive(channels, "channels", "GroupNorm")
            if channels % groups != 0 { mistake("GroupNorm", "groups must divide \(channels) channels, got \(groups)") }
            materialize(channels)
        }
    }

    /// The number of channels; -1 as long as it is not known.
    public var channels: Int { weight?.shape[0] ?? knownChannels }

    public func forward(_ input: Tensor) -> Tensor {
        if channels < 0, input.rank > 1 { materialize(input.shape[1]) }
        if input.rank < 2 || input.shape[1] != channels {
            mistake("GroupNorm", "expects an input [N, \(channels), ...], got \(input.shape)")
        }
        return groupNorm(input, groups: groups, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }

    private func materialize(_ channels: Int) {
        knownChannels = channels
        weight?.initialize(.ones, shape: [channels])
        bias?.initialize(.zeros, shape: [channels])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        "\(groups), \(sizeName(channels)), eps=\(epsilon), affine=\(pythonName(weight != nil)), "
            + "bias=\(pythonName(bias != nil))"
    }
}

extension GroupNorm: RebuildableModule {
    public static let blueprint = Blueprint<GroupNorm>(
        "[N, C, ...] -> [N, C, ...]", .init("num_groups", \.groups, in: .sizes),
        .init("num_channels", \.channels.settled, in: .sizes), .init("eps", \.epsilon),
        .init("affine", \.weight.isPresent), .init("bias", \.bias.isPresent),
        make: { groups, channels, epsilon, affine, bias in
            if let channels { try requireDivisor(groups, "num_groups", of: channels, "num_channels") }
            return GroupNorm(groups, channels, epsilon: epsilon, affine: affine, bias: bias)
        })
}
