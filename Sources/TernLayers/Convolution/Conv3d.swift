import TernCore
import TernNN

/// Filters that slide over volumes, see ``/TernCore/conv3d(_:_:_:stride:padding:dilation:groups:paddingMode:)``.
/// PyTorch's `Conv3d`, Keras's `Conv3D`.
///
/// ```swift
/// Conv3d(1, 8, kernelSize: 3, padding: 1)
/// Conv3d(8, kernelSize: [1, 3, 3], stride: 2)   // as many input channels as the first input has
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, D, H, W] -> [N, O, D', H', W'] with
/// `D' = (D + 2 * padding - dilation * (KD - 1) - 1) / stride + 1`, rounded down; `weight` [O, C / groups, KD, KH, KW], `bias`
/// [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where `n = C / groups * KD * KH * KW`.
public final class Conv3d: PlainConvolution<3> {
    override func convolved(_ input: Tensor) -> Tensor {
        conv3d(
            input, weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups,
            paddingMode: paddingMode)
    }
}

extension Conv3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, O, D', H', W']") {
        Conv3d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, dilation: $5, groups: $6, bias: $7, paddingMode: $8)
    }
}
