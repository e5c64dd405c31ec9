import Foundation
import Tern
import TernTestSupport
import TernTesting
import Testing

@Suite("Comparisons, goldens and leaks")
struct HelperTests {
    @Test("values are compared by the tolerance of the less exact type")
    func close() throws {
        #expect(isClose([1, 2], [1, 2.000002]) && !isClose([1, 2], [1, 2.0001]))
        let (a, b) = (Tensor([1.0], dtype: .float64), Tensor([1.000001], dtype: .float64))
        #expect(!isClose(a, b) && isClose(a.converted(to: .float32), b))
        let (nan, infinity) = (Tensor([Float.nan]), Tensor([Float.infinity]))
        #expect(!isClose(nan, nan) && isClose(nan, nan, nanIsEqual: true) && !isClose(nan, [1]))
        #expect(isClose(infinity, infinity) && !isClose([1], infinity) && !isClose(infinity, -infinity))
        #expect(!isClose([[1]], [1]) && isClose(Tensor([1], dtype: .int64), Tensor([1])))
        #expect(isClose([1], [1.2], tolerance: Tolerance(relative: 0, absolute: 0.25)))
        #expect(hasSameBits(nan, nan) && !hasSameBits([0], [-0.0]))
        #expect(!hasSameBits(Tensor([1]), Tensor([1], dtype: .float64)))
    }

    @Test("the first wrong element is named with both values and the tolerance")
    func differences() throws {
        let wrong = try #require(throws: Difference.self) {
            try requireClose([[1, 2], [3.5, 5]], [[1, 2], [3, 4]])
        }
        #expect(
            "\(wrong)" == "at [1, 0], got 3.5, expected 3.0: 0.5 apart, tolerated is 1e-05 + 1.3e-06 * |expected|; "
                + "2 of 4 elements differ, by 1.0 at most")
        let shapes = try #require(throws: Difference.self) { try requireClose([1, 2], [[1, 2]]) }
        #expect("\(shapes)" == "got shape [2], expected [1, 2]")
        let integers = try #require(throws: Difference.self) {
            try requireClose(Tensor([1, 2], dtype: .int32), Tensor([1, 3], dtype: .int32))
        }
        #expect("\(integers)" == "at [1], got 2.0, expected 3.0: must be equal")
    }

    @Test("every layout has the same values")
    func layouts() throws {
        let x = Tensor.normal([2, 1, 3])
        var seen: [TensorLayout] = []
        withEveryLayout(x) { layout, other in
            #expect(other == x)
            #expect(other.isContiguous == (layout == .contiguous || layout == .stepped), "\(layout)")
            seen.append(layout)
        }
        #expect(seen == TensorLayout.allCases)
    }

    @Test("a leak is found, and what a body keeps for good is none")
    func leaks() throws {
        final class Node {
            var other: Node?
            let tensor = Tensor.ones([100])
        }
        var cache: Tensor?
        try requireNoLeaks {
            _ = Tensor.ones([10]) + 1
            if cache == nil { cache = Tensor.ones([10]) }
        }
        let leak = try #require(throws: Leak.self) {
            try requireNoLeaks {
                let node = Node()
                node.other = node
            }
        }
        #expect("\(leak)" == "leaves 1 storage of 400 bytes behind")
    }

    @Test("threads that allocate meanwhile are no leak")
    func leaksBeside() throws {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var kept: [Tensor] = []
        try requireNoLeaks {
            Thread.detachNewThread {
                kept.append(Tensor.ones([100]))
                done.signal()
            }
            done.wait()
        }
        #expect(kept.count == 2)
    }

    @Test("a golden file is read from beside the test, and an absent one says what makes it")
    func goldens() throws {
        let file = try GoldenFile("../Goldens/schedules.safetensors", madeBy: "make_goldens.py schedules")
        #expect(!file.tensors.isEmpty && file.groups.values.flatMap(\.values).count <= file.tensors.count)
        let absent = try #require(throws: GoldenError.self) {
            try GoldenFile("none.safetensors", madeBy: "make.py none")
        }
        #expect("\(absent)".contains("TernTestingTests/none.safetensors: "))
        #expect("\(absent)".hasSuffix("To make it, run: make.py none"))
        let lacking = try #require(throws: GoldenError.self) { try file.tensor("nothing") }
        #expect("\(lacking)".contains("has no 'nothing', but "))
    }

    @Test("the number of threads is afterwards what it was")
    func threads() {
        var counts: [Int] = []
        withThreadCounts { counts.append($0) }
        #expect(counts == [1, 2, 3, 5])
    }
}
