/// Each element divided by a power of the mean square of its neighbours in the channels (Krizhevsky et al. 2012). PyTorch's
/// `local_response_norm`.
///
///     x [N, C, ...] -> [N, C, ...]
///     y[c] = x[c] / (k + alpha / size * sum over c' in c - size / 2 ... c + (size - 1) / 2 of x[c']^2)^beta
///
/// Channels that are not there count as zeros.
///
/// - Parameters:
///   - x: [N, C, ...].
///   - size: how many channels count.
///   - alpha: the weight of the neighbours' squares.
///   - beta: the exponent of the divisor.
///   - k: what the divisor is without neighbours; above 0.
public func localResponseNorm(
    _ x: Tensor, size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1
) -> Tensor {
    if x.rank < 3 { mistake("localResponseNorm", "expects an input [N, C, ...] of 3 axes at least, got \(x.shape)") }
    if size < 1 || size > Int(Int32.max) {
        mistake("localResponseNorm", "expects a size of 1...\(Int32.max), got \(size)")
    }
    if !x.dtype.isFloatingPoint { mistake("localResponseNorm", "expects a floating-point input, got \(x.dtype)") }
    if x.count == 0 { return x }
    // Squares are not to be rounded to halves.
    let values = x.converted(to: x.dtype.accumulator)
    let squares = square(values).reshaped([x.shape[0], 1, x.shape[1], -1])
    let means = avgPool2d(
        squares, Size2d(size, 1), stride: 1,
        padding: .explicit(top: size / 2, bottom: (size - 1) / 2, left: 0, right: 0))
    return (values * pow(means.reshaped(x.shape) * alpha + k, -beta)).converted(to: x.dtype)
}
