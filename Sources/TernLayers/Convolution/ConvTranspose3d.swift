import TernCore
import TernNN

/// The transpose of ``Conv3d``, by which volumes grow by the stride, see
/// ``/TernCore/convTranspose3d(_:_:_:stride:padding:outputPadding:dilation:groups:)``. PyTorch's `ConvTranspose3d`,
/// Keras's `Conv3DTranspose`.
///
/// ```swift
/// ConvTranspose3d(16, 8, kernelSize: 4, stride: 2, padding: 1)   // twice as large
/// ConvTranspose3d(8, kernelSize: 3, stride: 2, padding: .same)   // the same, by Keras's rule, with channels from the input
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, D, H, W] -> [N, O, D', H', W'] with
/// `D' = (D - 1) * stride - 2 * padding + dilation * (KD - 1) + outputPadding + 1`; `weight` [C, O / groups, KD, KH, KW] (the
/// input's channels first), `bias` [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where
/// `n = O / groups * KD * KH * KW`.
public final class ConvTranspose3d: TransposedConvolution<3> {
    override func convolved(_ input: Tensor, _ outputPadding: Size3d) -> Tensor {
        convTranspose3d(
            input, weight.value, bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}

extension ConvTranspose3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, O, D', H', W']") {
        ConvTranspose3d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, outputPadding: $5, groups: $6, bias: $7, dilation: $8)
    }
}
