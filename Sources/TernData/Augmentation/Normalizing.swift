import TernCore

/// Images less a mean, divided by a standard deviation, channel by channel. torchvision's `normalize`.
///
///     y = (x - mean) / standardDeviation
///
/// `uint8` images are taken as 0...1, and become `float32`: torchvision's `to_dtype(scale=True)` before.
///
/// ```swift
/// normalized(images, mean: 0.1307, standardDeviation: 0.3081)
/// ```
///
/// - Parameters: one number for all channels, or one for each; the standard deviations are not 0.
public func normalized(_ x: Tensor, mean: ChannelValues, standardDeviation: ChannelValues) -> Tensor {
    let sizes = ImageSizes(x, "normalized")
    let means = mean.expanded(to: sizes.channels, "normalized")
    let deviations = standardDeviation.expanded(to: sizes.channels, "normalized")
    if deviations.contains(0) {
        mistake("normalized", "expects standard deviations other than 0, got \(deviations)")
    }
    if x.dtype == .uint8 {
        // A table of what each byte becomes.
        var tables: [Float] = []
        for (mean, deviation) in zip(means, deviations) {
            for byte in 0..<256 { tables.append((Float(byte) / 255 - Float(mean)) / Float(deviation)) }
        }
        return looked(x, up: tables, sizes)
    }
    if !x.dtype.isFloatingPoint { mistake("normalized", "expects uint8 or floating-point images, got \(x.dtype)") }
    func values(_ numbers: [Double]) -> Tensor { Tensor(numbers, dtype: x.dtype).reshaped([-1, 1, 1]) }
    return (x - values(means)) / values(deviations)
}

/// Each byte replaced by what its channel's table has for it.
private func looked(_ x: Tensor, up tables: [Float], _ sizes: ImageSizes) -> Tensor {
    x.withUnsafeBuffer(of: UInt8.self) { source in
        Tensor(shape: x.shape, of: Float.self) { target in
            tables.withUnsafeBufferPointer { tables in
                parallelFor(pieces: sizes.count * sizes.channels, nanoseconds: Double(x.count) * 0.5) { plane in
                    let table = tables.baseAddress! + plane % sizes.channels * 256
                    for i in plane * sizes.plane..<(plane + 1) * sizes.plane { target[i] = table[Int(source[i])] }
                }
            }
        }
    }
}

/// Colour images in grey: 0.2989 R + 0.587 G + 0.114 B, which `uint8` rounds down. torchvision's `rgb_to_grayscale`.
///
///     x [3, H, W] or [N, 3, H, W] -> [..., channels, H, W]
///
/// Images of one channel stay as they are.
///
/// - Parameters:
///   - x: images, [3, H, W] or [N, 3, H, W].
///   - channels: 1, or 3 equal ones.
public func grey(_ x: Tensor, channels: Int = 1) -> Tensor {
    let sizes = ImageSizes(x, "grey")
    if sizes.channels != 1 && sizes.channels != 3 || channels != 1 && channels != 3 {
        mistake("grey", "expects images of 1 or 3 channels, and as many wanted, got \(x.shape) and \(channels)")
    }
    var result = x
    if sizes.channels == 3 {
        let (red, green, blue) = (x[..., 0...0, .all, .all], x[..., 1...1, .all, .all], x[..., 2...2, .all, .all])
        let type: DType = x.dtype.isFloatingPoint ? x.dtype.accumulator : .float32
        let sum = red.converted(to: type) * 0.2989 + green.converted(to: type) * 0.587
        result = (sum + blue.converted(to: type) * 0.114).converted(to: x.dtype)
    }
    return channels == 1
        ? result : result.expanded(to: sizes.shape(channels: 3, height: sizes.height, width: sizes.width)).contiguous()
}
