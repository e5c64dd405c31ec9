import TernCore
import TernNN

/// Filters that slide over images, see ``conv2d(_:_:_:stride:padding:dilation:groups:)``. PyTorch's `Conv2d`, Keras's
/// `Conv2D`.
///
/// ```swift
/// Conv2d(1, 6, kernelSize: 5, padding: 2)
/// Conv2d(16, kernelSize: [3, 5], stride: 2, padding: .same)   // as many input channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, H, W] -> [N, O, H', W'] with
/// `H' = (H + 2 * padding - dilation * (KH - 1) - 1) / stride + 1`, rounded down; `weight` [O, C / groups, KH, KW], `bias`
/// [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where `n = C / groups * KH * KW`.
public final class Conv2d: Module {
    public let weight: Parameter
    public let bias: Parameter?
    public let stride: Size2d
    public let padding: Padding2d
    public let dilation: Size2d
    public let groups: Int
    private let initializers: (weight: Initializer, bias: Initializer)

    /// - Parameters:
    ///   - padding: zeros around the input: a number, `[height, width]`, `.same` or `.valid`.
    ///   - groups: input and output channels are cut into so many parts that have nothing to do with each other.
    ///   - bias: whether there is a bias.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0,
        dilation: Size2d = 1, groups: Int = 1, bias: Bool = true, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(inputChannels, "inputChannels", "Conv2d")
        self.init(
            outputChannels, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
            groups: groups, bias: bias, weightInitializer: weightInitializer, biasInitializer: biasInitializer)
        materialize(inputChannels)
    }

    /// A layer that takes its number of input channels from the first input.
    public init(
        _ outputChannels: Int, kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0, dilation: Size2d = 1,
        groups: Int = 1, bias: Bool = true, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(outputChannels, "outputChannels", "Conv2d")
        checkPositive(min(kernelSize.height, kernelSize.width), "kernelSize", "Conv2d")
        checkPositive(min(stride.height, stride.width), "stride", "Conv2d")
        checkPositive(min(dilation.height, dilation.width), "dilation", "Conv2d")
        checkPositive(groups, "groups", "Conv2d")
        if outputChannels % groups != 0 {
            mistake("Conv2d", "groups must divide \(outputChannels) output channels, got \(groups)")
        }
        weight = Parameter(pending: [outputChannels, -1, kernelSize.height, kernelSize.width], name: "Conv2d.weight")
        self.bias = bias ? Parameter(pending: [outputChannels], name: "Conv2d.bias") : nil
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        initializers = (weightInitializer, biasInitializer)
    }

    /// The number of input channels; -1 as long as it is not known.
    public var inputChannels: Int { weight.hasValue ? weight.shape[1] * groups : -1 }
    public var outputChannels: Int { weight.shape[0] }
    public var kernelSize: Size2d { Size2d(weight.shape[2], weight.shape[3]) }

    public func forward(_ input: Tensor) -> Tensor {
        if !weight.hasValue { materialize(from: input) }
        return conv2d(
            input, weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }

    private func materialize(from input: Tensor) {
        if input.rank != 3 && input.rank != 4 {
            mistake("Conv2d", "expects an input of shape [N, C, H, W] or [C, H, W], got \(input.shape)")
        }
        materialize(input.shape[input.rank - 3])
    }

    private func materialize(_ inputChannels: Int) {
        if inputChannels % groups != 0 {
            mistake("Conv2d", "groups must divide \(inputChannels) input channels, got \(groups)")
        }
        var shape = weight.shape
        shape[1] = inputChannels / groups
        weight.initialize(initializers.weight, shape: shape)
        bias?.initialize(initializers.bias, fans: Fans(of: shape))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", weight)
        visitor.visit("bias", bias)
    }

    public var settingsDescription: String {
        var text =
            "\(sizeName(inputChannels)), \(outputChannels), kernel_size=\(kernelSize.pair), stride=\(stride.pair)"
        if padding != 0 { text += ", padding=\(padding.pair)" }
        if dilation != 1 { text += ", dilation=\(dilation.pair)" }
        if groups != 1 { text += ", groups=\(groups)" }
        return bias == nil ? text + ", bias=False" : text
    }
}
