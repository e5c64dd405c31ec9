import TernCore
import TernNN

/// A convolution of each channel of sequences by itself, and then one of all channels with kernels of size 1: fewer parameters
/// than a ``Conv1d`` has. Keras's `SeparableConv1D`; Chollet, "Xception", 2017.
///
/// ```swift
/// SeparableConv1d(32, 64, kernelSize: 3, padding: .same)
/// SeparableConv1d(64, kernelSize: 3)   // as many input channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out and `M = multiplier * C`: x [N, C, L] -> [N, O, L'];
/// `depthwise.weight` [M, 1, K], `pointwise.weight` [O, M, 1], `pointwise.bias` [O]. How they start: see
/// ``DepthwiseConv1d`` and ``Conv1d``.
public final class SeparableConv1d: Module {
    /// The convolution of each channel by itself.
    public let depthwise: DepthwiseConv1d
    /// The convolution that mixes the channels, with a kernel of size 1.
    public let pointwise: Conv1d

    /// - Parameters:
    ///   - inputChannels: the input's, taken from the first input if absent.
    ///   - outputChannels: how many filters, and so channels of the output.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: from one window to the next: a number, or one for each axis.
    ///   - padding: what is seen around the input: a number, `.same` or `.valid`.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - multiplier: how many channels between the two convolutions each input channel gives. Keras's
    ///     `depth_multiplier`.
    ///   - bias: whether there is a bias.
    ///   - paddingMode: what the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: Size1d, stride: Size1d = 1, padding: Padding1d = 0,
        dilation: Size1d = 1, multiplier: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros
    ) {
        checkPositive(inputChannels, "inputChannels", "SeparableConv1d")
        self.init(
            outputChannels, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
            multiplier: multiplier, bias: bias, paddingMode: paddingMode)
        depthwise.materialize(inputChannels: inputChannels)
        pointwise.materialize(inputChannels: depthwise.outputChannels)
    }

    /// A layer that takes its number of input channels from the first input.
    public init(
        _ outputChannels: Int, kernelSize: Size1d, stride: Size1d = 1, padding: Padding1d = 0, dilation: Size1d = 1,
        multiplier: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros
    ) {
        depthwise = DepthwiseConv1d(
            kernelSize: kernelSize, multiplier: multiplier, stride: stride, padding: padding, dilation: dilation,
            bias: false, paddingMode: paddingMode)
        pointwise = Conv1d(outputChannels, kernelSize: Size1d(1), bias: bias)
    }

    public func forward(_ input: Tensor) -> Tensor { pointwise(depthwise(input)) }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("depthwise", depthwise)
        visitor.visit("pointwise", pointwise)
    }
}

extension SeparableConv1d: RebuildableModule {
    public static let blueprint = Blueprint<SeparableConv1d>(
        "[N, C, L] -> [N, O, L']", .init("in_channels", \.depthwise.inputChannels, in: .sizes),
        .init("out_channels", \.pointwise.outputChannels, in: .sizes),
        .init("kernel_size", \.depthwise.kernelSize, in: .sizes), .init("stride", \.depthwise.stride, in: .sizes),
        .init("padding", \.depthwise.padding, in: .sizesFromZero), .init("dilation", \.depthwise.dilation, in: .sizes),
        .init("depth_multiplier", \.depthwise.multiplier, in: .sizes), .init("bias", \.pointwise.bias.isPresent),
        .init("padding_mode", \.depthwise.paddingMode),
        make: {
            SeparableConv1d(
                $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, multiplier: $6, bias: $7, paddingMode: $8
            )
        })
}
