import TernCore

extension Communicator {
    /// The elements of all ranks, reduced: the result is on every rank. PyTorch's `all_reduce`, MPI's `MPI_Allreduce`.
    ///
    /// ```swift
    /// let mean = try group.allReduce(loss, .mean)
    /// ```
    ///
    /// Shapes: any -> the same. Halves are added in `float32`, and rounded once.
    ///
    /// Differentiable: what every rank computes from its copy of the result counts together, so the gradient of a sum is the sum
    /// of all ranks' gradients; that of a largest or smallest element goes to the rank that has it, in equal shares if several
    /// have. All ranks then compute the gradient, or none.
    ///
    /// - Parameters:
    ///   - x: of the same type and shape on all ranks.
    ///   - reduction: what becomes of elements at the same place.
    ///   - reproducible: whether the order of additions depends on the number of ranks alone; `false` leaves it to MPI, for sums
    ///     and means of `float32` and `float64`, which may be quicker among many ranks.
    public func allReduce(
        _ x: Tensor, _ reduction: Reduction = .sum, reproducible: Bool = true
    ) throws(CommunicationError) -> Tensor {
        let x = reduction.operand(x, "allReduce")
        if isAlone { return x }
        let operation = "allReduce (\(reduction)\(reproducible ? "" : ", in MPI's order")) of \(x.kindDescription)"
        let isMPIs = !reproducible && [.sum, .mean].contains(reduction) && [.float32, .float64].contains(x.dtype)
        let result =
            isMPIs
            ? try reducedByMPI(x, reduction, operation) : try reduced(x, reduction, operation)
        return result.reshaped(x.shape).asOutput(
            of: "allReduce", from: [x], attributes: ["reduction": reduction.rawValue]
        ) { [self] gradient, saved in
            let output = saved.output(result.reshaped(x.shape))
            return [
                stoppingOnError("allReduce.backward") { () throws(CommunicationError) in
                    try gradientOfReduced(gradient, reduction, input: x, output: output, reproducible)
                }
            ]
        }
    }

    private func gradientOfReduced(
        _ gradient: Tensor, _ reduction: Reduction, input: Tensor, output: Tensor, _ reproducible: Bool
    ) throws(CommunicationError) -> Tensor {
        switch reduction {
        case .sum, .mean: return try allReduce(gradient, reduction, reproducible: reproducible)
        case .max, .min:
            let isChosen = input.detached.equal(to: output.detached).converted(to: input.dtype)
            let share = try isChosen / allReduce(isChosen)
            return try allReduce(gradient) * share
        }
    }

    /// Flat.
    private func reduced(
        _ x: Tensor, _ reduction: Reduction, _ operation: String
    ) throws(CommunicationError) -> Tensor {
        let agreement = Agreement(operation, self)
        let flat = withoutGradients { x.detached.reshaped([x.count]) }
        let fold = FixedReduction(
            [flat], of: (x.count, x.dtype), tree: FixedTree(count: size), among: self,
            reduction.combine(x.dtype, ranks: size))
        try run(operation, agreement.stages + (x.count == 0 ? [] : fold.stages))
        return fold.result.tensor
    }

    /// Flat.
    private func reducedByMPI(
        _ x: Tensor, _ reduction: Reduction, _ operation: String
    ) throws(CommunicationError) -> Tensor {
        let agreement = Agreement(operation, self)
        let result = Incoming([x.count], x.dtype)
        result.copy(x)
        try run(
            operation,
            agreement.stages + [
                { transfers in
                    transfers.keep(result)
                    try transfers.allReduceSum(result.bytes, of: result.tensor.dtype)
                }
            ])
        return reduction == .mean ? withoutGradients { result.tensor / Double(size) } : result.tensor
    }
}
