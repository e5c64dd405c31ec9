// Rearrangements of channels and pixels: views and one copy.

/// Channels become pixels: blocks of `factor * factor` channels are the pixels of squares of that side. PyTorch's
/// `pixel_shuffle`, Keras's and TensorFlow's `depth_to_space` (of channels in another order).
///
///     x [..., C * factor^2, H, W] -> [..., C, H * factor, W * factor]
///     y[c, h * factor + i, w * factor + j] = x[(c * factor + i) * factor + j, h, w]
///
/// ```swift
/// pixelShuffle(Tensor.arange(4).reshaped([1, 4, 1, 1]), 2)   // [[[[0, 1], [2, 3]]]]
/// ```
public func pixelShuffle(_ x: Tensor, _ factor: Int) -> Tensor {
    checkShuffle("pixelShuffle", x, factor)
    let (outer, channels, height, width) = x.imageSizes
    let (area, overflows) = factor.multipliedReportingOverflow(by: factor)
    if overflows || channels % area != 0 {
        mistake("pixelShuffle", "expects channels that factor \(factor) times itself divides, got \(x.shape)")
    }
    return x.reshaped([outer, channels / area, factor, factor, height, width]).permuted([0, 1, 4, 2, 5, 3])
        .reshaped(x.shapeWithImage(channels / area, height * factor, width * factor))
}

/// Pixels become channels: the inverse of ``pixelShuffle(_:_:)``. PyTorch's `pixel_unshuffle`, TensorFlow's
/// `space_to_depth`.
///
///     x [..., C, H * factor, W * factor] -> [..., C * factor^2, H, W]
public func pixelUnshuffle(_ x: Tensor, _ factor: Int) -> Tensor {
    checkShuffle("pixelUnshuffle", x, factor)
    let (outer, channels, height, width) = x.imageSizes
    if height % factor != 0 || width % factor != 0 {
        mistake("pixelUnshuffle", "expects a height and a width that factor \(factor) divides, got \(x.shape)")
    }
    let (rows, columns) = (height / factor, width / factor)
    // Of no pixels there may be any number of channels.
    let (area, overflows) = factor.multipliedReportingOverflow(by: factor)
    let (all, overflowsToo) = channels.multipliedReportingOverflow(by: area)
    if overflows || overflowsToo {
        mistake("pixelUnshuffle", "cannot make so many channels of \(x.shape) by factor \(factor)")
    }
    return x.reshaped([outer, channels, rows, factor, columns, factor]).permuted([0, 1, 3, 5, 2, 4])
        .reshaped(x.shapeWithImage(all, rows, columns))
}

/// Channels dealt out anew: with `groups` rows of them, the columns follow on each other (ShuffleNet, Zhang et al. 2017).
/// PyTorch's `channel_shuffle`.
///
///     x [N, C, ...] -> [N, C, ...],  y[n, i * groups + g] = x[n, g * C / groups + i]
///
/// ```swift
/// channelShuffle(Tensor.arange(4).reshaped([1, 4, 1]), groups: 2).flattened()   // [0, 2, 1, 3]
/// ```
public func channelShuffle(_ x: Tensor, groups: Int) -> Tensor {
    if x.rank < 3 { mistake("channelShuffle", "expects an input [N, C, ...] of 3 axes at least, got \(x.shape)") }
    if groups < 1 || x.shape[1] % groups != 0 {
        mistake("channelShuffle", "expects groups that divide the \(x.shape[1]) channels, got \(groups)")
    }
    let rest = x.shape[2...].reduce(1, *)
    return x.reshaped([x.shape[0], groups, x.shape[1] / groups, rest]).transposed(1, 2).reshaped(x.shape)
}

private func checkShuffle(_ operation: String, _ x: Tensor, _ factor: Int) {
    if x.rank < 3 { mistake(operation, "expects an input [..., C, H, W], got \(x.shape)") }
    if factor < 1 { mistake(operation, "expects a factor of at least 1, got \(factor)") }
}

extension Tensor {
    /// The sizes of `[..., C, H, W]`, with those before the channels as one.
    fileprivate var imageSizes: (outer: Int, channels: Int, height: Int, width: Int) {
        (shape[..<(rank - 3)].reduce(1, *), shape[rank - 3], shape[rank - 2], shape[rank - 1])
    }

    fileprivate func shapeWithImage(_ channels: Int, _ height: Int, _ width: Int) -> Shape {
        var result = shape
        (result[rank - 3], result[rank - 2], result[rank - 1]) = (channels, height, width)
        return result
    }
}
