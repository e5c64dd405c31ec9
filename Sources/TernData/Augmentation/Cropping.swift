import TernCore

/// A part of images. torchvision's `crop`.
///
///     x [C, H, W] or [N, C, H, W] -> [..., height, width]
///
/// ```swift
/// cropped(images, top: 2, left: 4, size: Size2d(24, 20)).shape   // [64, 1, 24, 20]
/// ```
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - top: the row where it begins; it may lie, partly or all, outside of the image, as also `left`.
///   - left: its first column.
///   - size: its height and width.
///   - border: what lies outside.
public func cropped(
    _ x: Tensor, top: Int, left: Int, size: Size2d, border: ImageBorder = .constant(0)
) -> Tensor {
    cropped(x, [(top, left)], size, border, "cropped")
}

/// The middle of images, with zeros around images that are smaller. torchvision's `center_crop`.
///
/// Where it cannot be exactly in the middle, it is where torchvision has it: an odd rest is rounded to the even half.
public func centerCropped(_ x: Tensor, size: Size2d) -> Tensor {
    let sizes = ImageSizes(x, "centerCropped")
    func start(_ old: Int, _ new: Int) -> Int {
        new > old ? -((new - old) / 2) : Int((Double(old - new) / 2).rounded(.toNearestOrEven))
    }
    let place = (start(sizes.height, size.height), start(sizes.width, size.width))
    return cropped(x, [place], size, .constant(0), "centerCropped")
}

/// Images with more around them. torchvision's `pad`.
///
///     x [C, H, W] or [N, C, H, W] -> [..., top + H + bottom, left + W + right]
///
/// A negative number cuts so much off.
public func padded(
    _ x: Tensor, top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, border: ImageBorder = .constant(0)
) -> Tensor {
    let sizes = ImageSizes(x, "padded")
    let (height, width) = (sizes.height + top + bottom, sizes.width + left + right)
    if height < 0 || width < 0 {
        mistake("padded", "cannot cut \((top, bottom, left, right)) off images of shape \(x.shape)")
    }
    return cropped(x, [(-top, -left)], Size2d(height, width), border, "padded")
}

/// Images with as much more around them on all sides.
public func padded(_ x: Tensor, _ width: Int, border: ImageBorder = .constant(0)) -> Tensor {
    padded(x, top: width, bottom: width, left: width, right: width, border: border)
}

/// A part at a random place, another one for each image of a batch. torchvision's `RandomCrop`.
///
///     x [C, H, W] or [N, C, H, W] -> [..., height, width]
///
/// ```swift
/// randomCrop(images, size: 28, padding: 4).shape   // [64, 1, 28, 28]
/// ```
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - size: the part's height and width.
///   - padding: the images are taken with as much around them on all sides, as is usual for small ones.
///   - border: what is around.
///   - generator: where the random numbers come from.
public func randomCrop(
    _ x: Tensor, size: Size2d, padding: Int = 0, border: ImageBorder = .constant(0),
    generator: Generator = .default
) -> Tensor {
    let sizes = ImageSizes(x, "randomCrop")
    let places = (0..<sizes.count).map { _ in
        randomPlace(sizes, size: size, padding: padding, generator: generator, "randomCrop")
    }
    return cropped(x, places, size, border, "randomCrop")
}

func randomPlace(
    _ sizes: ImageSizes, size: Size2d, padding: Int, generator: Generator, _ operation: String
) -> (top: Int, left: Int) {
    let (rows, columns) = (sizes.height + 2 * padding - size.height, sizes.width + 2 * padding - size.width)
    if padding < 0 || rows < 0 || columns < 0 {
        mistake(
            operation,
            "cannot take \(size.height) x \(size.width) of \(sizes.height) x \(sizes.width) with padding \(padding)")
    }
    return (generator.integer(in: 0...rows) - padding, generator.integer(in: 0...columns) - padding)
}

/// Parts that begin at one place, or at one for each image.
func cropped(
    _ x: Tensor, _ places: [(top: Int, left: Int)], _ size: Size2d, _ border: ImageBorder, _ operation: String
) -> Tensor {
    let sizes = ImageSizes(x, operation)
    if size.height < 0 || size.width < 0 {
        mistake(operation, "expects a size of at least 0, got \(size.height) x \(size.width)")
    }
    if sizes.height == 0 || sizes.width == 0, border.fill.values == [0], border != .constant(0) {
        mistake(operation, "expects images with pixels for the border \(border), got \(x.shape)")
    }
    let moves = PixelMoves(
        rows: places.map { border.places(from: $0.top, count: size.height, size: sizes.height) },
        columns: places.map { border.places(from: $0.left, count: size.width, size: sizes.width) })
    return moves.applied(to: x, sizes, fill: border.fill.expanded(to: sizes.channels, operation))
}
