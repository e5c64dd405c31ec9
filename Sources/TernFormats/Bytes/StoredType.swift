import TernCore

/// How numbers are stored in files. Types that Tern lacks become the next one that holds all their values; half types
/// only if that is asked for, because it is not the arithmetic that they stand for.
enum StoredType: CaseIterable {
    case bool
    case uint8, uint16, uint32, uint64
    case int8, int16, int32, int64
    case float16, bfloat16, float32, float64

    /// The table of all that files hold: the bytes of a value there, and the type of a tensor for such values. Where Tern
    /// lacks the stored type, that is the next one, and ``convert(_:count:isBigEndian:)`` widens. (uint64 has no next type:
    /// values from 2^63 on are refused.)
    private var row: (size: Int, dtype: DType) {
        switch self {
        case .bool: (1, .bool)
        case .uint8: (1, .uint8)
        case .uint16: (2, .int32)
        case .uint32: (4, .int64)
        case .uint64: (8, .int64)
        case .int8: (1, .int32)
        case .int16: (2, .int32)
        case .int32: (4, .int32)
        case .int64: (8, .int64)
        case .float16: (2, .float32)
        case .bfloat16: (2, .float32)
        case .float32: (4, .float32)
        case .float64: (8, .float64)
        }
    }

    /// How a tensor's values are written: as they are. What is written is read as the same type.
    init(_ dtype: DType) {
        self =
            switch dtype {
            case .bool: .bool
            case .uint8: .uint8
            case .int32: .int32
            case .int64: .int64
            case .float32: .float32
            case .float64: .float64
            }
    }

    /// Bytes of a value in the file.
    var size: Int { row.size }

    /// The type of a tensor for such values: nil for half types unless `widening` is asked for.
    func dtype(widening: Bool) -> DType? {
        let isWidenedHalf = (self == .float16 || self == .bfloat16) && size != row.dtype.byteCount
        return isWidenedHalf && !widening ? nil : row.dtype
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
        if size < row.dtype.byteCount {
            switch self {
            case .int8: widen(Int8.self) { Int32($0) }
            case .int16: widen(Int16.self) { Int32($0) }
            case .uint16: widen(UInt16.self) { Int32($0) }
            case .uint32: widen(UInt32.self) { Int64($0) }
            case .float16: widen(UInt16.self, HalfFloat.widenFloat16)
            case .bfloat16: widen(UInt16.self, HalfFloat.widenBFloat16)
            case .bool, .uint8, .int32, .int64, .uint64, .float32, .float64: break
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
        if self == .bool {
            return stored.firstIndex { $0 > 1 }.map {
                Misfit(index: $0, expected: "0 or 1 for a bool", found: hexadecimal(stored[$0]))
            }
        }
        if self == .uint64 && row.dtype == .int64 {
            let numbers = values.bindMemory(to: UInt64.self)
            return numbers.firstIndex { $0 > UInt64(Int64.max) }.map {
                Misfit(index: $0, expected: "a value below 2^63, for int64", found: "\(numbers[$0])")
            }
        }
        return nil
    }
}
