import Foundation
import TernCore

/// Images in another size. torchvision's `resize`.
///
///     x [C, H, W] or [N, C, H, W] -> [..., height, width]
///
/// ```swift
/// resized(images, to: Size2d(14, 20)).shape   // [64, 1, 14, 20]
/// ```
///
/// See ``/TernCore/interpolated(_:size:mode:alignCorners:antialias:)``. `uint8` is computed in `float32` and rounded
/// once: where torchvision rounds after each axis, a value may differ by 1, and of `.bicubic` by more beside edges,
/// where it overshoots.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - size: the new height and width.
///   - mode: how values between pixels are found.
///   - antialias: whether images that get smaller are smoothed as much; with `.linear` and `.bicubic` only, for other
///     modes it says nothing.
public func resized(
    _ x: Tensor, to size: Size2d, mode: InterpolationMode = .linear, antialias: Bool = true
) -> Tensor {
    let sizes = ImageSizes(x, "resized")
    if (size.height, size.width) == (sizes.height, sizes.width) { return x }
    let isSmooth = mode == .linear || mode == .bicubic
    let images = x.rank == 3 ? x.unsqueezed(axes: 0) : x
    let result = interpolated(
        images, size: [size.height, size.width], mode: mode, antialias: isSmooth && antialias)
    return x.rank == 3 ? result.squeezed(axes: 0) : result
}

/// Images whose shorter side has a new length, and the longer one keeps its proportion to it, rounded down. torchvision's
/// `resize` with one number.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - shorterSide: its new length in pixels.
///   - longest: what the longer side has at most; the shorter one is then less than asked for. torchvision's
///     `max_size`.
///   - mode: how values between pixels are found.
///   - antialias: whether images that get smaller are smoothed as much; with `.linear` and `.bicubic` only.
public func resized(
    _ x: Tensor, shorterSide: Int, longest: Int? = nil, mode: InterpolationMode = .linear, antialias: Bool = true
) -> Tensor {
    let sizes = ImageSizes(x, "resized")
    let size = sizeAtScale(sizes.height, sizes.width, shorterSide: shorterSide, longest: longest)
    return resized(x, to: size, mode: mode, antialias: antialias)
}

func sizeAtScale(_ height: Int, _ width: Int, shorterSide: Int, longest: Int?) -> Size2d {
    let (short, long) = (min(height, width), max(height, width))
    if shorterSide < 1 || short < 1 || longest.map({ $0 <= shorterSide }) == true {
        mistake(
            "resized",
            "expects a shorter side of at least 1 and below the longest, got \(shorterSide) and "
                + "\(longest.map { "\($0)" } ?? "none") for \(height) x \(width)")
    }
    var (newShort, newLong) = (shorterSide, Int(Double(shorterSide * long) / Double(short)))
    if let longest, newLong > longest {
        (newShort, newLong) = (Int(Double(longest * newShort) / Double(newLong)), longest)
    }
    return width <= height ? Size2d(newLong, newShort) : Size2d(newShort, newLong)
}

/// A part of images in another size. torchvision's `resized_crop`.
public func resizedCrop(
    _ x: Tensor, top: Int, left: Int, height: Int, width: Int, to size: Size2d, mode: InterpolationMode = .linear,
    antialias: Bool = true
) -> Tensor {
    resized(
        cropped(x, top: top, left: left, size: Size2d(height, width)), to: size, mode: mode, antialias: antialias)
}

/// A part of random place, area and proportion, in another size: another part for each image of a batch. torchvision's
/// `RandomResizedCrop`, as Inception and ResNets are trained.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - size: the result's height and width.
///   - scale: the part's share of the area.
///   - ratio: its width divided by its height; the logarithm is uniform.
///   - mode: how values between pixels are found.
///   - antialias: whether images that get smaller are smoothed as much; with `.linear` and `.bicubic` only.
///   - generator: where the random numbers come from.
public func randomResizedCrop(
    _ x: Tensor, size: Size2d, scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
    mode: InterpolationMode = .linear, antialias: Bool = true, generator: Generator = .default
) -> Tensor {
    let sizes = ImageSizes(x, "randomResizedCrop")
    let parts = (0..<sizes.count).map { image in
        let place = randomPart(sizes.height, sizes.width, scale, ratio, generator)
        let one = x.rank == 4 ? x[image] : x
        return resizedCrop(
            one, top: place.top, left: place.left, height: place.height, width: place.width, to: size, mode: mode,
            antialias: antialias)
    }
    if x.rank == 3 { return parts[0] }
    return parts.isEmpty ? x.reshaped(sizes.shape(height: size.height, width: size.width)) : collated(parts)
}

/// A rectangle of pixels.
struct PixelRectangle: Sendable, Equatable {
    var top: Int
    var left: Int
    var height: Int
    var width: Int
}

/// The part that `RandomResizedCrop` draws: ten tries, and then the middle.
func randomPart(
    _ height: Int, _ width: Int, _ scale: ClosedRange<Double>, _ ratio: ClosedRange<Double>, _ generator: Generator
) -> PixelRectangle {
    if !(scale.lowerBound >= 0 && ratio.lowerBound > 0) {
        mistake("randomResizedCrop", "expects a scale from 0 on and a ratio above 0, got \(scale) and \(ratio)")
    }
    let logarithms = log(ratio.lowerBound)...log(ratio.upperBound)
    for _ in 0..<10 {
        let area = Double(height * width) * generator.number(in: scale)
        let proportion = exp(generator.number(in: logarithms))
        let (w, h) = (
            Int((area * proportion).squareRoot().rounded(.toNearestOrEven)),
            Int((area / proportion).squareRoot().rounded(.toNearestOrEven))
        )
        if w > 0 && w <= width && h > 0 && h <= height {
            return PixelRectangle(
                top: generator.integer(in: 0...height - h), left: generator.integer(in: 0...width - w), height: h,
                width: w)
        }
    }
    let proportion = Double(width) / Double(height)
    var (w, h) = (width, height)
    if proportion < ratio.lowerBound {
        h = Int((Double(w) / ratio.lowerBound).rounded(.toNearestOrEven))
    } else if proportion > ratio.upperBound {
        w = Int((Double(h) * ratio.upperBound).rounded(.toNearestOrEven))
    }
    return PixelRectangle(top: (height - h) / 2, left: (width - w) / 2, height: h, width: w)
}
