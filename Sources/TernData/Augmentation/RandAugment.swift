import Foundation
import TernCore

/// Each image changed by a few operations, drawn from fourteen, of one strength (Cubuk et al., "RandAugment: practical automated
/// data augmentation with a reduced search space", 2019). torchvision's `RandAugment`.
///
/// The operations: none, shears, translations and turns, brightness, saturation, contrast, sharpness, posterizing, solarizing,
/// automatic contrast, equalizing. Those that go two ways (all but the last four) go either with the same probability.
///
/// ```swift
/// let augmented = loader.map(seed: 1) { (randAugment($0.0, generator: $1), $0.1) }
/// ```
///
/// - Parameters:
///   - x: bytes, or floats in 0...1; 1 or 3 channels.
///   - operations: how many for each image.
///   - magnitude: the strength, `0..<bins`.
///   - bins: the number of strengths.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside of images that are moved; nil is 0.
///   - generator: where the random numbers come from.
public func randAugment(
    _ x: Tensor, operations: Int = 2, magnitude: Int = 9, bins: Int = 31, mode: InterpolationMode = .nearest,
    fill: ChannelValues? = nil, generator: Generator = .default
) -> Tensor {
    let sizes = ImageSizes(x, "randAugment")
    if operations < 0 || bins < 2 || !(0..<bins).contains(magnitude) || mode != .nearest && mode != .linear {
        mistake(
            "randAugment",
            "expects a magnitude below the bins and the mode nearest or linear, got \(operations) operations, "
                + "magnitude \(magnitude) of \(bins) and \(mode)")
    }
    let strength = Double(magnitude) / Double(bins - 1)
    let changes = (0..<sizes.count).map { _ in
        (0..<operations).compactMap { _ in
            let kind = RandAugmentOperation.allCases[
                generator.integer(in: 0...RandAugmentOperation.allCases.count - 1)]
            let isNegative = kind.isSigned && generator.isTrue(0.5)
            return kind.change(strength, isNegative: isNegative, sizes) { matrix in
                Warp(matrix, mode, fill, channels: sizes.channels, "randAugment")
            }
        }
    }
    return ImageChange.applied(changes, to: x, "randAugment")
}

enum RandAugmentOperation: CaseIterable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize
    case solarize, autoContrast, equalize

    var isSigned: Bool {
        switch self {
        case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast, .sharpness: true
        case .identity, .posterize, .solarize, .autoContrast, .equalize: false
        }
    }

    /// What an operation does to an image of these sizes, nil for nothing.
    ///
    /// - Parameter strength: 0...1.
    func change(
        _ strength: Double, isNegative: Bool, _ sizes: ImageSizes,
        warp: (InlineArray<9, Double>) -> Warp
    ) -> ImageChange? {
        func signed(_ most: Double) -> Double { strength * most * (isNegative ? -1 : 1) }
        func moved(_ x: Double, _ y: Double) -> ImageChange {
            // Whole pixels.
            let translation = (x.rounded(.towardZero), y.rounded(.towardZero))
            return .warp(warp(AffineTransform(angle: 0, translation: translation).inverse(sizes)))
        }
        func sheared(_ x: Double, _ y: Double) -> ImageChange {
            let shear = (x: atan(x) * 180 / .pi, y: atan(y) * 180 / .pi)
            return .warp(warp(AffineTransform(angle: 0, shear: shear, center: (0, 0)).inverse(sizes)))
        }
        switch self {
        case .identity: return nil
        case .shearX: return sheared(signed(0.3), 0)
        case .shearY: return sheared(0, signed(0.3))
        case .translateX: return moved(signed(150.0 / 331 * Double(sizes.width)), 0)
        case .translateY: return moved(0, signed(150.0 / 331 * Double(sizes.height)))
        case .rotate: return .warp(warp(AffineTransform(angle: -signed(30)).inverse(sizes)))
        case .brightness: return .brightness(1 + signed(0.9))
        case .color: return .saturation(1 + signed(0.9))
        case .contrast: return .contrast(1 + signed(0.9))
        case .sharpness: return .sharpness(1 + signed(0.9))
        case .posterize: return .posterize(bits: Int((8 - 4 * strength).rounded(.toNearestOrEven)))
        case .solarize: return .solarize(1 - strength)
        case .autoContrast: return .autoContrast
        case .equalize: return .equalize
        }
    }
}
