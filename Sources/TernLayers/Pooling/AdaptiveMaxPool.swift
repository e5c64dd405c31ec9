import TernCore
import TernNN

/// The largest value of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveMaxPool1d(_:_:)``. PyTorch's `AdaptiveMaxPool1d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C] + outputSize.
public final class AdaptiveMaxPool1d: Module {
    /// How many windows.
    public let outputSize: Size1d

    /// - Parameter outputSize: how many windows.
    public init(_ outputSize: Size1d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveMaxPool1d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

/// The largest value of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveMaxPool2d(_:_:)``. PyTorch's `AdaptiveMaxPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C] + outputSize.
public final class AdaptiveMaxPool2d: Module {
    /// How many windows along each axis.
    public let outputSize: Size2d

    /// - Parameter outputSize: how many windows along each axis.
    public init(_ outputSize: Size2d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveMaxPool2d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

/// The largest value of each of `outputSize` windows that share out the input, whatever its size, see
/// ``/TernCore/adaptiveMaxPool3d(_:_:)``. PyTorch's `AdaptiveMaxPool3d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C] + outputSize.
public final class AdaptiveMaxPool3d: Module {
    /// How many windows along each axis.
    public let outputSize: Size3d

    /// - Parameter outputSize: how many windows along each axis.
    public init(_ outputSize: Size3d) { self.outputSize = outputSize }

    public func forward(_ input: Tensor) -> Tensor { adaptiveMaxPool3d(input, outputSize) }

    public var settingsDescription: String { "output_size=\(outputSize.short)" }
}

extension AdaptiveMaxPool1d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveMaxPool1d>(
        "[N, C, L] -> [N, C, L']", .init("output_size", \.outputSize, in: .sizes), make: AdaptiveMaxPool1d.init)
}

extension AdaptiveMaxPool2d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveMaxPool2d>(
        "[N, C, H, W] -> [N, C, H', W']", .init("output_size", \.outputSize, in: .sizes), make: AdaptiveMaxPool2d.init)
}

extension AdaptiveMaxPool3d: RebuildableModule {
    public static let blueprint = Blueprint<AdaptiveMaxPool3d>(
        "[N, C, D, H, W] -> [N, C, D', H', W']", .init("output_size", \.outputSize, in: .sizes),
        make: AdaptiveMaxPool3d.init)
}
