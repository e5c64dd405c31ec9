import TernCore

/// An image with what is known of its pixels, a mask and boxes, which its transforms move with it: masks by their nearest pixels,
/// boxes by their corners. torchvision's `tv_tensors`.
///
/// ```swift
/// let photo = AnnotatedImage(images[0], boxes: [[4, 4, 12, 20]])
/// let turned = photo.randomHorizontalFlip(generator: numbers).resized(to: 14)
/// turned.boxes   // [[2, 2, 6, 10]], or [[8, 2, 12, 10]] if it was flipped
/// ```
///
/// What changes colours alone is called with `image`: `photo.image = colorJitter(photo.image, ...)`.
public struct AnnotatedImage: Sendable {
    /// [C, H, W].
    public var image: Tensor
    /// [H, W], or several as [K, H, W], of any type: a class for each pixel, say.
    public var mask: Tensor?
    /// [K, 4], floats: left, top, right and bottom edge of each, in pixels from the upper left corner. Transforms cut off what lies
    /// outside of the image; a box of which nothing is left is there still, without an area, so that labels keep their places.
    public var boxes: Tensor?

    /// An image [C, H, W] with what there is besides; stops if the shapes do not fit each other.
    public init(_ image: Tensor, mask: Tensor? = nil, boxes: Tensor? = nil) {
        let sizes = ImageSizes(image, "AnnotatedImage")
        if image.rank != 3 { mistake("AnnotatedImage", "expects an image [C, H, W], got \(image.shape)") }
        if let mask {
            let fits =
                (mask.rank == 2 || mask.rank == 3)
                && Array(mask.shape.suffix(2)) == [sizes.height, sizes.width]
            if !fits {
                mistake("AnnotatedImage", "expects a mask [H, W] or [K, H, W] for \(image.shape), got \(mask.shape)")
            }
        }
        if let boxes, boxes.rank != 2 || boxes.shape[1] != 4 || !boxes.dtype.isFloatingPoint {
            mistake("AnnotatedImage", "expects boxes [K, 4] of floats, got \(boxes.dtype) \(boxes.shape)")
        }
        (self.image, self.mask, self.boxes) = (image, mask, boxes)
    }

    var sizes: ImageSizes { ImageSizes(image, "AnnotatedImage") }

    /// The parts after changes of their own; those of boxes follow from where a point goes.
    private func changed(
        _ newImage: Tensor, mask changeMask: (Tensor) -> Tensor,
        point: (_ x: Double, _ y: Double) -> (x: Double, y: Double)
    ) -> AnnotatedImage {
        var result = self
        result.image = newImage
        result.mask = mask.map { $0.rank == 2 ? changeMask($0.unsqueezed(axes: 0)).squeezed(axes: 0) : changeMask($0) }
        let new = ImageSizes(newImage, "AnnotatedImage")
        result.boxes = boxes.map { boxes in
            let old = boxes.array(of: Double.self)
            var edges: [Double] = []
            for box in stride(from: 0, to: old.count, by: 4) {
                let (left, top, right, bottom) = (old[box], old[box + 1], old[box + 2], old[box + 3])
                let corners = [point(left, top), point(right, top), point(right, bottom), point(left, bottom)]
                let (xs, ys) = (corners.map(\.x), corners.map(\.y))
                func cut(_ place: Double, _ size: Int) -> Double { min(max(place, 0), Double(size)) }
                edges += [cut(xs.min()!, new.width), cut(ys.min()!, new.height)]
                edges += [cut(xs.max()!, new.width), cut(ys.max()!, new.height)]
            }
            return Tensor(edges, dtype: boxes.dtype).reshaped(boxes.shape)
        }
        return result
    }

    /// See ``TernData/resized(_:to:mode:antialias:)``.
    public func resized(to size: Size2d, mode: InterpolationMode = .linear, antialias: Bool = true) -> AnnotatedImage {
        let old = sizes
        let (scaleX, scaleY) = (
            Double(size.width) / Double(old.width), Double(size.height) / Double(old.height)
        )
        return changed(
            TernData.resized(image, to: size, mode: mode, antialias: antialias),
            mask: { TernData.resized($0, to: size, mode: .nearest) }, point: { ($0 * scaleX, $1 * scaleY) })
    }

    /// See ``TernData/cropped(_:top:left:size:border:)``; the border is for the image: masks have 0 outside.
    public func cropped(top: Int, left: Int, size: Size2d, border: ImageBorder = .constant(0)) -> AnnotatedImage {
        changed(
            TernData.cropped(image, top: top, left: left, size: size, border: border),
            mask: { TernData.cropped($0, top: top, left: left, size: size) },
            point: { ($0 - Double(left), $1 - Double(top)) })
    }

    /// See ``TernData/padded(_:top:bottom:left:right:border:)``; the border is for the image: masks have 0 outside.
    public func padded(
        top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, border: ImageBorder = .constant(0)
    ) -> AnnotatedImage {
        let old = sizes
        return cropped(
            top: -top, left: -left, size: Size2d(old.height + top + bottom, old.width + left + right), border: border)
    }

    /// See ``TernData/horizontallyFlipped(_:)``.
    public func horizontallyFlipped() -> AnnotatedImage {
        let width = Double(sizes.width)
        return changed(
            TernData.horizontallyFlipped(image), mask: TernData.horizontallyFlipped, point: { (width - $0, $1) })
    }

    /// See ``TernData/verticallyFlipped(_:)``.
    public func verticallyFlipped() -> AnnotatedImage {
        let height = Double(sizes.height)
        return changed(
            TernData.verticallyFlipped(image), mask: TernData.verticallyFlipped, point: { ($0, height - $1) })
    }

    /// See ``TernData/rotated(_:degrees:expanding:mode:fill:center:)``; the mode and the fill are for the image.
    public func rotated(
        degrees: Double, expanding: Bool = false, mode: InterpolationMode = .nearest, fill: ChannelValues? = nil,
        center: (x: Double, y: Double)? = nil
    ) -> AnnotatedImage {
        let old = sizes
        let turn = AffineTransform(angle: -degrees, center: center)
        let map = turn.forward(old)
        var (left, top) = (0.0, 0.0)
        if expanding {
            let corners = [(0, 0), (old.width, 0), (old.width, old.height), (0, old.height)].map {
                map(Double($0.0), Double($0.1))
            }
            (left, top) = (corners.map(\.x).min()!, corners.map(\.y).min()!)
        }
        return changed(
            TernData.rotated(image, degrees: degrees, expanding: expanding, mode: mode, fill: fill, center: center),
            mask: { TernData.rotated($0, degrees: degrees, expanding: expanding, center: center) },
            point: { x, y in
                let place = map(x, y)
                return (place.x - left, place.y - top)
            })
    }

    /// See ``TernData/affineTransformed(_:angle:translation:scale:shear:mode:fill:center:)``; the mode and the fill are for the
    /// image.
    public func affineTransformed(
        angle: Double = 0, translation: (x: Double, y: Double) = (0, 0), scale: Double = 1,
        shear: (x: Double, y: Double) = (0, 0), mode: InterpolationMode = .nearest, fill: ChannelValues? = nil,
        center: (x: Double, y: Double)? = nil
    ) -> AnnotatedImage {
        transformed(
            by: AffineTransform(angle: angle, translation: translation, scale: scale, shear: shear, center: center),
            mode, fill)
    }

    private func transformed(
        by affine: AffineTransform, _ mode: InterpolationMode, _ fill: ChannelValues?
    ) -> AnnotatedImage {
        let (map, back) = (affine.forward(sizes), [affine.inverse(sizes)])
        return changed(
            warped(image, back, mode, fill, "affineTransformed"),
            mask: { warped($0, back, .nearest, nil, "affineTransformed") }, point: { map($0, $1) })
    }

    /// See ``TernData/perspectiveTransformed(_:from:to:mode:fill:)``; the mode and the fill are for the image.
    public func perspectiveTransformed(
        from start: [(x: Double, y: Double)], to end: [(x: Double, y: Double)], mode: InterpolationMode = .linear,
        fill: ChannelValues? = nil
    ) -> AnnotatedImage {
        let map = Perspective(from: start, to: end, "perspectiveTransformed")
        return changed(
            TernData.perspectiveTransformed(image, from: start, to: end, mode: mode, fill: fill),
            mask: { TernData.perspectiveTransformed($0, from: start, to: end, mode: .nearest) },
            point: { map($0, $1) })
    }

    /// See ``TernData/randomHorizontalFlip(_:probability:generator:)``.
    public func randomHorizontalFlip(
        probability: Double = 0.5, generator: Generator = .default
    ) -> AnnotatedImage {
        choices(image, probability, generator, "randomHorizontalFlip")[0] ? horizontallyFlipped() : self
    }

    /// See ``TernData/randomVerticalFlip(_:probability:generator:)``.
    public func randomVerticalFlip(
        probability: Double = 0.5, generator: Generator = .default
    ) -> AnnotatedImage {
        choices(image, probability, generator, "randomVerticalFlip")[0] ? verticallyFlipped() : self
    }

    /// See ``TernData/randomCrop(_:size:padding:border:generator:)``; the border is for the image: masks have 0 outside.
    public func randomCrop(
        size: Size2d, padding: Int = 0, border: ImageBorder = .constant(0), generator: Generator = .default
    ) -> AnnotatedImage {
        let place = randomPlace(sizes, size: size, padding: padding, generator: generator, "randomCrop")
        return cropped(top: place.top, left: place.left, size: size, border: border)
    }

    /// See ``TernData/randomResizedCrop(_:size:scale:ratio:mode:antialias:generator:)``.
    public func randomResizedCrop(
        size: Size2d, scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
        mode: InterpolationMode = .linear, antialias: Bool = true, generator: Generator = .default
    ) -> AnnotatedImage {
        let part = randomPart(sizes.height, sizes.width, scale, ratio, generator)
        return cropped(top: part.top, left: part.left, size: Size2d(part.height, part.width))
            .resized(to: size, mode: mode, antialias: antialias)
    }

    /// See ``TernData/randomAffine(_:degrees:translation:scale:shear:mode:fill:generator:)``; the mode and the fill are for the
    /// image.
    public func randomAffine(
        degrees: ClosedRange<Double>, translation: (x: Double, y: Double) = (0, 0),
        scale: ClosedRange<Double> = 1...1, shear: (x: ClosedRange<Double>, y: ClosedRange<Double>) = (0...0, 0...0),
        mode: InterpolationMode = .nearest, fill: ChannelValues? = nil, generator: Generator = .default
    ) -> AnnotatedImage {
        transformed(
            by: AffineTransform(
                randomDegrees: degrees, translation: translation, scale: scale, shear: shear, sizes, generator),
            mode, fill)
    }
}
