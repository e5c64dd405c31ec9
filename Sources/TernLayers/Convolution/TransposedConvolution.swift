import TernCore
import TernNN

/// What ``ConvTranspose1d``, ``ConvTranspose2d`` and ``ConvTranspose3d`` have in common, see ``ConvolutionLayer``.
public class TransposedConvolution<let dimensions: Int>: ConvolutionLayer<dimensions> {
    /// What is added to the result at the end of each axis; below the stride or the dilation.
    public let outputPadding: SpatialSize<dimensions>

    /// - Parameters:
    ///   - inputChannels: left out, they are taken from the first input.
    ///   - outputChannels: how many filters, and so channels of the output.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: from one window to the next: a number, or one for each axis.
    ///   - padding: what is cut off around the result; with `.same` the result is `stride` times the input, as in
    ///     Keras.
    ///   - outputPadding: what is added to the result at the end of each axis; below the stride or the dilation.
    ///   - groups: input and output channels are cut into so many parts that have nothing to do with each other.
    ///   - bias: whether there is a bias.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - weightInitializer: makes the first weight.
    ///   - biasInitializer: makes the first bias.
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

    /// With an output of this size, as far as the stride leaves it open: `outputPadding` is what makes it so. PyTorch's
    /// `output_size`.
    ///
    /// ```swift
    /// let down = Conv2d(3, 8, kernelSize: 3, stride: 2), up = ConvTranspose2d(8, 3, kernelSize: 3, stride: 2)
    /// let small = down(Tensor.ones([1, 3, 10, 12]))
    /// up(small).shape                          // [1, 3, 9, 11]
    /// up(small, outputSize: [10, 12]).shape    // [1, 3, 10, 12]
    /// ```
    public final func callAsFunction(_ input: Tensor, outputSize: SpatialSize<dimensions>) -> Tensor {
        call(input) { output(for: $0, outputPadding: padding(for: $0, to: outputSize)) }
    }

    final override func convolved(_ input: Tensor) -> Tensor { convolved(input, outputPadding) }

    /// The operation.
    func convolved(_ input: Tensor, _ outputPadding: SpatialSize<dimensions>) -> Tensor {
        mistake("\(Self.self)", "has no operation")
    }

    private func output(for input: Tensor, outputPadding: SpatialSize<dimensions>) -> Tensor {
        materializeIfNeeded(from: input)
        return convolved(input, outputPadding)
    }

    private func padding(for input: Tensor, to outputSize: SpatialSize<dimensions>) -> SpatialSize<dimensions> {
        var least = SpatialSize<dimensions>(0)
        var result = least
        for axis in 0..<Swift.min(dimensions, input.rank) {
            let size = input.shape[Swift.max(0, input.rank - dimensions) + axis]
            switch padding {
            case .same: least[axis] = size &* stride[axis]
            case .explicit(let before, let after):
                let extent = dilation[axis] &* (kernelSize[axis] - 1) &+ 1
                least[axis] = (size - 1) &* stride[axis] &+ extent &- before[axis] &- after[axis]
            }
            result[axis] = outputSize[axis] &- least[axis]
        }
        let isOpen = (0..<dimensions).allSatisfy { 0..<(padding == .same ? 1 : stride[$0]) ~= result[$0] }
        if !isOpen {
            mistake(
                "\(Self.self)",
                "expects an output size of at least \(least) and less than a stride \(stride) above that"
                    + "\(padding == .same ? " (just that with padding same)" : ""), got \(outputSize) "
                    + "(input \(input.shape))")
        }
        return result
    }

    public override var inputChannels: Int { weight.shape[0] }
    /// How many filters, and so channels of the output.
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

extension TransposedConvolution {
    /// What the layers of this family keep in files.
    static func plan<Layer: TransposedConvolution & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                Int, Int, SpatialSize<dimensions>, SpatialSize<dimensions>, SpatialPadding<dimensions>,
                SpatialSize<dimensions>, Int, Bool, SpatialSize<dimensions>
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("in_channels", \.inputChannels, in: .sizes),
            .init("out_channels", \.outputChannels, in: .sizes), .init("kernel_size", \.kernelSize, in: .sizes),
            .init("stride", \.stride, in: .sizes), .init("padding", \.padding, in: .sizesFromZero),
            .init("output_padding", \.outputPadding, in: .sizesFromZero), .init("groups", \.groups, in: .sizes),
            .init("bias", \.bias.isPresent), .init("dilation", \.dilation, in: .sizes)
        ) { inputs, outputs, kernelSize, stride, padding, outputPadding, groups, bias, dilation in
            try requireDivisor(groups, "groups", of: inputs, "in_channels")
            try requireDivisor(groups, "groups", of: outputs, "out_channels")
            return make(inputs, outputs, kernelSize, stride, padding, outputPadding, groups, bias, dilation)
        }
    }
}
