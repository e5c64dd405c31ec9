import TernCore
import TernNN

/// Filters that slide over images, see ``/TernCore/conv2d(_:_:_:stride:padding:dilation:groups:paddingMode:)``.
/// PyTorch's `Conv2d`, Keras's `Conv2D`.
///
/// ```swift
/// Conv2d(1, 6, kernelSize: 5, padding: 2)
/// Conv2d(16, kernelSize: [3, 5], stride: 2, padding: .same)   // as many input channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, H, W] -> [N, O, H', W'] with
/// `H' = (H + 2 * padding - dilation * (KH - 1) - 1) / stride + 1`, rounded down; `weight` [O, C / groups, KH, KW], `bias`
/// [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where `n = C / groups * KH * KW`.
public final class Conv2d: PlainConvolution<2> {
    override func convolved(_ input: Tensor) -> Tensor {
        conv2d(
            input, weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups,
            paddingMode: paddingMode)
    }
}

extension Conv2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, O, H', W']") {
        Conv2d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8)
    }
}
