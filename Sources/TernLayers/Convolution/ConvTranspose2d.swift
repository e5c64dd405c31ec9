import TernCore
import TernNN

/// The transpose of ``Conv2d``, by which images grow by the stride, see
/// ``/TernCore/convTranspose2d(_:_:_:stride:padding:outputPadding:dilation:groups:)``. PyTorch's `ConvTranspose2d`,
/// Keras's `Conv2DTranspose`.
///
/// ```swift
/// ConvTranspose2d(16, 8, kernelSize: 4, stride: 2, padding: 1)   // twice as large
/// ConvTranspose2d(8, kernelSize: 3, stride: 2, padding: .same)   // the same, by Keras's rule, with channels from the input
/// ```
///
/// Shapes, with `N` batch, `C` and `O` channels in and out: x [N, C, H, W] -> [N, O, H', W'] with
/// `H' = (H - 1) * stride - 2 * padding + dilation * (KH - 1) + outputPadding + 1`; `weight` [C, O / groups, KH, KW] (the
/// input's channels first), `bias` [O]. Both start uniform between -1 / sqrt(n) and 1 / sqrt(n), where
/// `n = O / groups * KH * KW`.
public final class ConvTranspose2d: TransposedConvolution<2> {
    override func convolved(_ input: Tensor, _ outputPadding: Size2d) -> Tensor {
        convTranspose2d(
            input, weight.value, bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}

extension ConvTranspose2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, O, H', W']") {
        ConvTranspose2d(
            $0, $1, kernelSize: $2, stride: $3, padding: $4, outputPadding: $5, groups: $6, bias: $7, dilation: $8)
    }
}
