import TernCore
import TernNN

/// The mean of each channel. Keras's `GlobalAveragePooling1D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvgPool1d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool1d: GlobalPooling<1> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.mean(axes: axes, keepAxes: keepAxes) }
}

/// The mean of each channel. Keras's `GlobalAveragePooling2D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvgPool2d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool2d: GlobalPooling<2> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.mean(axes: axes, keepAxes: keepAxes) }
}

/// The mean of each channel. Keras's `GlobalAveragePooling3D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvgPool3d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool3d: GlobalPooling<3> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.mean(axes: axes, keepAxes: keepAxes) }
}
