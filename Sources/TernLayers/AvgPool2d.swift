import TernCore
import TernNN

/// The mean of each window, see ``avgPool2d(_:_:stride:padding:ceilMode:countsPadding:divisor:)``. PyTorch's `AvgPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class AvgPool2d: Module {
    public let kernelSize: Size2d
    public let stride: Size2d
    public let padding: Padding2d
    public let ceilMode: Bool
    public let countsPadding: Bool

    /// - Parameters:
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    ///   - countsPadding: whether the padding's zeros are part of the mean. PyTorch's `count_include_pad`.
    public init(
        _ kernelSize: Size2d, stride: Size2d? = nil, padding: Padding2d = 0, ceilMode: Bool = false,
        countsPadding: Bool = true
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.ceilMode = ceilMode
        self.countsPadding = countsPadding
    }

    public func forward(_ input: Tensor) -> Tensor {
        avgPool2d(
            input, kernelSize, stride: stride, padding: padding, ceilMode: ceilMode, countsPadding: countsPadding)
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), stride=\(stride.short), padding=\(padding.short)"
    }
}
