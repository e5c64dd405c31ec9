import TernCore
import TernNN

/// Pools an image of any size into a vector of one length: He et al., "Spatial pyramid pooling in deep convolutional
/// networks for visual recognition", 2014.
///
/// Each level `n` cuts the image in n x n windows and keeps the maximum (or the mean) of each channel in each; the levels'
/// results follow each other, each with its channels one after the other.
///
/// ```swift
/// let pooling = SpatialPyramidPooling(levels: [4, 2, 1])
/// pooling(Tensor.zeros([8, 16, 13, 17])).shape   // [8, 336]: 16 channels times 16 + 4 + 1 windows
/// ```
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C * sum of n^2].
public final class SpatialPyramidPooling: Module {
    /// What is taken of each window.
    public enum Mode: String, SettingConvertible, CaseIterable {
        /// The largest value.
        case max
        /// The mean.
        case average
    }

    /// The number of windows along each axis, for each level; positive.
    public let levels: [Int]
    /// What is taken of each window.
    public let mode: Mode

    /// - Parameters:
    ///   - levels: the number of windows along each axis, for each level; positive.
    ///   - mode: what is taken of each window.
    public init(levels: [Int] = [4, 2, 1], mode: Mode = .max) {
        if levels.isEmpty { mistake("SpatialPyramidPooling", "expects at least one level, got none") }
        for level in levels where level < 1 {
            mistake("SpatialPyramidPooling", "levels must be positive, got \(level)")
        }
        self.levels = levels
        self.mode = mode
    }

    /// The length of the result for images with so many channels.
    public func outputFeatures(channels: Int) -> Int { channels * levels.reduce(0) { $0 + $1 * $1 } }

    public func forward(_ images: Tensor) -> Tensor {
        if images.rank != 4 {
            mistake("SpatialPyramidPooling", "expects an input of shape [N, C, H, W], got \(images.shape)")
        }
        let pooled = levels.map { level in
            switch mode {
            case .max: adaptiveMaxPool2d(images, Size2d(level)).flattened(from: 1)
            case .average: adaptiveAvgPool2d(images, Size2d(level)).flattened(from: 1)
            }
        }
        return concatenated(pooled, axis: 1)
    }

    public var settingsDescription: String { "levels=\(levels), mode=\(mode)" }
}

extension SpatialPyramidPooling: RebuildableModule {
    public static let blueprint = Blueprint<SpatialPyramidPooling>(
        "[N, C, H, W] -> [N, F]", .init("levels", \.levels, in: .sizes), .init("mode", \.mode)
    ) { levels, mode in
        if levels.isEmpty { throw ConfigurationError("expects at least one level") }
        return SpatialPyramidPooling(levels: levels, mode: mode)
    }
}
