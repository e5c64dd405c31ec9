import TernCore
import Testing

private let x = Tensor.arange(24).reshaped([2, 3, 4])

private func values(_ tensor: Tensor) -> [Int] { tensor.array(of: Int.self) }

@Test("integers, ranges, steps, new axes and the ellipsis select as in NumPy")
func selects() {
    for (name, x) in everyLayout(x) {
        let cases: [(Tensor, Shape, [Int])] = [
            (x[1], [3, 4], Array(12..<24)),
            (x[-1, 0], [4], [12, 13, 14, 15]),
            (x[1, -1, -2], [], [22]),
            (x[0, 1...], [2, 4], Array(4..<12)),
            (x[0, ..<(-1), 0], [2], [0, 4]),
            (x[0, ...1, 0], [2], [0, 4]),
            (x[0, (-2)...(-1), 0], [2], [4, 8]),
            (x[0, 0, 1..<3], [2], [1, 2]),
            (x[0, 0, 1...2], [2], [1, 2]),
            (x[..., 0], [2, 3], [0, 4, 8, 12, 16, 20]),
            (x[0, .ellipsis, 1], [3], [1, 5, 9]),
            (x[.all, 0, .every(2)], [2, 2], [0, 2, 12, 14]),
            (x[0, 0, .every(-1)], [4], [3, 2, 1, 0]),
            (x[0, 0, .every(-3)], [2], [3, 0]),
            (x[0, 0, .range(from: 3, to: 0, by: -2)], [2], [3, 1]),
            (x[0, 0, .range(from: -1, to: 1, by: -1)], [2], [3, 2]),
            (x[0, 0, .range(from: 1, to: -1)], [2], [1, 2]),
            (x[.newAxis, 0, .newAxis, .all, 1], [1, 1, 3], [1, 5, 9]),
            (x[..., .newAxis][0, 0], [4, 1], [0, 1, 2, 3]),
            (x[0, 0, 2..<2], [0], []),
            (x[.every(-1)], [2, 3, 4], Array(12..<24) + Array(0..<12)),
        ]
        for (index, (part, shape, expected)) in cases.enumerated() {
            #expect(part.shape == shape, "\(name), case \(index)")
            #expect(values(part) == expected, "\(name), case \(index)")
        }
    }
}

@Test("ranges that run past the ends are cut, as Python cuts them")
func cutRanges() {
    let x = Tensor.arange(4)
    #expect(values(x[1..<9]) == [1, 2, 3] && values(x[6..<9]) == [] && values(x[...9]) == [0, 1, 2, 3])
    #expect(values(x[..<(-9)]) == [] && values(x[(-9)...]) == [0, 1, 2, 3] && values(x[(-9)..<2]) == [0, 1])
    #expect(values(x[.range(from: 1, to: 5, by: 2)]) == [1, 3] && values(x[.range(from: 3, to: 1)]) == [])
    #expect(values(x[.range(from: 9, to: -9, by: -1)]) == [3, 2, 1, 0] && values(x[.range(to: 9, by: -1)]) == [])
    #expect(values(x[.range(from: .max, to: .min, by: -2)]) == [3, 1])
    var y = Tensor.zeros([3])
    y[1..<9] = 5
    #expect(y == [0, 5, 5])
    #expect(Tensor.zeros([0])[0..<5].shape == [0])
}

@Test("numbers are assigned to elements, parts and where masks are true")
func assignsNumbers() {
    var x = Tensor.zeros([2, 3])
    x[0, 1] = 7
    x[1, -1] = -0.5
    x[1, 0] = .nan
    x[1, 1] = -.infinity
    #expect(x[0, 1].item() == 7 && x[1, 2].item() == -0.5 && x[1, 0].item().isNaN)
    x[x.isNaN()] = 0
    x[x.isFinite().logicalNot()] = 0
    #expect(x == [[0, 7, 0], [0, 0, -0.5]])
    x[x .> 0] += 1
    x[..., 0] = 3
    x[[0, 1], [0, 2]] *= 2
    #expect(x == [[6, 8, 0], [3, 0, -1]])
    x[[true, false]] = 1
    #expect(x == [[1, 1, 1], [3, 0, -1]])
    x[1, 2] += 0.25
    x[1, 0] *= 2
    #expect(x == [[1, 1, 1], [6, 0, -0.75]] && (x[1, 2] + 1).item() == 0.25 && (x[1, 0] .> 5).item(as: Bool.self))
    var flags = Tensor([true, true, true])
    flags[1] = false
    flags[[2]] = false
    #expect(flags.array(of: Bool.self) == [true, false, false])
    var integers = Tensor([1, 2, 3], dtype: .uint8)
    integers[1...] = 2.9
    #expect(integers.array(of: Int.self) == [1, 2, 2] && integers.dtype == .uint8)
    var large = Tensor([0], dtype: .int64)
    large[0] = 9_007_199_254_740_993
    #expect(large.item(as: Int.self) == 9_007_199_254_740_993)
}

@Test("index arrays in every layout, of every integer type, read and assign as in NumPy; others stay as they were")
func arrays() {
    for (name, x) in everyLayout(x) {
        #expect(values(x[[1, -2], [0, -1], [2, 3]]) == [14, 11], "\(name)")
        #expect(x[.all, [[0, 1], [2, 0]]].shape == [2, 2, 2, 4], "\(name)")
        #expect(x[[0, 1], .all, [0, 1]].shape == [2, 3] && x[0, .all, [0, 1]].shape == [2, 3], "\(name)")
        #expect(values(x[0, .all, [0, 3]]) == [0, 4, 8, 3, 7, 11], "\(name)")
        #expect(values(x[.all, 1, [0, 3]]) == [4, 7, 16, 19], "\(name)")
        #expect(values(x[x .> 20]) == [21, 22, 23], "\(name)")
        #expect(values(x[1, 1..., Tensor([false, true, false, true])]) == [17, 21, 19, 23], "\(name)")
        var y = x
        y[[0, 0], 1...] = Tensor([[1], [2]], dtype: .int64)[.newAxis]
        #expect(values(y[0, .all, 0]) == [0, 1, 2] && values(y[1]) == values(x[1]) && values(x[0, 1]) == [4, 5, 6, 7])
    }
    for dtype in [DType.uint8, .int8, .int32, .uint64] {
        #expect(values(x[Tensor([1], dtype: dtype), 0, 0]) == [12], "\(dtype)")
    }
    var zeros = Tensor.zeros([3])
    zeros[[1, 1, 2]] = Tensor([5, 6, 7])
    #expect(zeros == [0, 6, 7])
    zeros[[0, 0]] += Tensor([1, 2])
    #expect(zeros == [2, 6, 7])
    #expect(Tensor.zeros([3, 0])[[2, 0]].shape == [2, 0] && Tensor.zeros([0, 3])[[] as [Int]].shape == [0, 3])
    #expect(Tensor(5)[Tensor(true)].shape == [1] && Tensor(5)[Tensor(false)].shape == [0])
}

@Test("a large mask and large index arrays give the same for any number of threads")
func largeMasks() {
    let generator = Generator(seed: 5)
    let x = Tensor.uniform([300, 1001], generator: generator)
    let mask = x .> 0.3
    let rows = Tensor.randomIntegers([70_000], in: -300..<300, generator: generator)
    let columns = Tensor.randomIntegers([70_000], in: -1001..<1001, generator: generator)
    let (flat, isKept) = (x.array(of: Float.self), mask.array(of: Bool.self))
    #expect(x[mask].array(of: Float.self) == zip(flat, isKept).filter(\.1).map(\.0))
    let places = zip(rows.array(of: Int.self), columns.array(of: Int.self)).map { (row, column) in
        (row + 300) % 300 * 1001 + (column + 1001) % 1001
    }
    #expect(x[rows, columns].array(of: Float.self) == places.map { flat[$0] })
    let threads = threadCount
    defer { threadCount = threads }
    let results = [1, 3].map { count in
        threadCount = count
        return valueAndGradient(at: x) { x in
            var y = x * 2
            y[mask] = square(x[mask])
            y[rows, columns] = x[rows, columns] * 3
            return (y * x).sum() + square(x[rows]).sum()
        }
    }
    #expect(results[0].value == results[1].value && results[0].gradient == results[1].gradient)
}

@Test("parts are views, reversed ones too, and operations read them right")
func views() {
    #expect(x[1, .every(-1), ..<2].sharesMemory(with: x))
    #expect(x[..., .every(-1)].strides == [12, 4, -1])
    #expect(values(x[0, .every(-1)] + x[0]) == values(x[0].flipped(axes: 0).contiguous() + x[0]))
    #expect(x[0, .every(-1), .every(-2)].sum(axes: 1) == Tensor([20, 12, 4] as [Int]))
}

@Test("an empty axis has only empty parts")
func emptyAxis() {
    let empty = Tensor.zeros([0, 2])
    #expect(empty[...].shape == [0, 2])
    #expect(empty[.every(-1)].shape == [0, 2])
    #expect(empty[0..<0, 1].shape == [0])
    #expect(empty[.all, 1].sum().item() == 0)
}

@Test("assigning changes the part, broadcasts and converts, and leaves other tensors alone")
func assigns() {
    var a = Tensor.zeros([2, 3])
    let before = a
    a[0, 1...] = Tensor([5, 6])
    #expect(a == [[0, 5, 6], [0, 0, 0]])
    #expect(before == .zeros([2, 3]))
    a[..., 0] = Tensor([7, 8] as [Int])
    #expect(a == [[7, 5, 6], [8, 0, 0]])
    a[1] = Tensor(1)
    a[0, 0] = Tensor(2)
    #expect(a == [[2, 5, 6], [1, 1, 1]])
    // The value is a view of the tensor that is changed.
    a[0] = a[0, .every(-1)]
    #expect(a == [[6, 5, 2], [1, 1, 1]])
    a[0] += 1
    #expect(a == [[7, 6, 3], [1, 1, 1]])
    var part = a[1]
    part[0] = Tensor(9)
    #expect(a == [[7, 6, 3], [1, 1, 1]])
    #expect(part == [9, 1, 1])
    var whole = Tensor([1, 2, 3])[.every(-1)]
    whole[0] = Tensor(0)
    #expect(whole == [0, 2, 1])
    var repeated = Tensor([1]).expanded(to: [3])
    repeated[1] = Tensor(5)
    #expect(repeated == [1, 5, 1])
}

@Test("assigning in a loop does not copy: it is in place while nothing shares the memory")
func assignsInPlace() {
    var a = Tensor.zeros([4])
    let address = a.withUnsafeBuffer(of: Float.self) { UInt(bitPattern: $0.baseAddress) }
    for i in 0..<4 { a[i] = Tensor(Float(i)) }
    #expect(a == [0, 1, 2, 3])
    #expect(a.withUnsafeBuffer(of: Float.self) { UInt(bitPattern: $0.baseAddress) } == address)
}

@Test("gradients of parts and of assigned values, also second ones")
func gradients() throws {
    let a = numbers([3, 4])
    try checkSecondGradient({ square($0[0][1, .every(-2)]) }, at: [a])
    try checkSecondGradient({ square($0[0][.newAxis, .range(from: 2, to: 0, by: -1), 1...]) }, at: [a])
    try checkSecondGradient(
        {
            var y = square($0[0])
            y[1..., .every(-3)] = $0[1] * $0[1]
            return y * $0[0]
        }, at: [a, numbers([2], seed: 2)])
    let mask = Tensor([[true, false, true, true], [false, false, true, false], [true, true, false, false]])
    try checkSecondGradient({ square($0[0][[0, 2, -3], [1, 1, 1]]) }, at: [a])
    try checkSecondGradient({ square($0[0][1..., [3, 0, 3]]) }, at: [a])
    try checkSecondGradient({ square($0[0][mask]) }, at: [a])
    let cube = numbers([2, 3, 4])
    try checkSecondGradient({ square($0[0][0, .all, [true, false, true, false]]) }, at: [cube])
    try checkSecondGradient({ square($0[0][[1, 1], .all, [3, 3]]) }, at: [cube])
    // Where an index occurs twice, the last value stays and has the gradient.
    let indices: [([any TensorIndex], Shape)] = [
        ([[2, 0, 2], [1, 3, 1]], [3]), ([.every(2), [3, 0, 3]], [2, 3]), ([mask], [6]), ([mask], []),
        ([[0, 0]], [2, 4]),
        ([1..., [true, false, true, false]], [2, 2]), ([0, .newAxis, [1, 1]], [2, 1]),
    ]
    for (indices, shape) in indices {
        for accumulates in [false, true] {
            try checkSecondGradient(
                { (square($0[0]).indexPut($0[1] * $0[1], at: indices, accumulates: accumulates)) * $0[0] },
                at: [a, numbers(shape, seed: 3)])
        }
    }
    let tape = GradientTape(persistent: true)
    let old = tape.watch(Tensor([1, 2, 3]))
    let new = tape.watch(Tensor(5))
    let result = tape.record {
        var y = old * 2
        y[1...] = new
        return y
    }
    #expect(result == [2, 5, 5])
    let gradient = Tensor([10, 100, 1000])
    #expect(tape.gradient(of: result, with: old, gradient: gradient)! == [20, 0, 0])
    #expect(tape.gradient(of: result, with: new, gradient: gradient)!.item() == 1100)
}

@Test("a leaf assigned to without recording stays a leaf, and what was computed from it is unchanged")
func assignsLeaf() {
    let variable = Variable(Tensor([1, 2]))
    let before = variable.value
    variable.update { $0[0] = Tensor(7) }
    #expect(variable.value == [7, 2])
    #expect(before == [1, 2])
    #expect(variable.value.requiresGradient)
}

@Test("wrong indices stop with the index, the axis and the shape")
func wrongIndices() async {
    expectMessage(
        "subscript: index 3 is out of range for axis 1 of shape [2, 3, 4]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3, 4])[0, 3]
        })
    expectMessage(
        "subscript: index -4 (at place 1 of the indices) is out of range for size 3 of shape [2, 3, 4]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3, 4])[.all, [0, -4]]
        })
    expectMessage(
        "subscript: cannot broadcast index arrays of shapes [2], [3]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3, 4])[[0, 1], [0, 1, 2]]
        })
    expectMessage(
        "subscript: expects a mask of the sizes of axes 1..<2 of shape [2, 3], got [2]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3])[.all, [true, false]]
        })
    expectMessage(
        "subscript: expects indices of integers or bool, got float32: make them with dtype: .int64, or convert them "
            + "with converted(to: .int64)",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3])[Tensor([0, 1])]
        })
    expectMessage(
        "subscript: got 3 indices for shape [2, 3]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3])[0, 0, 0]
        })
    expectMessage(
        "subscript: cannot assign a value of shape [3] to a part of shape [2]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var x = Tensor.zeros([2, 2])
            x[0] = Tensor([1, 2, 3])
        })
}

@Test("matrix products read reversed and strided views right")
func products() {
    let a = numbers([5, 7], dtype: .float32)
    let b = numbers([7, 6], seed: 2, dtype: .float32)
    let expected = (a.unsqueezed(axes: 2) * b).sum(axes: 1)
    for (nameA, a) in everyLayout(a) {
        for (nameB, b) in everyLayout(b) {
            #expect(matmul(a, b).allClose(to: expected, absoluteTolerance: 1e-5), "\(nameA), \(nameB)")
        }
    }
}
