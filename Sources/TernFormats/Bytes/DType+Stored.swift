import TernCore

// Values in files are those of a tensor of the same type, but perhaps for the order of their bytes.
extension DType {
    /// A stored value that a tensor cannot have.
    struct Misfit {
        let index: Int
        let expected: String
        let found: String
    }

    /// Makes values of this type that were read from a file those of a tensor.
    ///
    /// - Returns: the first value that does not fit.
    func settle(_ values: UnsafeMutableRawBufferPointer, isBigEndian: Bool) -> Misfit? {
        func swap<Bits: FixedWidthInteger>(_: Bits.Type) {
            for offset in stride(from: 0, to: values.count, by: byteCount) {
                let bits = values.loadUnaligned(fromByteOffset: offset, as: Bits.self)
                values.storeBytes(of: bits.byteSwapped, toByteOffset: offset, as: Bits.self)
            }
        }
        // The machine's order is the little-endian one, on all that Swift runs on.
        switch isBigEndian ? byteCount : 1 {
        case 2: swap(UInt16.self)
        case 4: swap(UInt32.self)
        case 8: swap(UInt64.self)
        default: break
        }
        if self != .bool { return nil }
        return values.firstIndex { $0 > 1 }.map {
            Misfit(index: $0, expected: "0 or 1 for a bool", found: hexadecimal(values[$0]))
        }
    }
}

extension Tensor {
    /// Halves as `float32`, if that is asked for.
    func widened(_ isWanted: Bool) -> Tensor { isWanted && dtype.isHalf ? converted(to: .float32) : self }
}
