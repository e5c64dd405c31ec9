import TernCore
import TernNN

/// What batch and instance normalization have in common: the parameters and running statistics of channels, which may wait for
/// the first input.
public class ChannelNormalization: Module, ModeDependent {
    /// What is added to the variance, against a division by zero.
    public let epsilon: Double
    /// A factor for each channel, [C]; `nil` unless affine.
    public private(set) var weight: Parameter?
    /// An addend for each channel, [C]; `nil` unless affine.
    public private(set) var bias: Parameter?
    /// The running mean of each channel, [C]; `nil` if none is tracked.
    public private(set) var runningMean: Buffer?
    /// The running variance of each channel, [C]; `nil` if none is tracked.
    public private(set) var runningVariance: Buffer?
    /// How many batches the running statistics have seen, a scalar; `nil` if none are tracked.
    public private(set) var batchesTracked: Buffer?
    public var isTraining = true

    /// Whether it normalizes with its running statistics in training too, and leaves these as they are.
    public var keepsStatistics = false

    /// Whether the layer before has taken in what this one did, which gives its input since, see ``fold(_:tracing:)``.
    public private(set) var isFolded = false

    /// The share of a batch in the running statistics; `nil` makes them the mean over all batches.
    var share: Double?
    /// The ranks of input, and how messages describe them.
    private let ranks: ClosedRange<Int>
    private let shapeName: String

    init(
        _ channels: Int?, epsilon: Double, momentum: Double?, affine: Bool, tracksRunningStatistics tracks: Bool,
        ranks: ClosedRange<Int>, shapeName: String
    ) {
        let name = "\(Self.self)"
        if let channels { checkPositive(channels, "channels", name) }
        if let momentum, !(0...1).contains(momentum) { mistake(name, "momentum must be in 0...1, got \(momentum)") }
        self.epsilon = epsilon
        share = momentum
        weight = affine ? Parameter(pending: [-1], name: "\(name).weight") : nil
        bias = affine ? Parameter(pending: [-1], name: "\(name).bias") : nil
        runningMean = tracks ? Buffer(pending: [-1], name: "\(name).running_mean") : nil
        runningVariance = tracks ? Buffer(pending: [-1], name: "\(name).running_var") : nil
        batchesTracked = tracks ? Buffer(Tensor.zeros([], dtype: .int64)) : nil
        self.ranks = ranks
        self.shapeName = shapeName
        if let channels { materialize(channels) }
    }

    /// The number of channels; -1 as long as it is not known, or if there is nothing that depends on it.
    public var channels: Int { weight?.shape[0] ?? runningMean?.shape[0] ?? -1 }

    public func forward(_ input: consuming Tensor) -> Tensor { output(input, activation: nil) }

    func output(_ input: consuming Tensor, activation: PiecewiseLinear?) -> Tensor {
        if !ranks.contains(input.rank) {
            mistake("\(Self.self)", "expects an input of shape \(shapeName), got \(input.shape)")
        }
        if isFolded {
            guard let activation else { return input }
            return activation(input)
        }
        if channels < 0 { materialize(input.shape[1]) }
        if !isTraining || keepsStatistics, let mean = runningMean, let variance = runningVariance {
            return batchNorm(
                input, mean: mean.value, variance: variance.value, weight: weight?.value, bias: bias?.value,
                epsilon: epsilon, activation: activation)
        }
        return normalized(input, activation: activation)
    }

    /// The output with the statistics of the input, which move the running ones in training.
    func normalized(_ input: Tensor, activation: PiecewiseLinear?) -> Tensor {
        mistake("\(Self.self)", "has no operation")
    }

    /// Leaves the normalization to the layer before.
    func setFolded() {
        isFolded = true
        (weight, bias) = (nil, nil)
        (runningMean, runningVariance, batchesTracked) = (nil, nil, nil)
    }

    func materialize(_ channels: Int) {
        weight?.initialize(.ones, shape: [channels])
        bias?.initialize(.zeros, shape: [channels])
        runningMean?.fill(0, shape: [channels])
        runningVariance?.fill(1, shape: [channels])
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
        visitor.visit("running_mean", runningMean)
        visitor.visit("running_var", runningVariance)
        visitor.visit("num_batches_tracked", batchesTracked)
    }

    public var settingsDescription: String {
        "\(sizeName(channels)), eps=\(epsilon), momentum=\(share.map { "\($0)" } ?? "None"), "
            + "affine=\(pythonName(weight != nil)), bias=\(pythonName(bias != nil)), "
            + "track_running_stats=\(pythonName(runningMean != nil))"
            + (keepsStatistics ? ", keeps_statistics=True" : "") + (isFolded ? ", folded=True" : "")
    }
}

extension ChannelNormalization {
    /// What batch and instance norms keep in files.
    static func plan<Layer: ChannelNormalization & RebuildableModule, Momentum>(
        _ shapes: String, _ momentum: Setting<Layer, Momentum>,
        _ make: @escaping @Sendable (Int?, Double, Momentum, Bool, Bool) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, version: 2, .init("num_features", \.channels.settled, in: .sizes), .init("eps", \.epsilon),
            momentum,
            .init("affine", \.weight.isPresent), .init("track_running_stats", \.runningMean.isPresent),
            .init("keeps_statistics", \.keepsStatistics), .init("folded", \.isFolded),
            migrate: { old, _ in old.settings["folded"] = .flag(false) },
            make: { channels, epsilon, momentum, affine, tracks, keepsStatistics, isFolded in
                let layer = make(channels, epsilon, momentum, affine, tracks)
                layer.keepsStatistics = keepsStatistics
                if isFolded { layer.setFolded() }
                return layer
            })
    }
}
