import TernCore
import TernNN

/// What ``AvgPool1d``, ``AvgPool2d`` and ``AvgPool3d`` have in common: the settings of windows of which the mean is taken.
public class AveragePooling<let dimensions: Int>: Module {
    /// The size of the windows along each axis.
    public let kernelSize: SpatialSize<dimensions>
    /// From one window to the next, along each axis.
    public let stride: SpatialSize<dimensions>
    /// What is seen around the input.
    public let padding: SpatialPadding<dimensions>
    /// Whether a last window that leaves the input counts.
    public let ceilMode: Bool
    /// Whether the padding's zeros are part of the mean. PyTorch's `count_include_pad`.
    public let countsPadding: Bool
    /// What sums are divided by instead of the number of values. PyTorch's `divisor_override`.
    public let divisor: Int?

    /// - Parameters:
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: the kernel's size unless given.
    ///   - padding: at most half the kernel on each side.
    ///   - ceilMode: whether a last window that leaves the input counts.
    ///   - countsPadding: whether the padding's zeros are part of the mean. PyTorch's `count_include_pad`.
    ///   - divisor: what sums are divided by instead of the number of values. PyTorch's `divisor_override`.
    public init(
        _ kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions>? = nil,
        padding: SpatialPadding<dimensions> = 0, ceilMode: Bool = false, countsPadding: Bool = true,
        divisor: Int? = nil
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.ceilMode = ceilMode
        self.countsPadding = countsPadding
        self.divisor = divisor
    }

    public final func forward(_ input: Tensor) -> Tensor { pooled(input) }

    /// The operation.
    func pooled(_ input: Tensor) -> Tensor { mistake("\(Self.self)", "has no operation") }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short)"
            + (ceilMode ? ", ceil_mode=True" : "") + (countsPadding ? "" : ", count_include_pad=False")
            + (divisor.map { ", divisor_override=\($0)" } ?? "")
    }
}

/// The mean of each window, see ``/TernCore/avgPool1d(_:_:stride:padding:ceilMode:countsPadding:divisor:)``. PyTorch's
/// `AvgPool1d`; with `padding: .same` and without counting the padding, Keras's `AveragePooling1D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C, L'].
public final class AvgPool1d: AveragePooling<1> {
    override func pooled(_ input: Tensor) -> Tensor {
        avgPool1d(
            input, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countsPadding: countsPadding,
            divisor: divisor)
    }
}

/// The mean of each window, see ``/TernCore/avgPool2d(_:_:stride:padding:ceilMode:countsPadding:divisor:)``. PyTorch's
/// `AvgPool2d`; with `padding: .same` and without counting the padding, Keras's `AveragePooling2D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class AvgPool2d: AveragePooling<2> {
    override func pooled(_ input: Tensor) -> Tensor {
        avgPool2d(
            input, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countsPadding: countsPadding,
            divisor: divisor)
    }
}

/// The mean of each window, see ``/TernCore/avgPool3d(_:_:stride:padding:ceilMode:countsPadding:divisor:)``. PyTorch's
/// `AvgPool3d`; with `padding: .same` and without counting the padding, Keras's `AveragePooling3D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C, D', H', W'].
public final class AvgPool3d: AveragePooling<3> {
    override func pooled(_ input: Tensor) -> Tensor {
        avgPool3d(
            input, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countsPadding: countsPadding,
            divisor: divisor)
    }
}

extension AveragePooling {
    /// What the layers of this family keep in files.
    fileprivate static func plan<Layer: AveragePooling & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                SpatialSize<dimensions>, SpatialSize<dimensions>?, SpatialPadding<dimensions>, Bool, Bool, Int?
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("kernel_size", \.kernelSize, in: .sizes), .init("stride", \.stride.wrapped, in: .sizes),
            .init("padding", \.padding, in: .sizesFromZero), .init("ceil_mode", \.ceilMode),
            .init("count_include_pad", \.countsPadding), .init("divisor_override", \.divisor, in: .sizes), make: make)
    }
}

extension AvgPool1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, C, L']", AvgPool1d.init)
}

extension AvgPool2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, C, H', W']", AvgPool2d.init)
}

extension AvgPool3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, C, D', H', W']", AvgPool3d.init)
}
