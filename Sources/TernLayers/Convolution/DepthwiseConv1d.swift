import TernCore
import TernNN

/// Filters that slide over each channel of sequences by itself: a ``Conv1d`` with as many groups as channels. Keras's
/// `DepthwiseConv1D`.
///
/// ```swift
/// DepthwiseConv1d(32, kernelSize: 3, padding: 1)
/// DepthwiseConv1d(kernelSize: 3, multiplier: 2, padding: .same)   // as many channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` channels and `O = multiplier * C`: x [N, C, L] -> [N, O, L']; output channel `o` is of input channel
/// `o / multiplier`. `weight` [O, 1, K], `bias` [O], as those of PyTorch's `Conv1d` with `groups=C`. Both start uniform
/// between -1 / sqrt(n) and 1 / sqrt(n), where `n = K`.
public final class DepthwiseConv1d: DepthwiseConvolution<1> {
    override func convolved(_ input: Tensor) -> Tensor {
        conv1d(
            input, weight.value, bias?.value, stride: stride[0], padding: padding, dilation: dilation[0],
            groups: groups, paddingMode: paddingMode)
    }
}

extension DepthwiseConv1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, C * multiplier, L']") {
        DepthwiseConv1d(
            $0, kernelSize: $1, multiplier: $2, stride: $3, padding: $4, dilation: $5, bias: $6, paddingMode: $7)
    }
}
