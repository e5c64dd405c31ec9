import CTernKernels
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernIndexKernels {
    tern_kernels(level, type).pointee.index.pointee
}

@Suite("Index kernels") struct IndexTests {
    @Test("gather along an axis and scatter back", arguments: availableLevels)
    func gather(level: TernLevel) {
        // x is [4, 3], indices are [2, 3]: y[j, k] = x[indices[j, k], k].
        let x = (0..<12).map { Float($0) }
        let indices: [Int64] = [3, 0, 1, 2, 2, 2]
        let y: [Float] = written(6) { y in
            for row in 0..<2 {
                indices.withUnsafeBufferPointer {
                    let invalid = kernels(level, .TERN_FLOAT32).gather(
                        3, $0.baseAddress! + 3 * row, 1, 4, x, 3, 1, y + 3 * row)
                    #expect(invalid == -1)
                }
            }
        }
        #expect(y == [9, 1, 5, 6, 7, 8])
        let sums: [Float] = written(12) { sums in
            sums.update(repeating: 0, count: 12)
            for _ in 0..<2 {
                #expect(kernels(level, .TERN_FLOAT32).scatter_add(3, indices, 1, 4, y, 1, sums, 3, 1) == -1)
            }
        }
        #expect(sums == [0, 2, 0, 0, 0, 10, 0, 0, 0, 18, 0, 0])
    }

    @Test("rows are gathered", arguments: availableLevels, [1, 5, 16, 33])
    func rows(level: TernLevel, columns: Int) {
        let x = (0..<(4 * columns)).map { Double($0) }
        let indices: [Int64] = [2, 0, 2, 3]
        let y: [Double] = written(4 * columns) {
            #expect(kernels(level, .TERN_FLOAT64).gather_rows(4, columns, indices, 4, x, columns, $0) == -1)
        }
        #expect(y == indices.flatMap { x[Int($0) * columns..<(Int($0) + 1) * columns] })
    }

    @Test("one-hot rows of every type", arguments: availableLevels)
    func oneHot(level: TernLevel) {
        func check<T: Element>(_: T.Type) {
            let y: [T] = written(6) { #expect(kernels(level, T.type).one_hot(2, 3, [2, 0] as [Int64], $0) == -1) }
            #expect(y == [0, 0, 1, 1, 0, 0])
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
        check(Float.self)
        check(Double.self)
    }

    @Test("the first index out of range is reported and nothing is written", arguments: availableLevels)
    func invalid(level: TernLevel) {
        let x: [Float] = [1, 2, 3]
        let indices: [Int64] = [0, 2, 3, -1]
        let y: [Float] = written(4) {
            #expect(kernels(level, .TERN_FLOAT32).gather(4, indices, 1, 3, x, 1, 0, $0) == 2)
            #expect(kernels(level, .TERN_FLOAT32).gather_rows(4, 1, indices, 3, x, 1, $0) == 2)
            #expect(kernels(level, .TERN_FLOAT32).scatter_add(4, indices, 1, 3, x, 0, $0, 1, 0) == 2)
        }
        #expect(y == [77, 77, 77, 77])
    }
}
