import TernCore
import TernNN

/// The maximum of each window, see ``maxPool1d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's `MaxPool1d`; with
/// `padding: .same`, Keras's `MaxPooling1D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C, L'].
public final class MaxPool1d: Module {
    public let kernelSize: Size1d
    public let stride: Size1d
    public let padding: Padding1d
    public let dilation: Size1d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(
        _ kernelSize: Size1d, stride: Size1d? = nil, padding: Padding1d = 0, dilation: Size1d = 1,
        ceilMode: Bool = false
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        maxPool1d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short), "
            + "dilation=\(dilation.short), ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The maximum of each window, see ``maxPool2d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's `MaxPool2d`; with
/// `padding: .same`, Keras's `MaxPooling2D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class MaxPool2d: Module {
    public let kernelSize: Size2d
    public let stride: Size2d
    public let padding: Padding2d
    public let dilation: Size2d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(
        _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, dilation: Size2d = 1,
        ceilMode: Bool = false
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        maxPool2d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short), "
            + "dilation=\(dilation.short), ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The maximum of each window, see ``maxPool3d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's `MaxPool3d`; with
/// `padding: .same`, Keras's `MaxPooling3D`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C, D', H', W'].
public final class MaxPool3d: Module {
    public let kernelSize: Size3d
    public let stride: Size3d
    public let padding: Padding3d
    public let dilation: Size3d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(
        _ kernelSize: Size3d, stride: Size3d? = nil, padding: Padding3d = 0, dilation: Size3d = 1,
        ceilMode: Bool = false
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        maxPool3d(input, kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short), "
            + "dilation=\(dilation.short), ceil_mode=\(pythonName(ceilMode))"
    }
}
