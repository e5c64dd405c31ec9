import TernCore

/// How numbers are stored in files: as the type of a tensor, whose values they are.
struct StoredType: Equatable {
    /// The type of a tensor for such values.
    let dtype: DType

    init(_ dtype: DType) { self.dtype = dtype }

    static let allCases = DType.allCases.map(StoredType.init)

    /// Bytes of a value in the file.
    var size: Int { dtype.byteCount }

    /// The type of a tensor that the values are read to: halves become `float32` if `widening` is asked for.
    func dtype(widening: Bool) -> DType { widening && dtype.isHalf ? .float32 : dtype }

    /// A stored value that a tensor cannot have.
    struct Misfit {
        let index: Int
        let expected: String
        let found: String
    }

    /// Where in the memory of a tensor the stored values are read to: its end, from where ``convert(_:isBigEndian:)``,
    /// front to back, never catches up with them.
    func place(of count: Int, in values: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: values[(values.count - count * size)...])
    }

    /// Makes a tensor's values of those that were read to ``place(of:in:)``.
    ///
    /// - Returns: the first value that does not fit.
    func convert(_ values: UnsafeMutableRawBufferPointer, count: Int, isBigEndian: Bool) -> Misfit? {
        let stored = UnsafeRawBufferPointer(place(of: count, in: values))
        func widen<Stored: FixedWidthInteger, Value>(_: Stored.Type, _ value: (Stored) -> Value) {
            for i in 0..<count {
                let bits = stored.loadUnaligned(fromByteOffset: i * size, as: Stored.self)
                let number = isBigEndian ? Stored(bigEndian: bits) : Stored(littleEndian: bits)
                values.storeBytes(of: value(number), toByteOffset: i * MemoryLayout<Value>.size, as: Value.self)
            }
        }
        if values.count > count * size {
            if dtype == .bfloat16 {
                widen(UInt16.self, HalfFloat.widenBFloat16)
            } else {
                widen(UInt16.self, HalfFloat.widenFloat16)
            }
            return nil
        }
        // The machine's order is the little-endian one, on all that Swift runs on.
        switch isBigEndian ? size : 1 {
        case 2: widen(UInt16.self) { $0 }
        case 4: widen(UInt32.self) { $0 }
        case 8: widen(UInt64.self) { $0 }
        default: break
        }
        if dtype == .bool {
            return stored.firstIndex { $0 > 1 }.map {
                Misfit(index: $0, expected: "0 or 1 for a bool", found: hexadecimal(stored[$0]))
            }
        }
        return nil
    }
}
