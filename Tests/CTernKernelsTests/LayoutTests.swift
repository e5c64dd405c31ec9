import CTernKernels
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernElementwiseKernels {
    tern_kernels(level, type).pointee.elementwise.pointee
}

@Suite("Kernels that move, compare and convert") struct LayoutTests {
    @Test("copy between any strides", arguments: availableLevels)
    func copy(level: TernLevel) {
        func check<T: Element>(_ values: [T]) {
            for n in [0, 1, 5, 17, 70] {
                for (sx, sy) in [(1, 1), (0, 1), (2, 1), (-1, 1), (1, 3), (3, 2)] {
                    let x = Strided((0..<n).map { values[$0 % values.count] }, stride: sx)
                    let y: [T] = written(n == 0 ? 0 : (n - 1) * sy + 1) { y in
                        x.withPointer { kernels(level, T.type).copy(n, $0, sx, y, sy) }
                    }
                    #expect((0..<n).map { y[$0 * sy] } == x.values, "n = \(n), strides \(sx) and \(sy)")
                    #expect((0..<y.count).allSatisfy { $0 % sy == 0 || y[$0] == 77 })
                }
            }
        }
        check((0..<100).map { UInt8($0) })
        check((0..<100).map { Float($0) })
        check((0..<100).map { Double($0) })
    }

    @Test("comparisons of every type, false for NaN but for not-equal", arguments: availableLevels)
    func compare(level: TernLevel) {
        func check<T: Element>(_ values: [T]) {
            let operators: [(Comparison, (T, T) -> Bool)] = [
                (.equal, (==)), (.notEqual, (!=)), (.less, (<)),
                (.lessEqual, (<=)), (.greater, (>)), (.greaterEqual, (>=)),
            ]
            for (op, reference) in operators {
                for n in [0, 1, 7, 70, 300] {
                    for (sa, sb) in [(1, 1), (1, 0), (0, 1), (2, -1)] {
                        let a = Strided((0..<n).map { values[$0 % values.count] }, stride: sa)
                        let b = Strided((0..<n).map { values[($0 * 5 + 1) % values.count] }, stride: sb)
                        let y: [UInt8] = written(n) { y in
                            a.withPointer { a in
                                b.withPointer { b in kernels(level, T.type).compare(op, n, a, sa, b, sb, y) }
                            }
                        }
                        #expect(y == zip(a.values, b.values).map { reference($0, $1) ? 1 : 0 })
                    }
                }
            }
        }
        check([0, 1, 200, 255, 7] as [UInt8])
        check([0, -1, .max, .min, 7] as [Int32])
        check([0, -1, .max, .min, 7] as [Int64])
        check([0, -0.0, 1, -1, .infinity, .nan, 0.5] as [Float])
        check([0, -0.0, 1, -1, .infinity, .nan, 0.5] as [Double])
    }

    @Test("select takes from either side, with broadcasting", arguments: availableLevels)
    func select(level: TernLevel) {
        for n in [0, 1, 7, 70] {
            for (sc, sa, sb) in [(1, 1, 1), (1, 0, 1), (2, 1, 0), (0, -1, 2)] {
                let c = Strided<UInt8>((0..<n).map { $0 % 3 == 0 ? 1 : 0 }, stride: sc)
                let a = Strided((0..<n).map { Float($0) }, stride: sa)
                let b = Strided((0..<n).map { Float(-$0) }, stride: sb)
                let y: [Float] = written(n) { y in
                    c.withPointer { c in
                        a.withPointer { a in
                            b.withPointer { b in kernels(level, .TERN_FLOAT32).select(n, c, sc, a, sa, b, sb, y) }
                        }
                    }
                }
                #expect(y == (0..<n).map { c.values[$0] != 0 ? a.values[$0] : b.values[$0] })
            }
        }
    }

    @Test("conversion truncates, saturates and makes 0 of NaN", arguments: availableLevels)
    func convert(level: TernLevel) {
        func check<T: Element, U: Element>(_ from: [T], _ to: [U], type: TernType? = nil) {
            for stride in [1, 2] {
                let x = Strided(from, stride: stride)
                let y: [U] = written(from.count) { y in
                    x.withPointer { kernels(level, T.type).convert(type ?? U.type, from.count, $0, stride, y) }
                }
                #expect(y == to, "\(T.self) to \(U.self)")
            }
        }
        let x: [Double] = [
            0, 1.9, -1.9, 255.9, 256, 1e10, -1e10, 1e300, -1e300, .nan, .infinity, -.infinity, 0.1, 127, -0.0, 3, 4, 5,
        ]
        let i32: [Int32] = [0, 1, -1, 255, 256, .max, .min, .max, .min, 0, .max, .min, 0, 127, 0, 3, 4, 5]
        let u8: [UInt8] = [0, 1, 0, 255, 255, 255, 0, 255, 0, 0, 255, 0, 0, 127, 0, 3, 4, 5]
        let i64: [Int64] = [
            0, 1, -1, 255, 256, 10_000_000_000, -10_000_000_000, .max, .min, 0, .max, .min, 0, 127, 0, 3, 4, 5,
        ]
        check(x, i32)
        check(x, u8)
        check(x, i64)
        check(x, x.map { $0 != 0 ? 1 : 0 } as [UInt8], type: .TERN_BOOL)
        let single = x.map { Float($0) }
        check(single, i32)
        check(single, u8)
        check(single, single.map { $0.isNaN ? 0 : $0 >= 0x1p63 ? .max : $0 < -0x1p63 ? .min : Int64($0) } as [Int64])
        check(single.filter { !$0.isNaN }, single.filter { !$0.isNaN }.map { Double($0) })
        check([0, 1, -1, .max, .min, 300] as [Int64], [0, 1, 255, 255, 0, 44] as [UInt8])
        check([0, 1, -1, .max, .min, 1 << 32 + 5] as [Int64], [0, 1, -1, -1, 0, 5] as [Int32])
        check([0, 1, 255] as [UInt8], [0, 1, 255] as [Float])
        check([0, 1, -1, .max] as [Int32], [0, 1, -1, 2_147_483_647] as [Double])
        check([0, 16_777_217, -3] as [Int64], [0, 16_777_216, -3] as [Float])
    }

    @Test("integers of all widths wrap into each other, floats saturate", arguments: availableLevels)
    func convertIntegers(level: TernLevel) {
        func convert<T: Element & FixedWidthInteger, U: Element & FixedWidthInteger>(_: T.Type, _: U.Type) {
            let x: [T] = [0, 1, .max, .min, .max - 1, .max / 2, .max / 3 * 2, 100] + (0..<40).map { T(3 * $0) }
            let y: [U] = written(x.count) { kernels(level, T.type).convert(U.type, x.count, x, 1, $0) }
            #expect(y == x.map { U(truncatingIfNeeded: $0) }, "\(T.self) to \(U.self)")
        }
        func saturate<T: Real, U: Element & FixedWidthInteger>(_: T.Type, _: U.Type) {
            let bounds = [T(U.min), T(U.max)].flatMap { [$0.nextDown, $0, $0.nextUp, $0 * 2] }
            let x = bounds + [0, 0.9, -0.9, 100.7, -100.7, .infinity, -.infinity, .nan]
            let y: [U] = written(x.count) { kernels(level, T.type).convert(U.type, x.count, x, 1, $0) }
            let expected = x.map { v -> U in
                let whole = v.rounded(.towardZero)
                return U(exactly: whole) ?? (v.isNaN ? 0 : v > 0 ? .max : .min)
            }
            #expect(y == expected, "\(T.self) to \(U.self)")
        }
        func each<T: Element & FixedWidthInteger>(_: T.Type) {
            convert(T.self, UInt8.self)
            convert(T.self, Int8.self)
            convert(T.self, UInt16.self)
            convert(T.self, Int16.self)
            convert(T.self, UInt32.self)
            convert(T.self, Int32.self)
            convert(T.self, UInt64.self)
            convert(T.self, Int64.self)
            saturate(Float.self, T.self)
            saturate(Double.self, T.self)
            let x: [T] = [0, 1, .max, .min, 77]
            let single: [Float] = written(5) { kernels(level, T.type).convert(.TERN_FLOAT32, 5, x, 1, $0) }
            #expect(single == x.map { Float($0) })
            let double: [Double] = written(5) { kernels(level, T.type).convert(.TERN_FLOAT64, 5, x, 1, $0) }
            #expect(double == x.map { Double($0) })
        }
        each(UInt8.self)
        each(Int8.self)
        each(UInt16.self)
        each(Int16.self)
        each(UInt32.self)
        each(Int32.self)
        each(UInt64.self)
        each(Int64.self)
    }

    @Test("fill, clamp and axpy for every length", arguments: availableLevels)
    func fill(level: TernLevel) {
        var numbers = TestNumbers(4)
        for n in 0...70 {
            let filled: [Float] = written(n) { kernels(level, .TERN_FLOAT32).fill(2.5, n, $0) }
            #expect(filled == [Float](repeating: 2.5, count: n))
            let large: [Int64] = written(n) { kernels(level, .TERN_INT64).fill_int64(.max - 1, n, $0) }
            #expect(large == [Int64](repeating: .max - 1, count: n))
            let x: [Float] = numbers.reals(n)
            let old: [Float] = numbers.reals(n)
            let clamped: [Float] = written(n) { kernels(level, .TERN_FLOAT32).clamp(-0.5, 0.25, n, x, 1, $0) }
            #expect(clamped == x.map { min(max($0, -0.5), 0.25) })
            let sum: [Float] = written(n) {
                $0.update(from: old, count: n)
                kernels(level, .TERN_FLOAT32).axpy(2, n, x, $0)
            }
            #expect(sum == zip(x, old).map { 2 * $0 + $1 })
            let whole = (0..<n).map { Int32($0 - 20) }
            let wholeClamped: [Int32] = written(n) { kernels(level, .TERN_INT32).clamp(-3, 1e10, n, whole, 1, $0) }
            #expect(wholeClamped == whole.map { max($0, -3) })
        }
    }
}
