import TernCore

extension Communicator {
    /// The tensors of all ranks joined along the first axis, in the order of the ranks. PyTorch's `all_gather`, MPI's
    /// `MPI_Allgather`.
    ///
    /// Shapes: [n, ...] on each rank -> [n of all ranks, ...] on all; the sizes of the first axis may differ, and be 0.
    ///
    /// Differentiable: each rank gets the sum of all ranks' gradients of its part.
    ///
    /// - Parameter x: with an axis at least; the sizes of the others, and the type, are the same on all ranks.
    public func allGather(_ x: Tensor) throws(CommunicationError) -> Tensor {
        if x.rank == 0 { mistake("allGather", "expects an axis along which to join, got a scalar") }
        if isAlone { return x }
        let sizes = x.shape.dropFirst().map { "\($0)" }
        let operation = "allGather of \(x.dtype) [\((["n"] + sizes).joined(separator: ", "))]"
        let agreement = Agreement(operation, self, numbers: [x.shape[0]])
        let source = Outgoing(x)
        let result = Box<Incoming>()
        try run(
            operation,
            agreement.stages + [
                { [self] transfers in
                    var shape = x.shape
                    let rows = agreement.numbers.map { $0[0] }
                    shape[0] = rows.reduce(0, +)
                    let whole = Incoming(shape, x.dtype)
                    result.value = whole
                    transfers.keep((whole, source))
                    let rowCount = Shape(x.shape.dropFirst()).elements
                    for (other, place) in zip(0..<size, places(rows, rowCount)) {
                        if other == rank {
                            if !place.isEmpty { whole.bytes(of: place).copyMemory(from: source.bytes) }
                        } else {
                            try transfers.receive(whole.bytes(of: place), from: other)
                            try transfers.send(source.bytes, to: other)
                        }
                    }
                }
            ])
        let rows = agreement.numbers.map { $0[0] }
        return result.value!.tensor.asOutput(of: "allGather", from: [x]) { [self] gradient, _ in
            [
                stoppingOnError("allGather.backward") { () throws(CommunicationError) in
                    try reduceScatter(gradient, rows: rows, .sum)
                }
            ]
        }
    }

    /// Reduces the elements of all ranks, and gives each rank its part along the first axis. PyTorch's `reduce_scatter`, MPI's
    /// `MPI_Reduce_scatter_block`.
    ///
    /// Shapes, with `R` ranks: [R * n, ...] -> [n, ...]: rank `r` gets the rows from `r * n` on.
    ///
    /// Sums and means are differentiable: each rank gets the gradients of all parts.
    ///
    /// - Parameters:
    ///   - x: of the same type and shape on all ranks; the size of its first axis is a multiple of their number.
    ///   - reduction: what becomes of elements at the same place, in an order that depends on the number of ranks alone.
    public func reduceScatter(_ x: Tensor, _ reduction: Reduction = .sum) throws(CommunicationError) -> Tensor {
        if x.rank == 0 || x.shape[0] % size != 0 {
            mistake(
                "reduceScatter", "expects a first axis that \(size) ranks can share evenly, got \(x.kindDescription)")
        }
        return try reduceScatter(x, rows: Array(repeating: x.shape[0] / size, count: size), reduction)
    }

    /// - Parameter rows: how many of the first axis each rank gets.
    private func reduceScatter(_ x: Tensor, rows: [Int], _ reduction: Reduction) throws(CommunicationError) -> Tensor {
        let x = reduction.operand(x, "reduceScatter")
        if isAlone { return x }
        let operation = "reduceScatter (\(reduction)) of \(x.kindDescription)"
        let agreement = Agreement(operation, self)
        let flat = withoutGradients { x.detached.reshaped([x.count]) }
        let rowCount = Shape(x.shape.dropFirst()).elements
        let fold = FixedReduction(
            [flat], of: (x.count, x.dtype), tree: FixedTree(count: size), stretches: places(rows, rowCount),
            gathersResult: false, among: self,
            reduction.combine(x.dtype, ranks: size))
        try run(operation, agreement.stages + (x.count == 0 ? [] : fold.stages))
        var shape = x.shape
        shape[0] = rows[rank]
        let input = reduction == .sum || reduction == .mean ? x : x.detached
        let scale = reduction == .mean ? 1 / Double(size) : 1
        return fold.result.tensor.reshaped(shape).asOutput(
            of: "reduceScatter", from: [input], attributes: ["reduction": reduction.rawValue]
        ) { [self] gradient, _ in
            [
                stoppingOnError("reduceScatter.backward") { () throws(CommunicationError) in
                    try scale == 1 ? allGather(gradient) : allGather(gradient) * scale
                }
            ]
        }
    }

    /// The elements that each rank's rows are.
    private func places(_ rows: [Int], _ rowCount: Int) -> [Range<Int>] {
        var end = 0
        return rows.map { count in
            defer { end += count * rowCount }
            return end..<(end + count * rowCount)
        }
    }
}
