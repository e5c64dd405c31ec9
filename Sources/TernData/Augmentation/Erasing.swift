import Foundation
import TernCore

/// Images with a rectangle of one colour. torchvision's `erase`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - top: the rectangle's first row; it lies within the image.
///   - left: its first column.
///   - height: its rows.
///   - width: its columns.
///   - value: in the type of the image.
public func erased(
    _ x: Tensor, top: Int, left: Int, height: Int, width: Int, value: ChannelValues = 0
) -> Tensor {
    let sizes = ImageSizes(x, "erased")
    let fits =
        top >= 0 && left >= 0 && height >= 0 && width >= 0 && top <= sizes.height - height
        && left <= sizes.width - width
    if !fits {
        mistake("erased", "expects a rectangle within \(x.shape), got \((top, left, height, width))")
    }
    let rectangle = PixelRectangle(top: top, left: left, height: height, width: width)
    return ImageChange.applied(
        [[.erase(rectangle, value.expanded(to: sizes.channels, "erased"))]], to: x, "erased")
}

/// What ``randomErasing(_:probability:scale:ratio:value:generator:)`` puts into a rectangle.
public enum ErasingValue: Sendable, Hashable {
    /// In the type of the image.
    case constant(ChannelValues)
    /// Numbers of the normal distribution with mean 0 and deviation 1: for images that are normalized.
    case noise
}

/// Each image, with a probability, with a rectangle of random place, area and proportion of other values (Zhong et al., "Random
/// erasing data augmentation", 2017). torchvision's `RandomErasing`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - probability: of an image to be changed.
///   - scale: the rectangle's share of the area.
///   - ratio: its height divided by its width; the logarithm is uniform.
///   - value: what it is filled with.
///   - generator: where the random numbers come from.
public func randomErasing(
    _ x: Tensor, probability: Double = 0.5, scale: ClosedRange<Double> = 0.02...0.33,
    ratio: ClosedRange<Double> = 0.3...3.3, value: ErasingValue = .constant(0), generator: Generator = .default
) -> Tensor {
    if !(scale.lowerBound >= 0 && scale.upperBound <= 1 && ratio.lowerBound > 0) {
        mistake("randomErasing", "expects a scale in 0...1 and a ratio above 0, got \(scale) and \(ratio)")
    }
    let sizes = ImageSizes(x, "randomErasing")
    let changes = (0..<sizes.count).map { _ -> [ImageChange] in
        guard generator.isTrue(probability), let part = erasedPart(sizes, scale, ratio, generator) else { return [] }
        switch value {
        case .constant(let values): return [.erase(part, values.expanded(to: sizes.channels, "randomErasing"))]
        case .noise:
            let count = sizes.channels * part.height * part.width
            return [.erase(part, Tensor.normal([count], generator: generator).array(of: Double.self))]
        }
    }
    return ImageChange.applied(changes, to: x, "randomErasing")
}

/// The rectangle that `RandomErasing` draws: in ten tries one smaller than the image, or none.
private func erasedPart(
    _ sizes: ImageSizes, _ scale: ClosedRange<Double>, _ ratio: ClosedRange<Double>, _ generator: Generator
) -> PixelRectangle? {
    for _ in 0..<10 {
        let area = Double(sizes.plane) * generator.number(in: scale)
        let proportion = exp(generator.number(in: log(ratio.lowerBound)...log(ratio.upperBound)))
        let (h, w) = (
            Int((area * proportion).squareRoot().rounded(.toNearestOrEven)),
            Int((area / proportion).squareRoot().rounded(.toNearestOrEven))
        )
        if h >= sizes.height || w >= sizes.width { continue }
        return PixelRectangle(
            top: generator.integer(in: 0...sizes.height - h), left: generator.integer(in: 0...sizes.width - w),
            height: h, width: w)
    }
    return nil
}
