import TernCore
import TernNN

/// The maximum of each of `outputSize` windows that share out the input, whatever its size, see
/// ``adaptiveMaxPool2d(_:_:)``. PyTorch's `AdaptiveMaxPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, outputSize.height, outputSize.width].
public final class AdaptiveMaxPool2d: Module {
    public let outputSize: Size2d

    public init(_ outputSize: Size2d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveMaxPool2d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}
