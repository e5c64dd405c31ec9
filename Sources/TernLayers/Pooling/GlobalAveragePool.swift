import TernCore
import TernNN

/// The mean of each channel. Keras's `GlobalAveragePooling1D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvePool1d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool1d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 1 + 2, "[N, C, L]", "GlobalAveragePool1d")
        return input.mean(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}

/// The mean of each channel. Keras's `GlobalAveragePooling2D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvePool2d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool2d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 2 + 2, "[N, C, H, W]", "GlobalAveragePool2d")
        return input.mean(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}

/// The mean of each channel. Keras's `GlobalAveragePooling3D`, of channels that stand first; in PyTorch,
/// `AdaptiveAvePool3d(1)` and `Flatten`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalAveragePool3d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 3 + 2, "[N, C, D, H, W]", "GlobalAveragePool3d")
        return input.mean(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}
