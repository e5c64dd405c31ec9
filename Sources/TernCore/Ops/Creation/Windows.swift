import Foundation

// Windows that taper a signal to its ends, before a transform or a filter.

/// A triangle: 0 at the ends and 1 in the middle. PyTorch's `torch.bartlett_window`; Keras's `bartlett` is not periodic.
///
/// ```swift
/// bartlettWindow(5, periodic: false)   // [0, 0.5, 1, 0.5, 0]
/// ```
///
/// - Parameters:
///   - count: how many values.
///   - isPeriodic: whether the window goes on with its first value, for a signal that is seen as one period, instead of
///     being symmetric.
///   - dtype: a floating-point type.
public func bartlettWindow(_ count: Int, periodic isPeriodic: Bool = true, dtype: DType = .float32) -> Tensor {
    window("bartlettWindow", count, isPeriodic, dtype) { 1 - abs(2 * $0 - 1) }
}

/// `0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)`. PyTorch's `torch.blackman_window`; Keras's `blackman` is not periodic.
public func blackmanWindow(_ count: Int, periodic isPeriodic: Bool = true, dtype: DType = .float32) -> Tensor {
    window("blackmanWindow", count, isPeriodic, dtype) { 0.42 - 0.5 * cos(2 * .pi * $0) + 0.08 * cos(4 * .pi * $0) }
}

/// `0.54 - 0.46 cos(2 pi t)`. PyTorch's `torch.hamming_window`; Keras's `hamming` is not periodic.
public func hammingWindow(_ count: Int, periodic isPeriodic: Bool = true, dtype: DType = .float32) -> Tensor {
    window("hammingWindow", count, isPeriodic, dtype) { 0.54 - 0.46 * cos(2 * .pi * $0) }
}

/// `sin^2(pi t)`. PyTorch's `torch.hann_window`; Keras's `hanning` is not periodic.
public func hannWindow(_ count: Int, periodic isPeriodic: Bool = true, dtype: DType = .float32) -> Tensor {
    window("hannWindow", count, isPeriodic, dtype) { 0.5 - 0.5 * cos(2 * .pi * $0) }
}

/// `i0(beta sqrt(1 - (2 t - 1)^2)) / i0(beta)`, nearly the narrowest spectrum there is. PyTorch's `torch.kaiser_window`; Keras's
/// `kaiser` is not periodic.
///
/// - Parameters:
///   - count: how many values.
///   - isPeriodic: whether the window goes on with its first value, for a signal that is seen as one period, instead of
///     being symmetric.
///   - beta: 0 for a rectangle; larger ones are narrower.
///   - dtype: a floating-point type.
public func kaiserWindow(
    _ count: Int, periodic isPeriodic: Bool = true, beta: Double = 12, dtype: DType = .float32
) -> Tensor {
    if !(beta >= 0) { mistake("kaiserWindow", "expects a beta that is not negative, got \(beta)") }
    let result = asOneOperation {
        let whole = window("kaiserWindow", count, isPeriodic, .float64, single: beta) {
            beta * max(0, 1 - (2 * $0 - 1) * (2 * $0 - 1)).squareRoot()
        }
        // Without overflow for any beta: i0(x) / i0(beta) = i0e(x) e^(x - beta) / i0e(beta).
        let scale = i0e(Tensor.full([], beta, dtype: .float64))
        return (i0e(whole) * exp(whole - beta) / scale).converted(to: dtype)
    }
    return result.output(
        of: "kaiserWindow", from: [], attributes: ["count": count, "periodic": isPeriodic, "beta": beta])
}

/// The values of a function of t, which goes from 0 to 1; `single` is that of a window of one.
private func window(
    _ name: StaticString, _ count: Int, _ isPeriodic: Bool, _ dtype: DType, single: Double = 1,
    _ value: (Double) -> Double
) -> Tensor {
    if count < 0 || !dtype.isFloatingPoint {
        mistake("\(name)", "expects a size that is not negative and a floating-point type, got \(count) and \(dtype)")
    }
    let last = Double(isPeriodic ? count : count - 1)
    let values = (0..<count).map { count == 1 ? single : value(Double($0) / last) }
    let result = asOneOperation { Tensor(shape: [count], values: values).converted(to: dtype) }
    return result.output(of: name, from: [], attributes: ["count": count, "periodic": isPeriodic])
}
