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
                #expect(kernels(level, .TERN_FLOAT32).scatter(.add, 3, indices, 1, 4, y, 1, sums, 3, 1) == -1)
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

    @Test("rows are put back, the last of several at one place stays", arguments: availableLevels, [1, 5, 16, 33])
    func putRows(level: TernLevel, columns: Int) {
        let x = (0..<(3 * columns)).map { Double($0) }
        let y: [Double] = written(4 * columns) {
            let invalid = kernels(level, .TERN_FLOAT64).scatter_rows(
                3, columns, [2, 0, 2] as [Int64], 4, x, $0, columns)
            #expect(invalid == -1)
        }
        #expect(Array(y[2 * columns..<3 * columns]) == Array(x[2 * columns..<3 * columns]))
        #expect(Array(y[..<columns]) == Array(x[columns..<2 * columns]))
        #expect(y[columns] == 77 && y[3 * columns] == 77)
    }

    @Test("elements are set, or take in what arrives, and NaN stays", arguments: availableLevels)
    func scatters(level: TernLevel) {
        let indices: [Int64] = [1, 0, 1, 3, 3, 2]
        let x: [Float] = [2, -3, 5, .nan, 1, 4]
        func scattered(_ function: ScatterFunction) -> [Float] {
            written(4) { y in
                y.update(repeating: 3, count: 4)
                #expect(kernels(level, .TERN_FLOAT32).scatter(function, 6, indices, 1, 4, x, 1, y, 1, 0) == -1)
            }
        }
        #expect(scattered(.set) == [-3, 5, 4, 1])
        #expect(Array(scattered(.add)[..<3]) == [0, 10, 7])
        #expect(Array(scattered(.multiply)[..<3]) == [-9, 30, 12])
        #expect(Array(scattered(.max)[..<3]) == [3, 5, 4])
        #expect(Array(scattered(.min)[..<3]) == [-3, 2, 3])
        for function in [ScatterFunction.add, .multiply, .max, .min] { #expect(scattered(function)[3].isNaN) }
    }

    @Test("what is not 0 is counted and found", arguments: availableLevels)
    func nonzero(level: TernLevel) {
        func check<T: Element>(_: T.Type, _ values: [Int]) {
            let x = values.map { T(exactly: $0)! }
            let table = kernels(level, T.type)
            let expected = values.indices.filter { values[$0] != 0 }.map { Int64($0) + 100 }
            #expect(table.count_nonzero(x.count, x) == expected.count)
            let found: [Int64] = written(expected.count + 1) { table.nonzero(x.count, x, 100, expected.count, $0) }
            #expect(found == expected + [77])
        }
        for count in [1, 7, 8, 9, 16, 40, 5000] {
            for step in [1, 2, 3, 7, 23, 5001] {
                let values = (0..<count).map { $0 % step == step / 2 ? 1 : 0 }
                check(UInt8.self, values)
                check(Int16.self, values)
                check(Float.self, values)
                check(Double.self, values)
                check(UInt8.self, values.map { 1 - $0 })
                check(Int64.self, values.map { 1 - $0 })
            }
        }
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
            #expect(kernels(level, .TERN_FLOAT32).scatter(.add, 4, indices, 1, 3, x, 0, $0, 1, 0) == 2)
        }
        #expect(y == [77, 77, 77, 77])
    }
}
