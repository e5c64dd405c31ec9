import Foundation
import TernCore

/// Images blurred by a Gaussian, mirrored at their outermost pixels. torchvision's `gaussian_blur`.
///
///     weights exp(-d^2 / (2 sigma^2)), scaled to a sum of 1
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - kernelSize: odd numbers, the height and the width of what counts for a pixel.
///   - sigma: the standard deviation in pixels; nil is 0.15 times the kernel's size and 0.35.
public func gaussianBlurred(_ x: Tensor, kernelSize: Size2d, sigma: Double? = nil) -> Tensor {
    ImageChange.applied([[gaussian(kernelSize, sigma, "gaussianBlurred")]], to: x, "gaussianBlurred")
}

/// Each image blurred by a Gaussian of random width. torchvision's `GaussianBlur`.
public func randomGaussianBlur(
    _ x: Tensor, kernelSize: Size2d, sigma: ClosedRange<Double> = 0.1...2, generator: Generator = .default
) -> Tensor {
    let changes = (0..<ImageSizes(x, "randomGaussianBlur").count).map { _ in
        [gaussian(kernelSize, generator.number(in: sigma), "randomGaussianBlur")]
    }
    return ImageChange.applied(changes, to: x, "randomGaussianBlur")
}

private func gaussian(_ size: Size2d, _ sigma: Double?, _ operation: String) -> ImageChange {
    func weights(_ size: Int) -> [Double] {
        let sigma = sigma ?? 0.15 * Double(size) + 0.35
        if size < 1 || size % 2 == 0 || !(sigma > 0) {
            mistake(operation, "expects odd kernel sizes and a sigma above 0, got \(size) and \(sigma)")
        }
        let places = (0..<size).map { Double($0 - size / 2) / sigma }
        let weights = places.map { exp(-0.5 * $0 * $0) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
    return .blur(horizontal: weights(size.width), vertical: weights(size.height))
}
