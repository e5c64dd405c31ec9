import TernCore
import TernNN

/// What the convolutions of sequences, images and volumes have in common, the transposed ones too: their parameters, which
/// may wait for the first input, and their settings.
///
/// `weight` and `bias` start uniform between -1 / sqrt(n) and 1 / sqrt(n), where `n` is the product of all sizes of the
/// weight but the first (PyTorch's `kaiming_uniform_` with `a = sqrt(5)`).
public class ConvolutionLayer<let dimensions: Int>: Module {
    /// The filters, [outputChannels, inputChannels / groups, kernel...]; of a transposed convolution input and output
    /// change places.
    public let weight: Parameter
    /// [outputChannels]; `nil` without a bias.
    public internal(set) var bias: Parameter?
    /// From one window to the next, along each axis.
    public let stride: SpatialSize<dimensions>
    /// What is seen around the input.
    public let padding: SpatialPadding<dimensions>
    /// The distance of neighbouring elements of a window.
    public let dilation: SpatialSize<dimensions>
    private let groupCount: Int
    private let initializers: (weight: Initializer, bias: Initializer)

    /// - Parameters:
    ///   - channels: the first two axes of the weight; -1 for those that the first input decides.
    ///   - outputChannels: those of the bias.
    init(
        channels: (Int, Int), outputChannels: Int, kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions>,
        padding: SpatialPadding<dimensions>, dilation: SpatialSize<dimensions>, groups: Int, bias: Bool,
        initializers: (weight: Initializer, bias: Initializer)
    ) {
        let name = "\(Self.self)"
        for (setting, size) in [("kernelSize", kernelSize), ("stride", stride), ("dilation", dilation)] {
            checkPositive(size.array.min()!, setting, name)
        }
        weight = Parameter(pending: Shape([channels.0, channels.1] + kernelSize.array), name: "\(name).weight")
        self.bias = bias ? Parameter(pending: [outputChannels], name: "\(name).bias") : nil
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        groupCount = groups
        self.initializers = initializers
    }

    /// Into how many parts the channels are cut; -1 as long as it is not known.
    public var groups: Int { groupCount }

    /// The number of input channels; -1 as long as it is not known.
    public var inputChannels: Int { weight.hasValue ? weight.shape[1] * groups : -1 }
    /// The number of filters, and so of channels of the output.
    public var outputChannels: Int { weight.shape[0] }
    /// The size of the windows along each axis.
    public var kernelSize: SpatialSize<dimensions> {
        var size = SpatialSize<dimensions>(1)
        for axis in 0..<dimensions { size[axis] = weight.shape[2 + axis] }
        return size
    }

    public final func forward(_ input: Tensor) -> Tensor {
        materializeIfNeeded(from: input)
        return convolved(input)
    }

    /// The operation, with parameters that have values.
    func convolved(_ input: Tensor) -> Tensor { mistake("\(Self.self)", "has no operation") }

    final func materializeIfNeeded(from input: Tensor) {
        if weight.hasValue { return }
        if input.rank != dimensions + 1 && input.rank != dimensions + 2 {
            let axes = SpatialSize<dimensions>.letters
            mistake("\(Self.self)", "expects an input of shape [N, C, \(axes)] or [C, \(axes)], got \(input.shape)")
        }
        materialize(inputChannels: input.shape[input.rank - dimensions - 1])
    }

    /// Gives the parameters their values.
    func materialize(inputChannels: Int) {}

    /// - Parameter axis: the axis of the weight that had no size.
    func materialize(_ channels: Int, axis: Int) {
        var shape = weight.shape
        shape[axis] = channels
        weight.initialize(initializers.weight, shape: shape)
        guard let bias else { return }
        bias.initialize(
            initializers.bias, shape: [bias.shape[0] < 0 ? channels : bias.shape[0]], fans: Fans(of: shape))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        var text = "\(sizeName(inputChannels)), \(sizeName(outputChannels)), kernel_size=\(kernelSize.pair)"
        text += ", stride=\(stride.pair)"
        if padding != 0 { text += ", padding=\(padding.pair)" }
        if dilation != 1 { text += ", dilation=\(dilation.pair)" }
        text += outputPaddingDescription
        if groups != 1 { text += ", groups=\(sizeName(groups))" }
        if bias == nil { text += ", bias=False" }
        return text + paddingModeDescription
    }

    var outputPaddingDescription: String { "" }
    var paddingModeDescription: String { "" }
}

extension Padding {
    /// As PyTorch shows a padding mode: not at all if it is zeros.
    var setting: String { self == .zeros ? "" : ", padding_mode=\(self)" }
}
