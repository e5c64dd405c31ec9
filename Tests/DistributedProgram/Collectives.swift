import Foundation
import TernCore
import TernDistributed
import TernTesting

// Every collective against a plain loop over what all ranks have, which each rank can make for itself.

/// Small numbers that every type holds, sums included, and whose sums are exact in any order.
private func numbers(_ shape: Shape, rank: Int, case number: Int) -> [Double] {
    (0..<shape.elements).map { Double(($0 * 7 + rank * 5 + number * 3) % 11) }
}

private func tensor(_ shape: Shape, _ dtype: DType, rank: Int, case number: Int) -> Tensor {
    Tensor(shape: shape, values: numbers(shape, rank: rank, case: number)).converted(to: dtype)
}

private let shapes: [Shape] = [[], [3, 0], [7], [2, 3, 4], [70, 33]]

/// All for one type; one that has gaps for the others.
private func layouts(_ dtype: DType) -> [TensorLayout] {
    dtype == .float32 ? TensorLayout.allCases : [.strided]
}

func checkCollectives(_ world: Communicator, _ words: [String]) throws {
    try world.barrier()
    try checkReductions(world, shapes, DType.allCases)
    try checkMoves(world, shapes, DType.allCases)
    try checkMessages(world, shapes)
    // As where there are more than 2^31 bytes.
    try world.withChunks(of: 256) {
        try checkReductions(world, [[70, 33]], DType.allCases)
        try checkMoves(world, [[70, 33]], DType.allCases)
        try checkMessages(world, [[70, 33]])
    }
    for color in 1...max(world.size / 2, 1) {
        let part = try world.split(color: world.rank % color, key: world.size - world.rank)
        let members = (0..<world.size).filter { $0 % color == world.rank % color }.reversed()
        Checks.expect(
            part.size == members.count && Array(members)[part.rank] == world.rank,
            "split by \(color): rank \(part.rank) of \(part.size)")
        try checkReductions(part, [[7], [3, 5]], [.float32, .int64])
        try checkMoves(part, [[7], [3, 5]], [.float32, .int64])
    }
    try checkGradients(world)
    try checkOrder(world)
}

private func checkReductions(_ group: Communicator, _ shapes: [Shape], _ types: [DType]) throws {
    for (number, shape) in shapes.enumerated() {
        for dtype in types {
            let all = (0..<group.size).map { tensor(shape, dtype, rank: $0, case: number) }
            let columns = all.map { $0.array(of: Double.self) }
            func expected(_ reduction: Communicator.Reduction) -> [Double] {
                (0..<shape.elements).map { index in
                    let values = columns.map { $0[index] }
                    switch reduction {
                    case .sum: return values.reduce(0, +)
                    case .mean: return values.reduce(0, +) / Double(group.size)
                    case .max: return values.max()!
                    case .min: return values.min()!
                    }
                }
            }
            for reduction in Communicator.Reduction.allCases where dtype.isFloatingPoint || reduction != .mean {
                let type: DType = dtype == .bool && reduction == .sum ? .int64 : dtype
                let result = Tensor(shape: shape, values: expected(reduction)).converted(to: type)
                for layout in layouts(dtype) {
                    let own = layout.of(all[group.rank])
                    for reproducible in dtype == .float32 || dtype == .float64 ? [true, false] : [true] {
                        Checks.expectSame(
                            try group.allReduce(own, reduction, reproducible: reproducible), result,
                            "allReduce \(reduction) \(dtype) \(shape) \(layout) reproducible: \(reproducible)")
                    }
                }
                if shape.count > 0 {
                    var wide = shape
                    wide[0] *= group.size
                    let wideAll = (0..<group.size).map { tensor(wide, dtype, rank: $0, case: number) }
                    let whole = try group.allReduce(wideAll[group.rank], reduction)
                    let rows = shape[0]
                    Checks.expectSame(
                        try group.reduceScatter(TensorLayout.strided.of(wideAll[group.rank]), reduction),
                        whole[(group.rank * rows)..<((group.rank + 1) * rows)].contiguous(),
                        "reduceScatter \(reduction) \(dtype) \(shape)")
                }
            }
        }
    }
}

private func checkMoves(_ group: Communicator, _ shapes: [Shape], _ types: [DType]) throws {
    for (number, shape) in shapes.enumerated() {
        for dtype in types {
            let all = (0..<group.size).map { tensor(shape, dtype, rank: $0, case: number) }
            for layout in layouts(dtype) {
                let own = layout.of(all[group.rank])
                let root = number % group.size
                Checks.expectSame(
                    try group.broadcast(own, from: root), all[root], "broadcast \(dtype) \(shape) \(layout)")
                if shape.count > 0 {
                    // Another number of rows on each rank.
                    let parts = all.enumerated().map { rank, x in x[..<Swift.min(rank, x.shape[0])] }
                    Checks.expectSame(
                        try group.allGather(layout.of(parts[group.rank])), concatenated(parts),
                        "allGather \(dtype) \(shape) \(layout)")
                }
            }
        }
    }
    let data = try group.broadcast(Data((0..<1000).map { UInt8(($0 + group.rank) % 251) }), from: group.size - 1)
    Checks.expect(data == Data((0..<1000).map { UInt8(($0 + group.size - 1) % 251) }), "broadcast of bytes")
}

/// Each to the next one; even ranks send first, as a send may wait for its receive.
private func checkMessages(_ group: Communicator, _ shapes: [Shape]) throws {
    if group.size == 1 { return }
    let (next, previous) = ((group.rank + 1) % group.size, (group.rank + group.size - 1) % group.size)
    for (number, shape) in shapes.enumerated() {
        for dtype in DType.allCases {
            let own = TensorLayout.transposed.of(tensor(shape, dtype, rank: group.rank, case: number))
            if group.rank % 2 == 0 { try group.send(own, to: next) }
            let received = try group.receive(from: previous)
            if group.rank % 2 == 1 { try group.send(own, to: next) }
            Checks.expectSame(received, tensor(shape, dtype, rank: previous, case: number), "receive \(dtype) \(shape)")
        }
    }
}

/// The gradient of what all ranks compute together, against differences: each rank changes its input in turn.
private func checkGradients(_ group: Communicator) throws {
    let shape: Shape = [2 * group.size, 3]
    func input(_ rank: Int) -> Tensor {
        Tensor.normal(shape, dtype: .float64, generator: Generator(seed: UInt64(rank + 1)))
    }
    func weight(_ rank: Int, _ shape: Shape) -> Tensor {
        Tensor.normal(shape, dtype: .float64, generator: Generator(seed: UInt64(rank + 100)))
    }
    let operations: [(String, (Tensor) throws -> Tensor)] = [
        ("allReduce sum", { try group.allReduce($0 * $0) }),
        ("allReduce mean", { try group.allReduce($0 * $0, .mean) }),
        ("allReduce mean by MPI", { try group.allReduce($0 * $0, .mean, reproducible: false) }),
        ("allReduce max", { try group.allReduce($0 * $0, .max) }),
        ("allReduce min", { try group.allReduce($0 * $0, .min) }),
        ("allGather", { try group.allGather($0[..<(group.rank + 1)] * $0[..<(group.rank + 1)]) }),
        ("reduceScatter", { try group.reduceScatter($0 * $0) }),
        ("reduceScatter mean", { try group.reduceScatter($0 * $0, .mean) }),
        ("broadcast", { try group.broadcast($0 * $0, from: group.size - 1) }),
    ]
    for (name, operation) in operations {
        // Twice, so that the gradient is of a gradient: the derivatives are collectives, too.
        func value(_ x: Tensor) throws -> Tensor {
            let y = try operation(x)
            return (y * y * weight(group.rank, y.shape)).sum()
        }
        let x = Variable(input(group.rank))
        try value(x.value).backward(createGraph: true)
        let first = x.gradient!
        x.gradient = nil
        (first * weight(7, shape)).sum().backward()
        let second = x.gradient!
        let step = 1e-5
        for rank in [0, group.size - 1] {
            for place in [0, shape.elements - 1] {
                func total(_ change: Double) throws -> (value: Double, slope: Double) {
                    var values = input(group.rank).array(of: Double.self)
                    if group.rank == rank { values[place] += change }
                    let changed = Variable(Tensor(shape: shape, values: values))
                    let own = try value(changed.value)
                    own.backward()
                    let slope = (changed.gradient! * weight(7, shape)).sum()
                    return (try group.allReduce(own.detached).item(), try group.allReduce(slope).item())
                }
                let (above, below) = (try total(step), try total(-step))
                if group.rank != rank { continue }
                func check(_ found: Tensor, _ expected: Double, _ order: String) {
                    let value = found.reshaped([-1])[place].item()
                    Checks.expect(
                        abs(value - expected) <= 1e-5 * max(1, abs(expected)),
                        "\(order) derivative of \(name) at \(place): expected \(expected), got \(value)")
                }
                check(first, (above.value - below.value) / (2 * step), "first")
                check(second, (above.slope - below.slope) / (2 * step), "second")
            }
        }
    }
}

/// Sums that depend on the order: it must be that of the tree.
private func checkOrder(_ group: Communicator) throws {
    for dtype in [DType.float32, .float64, .float16, .bfloat16] {
        for count in [3, 5000] {
            let all = (0..<group.size).map {
                Tensor.normal([count], generator: Generator(seed: UInt64($0 + 40))).converted(to: dtype)
            }
            let sums = Dictionary(
                uniqueKeysWithValues: all.enumerated().map { ($0..<($0 + 1), $1.converted(to: dtype.accumulator)) })
            let expected = treeSum(sums, 0..<group.size).converted(to: dtype)
            Checks.expectSame(try group.allReduce(all[group.rank]), expected, "order of allReduce \(dtype) \(count)")
        }
    }
}

private func treeSum(_ leaves: [Range<Int>: Tensor], _ branch: Range<Int>) -> Tensor {
    if branch.count == 1 { return leaves[branch]! }
    var left = 1
    while left * 2 < branch.count { left *= 2 }
    let middle = branch.lowerBound + left
    return treeSum(leaves, branch.lowerBound..<middle) + treeSum(leaves, middle..<branch.upperBound)
}
