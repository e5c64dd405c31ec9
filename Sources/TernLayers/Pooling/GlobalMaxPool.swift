import TernCore
import TernNN

/// The largest value of each channel. Keras's `GlobalMaxPooling1D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool1d(1)` and `Flatten`. Equal largest
/// values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool1d: GlobalPooling<1> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.max(axes: axes, keepAxes: keepAxes) }
}

/// The largest value of each channel. Keras's `GlobalMaxPooling2D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool2d(1)` and `Flatten`. Equal largest
/// values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool2d: GlobalPooling<2> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.max(axes: axes, keepAxes: keepAxes) }
}

/// The largest value of each channel. Keras's `GlobalMaxPooling3D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool3d(1)` and `Flatten`. Equal largest
/// values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool3d: GlobalPooling<3> {
    override func pooled(_ input: Tensor, axes: Range<Int>) -> Tensor { input.max(axes: axes, keepAxes: keepAxes) }
}

extension GlobalMaxPool1d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalMaxPool1d>(
        "[N, C, L] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalMaxPool1d.init)
}

extension GlobalMaxPool2d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalMaxPool2d>(
        "[N, C, H, W] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalMaxPool2d.init)
}

extension GlobalMaxPool3d: RebuildableModule {
    public static let blueprint = Blueprint<GlobalMaxPool3d>(
        "[N, C, D, H, W] -> [N, C]", .init("keep_axes", \.keepAxes), make: GlobalMaxPool3d.init)
}
