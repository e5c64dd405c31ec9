import CTernKernels
import Testing

/// A float type of two bytes, by rules of its own that its kernels are held against.
struct Half: Sendable, CustomTestStringConvertible {
    let type: TernType
    let widened: @Sendable (UInt16) -> Float
    /// To nearest even.
    let rounded: @Sendable (Float) -> UInt16
    var testDescription: String { type == .TERN_FLOAT16 ? "float16" : "bfloat16" }

    static let all = [
        Half(
            type: .TERN_FLOAT16, widened: { Float(Float16(bitPattern: $0)) }, rounded: { Float16($0).bitPattern }),
        Half(
            type: .TERN_BFLOAT16, widened: { Float(bitPattern: UInt32($0) << 16) },
            rounded: {
                let bits = $0.bitPattern
                if $0.isNaN { return UInt16(bits >> 16 | 0x40) }
                let (low, even) = (bits & 0xFFFF, bits >> 16 & 1 == 0)
                return UInt16(bits >> 16) + (low > 0x8000 || low == 0x8000 && !even ? 1 : 0)
            }),
    ]

    func widened(_ x: [UInt16]) -> [Float] { x.map(widened) }
    func rounded(_ x: [Float]) -> [UInt16] { x.map(rounded) }

    func tables(_ level: TernLevel) -> (half: TernKernels, single: TernKernels) {
        (tern_kernels(level, type).pointee, tern_kernels(level, .TERN_FLOAT32).pointee)
    }

    /// Numbers of the type.
    func numbers(_ count: Int, _ numbers: inout TestNumbers, in range: ClosedRange<Double> = -3...3) -> [UInt16] {
        (numbers.reals(count, in: range) as [Float]).map(rounded)
    }
}

private let everyHalf = Array(0...UInt16.max)
/// Of all sizes, the special ones among them.
private let someHalves = Array(stride(from: 0, through: UInt16.max, by: 5)) + [0x7C00, 0xFC00, 0x7F80, 0xFF80, 0x8000]

/// Equal, or NaN both.
private func same(_ half: Half, _ a: [UInt16], _ b: [UInt16]) -> Bool {
    a.count == b.count
        && zip(a, b).allSatisfy { a, b in a == b || half.widened(a).isNaN && half.widened(b).isNaN }
}

@Suite("Halves") struct HalfTests {
    @Test("every half widens to the float it is", arguments: availableLevels, Half.all)
    func widen(level: TernLevel, half: Half) {
        let (kernels, _) = half.tables(level)
        let y: [Float] = written(everyHalf.count) {
            kernels.elementwise.pointee.convert(.TERN_FLOAT32, everyHalf.count, everyHalf, 1, $0)
        }
        let wrong = zip(everyHalf, y).first { bits, value in
            let expected = half.widened(bits)
            return value.bitPattern != expected.bitPattern && !(value.isNaN && expected.isNaN)
        }
        #expect(wrong == nil)
    }

    @Test("floats round to the nearest half, ties to even", arguments: availableLevels, Half.all)
    func round(level: TernLevel, half: Half) {
        var x: [Float] = [
            .infinity, -.infinity, .nan, -.nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 65519.996,
        ]
        // Every half, the midpoint to the next one, and the floats beside it.
        for bits in someHalves where half.widened(bits).isFinite {
            let (a, b) = (half.widened(bits), half.widened(bits &+ 1))
            let middle = b.isFinite ? (a + b) / 2 : a + (a - half.widened(bits &- 1)) / 2
            x += [a, middle, middle.nextUp, middle.nextDown]
        }
        var numbers = TestNumbers(81)
        x += (0..<100_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next())) }
        let (_, kernels) = half.tables(level)
        let y: [UInt16] = written(x.count) { kernels.elementwise.pointee.convert(half.type, x.count, x, 1, $0) }
        let wrong = zip(x, y).first { value, bits in
            bits != half.rounded(value) && !(value.isNaN && half.widened(bits).isNaN)
        }
        #expect(wrong == nil)
    }

    @Test("doubles and integers round to halves once", arguments: availableLevels, Half.all)
    func roundOnce(level: TernLevel, half: Half) {
        // Beside the midpoint of two halves, by less than a float tells.
        var doubles: [Double] = [1e300, -1e300, .nan, .infinity]
        var expected: [UInt16?] = [half.rounded(.infinity), half.rounded(-.infinity), nil, half.rounded(.infinity)]
        for bits in stride(from: UInt16(0), to: half.rounded(.infinity) - 1, by: 37) {
            let (a, b) = (Double(half.widened(bits)), Double(half.widened(bits + 1)))
            let middle = (a + b) / 2
            doubles += [middle.nextUp, middle.nextDown, -middle.nextUp, -middle.nextDown]
            expected += [bits + 1, bits, bits + 1 | 0x8000, bits | 0x8000]
        }
        let y: [UInt16] = written(doubles.count) {
            tern_kernels(level, .TERN_FLOAT64).pointee.elementwise.pointee
                .convert(half.type, doubles.count, doubles, 1, $0)
        }
        let wrong = zip(doubles, zip(y, expected)).first { _, pair in
            pair.1.map { $0 != pair.0 } ?? !half.widened(pair.0).isNaN
        }
        #expect(wrong == nil)
        guard half.type == .TERN_BFLOAT16 else { return }
        // Integers that a double does not hold.
        let middle: Int64 = 0x4040_0000_0000_0000
        let integers = [middle - 1, middle, middle + 1, -middle - 1, middle + 1 << 55]
        let whole: [UInt16] = written(integers.count) {
            tern_kernels(level, .TERN_INT64).pointee.elementwise.pointee
                .convert(half.type, integers.count, integers, 1, $0)
        }
        #expect(whole.map { Double(half.widened($0)) } == [0x1p62, 0x1p62, 0x1.02p62, -0x1.02p62, 0x1.04p62])
    }

    @Test("operations on halves are those of float32, rounded once", arguments: availableLevels, Half.all)
    func operations(level: TernLevel, half: Half) {
        let (kernels, single) = half.tables(level)
        let n = someHalves.count
        let x = half.widened(someHalves)
        for operation in 0...UnaryFunction.geluTanh.rawValue {
            let operation = UnaryFunction(rawValue: operation)!
            let y: [UInt16] = written(n) { kernels.elementwise.pointee.unary(operation, n, someHalves, 1, $0) }
            let reference: [Float] = written(n) { single.elementwise.pointee.unary(operation, n, x, 1, $0) }
            #expect(same(half, y, half.rounded(reference)), "\(operation)")
        }
        var numbers = TestNumbers(82)
        for n in [1, 5, 16, 70, 600] {
            for (sa, sb) in [(1, 1), (0, 1), (1, 0), (2, -1), (0, 3)] {
                let a = Strided(half.numbers(n, &numbers), stride: sa)
                let b = Strided(half.numbers(n, &numbers), stride: sb)
                let (wideA, wideB) = (half.widened(a.values), half.widened(b.values))
                for operation in 0...BinaryFunction.softplusBackward.rawValue {
                    let operation = BinaryFunction(rawValue: operation)!
                    let y: [UInt16] = written(n) { y in
                        a.withPointer { a in
                            b.withPointer { kernels.elementwise.pointee.binary(operation, n, a, sa, $0, sb, y) }
                        }
                    }
                    // One exponent for all has ways of its own, which halves take where float32 does.
                    let reference: [Float] = written(n) { y in
                        if sb == 0 {
                            single.elementwise.pointee.binary(operation, n, wideA, 1, wideB, 0, y)
                        } else {
                            single.elementwise.pointee.binary(operation, n, wideA, 1, wideB, 1, y)
                        }
                    }
                    #expect(same(half, y, half.rounded(reference)), "\(operation), n = \(n), strides \(sa) and \(sb)")
                }
                for (operation, compare) in [(Comparison.less, { $0 < $1 }), (.equal, { $0 == $1 })]
                    as [(Comparison, (Float, Float) -> Bool)]
                {
                    let y: [UInt8] = written(n) { y in
                        a.withPointer { a in
                            b.withPointer { kernels.elementwise.pointee.compare(operation, n, a, sa, $0, sb, y) }
                        }
                    }
                    #expect(y == zip(wideA, wideB).map { compare($0, $1) ? 1 : 0 })
                }
            }
        }
    }

    @Test("sums of halves are sums of floats", arguments: availableLevels, Half.all)
    func reductions(level: TernLevel, half: Half) {
        let (kernels, single) = half.tables(level)
        var numbers = TestNumbers(83)
        for n in [1, 7, 70, 1500, 5000] {
            let x = half.numbers(n, &numbers, in: 0.9...1.1)
            let wide = half.widened(x)
            for operation in 0...ReductionFunction.sumAbs.rawValue {
                let operation = ReductionFunction(rawValue: operation)!
                let y: [Float] = written(1) { kernels.reduce.pointee.reduce(operation, n, x, 1, $0) }
                #expect(y == written(1) { single.reduce.pointee.reduce(operation, n, wide, 1, $0) })
                let rows: [Float] = written(n / 7 + 1) {
                    kernels.reduce.pointee.reduce_rows(operation, 1, nil, n >= 7 ? 6 : 1, n / 7, n / 7 + 1, x, $0)
                }
                #expect(
                    rows
                        == written(n / 7 + 1) {
                            single.reduce.pointee.reduce_rows(
                                operation, 1, nil, n >= 7 ? 6 : 1, n / 7, n / 7 + 1, wide, $0)
                        })
            }
            #expect(kernels.reduce.pointee.argmax(n, x, 1) == single.reduce.pointee.argmax(n, wide, 1))
            let sums: [UInt16] = written(n) {
                $0.update(from: x, count: n)
                kernels.reduce.pointee.cumulative_sum(n, 1, 1, $0)
            }
            var sum = 0.0
            #expect(
                sums
                    == wide.map {
                        sum += Double($0)
                        return half.rounded(Float(sum))
                    })
        }
    }

    @Test("rows of halves are those of float32, rounded", arguments: availableLevels, Half.all)
    func rows(level: TernLevel, half: Half) {
        for columns in [3, 16, 50, 300] { check(rows: half, level, columns: columns) }
    }

    private func check(rows half: Half, _ level: TernLevel, columns: Int) {
        let (kernels, single) = half.tables(level)
        let (rows, wideRows) = (kernels.rows!.pointee, single.rows!.pointee)
        var numbers = TestNumbers(84)
        let n = 4 * columns
        let x = half.numbers(n, &numbers, in: -9...9)
        let g = half.numbers(n, &numbers)
        let (wide, wideG) = (half.widened(x), half.widened(g))
        let y: [UInt16] = written(n) { rows.softmax(4, columns, x, $0) }
        #expect(y == half.rounded(written(n) { wideRows.softmax(4, columns, wide, $0) }))
        let logs: [UInt16] = written(n) { rows.log_softmax(4, columns, x, $0) }
        #expect(logs == half.rounded(written(n) { wideRows.log_softmax(4, columns, wide, $0) }))
        let dx: [UInt16] = written(n) { rows.softmax_backward(4, columns, y, g, $0) }
        #expect(dx == half.rounded(written(n) { wideRows.softmax_backward(4, columns, half.widened(y), wideG, $0) }))
        let dLogs: [UInt16] = written(n) { rows.log_softmax_backward(4, columns, logs, g, $0) }
        #expect(
            dLogs
                == half.rounded(written(n) { wideRows.log_softmax_backward(4, columns, half.widened(logs), wideG, $0) })
        )
        let labels: [Int64] = [0, 2, -100, 1]
        var (loss, wideLoss) = ([Float](repeating: 0, count: 4), [Float](repeating: 0, count: 4))
        let p: [UInt16] = written(n) {
            #expect(rows.cross_entropy(4, columns, x, labels, -100, 0.1, &loss, $0) == -1)
        }
        let wideP: [Float] = written(n) {
            _ = wideRows.cross_entropy(4, columns, wide, labels, -100, 0.1, &wideLoss, $0)
        }
        #expect(loss == wideLoss && p == half.rounded(wideP))
        let slopes: [UInt16] = written(n) {
            rows.cross_entropy_backward(4, columns, p, labels, -100, 0.1, [0.5] as [Float], 0, $0)
        }
        let wideSlopes: [Float] = written(n) {
            wideRows.cross_entropy_backward(4, columns, half.widened(p), labels, -100, 0.1, [0.5] as [Float], 0, $0)
        }
        #expect(slopes == half.rounded(wideSlopes))
    }

    @Test("products of halves are within a rounding of exact ones", arguments: availableLevels, Half.all)
    func products(level: TernLevel, half: Half) {
        let kernels = half.tables(level).half.gemm!.pointee
        var numbers = TestNumbers(85)
        for (rows, columns, depth) in [
            (1, 1, 1), (2, 40, 100), (33, 47, 70), (130, 65, 300), (5, 9, 0), (20, 33, 2100),
        ] {
            let a = half.numbers(rows * depth, &numbers, in: -1...1)
            let b = half.numbers(depth * columns, &numbers, in: -1...1)
            let (wideA, wideB) = (a.map { Double(half.widened($0)) }, b.map { Double(half.widened($0)) })
            let bias = half.numbers(max(rows, columns), &numbers)
            let before = half.numbers(rows * columns, &numbers)
            for start: TernGemmStart in [
                .TERN_GEMM_ZERO, .TERN_GEMM_ACCUMULATE, .TERN_GEMM_COLUMN_BIAS, .TERN_GEMM_ROW_BIAS,
            ] {
                for transposed in [false, true] {
                    let c: [UInt16] = written(rows * columns) { c in
                        c.update(from: before, count: rows * columns)
                        a.withUnsafeBufferPointer { a in
                            b.withUnsafeBufferPointer { b in
                                bias.withUnsafeBufferPointer { bias in
                                    var product = TernGemm(
                                        start: start, rows: rows, columns: columns, depth: depth, a: a.baseAddress,
                                        a_row: depth, a_depth: 1, b: b.baseAddress,
                                        b_depth: transposed ? 1 : columns, b_column: transposed ? depth : 1, c: c,
                                        c_row: columns, bias: bias.baseAddress, may_share: false)
                                    var plan = kernels.plan(&product)
                                    for piece in 0..<plan.pieces {
                                        let scratch = UnsafeMutableRawPointer.allocate(
                                            byteCount: plan.scratch_bytes, alignment: 64)
                                        scratch.initializeMemory(
                                            as: UInt8.self, repeating: 0xFF, count: plan.scratch_bytes)
                                        kernels.piece(&product, &plan, piece, 0, scratch)
                                        scratch.deallocate()
                                    }
                                }
                            }
                        }
                    }
                    let wrong = c.indices.first { i in
                        let (row, column) = (i / columns, i % columns)
                        var sum = 0.0
                        switch start {
                        case .TERN_GEMM_ZERO: break
                        case .TERN_GEMM_ACCUMULATE: sum = Double(half.widened(before[i]))
                        case .TERN_GEMM_COLUMN_BIAS: sum = Double(half.widened(bias[column]))
                        case .TERN_GEMM_ROW_BIAS: sum = Double(half.widened(bias[row]))
                        }
                        for k in 0..<depth {
                            sum +=
                                wideA[row * depth + k] * wideB[transposed ? column * depth + k : k * columns + column]
                        }
                        // Half a unit of the last place, and what float32's sums lose.
                        let unit = half.type == .TERN_FLOAT16 ? 0x1p-11 : 0x1p-8
                        return !(abs(Double(half.widened(c[i])) - sum) <= unit * abs(sum) + 1e-6 * Double(depth + 1))
                    }
                    #expect(wrong == nil, "\(rows) x \(columns) over \(depth)")
                }
            }
        }
    }

    @Test("updates of halves, with a state of floats", arguments: availableLevels, Half.all)
    func updates(level: TernLevel, half: Half) {
        for n in [1, 16, 70] { check(updates: half, level, n) }
    }

    private func check(updates half: Half, _ level: TernLevel, _ n: Int) {
        let (kernels, single) = half.tables(level)
        var numbers = TestNumbers(86)
        let gradient = half.numbers(n, &numbers)
        let parameter = half.numbers(n, &numbers)
        let moments: [Float] = numbers.reals(n, in: 0...1)
        var rule = TernAdam(
            learning_rate: 0.02, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.1, decoupled_decay: true,
            step: 3)
        var (p, m, v) = (half.widened(parameter), moments, moments)
        single.optimizer!.pointee.adam(&rule, n, half.widened(gradient), &p, &m, &v, nil)
        var (halfP, halfM, halfV) = (parameter, moments, moments)
        kernels.optimizer!.pointee.adam(&rule, n, gradient, &halfP, &halfM, &halfV, nil)
        #expect(halfP == half.rounded(p) && halfM == m && halfV == v)
    }

    @Test("random halves", arguments: availableLevels, Half.all)
    func random(level: TernLevel, half: Half) {
        let (kernels, single) = half.tables(level)
        let n = 2000
        let uniform: [UInt16] = written(n) { kernels.random.pointee.uniform!(7, 0, 0, n, -1, 2, $0) }
        #expect(half.widened(uniform).allSatisfy { $0 >= -1 && $0 < 2 })
        let normal: [UInt16] = written(n) { kernels.random.pointee.normal!(7, 0, 0, n, 1, 2, $0) }
        #expect(normal == half.rounded(written(n) { single.random.pointee.normal!(7, 0, 0, n, 1, 2, $0) }))
        let dropped: [UInt16] = written(n) { kernels.random.pointee.dropout!(7, 0, 0, n, 0.7, 1 / 0.7, normal, $0) }
        let wide: [Float] = written(n) {
            single.random.pointee.dropout!(7, 0, 0, n, 0.7, 1 / 0.7, half.widened(normal), $0)
        }
        #expect(dropped == half.rounded(wide))
    }
}
