import TernCore
import TernNN

/// The transpose of ``Conv1d``, by which sequences grow by the stride, see
/// ``/TernCore/convTranspose1d(_:_:_:stride:padding:outputPadding:dilation:groups:)``. PyTorch's `ConvTranspose1d`,
/// Keras's `Conv1DTranspose`.
///
/// ```swift
/// ConvTranspose1d(16, 8, kernelSize: 4, stride: 2, padding: 1)   // twice as large
/// ConvTranspose1d(8, kernelSize: 3, stride: 2, padding: .same)   // the same, by Keras's rule, with channels from the input
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, L] -> [N, O, L'] with
/// `L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) + outputPadding + 1`; `weight` [C, O / groups, K] (the
/// input's channels first), `bias` [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where
/// `n = O / groups * K`.
public final class ConvTranspose1d: TransposedConvolution<1> {
    /// With sizes from variables, see the other initializers.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding1d = 0,
        outputPadding: Int = 0, groups: Int = 1, bias: Bool = true, dilation: Int = 1,
        weightInitializer: Initializer = .layerDefault, biasInitializer: Initializer = .layerDefault
    ) {
        self.init(
            inputChannels, outputChannels, kernelSize: Size1d(kernelSize), stride: Size1d(stride), padding: padding,
            outputPadding: Size1d(outputPadding), groups: groups, bias: bias, dilation: Size1d(dilation),
            weightInitializer: weightInitializer, biasInitializer: biasInitializer)
    }

    /// With sizes from variables, see the other initializers.
    public convenience init(
        _ outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding1d = 0, outputPadding: Int = 0,
        groups: Int = 1, bias: Bool = true, dilation: Int = 1, weightInitializer: Initializer = .layerDefault,
        biasInitializer: Initializer = .layerDefault
    ) {
        self.init(
            outputChannels, kernelSize: Size1d(kernelSize), stride: Size1d(stride), padding: padding,
            outputPadding: Size1d(outputPadding), groups: groups, bias: bias, dilation: Size1d(dilation),
            weightInitializer: weightInitializer, biasInitializer: biasInitializer)
    }

    override func convolved(_ input: Tensor, _ outputPadding: Size1d) -> Tensor {
        convTranspose1d(
            input, weight.value, bias?.value, stride: stride[0], padding: padding, outputPadding: outputPadding[0],
            dilation: dilation[0], groups: groups)
    }
}

extension ConvTranspose1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, O, L']") {
        ConvTranspose1d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, outputPadding: $5, groups: $6, bias: $7, dilation: $8)
    }
}
