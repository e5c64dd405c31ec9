import TernCore
import TernNN

/// What ``MaxPool1d``, ``MaxPool2d`` and ``MaxPool3d`` have in common: the settings of windows of which the maximum is taken.
public class MaxPooling<let dimensions: Int>: Module {
    /// The size of the windows along each axis.
    public let kernelSize: SpatialSize<dimensions>
    /// From one window to the next, along each axis.
    public let stride: SpatialSize<dimensions>
    /// What is around the input; never a window's maximum.
    public let padding: SpatialPadding<dimensions>
    /// The distance of neighbouring elements of a window; 1 leaves no holes.
    public let dilation: SpatialSize<dimensions>
    /// Whether a last window that leaves the input counts.
    public let ceilMode: Bool

    /// - Parameters:
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: the kernel's size unless given.
    ///   - padding: at most half the kernel on each side; never a window's maximum.
    ///   - dilation: the distance of neighbouring elements of a window; 1 leaves no holes.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(
        _ kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions>? = nil,
        padding: SpatialPadding<dimensions> = 0, dilation: SpatialSize<dimensions> = 1, ceilMode: Bool = false
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    public final func forward(_ input: Tensor) -> Tensor { pooled(input) }

    /// The operation.
    func pooled(_ input: Tensor) -> Tensor { mistake("\(Self.self)", "has no operation") }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short), "
            + "dilation=\(dilation.short), ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The maximum of each window, see ``/TernCore/maxPool1d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's
/// `MaxPool1d`; with `padding: .same`, Keras's `MaxPooling1D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C, L'].
public final class MaxPool1d: MaxPooling<1> {
    override func pooled(_ input: Tensor) -> Tensor {
        maxPool1d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The maximum of each window, see ``/TernCore/maxPool2d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's
/// `MaxPool2d`; with `padding: .same`, Keras's `MaxPooling2D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class MaxPool2d: MaxPooling<2> {
    override func pooled(_ input: Tensor) -> Tensor {
        maxPool2d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The maximum of each window, see ``/TernCore/maxPool3d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's
/// `MaxPool3d`; with `padding: .same`, Keras's `MaxPooling3D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C, D', H', W'].
public final class MaxPool3d: MaxPooling<3> {
    override func pooled(_ input: Tensor) -> Tensor {
        maxPool3d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

extension MaxPooling {
    /// What the layers of this family keep in files.
    fileprivate static func plan<Layer: MaxPooling & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                SpatialSize<dimensions>, SpatialSize<dimensions>?, SpatialPadding<dimensions>, SpatialSize<dimensions>,
                Bool
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("kernel_size", \.kernelSize, in: .sizes), .init("stride", \.stride.wrapped, in: .sizes),
            .init("padding", \.padding, in: .sizesFromZero), .init("dilation", \.dilation, in: .sizes),
            .init("ceil_mode", \.ceilMode), make: make)
    }
}

extension MaxPool1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, C, L']", MaxPool1d.init)
}

extension MaxPool2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, C, H', W']", MaxPool2d.init)
}

extension MaxPool3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, C, D', H', W']", MaxPool3d.init)
}
