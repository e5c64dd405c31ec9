import Testing

@testable import TernCore

/// Large enough to be cut: along the results, or into parts of the reduced axes where there are few results.
@Suite("Large reductions", .serialized)
struct ReductionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let shape: Shape
        let axes: [Int]
        var testDescription: String { "\(shape) over \(axes)" }
    }

    static let cases = [
        Case(shape: [20_001, 16], axes: [0]), Case(shape: [16, 20_001], axes: [1]),
        Case(shape: [3, 90_001], axes: [1]),
        Case(shape: [700, 600], axes: [0]), Case(shape: [700, 600], axes: [1]), Case(shape: [300_001], axes: [0]),
        Case(shape: [9, 5, 80, 81], axes: [0, 2, 3]), Case(shape: [9, 5, 80, 81], axes: [1, 2]),
        Case(shape: [2, 65_537, 3], axes: [1]),
    ]

    /// The operation on `float64` numbers, one after the other.
    private func reference(_ x: Tensor, _ axes: [Int], _ operation: (Double, Double) -> Double) -> [Double] {
        let kept = (0..<x.rank).filter { !axes.contains($0) }
        let count = axes.map { x.shape[$0] }.reduce(1, *)
        let numbers = x.permuted(kept + axes).contiguous().converted(to: .float64).array(of: Double.self)
        return stride(from: 0, to: numbers.count, by: count).map { first in
            numbers[(first + 1)..<(first + count)].reduce(numbers[first], operation)
        }
    }

    @Test("agree with loops over float64 numbers, in any layout and for any number of threads", arguments: cases)
    func values(_ item: Case) {
        let threads = threadCount
        defer { threadCount = threads }
        let forwards = numbers(item.shape, dtype: .float32)
        let rank = item.shape.count
        let reversed = Array((0..<rank).reversed())
        let backwards = forwards.permuted(reversed).contiguous().permuted(reversed)
        for x in [forwards, backwards] {
            let results = [1, 2, 3].map { count in
                threadCount = count
                return [x.sum(axes: item.axes), x.max(axes: item.axes), x.min(axes: item.axes)]
            }
            for more in results.dropFirst() { for (one, many) in zip(results[0], more) { #expect(one == many) } }
            let total = reference(x, item.axes, +)
            let scale = reference(abs(x), item.axes, +)
            for (i, sum) in results[0][0].array(of: Float.self).enumerated() {
                #expect(Swift.abs(Double(sum) - total[i]) <= 1e-6 * scale[i])
            }
            #expect(results[0][1].array(of: Float.self).map(Double.init) == reference(x, item.axes, Swift.max))
            #expect(results[0][2].array(of: Float.self).map(Double.init) == reference(x, item.axes, Swift.min))
        }
    }

    @Test("find the places of the largest elements of many rows")
    func places() {
        let x = numbers([3_000, 70], dtype: .float32)
        let rows = x.array(of: Float.self)
        let expected = (0..<3_000).map { row in
            (0..<70).max { rows[row * 70 + $0] < rows[row * 70 + $1] }!
        }
        #expect(x.argmax(axis: 1).array(of: Int.self) == expected)
        #expect(x.T.contiguous().argmax(axis: 0).array(of: Int.self) == expected)
    }
}
