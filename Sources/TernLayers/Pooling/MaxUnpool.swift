import TernCore
import TernNN

/// Zeros with each value at its index: a partial inverse of ``MaxPool1d``, see
/// ``maxUnpool1d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool1d`.
///
/// Called with the values and indices that ``maxPool1dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives, or with what
/// was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, L] -> [N, C, L'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool1d: Module {
    public let kernelSize: Size1d
    public let stride: Size1d
    public let padding: Size1d
    /// The size of the outputs: several inputs of a pooling give one output's size, and `nil` stands for the least.
    public var outputSize: Size1d?

    /// - Parameters: those of the pooling.
    public init(_ kernelSize: Size1d, stride: Size1d? = nil, padding: Size1d = 0, outputSize: Size1d? = nil) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.outputSize = outputSize
    }

    public func forward(_ input: (values: Tensor, indices: Tensor)) -> Tensor {
        maxUnpool1d(
            input.values, input.indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }

    public func callAsFunction(_ values: Tensor, _ indices: Tensor) -> Tensor { self((values, indices)) }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.pair), stride=\(stride.pair), padding=\(padding.pair)"
    }
}

/// Zeros with each value at its index: a partial inverse of ``MaxPool2d``, see
/// ``maxUnpool2d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool2d`.
///
/// Called with the values and indices that ``maxPool2dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives, or with what
/// was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, H, W] -> [N, C, H', W'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool2d: Module {
    public let kernelSize: Size2d
    public let stride: Size2d
    public let padding: Size2d
    /// The size of the outputs: several inputs of a pooling give one output's size, and `nil` stands for the least.
    public var outputSize: Size2d?

    /// - Parameters: those of the pooling.
    public init(_ kernelSize: Size2d, stride: Size2d? = nil, padding: Size2d = 0, outputSize: Size2d? = nil) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.outputSize = outputSize
    }

    public func forward(_ input: (values: Tensor, indices: Tensor)) -> Tensor {
        maxUnpool2d(
            input.values, input.indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }

    public func callAsFunction(_ values: Tensor, _ indices: Tensor) -> Tensor { self((values, indices)) }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.pair), stride=\(stride.pair), padding=\(padding.pair)"
    }
}

/// Zeros with each value at its index: a partial inverse of ``MaxPool3d``, see
/// ``maxUnpool3d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool3d`.
///
/// Called with the values and indices that ``maxPool3dWithIndices(_:_:stride:padding:dilation:ceilMode:)`` gives, or with what
/// was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, D, H, W] -> [N, C, D', H', W'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool3d: Module {
    public let kernelSize: Size3d
    public let stride: Size3d
    public let padding: Size3d
    /// The size of the outputs: several inputs of a pooling give one output's size, and `nil` stands for the least.
    public var outputSize: Size3d?

    /// - Parameters: those of the pooling.
    public init(_ kernelSize: Size3d, stride: Size3d? = nil, padding: Size3d = 0, outputSize: Size3d? = nil) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.outputSize = outputSize
    }

    public func forward(_ input: (values: Tensor, indices: Tensor)) -> Tensor {
        maxUnpool3d(
            input.values, input.indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }

    public func callAsFunction(_ values: Tensor, _ indices: Tensor) -> Tensor { self((values, indices)) }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.pair), stride=\(stride.pair), padding=\(padding.pair)"
    }
}
