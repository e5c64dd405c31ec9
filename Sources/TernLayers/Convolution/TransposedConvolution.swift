import TernCore
import TernNN

/// What ``ConvTranspose1d``, ``ConvTranspose2d`` and ``ConvTranspose3d`` have in common, see ``ConvolutionLayer``.
public class TransposedConvolution<let dimensions: Int>: ConvolutionLayer<dimensions> {
    public let outputPadding: SpatialSize<dimensions>

    /// - Parameters:
    ///   - inputChannels: left out, they are taken from the first input.
    ///   - padding: what is cut off around the result; with `.same` the result is `stride` times the input, as in Keras.
    ///   - outputPadding: what is added to the result at the end of each axis; below the stride or the dilation.
    ///   - groups: input and output channels are cut into so many parts that have nothing to do with each other.
    ///   - bias: whether there is a bias.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: SpatialSize<dimensions>,
        stride: SpatialSize<dimensions> = 1, padding: SpatialPadding<dimensions> = 0,
        outputPadding: SpatialSize<dimensions> = 0, groups: Int = 1, bias: Bool = true,
        dilation: SpatialSize<dimensions> = 1, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        checkPositive(inputChannels, "inputChannels", "\(Self.self)")
        self.init(
            outputChannels, kernelSize: kernelSize, stride: stride, padding: padding, outputPadding: outputPadding,
            groups: groups, bias: bias, dilation: dilation, weightInitializer: weightInitializer,
            biasInitializer: biasInitializer)
        materialize(inputChannels: inputChannels)
    }

    /// A layer that takes its number of input channels from the first input.
    public init(
        _ outputChannels: Int, kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions> = 1,
        padding: SpatialPadding<dimensions> = 0, outputPadding: SpatialSize<dimensions> = 0, groups: Int = 1,
        bias: Bool = true, dilation: SpatialSize<dimensions> = 1, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        let name = "\(Self.self)"
        checkPositive(outputChannels, "outputChannels", name)
        checkPositive(groups, "groups", name)
        if outputChannels % groups != 0 {
            mistake(name, "groups must divide \(outputChannels) output channels, got \(groups)")
        }
        self.outputPadding = outputPadding
        super.init(
            channels: (-1, outputChannels / groups), outputChannels: outputChannels, kernelSize: kernelSize,
            stride: stride, padding: padding, dilation: dilation, groups: groups, bias: bias,
            initializers: (weightInitializer, biasInitializer))
    }

    public override var inputChannels: Int { weight.shape[0] }
    public override var outputChannels: Int { weight.shape[1] * groups }

    override func materialize(inputChannels: Int) {
        if inputChannels % groups != 0 {
            mistake("\(Self.self)", "groups must divide \(inputChannels) input channels, got \(groups)")
        }
        materialize(inputChannels, axis: 0)
    }

    override var outputPaddingDescription: String {
        outputPadding == 0 ? "" : ", output_padding=\(outputPadding.pair)"
    }
}
