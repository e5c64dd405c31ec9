/// How ``gridSample(_:_:mode:padding:alignCorners:)`` finds values between pixels.
public enum GridSamplingMode: Sendable, Hashable, CaseIterable {
    /// Straight lines along each axis; of volumes, too.
    case bilinear
    /// The nearest pixel; halfway, the one at an even place.
    case nearest
    /// Cubic convolution of four pixels along each axis, with `a = -0.75`; of images only.
    case bicubic
}

/// What ``gridSample(_:_:mode:padding:alignCorners:)`` sees around an image.
public enum GridPadding: Sendable, Hashable, CaseIterable {
    /// Zeros.
    case zeros
    /// The outermost pixels.
    case border
    /// The image mirrored at its edges (with aligned corners, at the centres of its outermost pixels), again and again.
    case reflection
}

/// The values of images at places of a grid (spatial transformer networks, Jaderberg et al. 2015). PyTorch's
/// `torch.nn.functional.grid_sample`.
///
///     x [N, C, H, W],    grid [N, H', W', 2]     -> [N, C, H', W']
///     x [N, C, D, H, W], grid [N, D', H', W', 3] -> [N, C, D', H', W']
///
/// The last axis of the grid is the place (x, y) or (x, y, z): -1 is the left, upper or front edge and 1 the opposite one,
/// or, with aligned corners, the centres of the outermost pixels. Gradients flow to the image and to the grid.
///
/// ```swift
/// let grid = affineGrid(Tensor([[[1, 0, 0], [0, 1, 0]]]), size: [1, 1, 2, 2])
/// gridSample([[[[1, 2], [3, 4]]]], grid)   // [[[[1, 2], [3, 4]]]]
/// ```
///
/// The pixels around each place and their weights are found once for all channels, and saved for the derivatives, which
/// are of any order.
public func gridSample(
    _ x: Tensor, _ grid: Tensor, mode: GridSamplingMode = .bilinear, padding: GridPadding = .zeros,
    alignCorners: Bool = false
) -> Tensor {
    let dimensions = x.rank - 2
    let fits =
        (2...3).contains(dimensions) && grid.rank == x.rank && grid.shape[0] == x.shape[0]
        && grid.shape[grid.rank - 1] == dimensions
    if !fits {
        mistake(
            "gridSample",
            "expects images [N, C, H, W] with a grid [N, H', W', 2], or volumes [N, C, D, H, W] with a grid "
                + "[N, D', H', W', 3], got \(x.shape) and \(grid.shape)")
    }
    if x.shape[2...].contains(0) { mistake("gridSample", "expects images with pixels, got \(x.shape)") }
    // Their places are 32-bit numbers.
    if x.shape[2...].reduce(1, *) > Int(Int32.max) {
        mistake("gridSample", "expects images of at most \(Int32.max) pixels, got \(x.shape)")
    }
    if mode == .bicubic && dimensions == 3 {
        mistake("gridSample", "knows bicubic for images only, got \(x.shape)")
    }
    if !x.dtype.isFloatingPoint || grid.dtype != x.dtype {
        mistake("gridSample", "expects one floating-point type, got \(x.dtype) and \(grid.dtype)")
    }
    let type = x.dtype.accumulator
    let sampling = GridSampling(
        x: x.converted(to: type), grid: grid.converted(to: type), mode: mode, padding: padding,
        alignCorners: alignCorners)
    return sampling.result.converted(to: x.dtype)
}

/// A pixel that a value is made of, for each place of the grid: its index, and its weight if that is not 1.
private struct GridTap {
    var index: Tensor
    var weight: Tensor?
    /// Whether there is such a pixel; the index is 0 where there is none.
    var isInside: Tensor

    /// The pixel where this one of the outer axes and that of the next axis, of `size` pixels, meet.
    func joined(_ next: GridTap, size: Int) -> GridTap {
        let weights = [weight, next.weight].compactMap { $0 }
        return GridTap(
            index: index * size + next.index,
            weight: weights.count == 2 ? weights[0] * weights[1] : weights.first,
            isInside: isInside.logicalAnd(next.isInside))
    }
}

private struct GridSampling {
    let x: Tensor
    let grid: Tensor
    let mode: GridSamplingMode
    let padding: GridPadding
    let alignCorners: Bool

    var result: Tensor {
        let taps = taps(Array(x.shape[2...]))
        let places = stacked(taps.map { which($0.isInside, $0.index, -1) }, axis: 1).converted(to: .int32)
        let weights = stacked(taps.map { $0.weight ?? Tensor.ones($0.index.shape, dtype: x.dtype) }, axis: 1)
        let pixels = x.flattened(from: 2)
        let points = PointSampling(places, size: pixels.shape[2]).points(pixels, weights)
        return points.reshaped(Shape(x.shape[..<2] + grid.shape[1...].dropLast()))
    }

    /// The pixels of all places [N, places].
    private func taps(_ sizes: [Int]) -> [GridTap] {
        sizes.indices.map { axis in
            // x stands first in the grid, and is the last axis.
            let numbers = grid[..., sizes.count - 1 - axis].flattened(from: 1)
            return taps(numbers, sizes[axis])
        }.enumerated().reduce([]) { outer, axis in
            if axis.offset == 0 { return axis.element }
            return outer.flatMap { tap in axis.element.map { tap.joined($0, size: sizes[axis.offset]) } }
        }
    }

    /// The pixels along an axis.
    private func taps(_ numbers: Tensor, _ size: Int) -> [GridTap] {
        let place = alignCorners ? (numbers + 1) * (Double(size - 1) / 2) : ((numbers + 1) * Double(size) - 1) * 0.5
        switch mode {
        case .nearest: return [tap(round(padded(place, size)).detached, nil, size)]
        case .bilinear:
            let inside = padded(place, size)
            let first = floor(inside).detached
            let share = inside - first
            return [tap(first, 1 - share, size), tap(first + 1, share, size)]
        case .bicubic:
            let first = floor(place).detached
            let share = place - first
            return (-1...2).map { step in
                tap(padded(first + step, size).detached, CubicKernel(a: -0.75).weight(share, step), size)
            }
        }
    }

    /// A pixel by its index, which may be any number.
    private func tap(_ index: Tensor, _ weight: Tensor?, _ size: Int) -> GridTap {
        let isInside = index.greaterOrEqual(0).logicalAnd(index.lessOrEqual(size - 1))
        return GridTap(index: which(isInside, index, 0).converted(to: .int64), weight: weight, isInside: isInside)
    }

    /// A place moved into the image as the padding says.
    private func padded(_ place: Tensor, _ size: Int) -> Tensor {
        let last = Double(size - 1)
        switch padding {
        case .zeros: return place
        case .border: return clipped(place, last)
        case .reflection:
            let (edge, span) = alignCorners ? (0, last) : (-0.5, Double(size))
            if span == 0 { return place * 0 }
            let distance = abs(place - edge)
            let rest = distance % span
            let isTurned = (floor(distance / span) % 2).equal(to: 1)
            return clipped(which(isTurned, span - rest, rest) + edge, last)
        }
    }

    /// A place in 0...last; at the ends and beyond it has no gradient.
    private func clipped(_ place: Tensor, _ last: Double) -> Tensor {
        let isInside = place.greater(than: 0).logicalAnd(place.less(than: last))
        return which(isInside, place, clamp(place.detached, min: 0, max: last))
    }
}

extension CubicKernel {
    /// The weight of the pixel `step` from the first one, -1...2, where the place is `share` behind the first.
    fileprivate func weight(_ share: Tensor, _ step: Int) -> Tensor {
        let distance = step <= 0 ? share - Double(step) : Double(step) - share
        if step == 0 || step == 1 { return (distance * (a + 2) - (a + 3)) * distance * distance + 1 }
        return ((distance * a - 5 * a) * distance + 8 * a) * distance - 4 * a
    }
}
