import TernCore
import TernNN

/// The maximum of each window, see ``maxPool2d(_:_:stride:padding:dilation:ceilMode:)``. PyTorch's `MaxPool2d`.
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
