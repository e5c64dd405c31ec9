import TernCore
import TernNN

/// What ``Conv1d``, ``Conv2d`` and ``Conv3d`` have in common, see ``ConvolutionLayer``.
public class PlainConvolution<let dimensions: Int>: ConvolutionLayer<dimensions> {
    /// What the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    public let paddingMode: Padding

    /// - Parameters:
    ///   - inputChannels: left out, they are taken from the first input.
    ///   - outputChannels: how many filters, and so channels of the output.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: from one window to the next: a number, or one for each axis.
    ///   - padding: what is seen around the input: a number, one for each axis, `.same` or `.valid`.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - groups: input and output channels are cut into so many parts that have nothing to do with each other.
    ///   - bias: whether there is a bias.
    ///   - paddingMode: what the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    ///   - weightInitializer: makes the first weight.
    ///   - biasInitializer: makes the first bias.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: SpatialSize<dimensions>,
        stride: SpatialSize<dimensions> = 1, padding: SpatialPadding<dimensions> = 0,
        dilation: SpatialSize<dimensions> = 1, groups: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros,
        weightInitializer: Initializer = .layerDefault, biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(inputChannels, "inputChannels", "\(Self.self)")
        self.init(
            outputChannels, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation,
            groups: groups, bias: bias, paddingMode: paddingMode, weightInitializer: weightInitializer,
            biasInitializer: biasInitializer)
        materialize(inputChannels: inputChannels)
    }

    /// A layer that takes its number of input channels from the first input.
    public init(
        _ outputChannels: Int, kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions> = 1,
        padding: SpatialPadding<dimensions> = 0, dilation: SpatialSize<dimensions> = 1, groups: Int = 1,
        bias: Bool = true, paddingMode: Padding = .zeros, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        let name = "\(Self.self)"
        checkPositive(outputChannels, "outputChannels", name)
        checkPositive(groups, "groups", name)
        if outputChannels % groups != 0 {
            mistake(name, "groups must divide \(outputChannels) output channels, got \(groups)")
        }
        self.paddingMode = paddingMode
        super.init(
            channels: (outputChannels, -1), outputChannels: outputChannels, kernelSize: kernelSize, stride: stride,
            padding: padding, dilation: dilation, groups: groups, bias: bias,
            initializers: (weightInitializer, biasInitializer))
    }

    override func materialize(inputChannels: Int) {
        if inputChannels % groups != 0 {
            mistake("\(Self.self)", "groups must divide \(inputChannels) input channels, got \(groups)")
        }
        materialize(inputChannels / groups, axis: 1)
    }

    override var paddingModeDescription: String { paddingMode.setting }
}

extension PlainConvolution {
    /// What the layers of this family keep in files.
    static func plan<Layer: PlainConvolution & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                Int, Int, SpatialSize<dimensions>, SpatialSize<dimensions>, SpatialPadding<dimensions>,
                SpatialSize<dimensions>, Int, Bool, Padding
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("in_channels", \.inputChannels, in: .sizes),
            .init("out_channels", \.outputChannels, in: .sizes), .init("kernel_size", \.kernelSize, in: .sizes),
            .init("stride", \.stride, in: .sizes), .init("padding", \.padding, in: .sizesFromZero),
            .init("dilation", \.dilation, in: .sizes), .init("groups", \.groups, in: .sizes),
            .init("bias", \.bias.isPresent), .init("padding_mode", \.paddingMode)
        ) { inputs, outputs, kernelSize, stride, padding, dilation, groups, bias, mode in
            try requireDivisor(groups, "groups", of: inputs, "in_channels")
            try requireDivisor(groups, "groups", of: outputs, "out_channels")
            return make(inputs, outputs, kernelSize, stride, padding, dilation, groups, bias, mode)
        }
    }
}
