import TernCore
import TernNN

/// The p-norm of each window, see ``lpPool1d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool1d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C, L'].
public final class LPPool1d: Module {
    public let power: Double
    public let kernelSize: Size1d
    public let stride: Size1d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - power: p. PyTorch's `norm_type`.
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(_ power: Double, _ kernelSize: Size1d, stride: Size1d? = nil, ceilMode: Bool = false) {
        self.power = power
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        lpPool1d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "norm_type=\(power), kernel_size=\(kernelSize.short), stride=\(stride.short), "
            + "ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The p-norm of each window, see ``lpPool2d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class LPPool2d: Module {
    public let power: Double
    public let kernelSize: Size2d
    public let stride: Size2d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - power: p. PyTorch's `norm_type`.
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(_ power: Double, _ kernelSize: Size2d, stride: Size2d? = nil, ceilMode: Bool = false) {
        self.power = power
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        lpPool2d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "norm_type=\(power), kernel_size=\(kernelSize.short), stride=\(stride.short), "
            + "ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The p-norm of each window, see ``lpPool3d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool3d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C, D', H', W'].
public final class LPPool3d: Module {
    public let power: Double
    public let kernelSize: Size3d
    public let stride: Size3d
    public let ceilMode: Bool

    /// - Parameters:
    ///   - power: p. PyTorch's `norm_type`.
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(_ power: Double, _ kernelSize: Size3d, stride: Size3d? = nil, ceilMode: Bool = false) {
        self.power = power
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.ceilMode = ceilMode
    }

    public func forward(_ input: Tensor) -> Tensor {
        lpPool3d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }

    public var settingsDescription: String {
        "norm_type=\(power), kernel_size=\(kernelSize.short), stride=\(stride.short), "
            + "ceil_mode=\(pythonName(ceilMode))"
    }
}
