import TernCore
import TernNN

/// Filters that slide over each channel of images by itself: a ``Conv2d`` with as many groups as channels. Keras's
/// `DepthwiseConv2D`.
///
/// ```swift
/// DepthwiseConv2d(32, kernelSize: 3, padding: 1)
/// DepthwiseConv2d(kernelSize: 3, multiplier: 2, padding: .same)   // as many channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` channels and `O = multiplier * C`: x [N, C, H, W] -> [N, O, H', W']; output channel `o` is of input channel
/// `o / multiplier`. `weight` [O, 1, KH, KW], `bias` [O], as those of PyTorch's `Conv2d` with `groups=C`. Both start uniform
/// between -1 / sqrt(n) and 1 / sqrt(n), where `n = KH * KW`.
public final class DepthwiseConv2d: DepthwiseConvolution<2> {
    override func convolved(_ input: Tensor) -> Tensor {
        conv2d(
            input, weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups,
            paddingMode: paddingMode)
    }
}

extension DepthwiseConv2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, C * multiplier, H', W']") {
        DepthwiseConv2d(
            $0, kernelSize: $1, multiplier: $2, stride: $3, padding: $4, dilation: $5, bias: $6, paddingMode: $7)
    }
}
