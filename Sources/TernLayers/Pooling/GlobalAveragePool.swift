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

extension GlobalAveragePool1d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalAveragePool1d>(
        "[N, C, L] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalAveragePool1d.init)
}

extension GlobalAveragePool2d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalAveragePool2d>(
        "[N, C, H, W] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalAveragePool2d.init)
}

extension GlobalAveragePool3d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalAveragePool3d>(
        "[N, C, D, H, W] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalAveragePool3d.init)
}
