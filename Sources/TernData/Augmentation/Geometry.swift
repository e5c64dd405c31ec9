import Foundation
import TernCore

// Maps of the plane are about the middle of an image, with x to the right and y down, in pixels.

/// Images turned, sheared, scaled and moved, about a point. torchvision's `affine`.
///
///     x [C, H, W] or [N, C, H, W] -> the same shape
///
/// Masks can have any element type with `.nearest`. With `.linear` and a `fill`, a pixel of which only a share lies in the image
/// counts by the square of that, as torchvision has it: a thin seam. Without one it counts by its share.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - angle: degrees, clockwise.
///   - translation: to the right and down, in pixels.
///   - scale: above 0.
///   - shear: degrees, along the x axis and the y axis.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside, in the type of the image; nil is 0.
///   - center: x and y of the point, from the upper left corner; nil is the middle.
public func affineTransformed(
    _ x: Tensor, angle: Double = 0, translation: (x: Double, y: Double) = (0, 0), scale: Double = 1,
    shear: (x: Double, y: Double) = (0, 0), mode: InterpolationMode = .nearest, fill: ChannelValues? = nil,
    center: (x: Double, y: Double)? = nil
) -> Tensor {
    let sizes = ImageSizes(x, "affineTransformed")
    let affine = AffineTransform(
        angle: angle, translation: translation, scale: scale, shear: shear, center: center)
    return warped(x, [affine.inverse(sizes)], mode, fill, "affineTransformed")
}

/// Images turned counterclockwise. torchvision's `rotate`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - degrees: by multiples of 90 about the middle, pixels are only moved, of images that are as high as wide (or
///     expanding).
///   - expanding: whether the result is as large as all of the turned image; otherwise it keeps its size.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside, in the type of the image; nil is 0.
///   - center: x and y of the point, from the upper left corner; nil is the middle.
public func rotated(
    _ x: Tensor, degrees: Double, expanding: Bool = false, mode: InterpolationMode = .nearest,
    fill: ChannelValues? = nil, center: (x: Double, y: Double)? = nil
) -> Tensor {
    let sizes = ImageSizes(x, "rotated")
    let angle = degrees - 360 * (degrees / 360).rounded(.down)
    if center == nil, angle == 0 || angle == 180 || expanding || sizes.height == sizes.width,
        let quarters = [0, 90, 180, 270].firstIndex(of: angle)
    {
        return x.rotated90(quarters, axes: -2, -1).contiguous()
    }
    let turn = AffineTransform(angle: -angle, center: center)
    let size = expanding ? turn.expandedSize(sizes) : Size2d(sizes.height, sizes.width)
    return warped(x, [turn.inverse(sizes, newSize: size)], mode, fill, "rotated", size: size)
}

/// Images seen from another place: four points go to four others. torchvision's `perspective`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - start: x and y of four points (as a rule the corners: upper left, upper right, lower right, lower left), no
///     three of them on a line.
///   - end: where they go.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside, in the type of the image; nil is 0.
public func perspectiveTransformed(
    _ x: Tensor, from start: [(x: Double, y: Double)], to end: [(x: Double, y: Double)],
    mode: InterpolationMode = .linear, fill: ChannelValues? = nil
) -> Tensor {
    let matrix = Perspective(from: end, to: start, "perspectiveTransformed").matrixOfPixels
    return warped(x, [matrix], mode, fill, "perspectiveTransformed")
}

/// Each image turned by a random angle. torchvision's `RandomRotation`.
public func randomRotation(
    _ x: Tensor, degrees: ClosedRange<Double>, mode: InterpolationMode = .nearest, fill: ChannelValues? = nil,
    generator: Generator = .default
) -> Tensor {
    let sizes = ImageSizes(x, "randomRotation")
    let turns = (0..<sizes.count).map { _ in
        AffineTransform(angle: -generator.number(in: degrees)).inverse(sizes)
    }
    return warped(x, turns, mode, fill, "randomRotation")
}

/// Each image turned, moved, scaled and sheared at random. torchvision's `RandomAffine`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - degrees: of the angle, clockwise.
///   - translation: how far at most, either way, as fractions of the width and the height; whole pixels.
///   - scale: factors.
///   - shear: degrees, along the x axis and the y axis.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside, in the type of the image; nil is 0.
///   - generator: where the random numbers come from.
public func randomAffine(
    _ x: Tensor, degrees: ClosedRange<Double>, translation: (x: Double, y: Double) = (0, 0),
    scale: ClosedRange<Double> = 1...1, shear: (x: ClosedRange<Double>, y: ClosedRange<Double>) = (0...0, 0...0),
    mode: InterpolationMode = .nearest, fill: ChannelValues? = nil, generator: Generator = .default
) -> Tensor {
    let sizes = ImageSizes(x, "randomAffine")
    let maps = (0..<sizes.count).map { _ in
        AffineTransform(
            randomDegrees: degrees, translation: translation, scale: scale, shear: shear, sizes, generator
        ).inverse(sizes)
    }
    return warped(x, maps, mode, fill, "randomAffine")
}

/// Each image seen from another place at random, with a probability. torchvision's `RandomPerspective`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - distortion: how far the corners move inwards at most, as a fraction of half the width and height, 0...1.
///   - probability: of an image to be changed.
///   - mode: `.nearest` or `.linear`.
///   - fill: what is outside, in the type of the image; nil is 0.
///   - generator: where the random numbers come from.
public func randomPerspective(
    _ x: Tensor, distortion: Double = 0.5, probability: Double = 0.5, mode: InterpolationMode = .linear,
    fill: ChannelValues? = nil, generator: Generator = .default
) -> Tensor {
    if !(0...1).contains(distortion) {
        mistake("randomPerspective", "expects a distortion in 0...1, got \(distortion)")
    }
    let sizes = ImageSizes(x, "randomPerspective")
    let chosen = choices(x, probability, generator, "randomPerspective")
    let maps = chosen.map { isChosen -> InlineArray<9, Double> in
        if !isChosen { return Plane().matrix }
        let (right, bottom) = (sizes.width - 1, sizes.height - 1)
        func inwards(_ size: Int) -> Int { generator.integer(in: 0...Int(distortion * Double(size / 2))) }
        let corners = [(0, 0), (right, 0), (right, bottom), (0, bottom)]
        let start = corners.map { (x: Double($0.0), y: Double($0.1)) }
        let end = corners.map { corner in
            let (dx, dy) = (inwards(sizes.width), inwards(sizes.height))
            return (
                x: Double(corner.0 == 0 ? dx : right - dx), y: Double(corner.1 == 0 ? dy : bottom - dy)
            )
        }
        return Perspective(from: end, to: start, "randomPerspective").matrixOfPixels
    }
    return warped(x, maps, mode, fill, "randomPerspective")
}

/// Images whose pixels come from where matrices, one for all or one for each, have them.
func warped(
    _ x: Tensor, _ matrices: [InlineArray<9, Double>], _ mode: InterpolationMode, _ fill: ChannelValues?,
    _ operation: String, size: Size2d? = nil
) -> Tensor {
    let sizes = ImageSizes(x, operation)
    if mode != .nearest && mode != .linear { mistake(operation, "knows the modes nearest and linear, got \(mode)") }
    if mode == .linear && x.dtype != .uint8 && !x.dtype.isFloatingPoint {
        mistake(operation, "moves \(x.dtype) with the mode nearest only")
    }
    let warps = matrices.map { Warp($0, mode, fill, channels: sizes.channels, operation) }
    return WarpedImages(
        warps: warps, sizes: sizes, height: size?.height ?? sizes.height, width: size?.width ?? sizes.width
    ).applied(to: x)
}

extension Warp {
    /// One with torchvision's outside: 0, or values.
    init(
        _ matrix: InlineArray<9, Double>, _ mode: InterpolationMode, _ fill: ChannelValues?, channels: Int,
        _ operation: String
    ) {
        self.init(
            matrix: matrix, isLinear: mode == .linear, outside: fill == nil ? .zeros : .fill,
            values: fill?.expanded(to: channels, operation) ?? [])
    }
}
