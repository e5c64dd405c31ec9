import TernCore
import TernNN

/// Filters that slide over sequences, see ``/TernCore/conv1d(_:_:_:stride:padding:dilation:groups:paddingMode:)``.
/// PyTorch's `Conv1d`, Keras's `Conv1D`.
///
/// ```swift
/// Conv1d(16, 32, kernelSize: 5, padding: .same)
/// Conv1d(32, kernelSize: 3)   // as many input channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, L] -> [N, O, L'] with
/// `L' = (L + 2 * padding - dilation * (K - 1) - 1) / stride + 1`, rounded down; `weight` [O, C / groups, K], `bias`
/// [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where `n = C / groups * K`.
public final class Conv1d: PlainConvolution<1> {
    /// With sizes from variables, see the other initializers.
    public convenience init(
        _ inputChannels: Int, _ outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding1d = 0,
        dilation: Int = 1, groups: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros,
        weightInitializer: Initializer = .layerDefault, biasInitializer: Initializer = .layerDefault
    ) {
        self.init(
            inputChannels, outputChannels, kernelSize: Size1d(kernelSize), stride: Size1d(stride), padding: padding,
            dilation: Size1d(dilation), groups: groups, bias: bias, paddingMode: paddingMode,
            weightInitializer: weightInitializer, biasInitializer: biasInitializer)
    }

    /// With sizes from variables, see the other initializers.
    public convenience init(
        _ outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding1d = 0, dilation: Int = 1,
        groups: Int = 1, bias: Bool = true, paddingMode: Padding = .zeros,
        weightInitializer: Initializer = .layerDefault, biasInitializer: Initializer = .layerDefault
    ) {
        self.init(
            outputChannels, kernelSize: Size1d(kernelSize), stride: Size1d(stride), padding: padding,
            dilation: Size1d(dilation), groups: groups, bias: bias, paddingMode: paddingMode,
            weightInitializer: weightInitializer, biasInitializer: biasInitializer)
    }

    override func convolved(_ input: Tensor) -> Tensor {
        conv1d(
            input, weight.value, bias?.value, stride: stride[0], padding: padding, dilation: dilation[0],
            groups: groups, paddingMode: paddingMode)
    }
}

extension Conv1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, O, L']") {
        Conv1d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8)
    }
}
