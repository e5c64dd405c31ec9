import TernCore
import TernNN

/// Sequences, images or volumes in another size, see ``/TernCore/interpolated(_:size:mode:alignCorners:antialias:)``.
/// PyTorch's `Upsample`; Keras's `UpSampling1D`, `UpSampling2D` and `UpSampling3D`, which repeat elements as `.nearest`
/// does with a whole `scale`, of channels that stand first.
///
/// Shapes, with `N` batch and `C` channels: [N, C, ...] -> [N, C] + size, or every size times its scale, rounded down.
public final class Upsample: Module {
    /// What the output's sizes follow from.
    public enum Target: Sendable, Hashable {
        /// The sizes of the axes behind the channels, or one for all.
        case size([Int])
        /// Factors of these sizes, or one for all.
        case scale([Double])
    }

    /// The new size.
    public let target: Target
    /// How a value between elements is found.
    public let mode: InterpolationMode
    /// Whether the centres of the outermost elements stay where they are, not the outer edges.
    public let alignCorners: Bool

    /// - Parameters:
    ///   - size: of the axes behind the channels, or one for all of them.
    ///   - mode: how a value between elements is found.
    ///   - alignCorners: whether the centres of the outermost elements stay where they are, not the outer edges.
    public convenience init(size: [Int], mode: InterpolationMode = .nearest, alignCorners: Bool = false) {
        self.init(target: .size(size), mode: mode, alignCorners: alignCorners)
    }

    /// - Parameters:
    ///   - scale: of the axes behind the channels, or one for all of them. PyTorch's `scale_factor`.
    ///   - mode: how a value between elements is found.
    ///   - alignCorners: whether the centres of the outermost elements stay where they are, not the outer edges.
    public convenience init(scale: [Double], mode: InterpolationMode = .nearest, alignCorners: Bool = false) {
        self.init(target: .scale(scale), mode: mode, alignCorners: alignCorners)
    }

    fileprivate init(target: Target, mode: InterpolationMode, alignCorners: Bool) {
        self.target = target
        self.mode = mode
        self.alignCorners = alignCorners
    }

    /// - Parameters:
    ///   - scale: the factor of all axes behind the channels. PyTorch's `scale_factor`.
    ///   - mode: how a value between elements is found.
    ///   - alignCorners: whether the centres of the outermost elements stay where they are, not the outer edges.
    public convenience init(scale: Double, mode: InterpolationMode = .nearest, alignCorners: Bool = false) {
        self.init(scale: [scale], mode: mode, alignCorners: alignCorners)
    }

    public func forward(_ input: Tensor) -> Tensor { upsampled(input, target, mode, alignCorners) }

    public var settingsDescription: String {
        "\(target.text), mode='\(mode.rawValue)'" + (alignCorners ? ", align_corners=True" : "")
    }
}

/// Images in another size by the nearest pixels. PyTorch's `UpsamplingNearest2d`: ``Upsample`` of images.
public final class UpsamplingNearest2d: Module {
    /// The new size.
    public let target: Upsample.Target

    /// - Parameter size: the new height and width.
    public convenience init(size: Size2d) { self.init(target: .size(size.array)) }

    /// - Parameter scale: the factor of both. PyTorch's `scale_factor`.
    public convenience init(scale: Double) { self.init(target: .scale([scale])) }

    fileprivate init(target: Upsample.Target) { self.target = target }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 4, "[N, C, H, W]", "UpsamplingNearest2d")
        return upsampled(input, target, .nearest, false)
    }

    public var settingsDescription: String { "\(target.text), mode='nearest'" }
}

/// Images in another size by straight lines between the pixels, with aligned corners. PyTorch's `UpsamplingBilinear2d`:
/// ``Upsample`` of images with these settings.
public final class UpsamplingBilinear2d: Module {
    /// The new size.
    public let target: Upsample.Target

    /// - Parameter size: the new height and width.
    public convenience init(size: Size2d) { self.init(target: .size(size.array)) }

    /// - Parameter scale: the factor of both. PyTorch's `scale_factor`.
    public convenience init(scale: Double) { self.init(target: .scale([scale])) }

    fileprivate init(target: Upsample.Target) { self.target = target }

    public func forward(_ input: Tensor) -> Tensor {
        checkRank(input, 4, "[N, C, H, W]", "UpsamplingBilinear2d")
        return upsampled(input, target, .linear, true)
    }

    public var settingsDescription: String { "\(target.text), mode='bilinear'" }
}

private func upsampled(
    _ input: Tensor, _ target: Upsample.Target, _ mode: InterpolationMode, _ alignCorners: Bool
) -> Tensor {
    switch target {
    case .size(let size): interpolated(input, size: size, mode: mode, alignCorners: alignCorners)
    case .scale(let scale): interpolated(input, scale: scale, mode: mode, alignCorners: alignCorners)
    }
}

extension Upsample.Target {
    /// As PyTorch shows it.
    fileprivate var text: String {
        switch self {
        case .size(let size): "size=\(list(size.map(String.init)))"
        case .scale(let scale): "scale_factor=\(list(scale.map { "\($0)" }))"
        }
    }

    private func list(_ numbers: [String]) -> String {
        Set(numbers).count == 1 ? numbers[0] : "(\(numbers.joined(separator: ", ")))"
    }
}

extension Upsample: RebuildableModule {
    public static let blueprint = Blueprint<Upsample>(
        "[N, C, ...] -> [N, C, scaled...]", .init("target", \.target), .init("mode", \.mode),
        .init("align_corners", \.alignCorners), make: Upsample.init(target:mode:alignCorners:))
}

extension UpsamplingNearest2d: RebuildableModule {
    public static let blueprint = Blueprint<UpsamplingNearest2d>(
        "[N, C, H, W] -> [N, C, H', W']", .init("target", \.target), make: UpsamplingNearest2d.init(target:))
}

extension UpsamplingBilinear2d: RebuildableModule {
    public static let blueprint = Blueprint<UpsamplingBilinear2d>(
        "[N, C, H, W] -> [N, C, H', W']", .init("target", \.target), make: UpsamplingBilinear2d.init(target:))
}

extension Upsample.Target: SettingConvertible {
    public static var settingKind: String { "'size' and numbers from 0 on, or 'scale' and numbers above 0" }
    public var settingValue: SettingValue {
        switch self {
        case .size(let sizes): .list([.text("size"), sizes.settingValue])
        case .scale(let scales): .list([.text("scale"), scales.settingValue])
        }
    }
    public static func fromSetting(_ value: SettingValue) -> Self? {
        guard case .list(let parts) = value, parts.count == 2 else { return nil }
        if parts[0] == .text("size") {
            return [Int].fromSetting(parts[1]).flatMap {
                $0.allSatisfy(ClosedRange.sizesFromZero.contains) ? .size($0) : nil
            }
        }
        if parts[0] != .text("scale") { return nil }
        return [Double].fromSetting(parts[1]).flatMap { $0.allSatisfy { $0 > 0 } ? .scale($0) : nil }
    }
}
