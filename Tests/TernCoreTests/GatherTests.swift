import TernCore
import Testing

private let x: Tensor = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]

private func indices(_ shape: Shape, _ values: [Int]) -> Tensor { Tensor(shape: shape, values: values) }

@Test("selected takes slices in the order of the indices, in every layout and integer type")
func selected() {
    for (name, x) in everyLayout(x) {
        #expect(x.selected(indices([3], [3, 0, 3])) == [[10, 11, 12], [1, 2, 3], [10, 11, 12]], "\(name)")
        #expect(x.selected(indices([2], [2, 0]), axis: -1) == [[3, 1], [6, 4], [9, 7], [12, 10]], "\(name)")
        #expect(x.selected(indices([1, 2], [1, 0]), axis: 1).shape == [4, 1, 2], "\(name)")
        #expect(x.selected(indices([], [2])) == [7, 8, 9], "\(name)")
        #expect(x.selected(indices([0], [])).shape == [0, 3], "\(name)")
    }
    #expect(x.selected(Tensor([1] as [UInt8])) == [[4, 5, 6]])
    #expect(x.selected(indices([4], [3, 2, 1, 0])[.every(-2)]) == [[1, 2, 3], [7, 8, 9]])
    #expect(Tensor.arange(3).expanded(to: [2, 3]).selected(indices([1], [2]), axis: 1).array(of: Int.self) == [2, 2])
    #expect(Tensor([true, false]).selected(indices([2], [1, 0])).array(of: Bool.self) == [false, true])
}

/// `torch.gather` by definition, for matrices.
private func naiveGather(_ x: [[Float]], axis: Int, _ indices: [[Int]]) -> [[Float]] {
    indices.enumerated().map { i, row in
        row.enumerated().map { j, index in axis == 0 ? x[index][j] : x[i][index] }
    }
}

@Test("gathered and scatterAdded follow their definition in every layout", arguments: [0, 1])
func gather(axis: Int) {
    let rows: [[Float]] = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]
    let places = axis == 0 ? [[3, 0, 1], [2, 2, 2]] : [[2, 2], [0, 1], [1, 0]]
    let index = Tensor(places)
    for (name, x) in everyLayout(x) {
        for (indexName, index) in everyLayout(index) {
            #expect(
                x.gathered(index, axis: axis) == Tensor(naiveGather(rows, axis: axis, places)), "\(name), \(indexName)")
        }
        var expected = [[Float]](repeating: [0, 0, 0], count: 4)
        for (i, row) in places.enumerated() {
            for (j, place) in row.enumerated() {
                if axis == 0 { expected[place][j] += rows[i][j] } else { expected[i][place] += rows[i][j] }
            }
        }
        let source = x[..<places.count, ..<places[0].count]
        #expect(Tensor.zeros([4, 3]).scatterAdded(source, at: index, axis: axis) == Tensor(expected), "\(name)")
        #expect(x.scatterAdded(source, at: index, axis: axis) == x + Tensor(expected), "\(name)")
    }
}

@Test("values beyond the indices' sizes are not used, those of size 1 are broadcast")
func largerSources() {
    let places = Tensor([[2, 0]], dtype: .int64)
    let zeros = Tensor.zeros([3, 2])
    #expect(zeros.scattered(x, at: places, axis: 0) == [[0, 2], [0, 0], [1, 0]])
    #expect(zeros.scatterAdded(x, at: places, axis: 0) == [[0, 2], [0, 0], [1, 0]])
    #expect(zeros.scatterReduced(Tensor([5]), at: places, axis: 0, .max) == [[0, 5], [0, 0], [5, 0]])
    #expect(zeros.scattered(7, at: places, axis: 0) == [[0, 7], [0, 0], [7, 0]])
}

@Test("indexAdded adds slices, an index twice too, and keeps integers exact")
func indexAdded() {
    let places = indices([3], [3, 0, 3])
    for (name, x) in everyLayout(x) {
        let sum = Tensor.zeros([4, 3]).indexAdded(x[..<3], at: places)
        #expect(sum == [[4, 5, 6], [0, 0, 0], [0, 0, 0], [8, 10, 12]], "\(name)")
        #expect(x.indexAdded(Tensor.ones([4, 2]), at: indices([2], [1, 1]), axis: 1)[0] == [1, 4, 3], "\(name)")
    }
    let large = Tensor([1 << 60] as [Int]).indexAdded(Tensor([1, 1] as [Int]), at: indices([2], [0, 0]))
    #expect(large.item(as: Int.self) == (1 << 60) + 2)
    #expect(Tensor.zeros([2]).indexAdded(Tensor.zeros([0]), at: indices([0], [])) == [0, 0])
}

@Test("embedding looks rows up, and its gradient counts every occurrence")
func embeddings() {
    let tape = GradientTape()
    let weight = tape.watch(x)
    let ids = indices([2, 2], [1, 3, 1, 1])
    let rows = tape.record { embedding(ids, weight) }
    #expect(rows == [[[4, 5, 6], [10, 11, 12]], [[4, 5, 6], [4, 5, 6]]])
    let gradient = tape.gradient(of: rows, with: weight, gradient: Tensor.ones([2, 2, 3]))!
    #expect(gradient.sum(axes: 1) == [0, 9, 0, 3])
}

@Test("a large embedding gradient has the same bits for any number of threads")
func embeddingThreads() {
    let ids = Tensor.randomIntegers([5000], in: 0..<50, generator: Generator(seed: 3))
    let weight = Variable(Tensor.normal([50, 3000], generator: Generator(seed: 4)))
    func gradient() -> Tensor {
        let tape = GradientTape()
        let rows = tape.record { embedding(ids, weight.value) }
        return tape.gradient(of: rows, with: weight.value, gradient: rows.detached)!
    }
    let threads = threadCount
    defer { threadCount = threads }
    threadCount = 1
    let one = gradient()
    threadCount = 2
    #expect(gradient() == one)
}

@Test("few rows of a large table get the gradients that many of a small one do")
func embeddingOfLargeTable() {
    let ids = Tensor.randomIntegers([300], in: 0..<40, generator: Generator(seed: 3))
    let rows = Tensor.normal([300, 2], generator: Generator(seed: 4))
    let small = Tensor.zeros([40, 2]).indexAdded(rows, at: ids)
    for step in [97, 4096, 8191] {
        let large = Tensor.zeros([40 * step, 2]).indexAdded(rows, at: ids * step)
        #expect(large[.every(step)] == small && (large .!= 0).sum().item() == (small .!= 0).sum().item())
    }
}

@Test("scatters of elements are those of one thread, in every shape", arguments: ScatterShape.all)
func scatterThreads(_ item: ScatterShape) {
    let (shape, axis) = (item.shape, item.axis)
    let places = Tensor.randomIntegers(item.indices, in: 0..<shape[axis], generator: Generator(seed: 5))
    let source = Tensor.normal(item.indices, generator: Generator(seed: 6))
    let x = Tensor.normal(shape, generator: Generator(seed: 7))
    let threads = threadCount
    defer { threadCount = threads }
    let results = [1, 2, 3].map { count in
        threadCount = count
        return [
            x.scattered(source, at: places, axis: axis), x.scatterAdded(source, at: places, axis: axis),
            x.scatterReduced(source, at: places, axis: axis, .max),
        ]
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    // By its definition.
    var expected = x.array(of: Float.self)
    let (index, values) = (places.array(of: Int.self), source.array(of: Float.self))
    let strides = Tensor.zeros(shape).strides
    for (number, value) in values.enumerated() {
        var (rest, place) = (number, 0)
        for a in (0..<shape.count).reversed() {
            place += (a == axis ? index[number] : rest % item.indices[a]) * strides[a]
            rest /= item.indices[a]
        }
        expected[place] = value
    }
    #expect(results[0][0].array(of: Float.self) == expected)
}

struct ScatterShape: CustomTestStringConvertible, Sendable {
    let shape: Shape
    let axis: Int
    let indices: Shape
    var testDescription: String { "\(shape), axis \(axis), indices \(indices)" }

    static let all = [
        ScatterShape(shape: [50_000], axis: 0, indices: [70_000]),
        ScatterShape(shape: [300, 400], axis: 0, indices: [500, 400]),
        ScatterShape(shape: [300, 400], axis: 1, indices: [300, 500]),
        ScatterShape(shape: [40, 30, 50], axis: 1, indices: [40, 60, 50]),
        ScatterShape(shape: [40, 30, 50], axis: 1, indices: [33, 60, 41]),
        ScatterShape(shape: [9000, 3], axis: 0, indices: [20_000, 2]),
        ScatterShape(shape: [20, 7, 30, 40], axis: 0, indices: [9, 5, 29, 33]),
    ]
}

@Test("oneHot puts one 1 in each row, in any type")
func oneHots() {
    let labels = indices([3], [2, 0, 1])
    #expect(oneHot(labels, classes: 3) == [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    for dtype in DType.allCases {
        let encoded = oneHot(labels.reshaped([3, 1]), classes: 4, dtype: dtype)
        #expect(encoded.dtype == dtype)
        #expect(encoded.shape == [3, 1, 4])
        #expect(encoded.array(of: Int.self) == [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0])
    }
    #expect(oneHot(indices([0], []), classes: 5).shape == [0, 5])
}

@Test("masks select elements and slices; nonZeroIndices finds them")
func masks() {
    for (name, x) in everyLayout(x) {
        #expect(x.masked(by: x .> 9) == [10, 11, 12], "\(name)")
        #expect(x.masked(by: Tensor([true, false, false, true])) == [[1, 2, 3], [10, 11, 12]], "\(name)")
        #expect((x .> 10).nonZeroIndices().array(of: Int.self) == [3, 1, 3, 2], "\(name)")
    }
    #expect(x.masked(by: x .> 99).shape == [0])
    #expect(Tensor.zeros([2, 3]).nonZeroIndices().shape == [0, 2])
    let tape = GradientTape()
    let y = tape.watch(x)
    let part = tape.record { square(y.masked(by: y .< 3)).sum() }
    #expect(tape.gradient(of: part, with: y)!.sum(axes: 1) == [6, 0, 0, 0])
}

@Test("sorting is stable in both directions and puts NaN last as the largest")
func sorting() {
    let v = Tensor([3, .nan, 1, 3, -.infinity, 1] as [Float])
    let ascending = v.sorted()
    #expect(ascending.indices.array(of: Int.self) == [4, 2, 5, 0, 3, 1])
    #expect(ascending.values[..<5] == Tensor([-.infinity, 1, 1, 3, 3]))
    #expect(v.argsorted(descending: true).array(of: Int.self) == [1, 0, 3, 2, 5, 4])
    let m = Tensor([[3, 1, 2], [1, 2, 3]] as [[Int]])
    for (name, m) in everyLayout(m) {
        #expect(m.sorted().values.array(of: Int.self) == [1, 2, 3, 1, 2, 3], "\(name)")
        #expect(m.sorted(axis: 0).values.array(of: Int.self) == [1, 1, 2, 3, 2, 3], "\(name)")
        #expect(m.argsorted(axis: 0).array(of: Int.self) == [1, 0, 0, 0, 1, 1], "\(name)")
        let top = m.topK(2)
        #expect(top.values.array(of: Int.self) == [3, 2, 3, 2], "\(name)")
        #expect(top.indices.array(of: Int.self) == [0, 2, 2, 1], "\(name)")
        #expect(m.topK(1, axis: 0, largest: false).values.array(of: Int.self) == [1, 1, 2], "\(name)")
    }
    #expect(Tensor.zeros([2, 0]).sorted().values.shape == [2, 0])
    #expect(Tensor([true, false]).sorted().values.array(of: Bool.self) == [false, true])
}

@Test("cumulative sums run along one axis, in every layout")
func cumulative() {
    for (name, x) in everyLayout(x[..<2]) {
        #expect(x.cumulativeSum(axis: 1) == [[1, 3, 6], [4, 9, 15]], "\(name)")
        #expect(x.cumulativeSum(axis: 0) == [[1, 2, 3], [5, 7, 9]], "\(name)")
    }
    #expect(Tensor([true, true]).cumulativeSum(axis: 0).array(of: Int.self) == [1, 2])
    #expect(Tensor.zeros([3, 0]).cumulativeSum(axis: 0).shape == [3, 0])
}

private let gatherCases: [(name: String, function: @Sendable (Tensor) -> Tensor)] = [
    ("selected", { $0.selected(Tensor([2, 0, 2] as [Int]), axis: 1) }),
    ("gathered", { $0.gathered(Tensor([[3, 3], [0, 1], [2, 0]] as [[Int]]), axis: 1) }),
    ("indexAdded", { ($0 * 2).indexAdded($0[..<2], at: Tensor([1, 1] as [Int])) }),
    ("scatterAdded", { $0.scatterAdded($0[..<1, ..<2] * 3, at: Tensor([[3, 3]] as [[Int]]), axis: 1) }),
    ("sorted", { $0.sorted(axis: 0).values }), ("topK", { $0.topK(2).values }),
    ("cumulativeSum", { $0.cumulativeSum(axis: 0) }),
    ("masked", { $0.masked(by: Tensor([true, false, true])) }),
]

@Test("gradients of reading and adding by index, also second ones", arguments: gatherCases.indices)
func gatherGradients(index: Int) throws {
    let (_, function) = gatherCases[index]
    for (_, x) in everyLayout(numbers([3, 4])) { try checkSecondGradient({ square(function($0[0])) }, at: [x]) }
}

@Test("wrong indices stop with the operation, the index, the size and the shape")
func wrongIndexTensors() async {
    expectMessage(
        "embedding: index 9 (at place 1 of the indices) is out of range for size 4 of shape [4, 3]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = embedding(Tensor([0, 9] as [Int]), Tensor.zeros([4, 3]))
        })
    expectMessage(
        "gathered: index -1 (at place 0 of the indices) is out of range for size 3 of shape [4, 3]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([4, 3]).gathered(Tensor([[-1]] as [[Int]]), axis: 1)
        })
    expectMessage(
        "selected: expects integer indices, got float32: make them with dtype: .int64, or convert them with "
            + "converted(to: .int64)",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([4, 3]).selected(Tensor([0]))
        })
}

@Test("nothing added or put leaves a tensor's own place in the graph alone")
func nothingAdded() {
    let x = Variable(Tensor([1, 2, 3]))
    let nowhere = Tensor.zeros([0], dtype: .int64)
    let value = x.value
    var assigned = value
    assigned[nowhere] = Tensor.zeros([0])
    let added = value.indexAdded(Tensor.zeros([0]), at: nowhere)
    (value * 2 + added * 3 + assigned * 5).sum().backward()
    #expect(x.gradient == Tensor([10, 10, 10]))
    let tape = GradientTape()
    let watched = tape.watch(Tensor([1, 2, 3]))
    let total = tape.record { (watched * watched + watched.indexAdded(Tensor.zeros([0]), at: nowhere)).sum() }
    #expect(tape.gradient(of: total, with: watched) == Tensor([3, 5, 7]))
}
