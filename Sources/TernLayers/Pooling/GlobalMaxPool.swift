import TernCore
import TernNN

/// The largest value of each channel. Keras's `GlobalMaxPooling1D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool1d(1)` and `Flatten`. Equal
/// largest values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool1d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 1 + 2, "[N, C, L]", "GlobalMaxPool1d")
        return input.max(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}

/// The largest value of each channel. Keras's `GlobalMaxPooling2D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool2d(1)` and `Flatten`. Equal
/// largest values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool2d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 2 + 2, "[N, C, H, W]", "GlobalMaxPool2d")
        return input.max(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}

/// The largest value of each channel. Keras's `GlobalMaxPooling3D`, of channels that stand first; in PyTorch,
/// `AdaptiveMaxPool3d(1)` and `Flatten`. Equal
/// largest values share the gradient.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C], or with the axes kept as axes of size 1.
public final class GlobalMaxPool3d: Module {
    public let keepAxes: Bool

    /// - Parameter keepAxes: whether the pooled axes stay, with size 1. Keras's `keepdims`.
    public init(keepAxes: Bool = false) { self.keepAxes = keepAxes }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 3 + 2, "[N, C, D, H, W]", "GlobalMaxPool3d")
        return input.max(axes: 2..<input.rank, keepAxes: keepAxes)
    }

    public var settingsDescription: String { keepAxes ? "keep_axes=True" : "" }
}
