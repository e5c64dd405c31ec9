import TernCore

/// Images taken apart and put together anew by a map of the plane: each pixel is read where the map has its place.
struct Warp: Sendable {
    /// What is outside of an image.
    enum Outside: Sendable {
        /// 0, which mixes with the outermost pixels from their centres on: torchvision without `fill`.
        case zeros
        /// Alike, the values; what there is of a pixel counts by its share once more: torchvision's `fill`.
        case fill
        /// The values, everywhere beyond the centres of the outermost pixels: SciPy's `constant`.
        case cut
        /// The outermost pixel: SciPy's `nearest`.
        case replicate
        /// The image mirrored at its edges: SciPy's `reflect`.
        case symmetric
        /// The image again, its last pixels being its first ones: SciPy's `wrap`.
        case wrap
    }

    /// Three rows of three: the place (x, y, 1) of a new pixel, by the number of its column and row, times this is its place in
    /// the old image, but for the last number, by which it is divided.
    var matrix: InlineArray<9, Double>
    /// Whether between pixels there are straight lines; otherwise it is the nearest one, halfway the one at an even place.
    var isLinear: Bool
    var outside: Outside
    /// Of the outside, one for each channel, if it has any.
    var values: [Double] = []

    /// Fills an image of this height and width.
    @inline(__always)
    func apply<Value: PixelValue>(
        from source: UnsafePointer<Value>, to target: UnsafeMutablePointer<Value>, _ sizes: ImageSizes, height: Int,
        width: Int
    ) {
        typealias Real = Value.Real
        withUnsafeTemporaryAllocation(of: Tap.self, capacity: 4 * width) { taps in
            withUnsafeTemporaryAllocation(of: Real.self, capacity: 5 * width) { weights in
                for y in 0..<height {
                    for x in 0..<width {
                        find(
                            x, y, sizes, taps.baseAddress! + 4 * x, weights.baseAddress! + 5 * x)
                    }
                    for channel in 0..<sizes.channels {
                        let plane = source + channel * sizes.plane
                        let to = target + (channel * height + y) * width
                        let fill = values.isEmpty ? 0 : Real(values[channel])
                        if isLinear {
                            for x in 0..<width {
                                let (tap, weight) = (taps.baseAddress! + 4 * x, weights.baseAddress! + 5 * x)
                                let upper = plane[Int(tap[0])].real * weight[0] + plane[Int(tap[1])].real * weight[1]
                                let lower = plane[Int(tap[2])].real * weight[2] + plane[Int(tap[3])].real * weight[3]
                                to[x] = Value(rounding: upper + lower + fill * weight[4])
                            }
                        } else {
                            let outside = Value(truncating: fill)
                            for x in 0..<width {
                                to[x] = weights[5 * x + 4] == 0 ? plane[Int(taps[4 * x])] : outside
                            }
                        }
                    }
                }
            }
        }
    }

    private typealias Tap = Int32

    private var isMixed: Bool {
        switch outside {
        case .zeros, .fill: true
        case .cut, .replicate, .symmetric, .wrap: false
        }
    }

    /// The pixels that a new one is made of, their weights, and that of the outside.
    @inline(__always)
    private func find<Real: PixelReal>(
        _ column: Int, _ row: Int, _ sizes: ImageSizes, _ taps: UnsafeMutablePointer<Tap>,
        _ weights: UnsafeMutablePointer<Real>
    ) {
        let m = matrix
        let (c, r) = (Double(column), Double(row))
        var (x, y) = (m[0] * c + m[1] * r + m[2], m[3] * c + m[4] * r + m[5])
        if m[6] != 0 || m[7] != 0 || m[8] != 1 {
            let scale = m[6] * c + m[7] * r + m[8]
            (x, y) = (x / scale, y / scale)
        }
        let (right, bottom) = (Double(sizes.width - 1), Double(sizes.height - 1))
        let isInside: Bool
        switch outside {
        case .zeros, .fill: isInside = x > -1 && x < right + 1 && y > -1 && y < bottom + 1
        case .cut: isInside = x >= 0 && x <= right && y >= 0 && y <= bottom
        case .replicate: (x, y, isInside) = (min(max(x, 0), right), min(max(y, 0), bottom), true)
        case .symmetric: (x, y, isInside) = (mirrored(x, sizes.width), mirrored(y, sizes.height), true)
        case .wrap: (x, y, isInside) = (wrapped(x, right), wrapped(y, bottom), true)
        }
        for tap in 0..<4 { (taps[tap], weights[tap]) = (0, 0) }
        weights[4] = 1
        // Nor is a place that is no number.
        if !isInside { return }
        if !isLinear {
            let (column, row) = (x.rounded(.toNearestOrEven), y.rounded(.toNearestOrEven))
            if column < 0 || column > right || row < 0 || row > bottom { return }
            taps[0] = Tap(Int(row) * sizes.width + Int(column))
            (weights[0], weights[4]) = (1, 0)
            return
        }
        // Rounded down: both are above -1.
        let (left, top) = (Double(Int32(x + 1) - 1), Double(Int32(y + 1) - 1))
        let (shareX, shareY) = (x - left, y - top)
        var share = 0.0
        for tap in 0..<4 {
            let (stepX, stepY) = (Double(tap & 1), Double(tap >> 1))
            let (column, row) = (left + stepX, top + stepY)
            let weight = (stepX == 0 ? 1 - shareX : shareX) * (stepY == 0 ? 1 - shareY : shareY)
            if isMixed, column < 0 || column > right || row < 0 || row > bottom { continue }
            // Mirrored at an edge, the next pixel is the same one.
            taps[tap] = Tap(Int(min(max(row, 0), bottom)) * sizes.width + Int(min(max(column, 0), right)))
            weights[tap] = Real(number: weight)
            share += weight
        }
        weights[4] = Real(number: isMixed ? 1 - share : 0)
        if case .fill = outside {
            for tap in 0..<4 { weights[tap] *= Real(number: share) }
        }
    }

    @inline(__always)
    private func mirrored(_ place: Double, _ size: Int) -> Double {
        let period = Double(2 * size)
        var place = (place + 0.5).truncatingRemainder(dividingBy: period)
        if place < 0 { place += period }
        return min(place, period - place) - 0.5
    }

    @inline(__always)
    private func wrapped(_ place: Double, _ last: Double) -> Double {
        if last == 0 { return 0 }
        if place < 0 { return place + last * ((-place / last).rounded(.towardZero) + 1) }
        return place > last ? place - last * (place / last).rounded(.towardZero) : place
    }
}

/// Images after warps, one for all or one for each, in another size.
struct WarpedImages: ImageWork {
    let warps: [Warp]
    let sizes: ImageSizes
    let height: Int
    let width: Int

    func applied(to x: Tensor) -> Tensor {
        applied(to: x, sizes, shape: sizes.shape(height: height, width: width), cost: 10)
    }

    func perform<Value: PixelValue>(
        _ image: Int, from source: UnsafePointer<Value>, to target: UnsafeMutablePointer<Value>
    ) {
        warps[warps.count == 1 ? 0 : image].apply(from: source, to: target, sizes, height: height, width: width)
    }
}
