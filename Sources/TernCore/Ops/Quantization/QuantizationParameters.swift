/// How numbers are kept as bytes: a byte `q` in 0...255 stands for `scale * (q - zeroPoint)`. PyTorch's
/// `per_tensor_affine` scheme of `quint8`.
///
/// ```swift
/// let parameters = QuantizationParameters(range: -1...2)   // scale 3 / 255, zeroPoint 85
/// let bytes = Tensor([0, 1, 5]).quantized(parameters)      // [85, 170, 255]: what is outside is cut off
/// bytes.dequantized(parameters)                            // [0, 1, 2]
/// ```
public struct QuantizationParameters: Sendable, Hashable {
    /// The distance of neighbouring numbers.
    public let scale: Float
    /// The byte that stands for 0, which is kept exactly.
    public let zeroPoint: Int

    /// - Parameters:
    ///   - scale: positive and finite.
    ///   - zeroPoint: in 0...255.
    public init(scale: Float, zeroPoint: Int) {
        if !(scale > 0 && scale.isFinite) || !(0...255).contains(zeroPoint) {
            mistake(
                "QuantizationParameters",
                "expects a positive, finite scale and a zero point in 0...255, got \(scale) and \(zeroPoint)")
        }
        (self.scale, self.zeroPoint) = (scale, zeroPoint)
    }

    /// Those whose bytes share out a range, extended to 0: `scale = (high - low) / 255` and `zeroPoint = round(-low / scale)`.
    /// PyTorch's `MinMaxObserver`; the scale of an empty range is 2^-23, as there.
    public init(range: ClosedRange<Double>) {
        let (low, high) = (Swift.min(range.lowerBound, 0), Swift.max(range.upperBound, 0))
        if !(high - low).isFinite { mistake("QuantizationParameters", "expects a finite range, got \(range)") }
        let scale = Swift.max(Float((high - low) / 255), Float.ulpOfOne)
        let zero = (-low / Double(scale)).rounded(.toNearestOrEven)
        self.init(scale: Swift.min(scale, .greatestFiniteMagnitude), zeroPoint: Int(Swift.min(zero, 255)))
    }

    /// Those that a file has, whatever it says: nothing that is computed with them stops.
    package init(unchecked scale: Float, _ zeroPoint: Int) {
        (self.scale, self.zeroPoint) = (scale, Swift.min(Swift.max(zeroPoint, 0), 255))
    }
}

extension Tensor {
    /// The bytes that stand for these numbers, a `uint8`: `clamp(round(x / scale) + zeroPoint, 0, 255)`, halves to even, 0 for
    /// NaN. PyTorch's `torch.quantize_per_tensor` and `int_repr`. Without a derivative.
    ///
    /// As in PyTorch, `x / scale` is the product with the `float32` nearest to `1 / scale`.
    ///
    /// - Parameter parameters: what bytes stand for.
    public func quantized(_ parameters: QuantizationParameters) -> Tensor {
        if !dtype.isFloatingPoint { mistake("quantized", "expects floating-point numbers, got \(dtype)") }
        let source = asOneOperation { converted(to: .float32).packed }
        let result = Tensor(uninitialized: shape, dtype: .uint8)
        backend.quantize(source, parameters, into: result)
        return result.output(of: "quantized", from: [self], attributes: parameters.attributes)
    }

    /// The numbers that bytes stand for, a `float32`: `scale * (q - zeroPoint)`. PyTorch's `dequantize`.
    ///
    /// - Parameter parameters: what bytes stand for.
    public func dequantized(_ parameters: QuantizationParameters) -> Tensor {
        if dtype != .uint8 { mistake("dequantized", "expects bytes of uint8, got \(dtype)") }
        let result = asOneOperation {
            (converted(to: .float32) - Double(parameters.zeroPoint)) * Double(parameters.scale)
        }
        return result.output(of: "dequantized", from: [self], attributes: parameters.attributes)
    }
}

extension QuantizationParameters {
    fileprivate var attributes: OperationAttributes { ["scale": Double(scale), "zeroPoint": zeroPoint] }
}
