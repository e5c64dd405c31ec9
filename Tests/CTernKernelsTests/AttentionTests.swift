import CTernKernels
import Foundation
import Testing

@Suite("Blocks of attention") struct AttentionTests {
    @Test("two blocks give the softmax of both", arguments: availableLevels, [0, 1, 2, 3])
    func blocks(level: TernLevel, mask: Int) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            let table = tern_kernels(level, T.type).pointee.rows!.pointee
            let (rows, width) = (5, 3)
            let scale: Double = mask == 3 ? -0.4 : 0.7
            for (first, second) in [(1, 1), (7, 16), (16, 3), (40, 33), (64, 1)] {
                var numbers = TestNumbers(UInt64(first * 100 + second + mask))
                let columns = first + second
                let scores: [T] = numbers.reals(rows * columns, in: -20...20)
                let values: [T] = numbers.reals(columns * width)
                let gradients: [T] = numbers.reals(rows * width)
                let added: [T] = numbers.reals(rows * columns)
                // Row 1 sees nothing of the first block, row 2 nothing at all.
                let seen = (0..<rows * columns).map { i -> UInt8 in
                    let (row, column) = (i / columns, i % columns)
                    return row == 2 || (row == 1 && column < first) || (i % 7 == 3 && row != 1) ? 0 : 1
                }
                let isCausal = mask == 0
                func isSeen(_ row: Int, _ column: Int) -> Bool {
                    isCausal ? column < 2 + row : mask == 2 ? seen[row * columns + column] != 0 : true
                }
                func block(_ from: Int, _ count: Int, _ pointer: UnsafeRawPointer?, _ size: Int) -> TernAttentionBlock {
                    TernAttentionBlock(
                        rows: rows, columns: count, stride: columns, scale: scale, seen: isCausal ? 2 - from : count,
                        mask: pointer.map { $0 + from * size }, mask_row: columns, mask_is_bool: mask == 2)
                }
                added.withUnsafeBytes { added in
                    seen.withUnsafeBytes { seen in
                        let pointer = mask == 1 ? added.baseAddress : mask == 2 ? seen.baseAddress : nil
                        let size = mask == 2 ? 1 : MemoryLayout<T>.stride
                        let blocks = [(0, first), (first, second)]
                        var (weights, output) = (scores, [T](repeating: 0, count: rows * width))
                        var (maxima, sums) = (
                            [T](repeating: -.infinity, count: rows), [T](repeating: 0, count: rows)
                        )
                        for (from, count) in blocks {
                            var b = block(from, count, pointer, size)
                            weights.withUnsafeMutableBufferPointer {
                                table.attention_weights!(
                                    &b, $0.baseAddress! + from, &maxima, &sums, &output, width, width)
                            }
                            for r in 0..<rows {
                                for c in from..<from + count {
                                    for v in 0..<width {
                                        output[r * width + v] += weights[r * columns + c] * values[c * width + v]
                                    }
                                }
                            }
                        }
                        var all = block(0, columns, nil, 0)
                        table.attention_finish!(&all, nil, &maxima, sums, &output, width, width)
                        var again = scores
                        var dots = [T](repeating: 0, count: rows)
                        table.attention_dots!(rows, width, output, width, gradients, width, &dots)
                        var slopes = [T](repeating: 0, count: rows * columns)
                        for i in slopes.indices {
                            let (row, column) = (i / columns * width, i % columns * width)
                            for v in 0..<width { slopes[i] += gradients[row + v] * values[column + v] }
                        }
                        let weightSlopes = slopes
                        for (from, count) in blocks {
                            var b = block(from, count, pointer, size)
                            again.withUnsafeMutableBufferPointer { again in
                                table.attention_weights_again!(&b, again.baseAddress! + from, maxima)
                                slopes.withUnsafeMutableBufferPointer {
                                    table.attention_slopes!(&b, again.baseAddress! + from, $0.baseAddress! + from, dots)
                                }
                            }
                        }
                        for r in 0..<rows {
                            let exact = (0..<columns).map { c -> Double in
                                if !isSeen(r, c) { return -.infinity }
                                let score = Double(scores[r * columns + c]) * scale
                                return mask == 1
                                    ? score + Double(added.bindMemory(to: T.self)[r * columns + c]) : score
                            }
                            let top: Double = exact.max()!
                            var total = top.isFinite ? 0.0 : 1.0
                            if top.isFinite { for score in exact { total += exp(score - top) } }
                            let p: [Double] = exact.map { top.isFinite ? exp($0 - top) / total : 0 }
                            var dot = 0.0
                            for c in 0..<columns { dot += p[c] * Double(weightSlopes[r * columns + c]) }
                            for v in 0..<width {
                                var sum = 0.0
                                for c in 0..<columns { sum += p[c] * Double(values[c * width + v]) }
                                #expect(isClose(output[r * width + v], sum, tolerance: tolerance))
                            }
                            for c in 0..<columns {
                                let i = r * columns + c
                                #expect(isClose(again[i], p[c], tolerance: tolerance))
                                let slope = p[c] * (Double(weightSlopes[i]) - dot) * scale
                                #expect(isClose(slopes[i], slope, tolerance: 10 * tolerance))
                            }
                        }
                    }
                }
            }
        }
        check(Float.self, tolerance: 4e-6)
        check(Double.self, tolerance: 1e-14)
    }
}
