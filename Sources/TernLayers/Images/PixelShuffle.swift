import TernCore
import TernNN

/// Channels as pixels of an image `factor` times as large, see ``/TernCore/pixelShuffle(_:_:)``. PyTorch's
/// `PixelShuffle`.
///
/// Shapes: [..., C * factor^2, H, W] -> [..., C, H * factor, W * factor].
public final class PixelShuffle: Module {
    /// How many times higher and wider images become.
    public let factor: Int

    /// - Parameter factor: how many times higher and wider images become.
    public init(_ factor: Int) {
        checkPositive(factor, "factor", "PixelShuffle")
        self.factor = factor
    }

    public func forward(_ input: Tensor) -> Tensor { pixelShuffle(input, factor) }

    public var settingsDescription: String { "upscale_factor=\(factor)" }
}

/// Pixels as channels, the inverse of ``PixelShuffle``, see ``/TernCore/pixelUnshuffle(_:_:)``. PyTorch's
/// `PixelUnshuffle`.
///
/// Shapes: [..., C, H * factor, W * factor] -> [..., C * factor^2, H, W].
public final class PixelUnshuffle: Module {
    /// How many times lower and narrower images become.
    public let factor: Int

    /// - Parameter factor: how many times lower and narrower images become.
    public init(_ factor: Int) {
        checkPositive(factor, "factor", "PixelUnshuffle")
        self.factor = factor
    }

    public func forward(_ input: Tensor) -> Tensor { pixelUnshuffle(input, factor) }

    public var settingsDescription: String { "downscale_factor=\(factor)" }
}

extension PixelShuffle: RebuildableModule {
    public static let blueprint = Blueprint<PixelShuffle>(
        "[..., C * r * r, H, W] -> [..., C, H * r, W * r]", .init("upscale_factor", \.factor, in: .sizes),
        make: PixelShuffle.init)
}

extension PixelUnshuffle: RebuildableModule {
    public static let blueprint = Blueprint<PixelUnshuffle>(
        "[..., C, H * r, W * r] -> [..., C * r * r, H, W]", .init("downscale_factor", \.factor, in: .sizes),
        make: PixelUnshuffle.init)
}
