import TernCore

/// How numbers are stored in files. Types that Tern lacks become the next one that holds all their values; half types
/// only if that is asked for, because it is not the arithmetic that they stand for.
enum StoredType: CaseIterable {
    case bool
    case uint8, uint16, uint32, uint64
    case int8, int16, int32, int64
    case float16, bfloat16, float32, float64

    /// Bytes of a value in the file.
    var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// The type of a tensor for such values. (uint64 has no next type: values from 2^63 on are refused.)
    func dtype(widening: Bool) -> DType? {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .int8, .int16, .uint16, .int32: .int32
        case .uint32, .int64, .uint64: .int64
        case .float16, .bfloat16: widening ? .float32 : nil
        case .float32: .float32
        case .float64: .float64
        }
    }

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
        switch self {
        case .bool:
            return stored.firstIndex { $0 > 1 }.map {
                Misfit(index: $0, expected: "0 or 1 for a bool", found: hexadecimal(stored[$0]))
            }
        case .uint8: break
        case .int8: widen(Int8.self) { Int32($0) }
        case .int16: widen(Int16.self) { Int32($0) }
        case .uint16: widen(UInt16.self) { Int32($0) }
        case .uint32: widen(UInt32.self) { Int64($0) }
        case .float16: widen(UInt16.self, HalfFloat.widenFloat16)
        case .bfloat16: widen(UInt16.self, HalfFloat.widenBFloat16)
        // The machine's order is the little-endian one, on all that Swift runs on.
        case .int32, .float32: if isBigEndian { widen(UInt32.self) { $0 } }
        case .int64, .float64: if isBigEndian { widen(UInt64.self) { $0 } }
        case .uint64:
            var first: (index: Int, value: UInt64)?
            var index = 0
            widen(UInt64.self) { (number: UInt64) -> UInt64 in
                if number > UInt64(Int64.max) && first == nil { first = (index, number) }
                index += 1
                return number
            }
            return first.map {
                Misfit(index: $0.index, expected: "a value below 2^63, for int64", found: "\($0.value)")
            }
        }
        return nil
    }
}
