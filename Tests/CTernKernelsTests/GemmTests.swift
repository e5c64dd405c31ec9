import CTernKernels
import Testing

/// How the elements of a test matrix lie in memory.
enum GemmLayout: CaseIterable {
    case rows, columns, paddedRows, paddedColumns, everySecond, reversed

    /// Element strides of row and column, and where the first element lies, for a matrix of this size.
    func strides(_ rows: Int, _ columns: Int) -> (row: Int, column: Int, first: Int) {
        switch self {
        case .rows: (columns, 1, 0)
        case .columns: (1, rows, 0)
        case .paddedRows: (columns + 3, 1, 1)
        case .paddedColumns: (1, rows + 5, 2)
        case .everySecond: (2 * columns, 2, 0)
        case .reversed: (-columns, -1, rows * columns - 1)
        }
    }
    func memory(_ rows: Int, _ columns: Int) -> Int {
        switch self {
        case .rows, .columns, .reversed: rows * columns
        case .paddedRows: rows * (columns + 3) + 1
        case .paddedColumns: (rows + 5) * columns + 2
        case .everySecond: 2 * rows * columns
        }
    }
}

struct GemmSize: CustomStringConvertible {
    let rows, columns, depth: Int
    init(_ rows: Int, _ columns: Int, _ depth: Int) { (self.rows, self.columns, self.depth) = (rows, columns, depth) }
    var description: String { "\(rows)x\(columns)x\(depth)" }
}

/// Values in -1...1, repeated after a prime number of them.
private let gemmNoise: [Double] = {
    var generator = SplitMix()
    return (0..<4099).map { _ in Double.random(in: -1...1, using: &generator) }
}()

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64 = 7
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var x = state
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }
}

/// One product in memory of its own, computed by the kernels of one level and by plain loops in float64.
final class GemmCase<Scalar: BinaryFloatingPoint> {
    let size: GemmSize
    var product: TernGemm
    let a, b, c, bias: UnsafeMutablePointer<Scalar>
    let cCount: Int
    let sentinel = Scalar(-77)
    private let aLayout, bLayout: GemmLayout

    init(_ size: GemmSize, _ aLayout: GemmLayout, _ bLayout: GemmLayout, _ start: TernGemmStart, cPadding: Int = 0) {
        self.size = size
        (self.aLayout, self.bLayout) = (aLayout, bLayout)
        let (aCount, bCount) = (aLayout.memory(size.rows, size.depth), bLayout.memory(size.depth, size.columns))
        cCount = size.rows * (size.columns + cPadding) + 64
        func fresh(_ count: Int, _ seed: Int) -> UnsafeMutablePointer<Scalar> {
            let memory = UnsafeMutablePointer<Scalar>.allocate(capacity: count + 1)
            for i in 0...min(count, gemmNoise.count - 1) { memory[i] = Scalar(gemmNoise[(i + 1000 * seed) % 4099]) }
            var filled = gemmNoise.count
            while filled <= count {
                let more = min(filled, count + 1 - filled)
                (memory + filled).update(from: memory, count: more)
                filled += more
            }
            return memory
        }
        a = fresh(aCount, 1)
        b = fresh(bCount, 2)
        c = fresh(cCount, 3)
        bias = fresh(max(size.rows, size.columns), 4)
        let (aRow, aDepth, aFirst) = aLayout.strides(size.rows, size.depth)
        let (bDepth, bColumn, bFirst) = bLayout.strides(size.depth, size.columns)
        product = TernGemm(
            start: start, rows: size.rows,
            columns: size.columns, depth: size.depth, a: a + aFirst, a_row: aRow, a_depth: aDepth, b: b + bFirst,
            b_depth: bDepth, b_column: bColumn, c: c, c_row: size.columns + cPadding, bias: bias,
            may_share: false)
        for row in 0..<size.rows {
            for gap in 0..<cPadding { c[row * (size.columns + cPadding) + size.columns + gap] = sentinel }
        }
        for rest in 0..<64 { c[cCount - 64 + rest] = sentinel }
    }

    deinit { for memory in [a, b, c, bias] { memory.deallocate() } }

    /// Runs the kernels and gives the largest error, in units of the rounding error that the sums may have, and whether
    /// anything outside of `c` was written. The error of a row is that of its product with a random vector, which any
    /// wrong element changes, and which takes few operations to know: c x = start x + a (b x), in float64.
    ///
    /// - Parameter sharing: whether all pieces may use what is packed once.
    func run(_ level: TernLevel, sharing: Bool = false) -> (error: Double, staysInside: Bool) {
        let reference = rowProducts()
        let type: TernType = Scalar.self == Float.self ? .TERN_FLOAT32 : .TERN_FLOAT64
        let kernels = tern_kernels(level, type).pointee.gemm!.pointee
        product.may_share = sharing
        var plan = kernels.plan(&product)
        func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: plan.scratch_bytes, alignment: 64)
            scratch.initializeMemory(as: UInt8.self, repeating: 0xFF, count: plan.scratch_bytes)
            body(scratch)
            scratch.deallocate()
        }
        if plan.shares {
            for done in stride(from: 0, to: product.depth, by: plan.depth_chunk) {
                withScratch { scratch in
                    for pack in (0..<plan.packs).reversed() { kernels.pack!(&product, &plan, pack, done, scratch) }
                    for piece in (0..<plan.pieces).reversed() { kernels.piece(&product, &plan, piece, done, scratch) }
                }
            }
        } else {
            for piece in (0..<plan.pieces).reversed() {
                withScratch { kernels.piece(&product, &plan, piece, 0, $0) }
            }
        }
        let stride = product.c_row
        var worst = 0.0
        var inside = true
        for row in 0..<size.rows {
            var sum = 0.0
            for column in 0..<size.columns { sum += Double(c[row * stride + column]) * gemmNoise[column] }
            let error = abs(sum - reference[row])
            if !(error <= worst) { worst = error }
            for gap in size.columns..<stride where c[row * stride + gap] != sentinel { inside = false }
        }
        for rest in 0..<64 where c[cCount - 64 + rest] != sentinel { inside = false }
        return (worst / (Double(Scalar.ulpOfOne) * Double(size.depth + 4) * Double(size.columns + 1)), inside)
    }

    /// What each row of `c` times the vector of noise shall be.
    private func rowProducts() -> [Double] {
        let (aRow, aDepth, aFirst) = aLayout.strides(size.rows, size.depth)
        let (bDepth, bColumn, bFirst) = bLayout.strides(size.depth, size.columns)
        var right = [Double](repeating: 0, count: size.depth)
        for k in 0..<size.depth {
            var sum = 0.0
            for column in 0..<size.columns {
                sum += Double(b[bFirst + k * bDepth + column * bColumn]) * gemmNoise[column]
            }
            right[k] = sum
        }
        return (0..<size.rows).map { row in
            var sum = 0.0
            for column in 0..<size.columns {
                switch product.start {
                case .TERN_GEMM_ZERO: break
                case .TERN_GEMM_ACCUMULATE: sum += Double(c[row * product.c_row + column]) * gemmNoise[column]
                case .TERN_GEMM_COLUMN_BIAS: sum += Double(bias[column]) * gemmNoise[column]
                case .TERN_GEMM_ROW_BIAS: sum += Double(bias[row]) * gemmNoise[column]
                }
            }
            for k in 0..<size.depth { sum += Double(a[aFirst + row * aRow + k * aDepth]) * right[k] }
            return sum
        }
    }
}

private let starts = [
    TernGemmStart.TERN_GEMM_ZERO, .TERN_GEMM_ACCUMULATE, .TERN_GEMM_COLUMN_BIAS, .TERN_GEMM_ROW_BIAS,
]

@Test(
    "products agree with float64 loops for every layout of a and b and every start",
    arguments: availableLevels,
    [
        GemmSize(6, 1, 1), GemmSize(5, 7, 3), GemmSize(15, 33, 20), GemmSize(2, 19, 40), GemmSize(31, 3, 17),
    ])
func layouts(level: TernLevel, size: GemmSize) {
    for aLayout in GemmLayout.allCases {
        for bLayout in GemmLayout.allCases {
            for start in starts {
                let single = GemmCase<Float>(size, aLayout, bLayout, start, cPadding: 2).run(level)
                #expect(single.error < 1 && single.staysInside, "float32 \(aLayout) \(bLayout) \(start)")
                let double = GemmCase<Double>(size, aLayout, bLayout, start, cPadding: 2).run(level)
                #expect(double.error < 1 && double.staysInside, "float64 \(aLayout) \(bLayout) \(start)")
            }
        }
    }
}

@Test("products of every small size agree with float64 loops", arguments: availableLevels)
func smallSizes(level: TernLevel) {
    for rows in [0, 1, 2, 3, 4, 7, 14, 15] {
        for columns in [0, 1, 2, 3, 4, 8, 9, 16, 17, 31, 32, 33] {
            for depth in [0, 1, 2, 16, 35] {
                for (aLayout, bLayout) in [(GemmLayout.rows, GemmLayout.rows), (.rows, .columns), (.columns, .rows)] {
                    let size = GemmSize(rows, columns, depth)
                    let result = GemmCase<Float>(size, aLayout, bLayout, .TERN_GEMM_COLUMN_BIAS).run(level)
                    #expect(result.error < 1 && result.staysInside, "\(size) \(aLayout) \(bLayout)")
                }
            }
        }
    }
}

/// Large enough for several pieces, packing of either operand, and sums in several chunks of the depth; rows 4 KB apart.
@Test(
    "products cut into pieces agree with float64 loops",
    arguments: availableLevels,
    [
        GemmSize(128, 200, 70), GemmSize(33, 40, 2500), GemmSize(300, 70, 50), GemmSize(140, 310, 1100),
        GemmSize(1, 600, 1200), GemmSize(40, 520, 1024), GemmSize(300, 290, 1024),
    ])
func pieces(level: TernLevel, size: GemmSize) {
    for (aLayout, bLayout) in [
        (GemmLayout.rows, GemmLayout.rows), (.rows, .columns), (.columns, .rows), (.columns, .columns),
    ] {
        for start in [TernGemmStart.TERN_GEMM_ACCUMULATE, .TERN_GEMM_COLUMN_BIAS] {
            for sharing in [false, true] {
                let single = GemmCase<Float>(size, aLayout, bLayout, start).run(level, sharing: sharing)
                #expect(single.error < 1 && single.staysInside, "float32 \(aLayout) \(bLayout) \(start) \(sharing)")
                let double = GemmCase<Double>(size, aLayout, bLayout, start).run(level, sharing: sharing)
                #expect(double.error < 1 && double.staysInside, "float64 \(aLayout) \(bLayout) \(start) \(sharing)")
            }
        }
    }
}

@Test("an infinity stays in its row and column", arguments: availableLevels)
func infinities(level: TernLevel) {
    let size = GemmSize(20, 45, 37)
    for bLayout in [GemmLayout.rows, .columns] {
        let gemm = GemmCase<Float>(size, .rows, bLayout, .TERN_GEMM_ZERO)
        gemm.a[3 * 37 + 5] = .infinity
        _ = gemm.run(level)
        for row in 0..<20 {
            for column in 0..<45 { #expect(gemm.c[row * 45 + column].isFinite == (row != 3)) }
        }
    }
}
