import TernCore
import TernNN

/// What ``DepthwiseConv1d`` and ``DepthwiseConv2d`` have in common, see ``ConvolutionLayer``.
public class DepthwiseConvolution<let dimensions: Int>: ConvolutionLayer<dimensions> {
    /// How many output channels each input channel gives.
    public let multiplier: Int
    /// What the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    public let paddingMode: Padding

    /// - Parameters:
    ///   - channels: the input's, taken from the first input if absent.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - multiplier: how many output channels each input channel gives. Keras's `depth_multiplier`.
    ///   - stride: from one window to the next: a number, or one for each axis.
    ///   - padding: what is seen around the input: a number, one for each axis, `.same` or `.valid`.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - bias: whether there is a bias.
    ///   - paddingMode: what the padding is: `.zeros`, `.reflect`, `.replicate` or `.circular`.
    ///   - weightInitializer: makes the first weight.
    ///   - biasInitializer: makes the first bias.
    public init(
        _ channels: Int? = nil, kernelSize: SpatialSize<dimensions>, multiplier: Int = 1,
        stride: SpatialSize<dimensions> = 1, padding: SpatialPadding<dimensions> = 0,
        dilation: SpatialSize<dimensions> = 1, bias: Bool = true, paddingMode: Padding = .zeros,
        weightInitializer: Initializer = .layerDefault, biasInitializer: Initializer = .layerDefault
    ) {
        let name = "\(Self.self)"
        if let channels { checkPositive(channels, "channels", name) }
        checkPositive(multiplier, "multiplier", name)
        self.multiplier = multiplier
        self.paddingMode = paddingMode
        super.init(
            channels: (-1, 1), outputChannels: -1, kernelSize: kernelSize, stride: stride, padding: padding,
            dilation: dilation, groups: -1, bias: bias, initializers: (weightInitializer, biasInitializer))
        if let channels { materialize(inputChannels: channels) }
    }

    public override var groups: Int { weight.hasValue ? weight.shape[0] / multiplier : -1 }

    override func materialize(inputChannels: Int) {
        let (outputs, overflows) = inputChannels.multipliedReportingOverflow(by: multiplier)
        if overflows { mistake("\(Self.self)", "cannot have \(multiplier) times \(inputChannels) channels") }
        materialize(outputs, axis: 0)
    }

    override var paddingModeDescription: String { paddingMode.setting }
}

extension DepthwiseConvolution {
    /// What the layers of this family keep in files.
    static func plan<Layer: DepthwiseConvolution & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                Int, SpatialSize<dimensions>, Int, SpatialSize<dimensions>, SpatialPadding<dimensions>,
                SpatialSize<dimensions>, Bool, Padding
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("channels", \.inputChannels, in: .sizes), .init("kernel_size", \.kernelSize, in: .sizes),
            .init("depth_multiplier", \.multiplier, in: .sizes), .init("stride", \.stride, in: .sizes),
            .init("padding", \.padding, in: .sizesFromZero), .init("dilation", \.dilation, in: .sizes),
            .init("bias", \.bias.isPresent), .init("padding_mode", \.paddingMode), make: make)
    }
}
