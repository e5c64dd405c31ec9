import Testing

@testable import TernCore

@Suite("Element types")
struct DTypeTests {
    @Test("the kernels have the types in the same order", arguments: DType.allCases)
    func order(dtype: DType) {
        #expect(UInt32(dtype.rawValue) == dtype.kernelType.rawValue)
        let table = Kernels.of(dtype).table.pointee
        #expect(table.type == dtype.kernelType && table.real == dtype.accumulator.kernelType)
        #expect(table.size == dtype.byteCount)
    }

    @Test("promotion is a lattice: symmetric, idempotent, and of three types in any order", arguments: DType.allCases)
    func lattice(a: DType) {
        #expect(a.promoted(with: a) == a)
        for b in DType.allCases {
            #expect(a.promoted(with: b) == b.promoted(with: a))
            // Whether a result holds what both types hold, but for integers beside floating-point numbers.
            let joined = a.promoted(with: b)
            #expect(joined.promoted(with: a) == joined && joined.promoted(with: b) == joined)
        }
    }

    @Test("promotions are those of the table")
    func table() {
        let cases: [(DType, DType, DType)] = [
            (.bool, .uint8, .uint8), (.bool, .float16, .float16), (.uint8, .int8, .int16), (.uint8, .int16, .int16),
            (.uint16, .int16, .int32), (.uint32, .int32, .int64), (.uint64, .int64, .float64),
            (.uint64, .uint8, .uint64),
            (.int8, .int64, .int64), (.int64, .float16, .float16), (.int64, .bfloat16, .bfloat16),
            (.float16, .bfloat16, .float32), (.float16, .float32, .float32), (.float32, .float64, .float64),
            (.int32, .float32, .float32), (.uint64, .float32, .float32),
        ]
        for (a, b, joined) in cases {
            #expect(a.promoted(with: b) == joined, "\(a) with \(b)")
            let sum = Tensor.ones([2], dtype: a) + Tensor.ones([2], dtype: b)
            #expect(sum.dtype == joined && sum.array(of: Double.self) == [2, 2], "\(a) + \(b)")
        }
    }

    @Test("numbers of every type print, and come back as Swift numbers", arguments: DType.allCases)
    func printing(dtype: DType) {
        let tensor = Tensor([0, 1, 1]).converted(to: dtype)
        let text =
            switch dtype {
            case .bool: "[false,  true,  true]"
            case .float16, .bfloat16, .float32, .float64: "[0., 1., 1.]"
            default: "[0, 1, 1]"
            }
        #expect(tensor.description == "\(text) \(dtype) [3]")
        #expect(tensor.array(of: Int8.self) == [0, 1, 1] && tensor.array(of: UInt64.self) == [0, 1, 1])
        #expect(tensor.array(of: BFloat16.self).map { Float($0) } == [0, 1, 1])
    }

    @Test("halves print with the digits that tell them apart")
    func halves() {
        #expect(Tensor([0.1, 2.5, 100]).converted(to: .float16).description == "[  0.1,   2.5, 100. ] float16 [3]")
        #expect(Tensor([0.1, 1, 3.14159]).converted(to: .bfloat16).description == "[0.1 , 1.  , 3.14] bfloat16 [3]")
        #expect(Tensor(Float(65504)).converted(to: .float16).description == "65500.0")
    }

    @Test("halves are rounded to the nearest, of two to the even one, and beyond the range to infinity")
    func rounding() {
        let numbers: [Float] = [1 + 0x1p-11, 1 + 0x1.8p-10, 65519.99, 65520, 0x1p-25, 0x1.1p-25, -0.0]
        let half = Tensor(numbers).converted(to: .float16).array(of: Float.self)
        #expect(half == [1, 1 + 0x1p-9, 65504, .infinity, 0, 0x1p-24, 0])
        #expect(half[6].sign == .minus)
        let brain: [Float] = [1 + 0x1p-8, 1 + 0x1.8p-7, Float.greatestFiniteMagnitude, 0x1p-140]
        for number in brain {
            let rounded = Tensor([number]).converted(to: .bfloat16).array(of: Float.self)[0]
            #expect(rounded == Float(BFloat16(number)))
        }
        #expect(Float(BFloat16(.nan)).isNaN && Tensor([Float.nan]).converted(to: .bfloat16).isNaN().item(as: Bool.self))
    }

    @Test("sums of halves do not stop where a half would")
    func sums() {
        for dtype in [DType.float16, .bfloat16] {
            let ones = Tensor.ones([60_000], dtype: dtype)
            let rounded = Tensor(Float(60_000)).converted(to: dtype).item()
            #expect(ones.sum().item() == rounded && ones.sum().dtype == dtype)
            #expect((ones * 2).mean().item() == 2)
            #expect(matmul(ones.reshaped([1, -1]), ones.reshaped([-1, 1])).item() == rounded)
        }
    }

    @Test("what a type lacks stops with the type's name")
    func lacking() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.uniform([2], dtype: .int8)
        }.expectMessage("uniform: expects a floating-point type, got int8")
    }
}
