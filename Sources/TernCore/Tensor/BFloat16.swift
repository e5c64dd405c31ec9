/// A number of 16 bits: the upper half of a `Float`, with its range and 8 bits of precision. Swift has no such type; this one
/// is for taking elements out of tensors and putting them in, not for arithmetic.
///
/// ```swift
/// Float(BFloat16(1.004))   // 1.0
/// Tensor([1, 2]).converted(to: .bfloat16).array(of: BFloat16.self)
/// ```
public struct BFloat16: Sendable, Hashable {
    /// The upper half of the bits of the `Float` of this value.
    public var bitPattern: UInt16

    /// - Parameter bitPattern: the upper half of the bits of a `Float`.
    public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest number, the even one of two equally near; beyond the range infinity. NaN stays NaN.
    public init(_ value: Float) {
        let bits = value.bitPattern
        if value.isNaN {
            bitPattern = UInt16(bits >> 16) | 0x40
        } else {
            bitPattern = UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
        }
    }
}

extension Float {
    /// The same number, exactly.
    public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

extension BFloat16: TensorScalar {
    public static var dtype: DType { .bfloat16 }
    public var asDouble: Double { Double(Float(self)) }
}

extension BFloat16: CustomStringConvertible {
    public var description: String { Float(self).description }
}

extension DType {
    /// The next lower number of this half type.
    func half(below value: Double) -> Double {
        // Halves have their bits in order, below zero in the opposite order; below 0 comes the least negative one.
        var bits: UInt32 = 0
        Tensor.full([], value, dtype: self).withUnsafeBytes { bytes in
            withUnsafeMutableBytes(of: &bits) { $0.copyMemory(from: bytes) }
        }
        let lower: UInt32 = value == 0 ? 1 << (8 * byteCount - 1) | 1 : value > 0 ? bits - 1 : bits + 1
        return Swift.withUnsafeBytes(of: lower) {
            Tensor(shape: [], dtype: self, bytes: UnsafeRawBufferPointer(rebasing: $0[..<byteCount])).item()
        }
    }
}
