import TernCore
import TernNN

/// The mean of each of `outputSize` windows that share out the input, whatever its size, see
/// ``adaptiveAvgPool2d(_:_:)``. PyTorch's `AdaptiveAvgPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, outputSize.height, outputSize.width].
public final class AdaptiveAvgPool2d: Module {
    public let outputSize: Size2d

    public init(_ outputSize: Size2d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveAvgPool2d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}
