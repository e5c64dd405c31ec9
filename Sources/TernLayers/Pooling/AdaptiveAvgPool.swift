import TernCore
import TernNN

/// The mean of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveAvgPool1d(_:_:)``. PyTorch's `AdaptiveAvgPool1d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C] + outputSize.
public final class AdaptiveAvgPool1d: Module {
    /// How many windows.
    public let outputSize: Size1d

    /// - Parameter outputSize: how many windows.
    public init(_ outputSize: Size1d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveAvgPool1d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

/// The mean of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveAvgPool2d(_:_:)``. PyTorch's `AdaptiveAvgPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C] + outputSize.
public final class AdaptiveAvgPool2d: Module {
    /// How many windows along each axis.
    public let outputSize: Size2d

    /// - Parameter outputSize: how many windows along each axis.
    public init(_ outputSize: Size2d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveAvgPool2d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

/// The mean of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveAvgPool3d(_:_:)``. PyTorch's `AdaptiveAvgPool3d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C] + outputSize.
public final class AdaptiveAvgPool3d: Module {
    /// How many windows along each axis.
    public let outputSize: Size3d

    /// - Parameter outputSize: how many windows along each axis.
    public init(_ outputSize: Size3d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveAvgPool3d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

extension AdaptiveAvgPool1d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveAvgPool1d>(
        "[N, C, L] -> [N, C, L']", .init("output_size", \.outputSize, in: .sizes), make: AdaptiveAvgPool1d.init)
}

extension AdaptiveAvgPool2d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveAvgPool2d>(
        "[N, C, H, W] -> [N, C, H', W']", .init("output_size", \.outputSize, in: .sizes), make: AdaptiveAvgPool2d.init)
}

extension AdaptiveAvgPool3d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveAvgPool3d>(
        "[N, C, D, H, W] -> [N, C, D', H', W']", .init("output_size", \.outputSize, in: .sizes),
        make: AdaptiveAvgPool3d.init)
}
