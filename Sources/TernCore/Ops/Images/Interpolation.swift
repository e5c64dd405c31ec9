/// How ``interpolated(_:size:mode:alignCorners:antialias:)`` finds values between elements.
public enum InterpolationMode: String, Sendable, Hashable, CaseIterable {
    /// The element at `floor(i * step)`. PyTorch's `nearest`.
    case nearest
    /// The element at `floor((i + 0.5) * step)`, whose centre is nearest. PyTorch's `nearest-exact`; Pillow's and Keras's
    /// `nearest`.
    case nearestExact
    /// Straight lines along each axis: PyTorch's `linear`, `bilinear` and `trilinear`.
    case linear
    /// Cubic convolution of four elements along each axis, with `a = -0.75` (-0.5 if antialiased). PyTorch's `bicubic`.
    case bicubic
    /// The means of windows that share out the input, as ``adaptiveAvgPool2d(_:_:)`` gives them. PyTorch's `area`.
    case area
}

/// An image, a sequence or a volume in another size. PyTorch's `torch.nn.functional.interpolate`.
///
///     x [N, C, L], [N, C, H, W] or [N, C, D, H, W] -> [N, C] + size
///     place of output i among the inputs = (i + 0.5) * step - 0.5,  step = input / output
///     with aligned corners               = i * step,                step = (input - 1) / (output - 1)
///
/// `N`: batch, `C`: channels. One axis after the other: each output is a sum of few inputs with weights that only depend
/// on its place, and the derivative is the same with the table of weights transposed. Nothing is saved for it.
///
/// ```swift
/// interpolated(Tensor([[[1, 3]]]), size: [4], mode: .linear)   // [[[1, 1.5, 2.5, 3]]]
/// ```
///
/// Integers and `bool` are taken as they are by the modes of nearest elements. Images of `uint8` are also interpolated in
/// the other modes but area, in `float32`, and rounded once, so that a value may differ by 1 from PyTorch's, which rounds
/// after each axis.
///
/// - Parameters:
///   - x: [N, C, L], [N, C, H, W] or [N, C, D, H, W].
///   - size: of the last axes, or one number for all of them.
///   - mode: how a value between elements is found.
///   - alignCorners: whether the centres of the outermost elements stay where they are, not the outer edges; with
///     ``InterpolationMode/linear`` and ``InterpolationMode/bicubic`` only.
///   - antialias: whether an image that gets smaller is smoothed as much, as Pillow does; with these two modes only.
public func interpolated(
    _ x: Tensor, size: [Int], mode: InterpolationMode = .nearest, alignCorners: Bool = false, antialias: Bool = false
) -> Tensor {
    let axes = spatialAxes(x)
    if size.count != axes && size.count != 1 {
        mistake("interpolated", "expects \(axes) sizes for shape \(x.shape), or one, got \(size)")
    }
    return Interpolation(mode, alignCorners, antialias).applied(
        x, (0..<axes).map { size[size.count == 1 ? 0 : $0] }, scales: nil)
}

/// An image, a sequence or a volume `scale` times as large: the sizes are `floor(input * scale)`, and places are computed
/// with `step = 1 / scale`, unless corners are aligned. PyTorch's `torch.nn.functional.interpolate` with a `scale_factor`.
/// See ``interpolated(_:size:mode:alignCorners:antialias:)``.
///
/// ```swift
/// interpolated(Tensor([[[1, 2]]]), scale: [2])   // [[[1, 1, 2, 2]]]
/// ```
///
/// - Parameters:
///   - x: [N, C, L], [N, C, H, W] or [N, C, D, H, W].
///   - scale: of the last axes, or one number for all of them; positive.
///   - mode: how a value between elements is found.
///   - alignCorners: whether the centres of the outermost elements stay where they are, not the outer edges.
///   - antialias: whether an image that gets smaller is smoothed as much.
public func interpolated(
    _ x: Tensor, scale: [Double], mode: InterpolationMode = .nearest, alignCorners: Bool = false,
    antialias: Bool = false
) -> Tensor {
    let axes = spatialAxes(x)
    if scale.count != axes && scale.count != 1 {
        mistake("interpolated", "expects \(axes) scales for shape \(x.shape), or one, got \(scale)")
    }
    if scale.contains(where: { !($0 > 0 && $0.isFinite) }) {
        mistake("interpolated", "expects scales that are positive and finite, got \(scale)")
    }
    let scales = (0..<axes).map { scale[scale.count == 1 ? 0 : $0] }
    let size = (0..<axes).map { Int(Double(x.shape[2 + $0]) * scales[$0], in: 0...Int.max) }
    return Interpolation(mode, alignCorners, antialias).applied(x, size, scales: scales)
}

/// All sizes `scale` times as large.
public func interpolated(
    _ x: Tensor, scale: Double, mode: InterpolationMode = .nearest, alignCorners: Bool = false, antialias: Bool = false
) -> Tensor {
    interpolated(x, scale: [scale], mode: mode, alignCorners: alignCorners, antialias: antialias)
}

private func spatialAxes(_ x: Tensor) -> Int {
    if x.rank < 3 || x.rank > 5 {
        mistake("interpolated", "expects an input [N, C, L], [N, C, H, W] or [N, C, D, H, W], got \(x.shape)")
    }
    return x.rank - 2
}

/// The settings of an interpolation.
private struct Interpolation {
    let mode: InterpolationMode
    let alignCorners: Bool
    let antialias: Bool

    init(_ mode: InterpolationMode, _ alignCorners: Bool, _ antialias: Bool) {
        self.mode = mode
        self.alignCorners = alignCorners
        self.antialias = antialias
        if mode != .linear && mode != .bicubic && (alignCorners || antialias) {
            mistake("interpolated", "knows alignCorners and antialias with linear and bicubic only, got \(mode)")
        }
    }

    func applied(_ x: Tensor, _ size: [Int], scales: [Double]?) -> Tensor {
        for (axis, size) in size.enumerated() {
            if size < 1 || x.shape[2 + axis] < 1 {
                mistake("interpolated", "expects sizes of at least 1, got shape \(x.shape) and \(sizes(size, scales))")
            }
            // Their places are 32-bit numbers.
            if Swift.max(size, x.shape[2 + axis]) > Int(Int32.max) {
                mistake("interpolated", "expects sizes of at most \(Int32.max), got \(sizes(size, scales))")
            }
        }
        // Before tables are made for a result that there is no memory for.
        _ = Tensor(uninitialized: Shape(x.shape.prefix(2) + size), dtype: x.dtype)
        if mode == .area { return area(x, size) }
        let axes = size.indices.map { axis in
            AxisScale(
                input: x.shape[2 + axis], output: size[axis], scale: scales?[axis], alignsCorners: alignCorners)
        }
        if mode == .nearest || mode == .nearestExact, !x.dtype.isFloatingPoint {
            return axes.enumerated().reduce(x) { result, axis in
                let table = AxisTaps.nearest(axis.element, isExact: mode == .nearestExact)
                return result.selected(Tensor(table.firsts), axis: 2 + axis.offset)
            }
        }
        if x.dtype == .uint8 {
            let values = applied(x.converted(to: .float32), size, scales: scales)
            return clamp(round(values), min: 0, max: 255).converted(to: .uint8)
        }
        if !x.dtype.isFloatingPoint {
            mistake("interpolated", "expects a floating-point input or one of uint8 for \(mode), got \(x.dtype)")
        }
        return Resampling(axes.map(table)) {
            [
                "mode": mode.rawValue, "size": size, "scale": scales.map { "\($0)" } ?? "none",
                "alignCorners": alignCorners, "antialias": antialias,
            ]
        }(x)
    }

    /// `nil` where every output is the input at its place.
    private func table(_ scale: AxisScale) -> AxisTaps? {
        let table =
            switch mode {
            case .nearest: AxisTaps.nearest(scale, isExact: false)
            case .nearestExact: AxisTaps.nearest(scale, isExact: true)
            case .linear where !antialias: AxisTaps.linear(scale)
            case .bicubic where !antialias: AxisTaps.cubic(scale)
            case .linear, .bicubic, .area: AxisTaps.antialiased(scale, isCubic: mode == .bicubic)
            }
        let isIdentity =
            table.input == table.output && table.taps == 1
            && table.firsts.enumerated().allSatisfy { Int($0.element) == $0.offset }
        return isIdentity ? nil : table
    }

    private func area(_ x: Tensor, _ size: [Int]) -> Tensor {
        switch size.count {
        case 1: adaptiveAvgPool1d(x, Size1d(size[0]))
        case 2: adaptiveAvgPool2d(x, Size2d(size[0], size[1]))
        default: adaptiveAvgPool3d(x, Size3d(size[0], size[1], size[2]))
        }
    }

    private func sizes(_ size: Int, _ scales: [Double]?) -> String {
        scales.map { "scales \($0)" } ?? "size \(size)"
    }
}
