import Tern

extension OpTable {
    mutating func addImages() {
        for mode in InterpolationMode.allCases {
            op("interpolated \(mode)") { b in
                let x = b.field(dimensions: b.number(in: 1...3), least: 1)
                let size = b.shape(of: x).dropFirst(2).map { _ in b.number(in: 1...20) }
                let hasOptions = mode == .linear || mode == .bicubic
                let (corners, antialias) = (hasOptions && b.chance(0.3), hasOptions && b.chance(0.3))
                if b.chance(0.3) {
                    // Far from sizes that rounding would change.
                    let scale = Swift.zip(size, b.shape(of: x).dropFirst(2)).map { (Double($0) + 0.3) / Double($1) }
                    return Call([x], "scale: \(scale), \(corners), \(antialias)") {
                        [interpolated($0[0], scale: scale, mode: mode, alignCorners: corners, antialias: antialias)]
                    }
                }
                return Call([x], "size: \(size), \(corners), \(antialias)") {
                    [interpolated($0[0], size: size, mode: mode, alignCorners: corners, antialias: antialias)]
                }
            }
        }
        op("interpolated of bytes") { b in
            let x = b.fresh([2, 1, b.number(in: 1...5), b.number(in: 1...5)], .uint8)
            let (size, mode) = (b.number(in: 1...9), b.one(of: [InterpolationMode.nearest, .linear, .bicubic]))
            return Call([x], "size: \(size), \(mode)") { [interpolated($0[0], size: [size], mode: mode)] }
        }
        op("gridSample") { b in
            let x = b.field(dimensions: b.number(in: 2...3), least: 2)
            let dimensions = b.shape(of: x).count - 2
            let places = (0..<dimensions).map { _ in b.number(in: 1...3) }
            let grid = b.fresh(Shape([b.shape(of: x)[0]] + places + [dimensions]), .float, .finite)
            // At a jump, which the nearest pixel has, types differ.
            let mode = dimensions == 2 ? b.one(of: [GridSamplingMode.bilinear, .bicubic]) : .bilinear
            let (padding, corners) = (b.one(of: GridPadding.allCases), b.chance(0.5))
            return Call([x, grid], "\(mode), \(padding), \(corners)") {
                // Of a place that float32 has.
                [gridSample($0[0], $0[1] * 0.5, mode: mode, padding: padding, alignCorners: corners)]
            }
        }
        op("affineGrid") { b in
            let dimensions = b.number(in: 2...3)
            let images = b.number(in: 1...3)
            let size = Shape([images, 1] + (0..<dimensions).map { _ in b.number(in: 1...5) })
            let corners = b.chance(0.5)
            return Call([b.operand([images, dimensions, dimensions + 1])], "\(size), \(corners)") {
                [affineGrid($0[0], size: size, alignCorners: corners)]
            }
        }
        op("unfold") { b in
            let patches = b.patches()
            return Call([b.image(channels: b.number(in: 1...3), least: 7)], "\(patches)") {
                [
                    unfold(
                        $0[0], kernelSize: patches.kernel, stride: patches.stride, padding: patches.padding,
                        dilation: patches.dilation)
                ]
            }
        }
        op("fold") { b in
            let patches = b.patches()
            let size = Size2d(b.number(in: 7...9), b.number(in: 7...9))
            let x = b.operand(
                unfold(
                    Tensor.zeros([b.number(in: 0...2), 2, size.height, size.width]), kernelSize: patches.kernel,
                    stride: patches.stride, padding: patches.padding, dilation: patches.dilation
                ).shape)
            return Call([x], "\(size), \(patches)") {
                [
                    fold(
                        $0[0], outputSize: size, kernelSize: patches.kernel, stride: patches.stride,
                        padding: patches.padding, dilation: patches.dilation)
                ]
            }
        }
        op("unfolded") { b in
            let x = b.operand(rank: 1...4, isNonEmpty: true)
            let (axis, shape) = (b.axis(of: x), b.shape(of: x))
            let size = b.number(in: 0...Swift.min(5, shape[axis < 0 ? axis + shape.count : axis]))
            let step = b.number(in: 1...4)
            return Call([x], "axis: \(axis), size: \(size), step: \(step)") {
                [$0[0].unfolded(axis: axis, size: size, step: step)]
            }
        }
        op("pixelShuffle") { b in
            let factor = b.number(in: 1...3)
            return Call([b.image(channels: factor * factor * b.number(in: 1...2), least: 1)], "\(factor)") { x in
                let isWhole = x[0].shape[x[0].rank - 3] % (factor * factor) == 0
                return [pixelShuffle(x[0], isWhole ? factor : 1)]
            }
        }
        op("pixelUnshuffle") { b in
            let factor = b.number(in: 1...3)
            return Call([b.operand([b.number(in: 1...2), factor * 2, factor * 3])], "\(factor)") {
                [pixelUnshuffle($0[0], factor)]
            }
        }
        op("channelShuffle") { b in
            let groups = b.number(in: 1...4)
            return Call([b.operand([2, groups * b.number(in: 1...3), b.number(in: 0...5)])], "\(groups)") {
                [channelShuffle($0[0], groups: groups)]
            }
        }
        op("localResponseNorm") { b in
            let size = b.number(in: 1...5)
            return Call([b.operand(rank: 3...4)], "\(size)") { [localResponseNorm($0[0], size: size, alpha: 0.5)] }
        }
        addPoolsOfFields()
    }

    private mutating func addPoolsOfFields() {
        op("maxPool1d maxPool1dWithIndices") { b in
            let window = b.window(of: b.field(dimensions: 1, least: 4), isPadded: true)
            return Call([window.x], "\(window)") {
                [
                    maxPool1d(
                        $0[0], Size1d(window.kernel), stride: Size1d(window.stride), padding: Padding1d(window.padding),
                        ceilMode: window.isCeil)
                ]
            }
        }
        op("maxPool3d maxPool3dWithIndices maxPool2dWithIndices") { b in
            let window = b.window(of: b.field(dimensions: 3, least: 4), isPadded: true)
            return Call([window.x], "\(window)") {
                [
                    maxPool3d(
                        $0[0], Size3d(window.kernel), stride: Size3d(window.stride), padding: Padding3d(window.padding),
                        ceilMode: window.isCeil)
                ]
            }
        }
        op("avgPool1d") { b in
            let window = b.window(of: b.field(dimensions: 1, least: 4), isPadded: true)
            return Call([window.x], "\(window)") {
                [
                    avgPool1d(
                        $0[0], Size1d(window.kernel), stride: Size1d(window.stride), padding: Padding1d(window.padding),
                        ceilMode: window.isCeil, countsPadding: window.kernel > 2)
                ]
            }
        }
        op("avgPool3d") { b in
            let window = b.window(of: b.field(dimensions: 3, least: 4), isPadded: true)
            return Call([window.x], "\(window)") {
                [
                    avgPool3d(
                        $0[0], Size3d(window.kernel), stride: Size3d(window.stride), padding: Padding3d(window.padding),
                        ceilMode: window.isCeil, countsPadding: window.kernel > 2)
                ]
            }
        }
        adaptive("adaptiveMaxPool1d adaptiveMaxPool1dWithIndices", 1) { adaptiveMaxPool1d($0, Size1d($1)) }
        adaptive("adaptiveAvgPool1d adaptiveMaxPool2dWithIndices", 1) { adaptiveAvgPool1d($0, Size1d($1)) }
        adaptive("adaptiveMaxPool3d adaptiveMaxPool3dWithIndices", 3) { adaptiveMaxPool3d($0, Size3d($1, 2, $1)) }
        adaptive("adaptiveAvgPool3d", 3) { adaptiveAvgPool3d($0, Size3d(2, $1, $1)) }
        for dimensions in 1...3 {
            op("lpPool\(dimensions)d") { b in
                let window = b.window(of: b.field(dimensions: dimensions, least: 4), isPadded: false)
                return Call([window.x], "\(window)") {
                    // Roots are steep at 0.
                    let x = abs($0[0]) + 0.5
                    switch dimensions {
                    case 1: return [lpPool1d(x, Size1d(window.kernel), ceilMode: window.isCeil)]
                    case 2: return [lpPool2d(x, Size2d(window.kernel), power: 3, stride: Size2d(window.stride))]
                    default: return [lpPool3d(x, Size3d(window.kernel), power: 1.5)]
                    }
                }
            }
            op("maxUnpool\(dimensions)d") { b in
                let x = b.field(dimensions: dimensions, least: 1)
                let sizes = Array(b.shape(of: x).dropFirst(2))
                // Places that differ, in an output of twice the sizes.
                let count = sizes.reduce(1, *)
                let places = (0..<count).map { $0 * ((1 << dimensions) - 1) % (count << dimensions) }
                let indices = Tensor(places).reshaped(Shape([1, 1] + sizes))
                return Call([x]) {
                    let all = indices.expanded(to: $0[0].shape)
                    switch dimensions {
                    case 1: return [maxUnpool1d($0[0], all, 2)]
                    case 2: return [maxUnpool2d($0[0], all, 2)]
                    default: return [maxUnpool3d($0[0], all, 2)]
                    }
                }
            }
        }
        op("fractionalMaxPool2d fractionalMaxPool2dWithIndices") { b in
            let (size, seed) = (b.number(in: 1...3), UInt64(b.number(in: 0...99)))
            return Call([b.field(dimensions: 2, least: 5)], "\(size), seed \(seed)") {
                [fractionalMaxPool2d($0[0], 2, outputSize: Size2d(size, 2), generator: Generator(seed: seed))]
            }
        }
        op("fractionalMaxPool3d fractionalMaxPool3dWithIndices") { b in
            let (size, seed) = (b.number(in: 1...3), UInt64(b.number(in: 0...99)))
            return Call([b.field(dimensions: 3, least: 4)], "\(size), seed \(seed)") {
                [fractionalMaxPool3d($0[0], 2, outputSize: Size3d(size, 2, 1), generator: Generator(seed: seed))]
            }
        }
    }

    private mutating func adaptive(
        _ name: String, _ dimensions: Int, _ call: @escaping @Sendable (Tensor, Int) -> Tensor
    ) {
        op(name) { b in
            let size = b.number(in: 1...6)
            return Call([b.field(dimensions: dimensions, least: 3)], "\(size)") { [call($0[0], size)] }
        }
    }
}

private struct PatchSettings {
    let kernel, stride, dilation: Size2d
    let padding: Padding2d
}

private struct FieldWindow {
    let x, kernel, stride, padding: Int
    let isCeil: Bool
}

extension Builder {
    /// [N, C] and `dimensions` sizes.
    fileprivate mutating func field(dimensions: Int, least: Int) -> Int {
        let most = dimensions == 1 ? least + 30 : dimensions == 2 ? least + 9 : least + 3
        let sizes = (0..<dimensions).map { _ in number(in: least...most) }
        let shape = Shape([number(in: program.isLarge ? 8...20 : 0...2), number(in: 1...3)] + sizes)
        return operand(shape)
    }

    fileprivate mutating func patches() -> PatchSettings {
        PatchSettings(
            kernel: Size2d(number(in: 1...3), number(in: 1...3)), stride: Size2d(number(in: 1...3), number(in: 1...2)),
            dilation: Size2d(number(in: 1...2), number(in: 1...3)), padding: Padding2d(number(in: 0...2)))
    }

    fileprivate mutating func window(of x: Int, isPadded: Bool) -> FieldWindow {
        let kernel = number(in: 1...4)
        return FieldWindow(
            x: x, kernel: kernel, stride: number(in: 1...4), padding: isPadded ? number(in: 0...kernel / 2) : 0,
            isCeil: chance(0.4))
    }
}
