import TernCore
import TernNN

/// What ``MaxUnpool1d``, ``MaxUnpool2d`` and ``MaxUnpool3d`` have in common: the settings of the pooling that they undo.
public class MaxUnpooling<let dimensions: Int>: Module {
    /// The size of the pooling's windows.
    public let kernelSize: SpatialSize<dimensions>
    /// From one window to the next; the kernel's size unless given.
    public let stride: SpatialSize<dimensions>
    /// The padding of the pooling.
    public let padding: SpatialSize<dimensions>
    /// The size of the outputs: several inputs of a pooling give one output's size, and `nil` stands for the least.
    public var outputSize: SpatialSize<dimensions>?

    /// - Parameters: those of the pooling.
    public init(
        _ kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions>? = nil,
        padding: SpatialSize<dimensions> = 0, outputSize: SpatialSize<dimensions>? = nil
    ) {
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.padding = padding
        self.outputSize = outputSize
    }

    public final func forward(_ input: (Tensor, Tensor)) -> Tensor { unpooled(input.0, at: input.1, outputSize) }

    /// With an output of this size in place of ``outputSize``. PyTorch's `output_size`.
    public final func callAsFunction(
        _ values: Tensor, _ indices: Tensor, outputSize: SpatialSize<dimensions>
    ) -> Tensor {
        call((values, indices)) { unpooled($0.0, at: $0.1, outputSize) }
    }

    /// The operation.
    func unpooled(_ values: Tensor, at indices: Tensor, _ outputSize: SpatialSize<dimensions>?) -> Tensor {
        mistake("\(Self.self)", "has no operation")
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.pair), stride=\(stride.pair), padding=\(padding.pair)"
            + (outputSize.map { ", output_size=\($0.pair)" } ?? "")
    }
}

/// Zeros with each value at its index: a partial inverse of ``MaxPool1d``, see
/// ``/TernCore/maxUnpool1d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool1d`.
///
/// Called with the values and indices that ``/TernCore/maxPool1dWithIndices(_:_:stride:padding:dilation:ceilMode:)``
/// gives, or with what was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, L] -> [N, C, L'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool1d: MaxUnpooling<1> {
    override func unpooled(_ values: Tensor, at indices: Tensor, _ outputSize: Size1d?) -> Tensor {
        maxUnpool1d(values, indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
}

/// Zeros with each value at its index: a partial inverse of ``MaxPool2d``, see
/// ``/TernCore/maxUnpool2d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool2d`.
///
/// Called with the values and indices that ``/TernCore/maxPool2dWithIndices(_:_:stride:padding:dilation:ceilMode:)``
/// gives, or with what was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, H, W] -> [N, C, H', W'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool2d: MaxUnpooling<2> {
    override func unpooled(_ values: Tensor, at indices: Tensor, _ outputSize: Size2d?) -> Tensor {
        maxUnpool2d(values, indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
}

/// Zeros with each value at its index: a partial inverse of ``MaxPool3d``, see
/// ``/TernCore/maxUnpool3d(_:_:_:stride:padding:outputSize:)``. PyTorch's `MaxUnpool3d`.
///
/// Called with the values and indices that ``/TernCore/maxPool3dWithIndices(_:_:stride:padding:dilation:ceilMode:)``
/// gives, or with what was computed from such values: `unpool(values, indices)`.
///
/// Shapes, with `N` batch and `C` channels: two of [N, C, D, H, W] -> [N, C, D', H', W'], with
/// size' = (size - 1) * stride - 2 * padding + kernelSize unless `outputSize` is set.
public final class MaxUnpool3d: MaxUnpooling<3> {
    override func unpooled(_ values: Tensor, at indices: Tensor, _ outputSize: Size3d?) -> Tensor {
        maxUnpool3d(values, indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
}

extension MaxUnpooling {
    /// What the layers of this family keep in files.
    fileprivate static func plan<Layer: MaxUnpooling & RebuildableModule>(
        _ shapes: String,
        _ make:
            @escaping @Sendable (
                SpatialSize<dimensions>, SpatialSize<dimensions>?, SpatialSize<dimensions>, SpatialSize<dimensions>?
            ) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("kernel_size", \.kernelSize, in: .sizes), .init("stride", \.stride.wrapped, in: .sizes),
            .init("padding", \.padding, in: .sizesFromZero), .init("output_size", \.outputSize, in: .sizes), make: make)
    }
}

extension MaxUnpool1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L], indices -> [N, C, L']", MaxUnpool1d.init)
}

extension MaxUnpool2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W], indices -> [N, C, H', W']", MaxUnpool2d.init)
}

extension MaxUnpool3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W], indices -> [N, C, D', H', W']", MaxUnpool3d.init)
}
