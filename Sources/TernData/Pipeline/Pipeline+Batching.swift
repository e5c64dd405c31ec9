import TernCore

extension Pipeline {
    /// Batches of `size` elements (`.max` for all in one batch), each made from them by `collate`. The last batch is
    /// smaller if they do not come out even, or left out with `dropLast`.
    public func batched<Batch>(
        _ size: Int, dropLast: Bool = false, collate: @escaping @Sendable ([Element]) throws(Failure) -> Batch
    ) -> Pipeline<Batch, Failure> {
        if size < 1 { mistake("batched", "expects a size of at least 1, got \(size)") }
        let count = knownCount.map { batchCount(of: $0, size: size, dropLast: dropLast) }
        return Pipeline<Batch, Failure>(knownCount: count, passes: passes) { start in
            let next = deal(start.counting(inGroupsOf: size))
            return {
                var jobs: [Job<Element, Failure>] = []
                while jobs.count < size, let job = next() { jobs.append(job) }
                if jobs.isEmpty || dropLast && jobs.count < size { return nil }
                let whole = jobs
                return {
                    Result { () throws(Failure) -> Batch in
                        var elements: [Element] = []
                        elements.reserveCapacity(whole.count)
                        for job in whole { elements.append(try job().get()) }
                        return try collate(elements)
                    }
                }
            }
        }
    }

    /// Batches of `size` elements as arrays.
    public func batched(_ size: Int, dropLast: Bool = false) -> Pipeline<[Element], Failure> {
        batched(size, dropLast: dropLast) { $0 }
    }

    /// Batches of `size` tensors of one shape and type, stacked along a new first axis.
    public func batched(_ size: Int, dropLast: Bool = false) -> Pipeline<Tensor, Failure> where Element == Tensor {
        batched(size, dropLast: dropLast) { collated($0) }
    }

    /// Batches of `size` pairs, each side stacked along a new first axis.
    public func batched(_ size: Int, dropLast: Bool = false) -> Pipeline<(Tensor, Tensor), Failure>
    where Element == (Tensor, Tensor) {
        batched(size, dropLast: dropLast) { collated($0) }
    }
}

extension Dataset {
    /// The examples in the order of each epoch, in batches of `size` (`.max` for all in one batch). The last batch is
    /// smaller if they do not come out even, or left out with `dropLast`.
    public func batched(_ size: Int, dropLast: Bool = false) -> Pipeline<Batch, Failure> {
        if size < 1 { mistake("batched", "expects a size of at least 1, got \(size)") }
        let length = order(epoch: 0).count
        let count = batchCount(of: length, size: size, dropLast: dropLast)
        return Pipeline(knownCount: count, passes: sharedPasses) { start in
            let order = checkedOrder(epoch: start.epoch, count: length)
            var position = min(start.counting(inGroupsOf: size).place, order.count)
            return {
                let indices = order[position...].prefix(size)
                if indices.isEmpty || dropLast && indices.count < size { return nil }
                position = indices.endIndex
                return { Result { () throws(Failure) -> Batch in try batch(at: indices) } }
            }
        }
    }
}

private func batchCount(of count: Int, size: Int, dropLast: Bool) -> Int {
    // Written so that nothing can overflow: a size of Int.max is all in one batch.
    count / size + (dropLast || count % size == 0 ? 0 : 1)
}

/// Tensors of one shape and type as one with a new first axis: `stacked` without a graph and without promotion, by
/// copies of memory.
func collated(_ tensors: [Tensor]) -> Tensor {
    if tensors.isEmpty { mistake("batched", "expects at least one tensor to stack, got none") }
    let (shape, dtype) = (tensors[0].shape, tensors[0].dtype)
    for tensor in tensors where tensor.shape != shape || tensor.dtype != dtype {
        let found = "\(dtype) \(shape) and \(tensor.dtype) \(tensor.shape)"
        mistake("batched", "expects tensors of one shape and type, got \(found)")
    }
    return Tensor(shape: Shape([tensors.count] + shape), dtype: dtype) { bytes in
        let size = bytes.count / tensors.count
        for (i, tensor) in tensors.enumerated() {
            tensor.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: bytes[i * size..<(i + 1) * size]).copyMemory(from: $0)
            }
        }
    }
}

func collated(_ pairs: [(Tensor, Tensor)]) -> (Tensor, Tensor) {
    (collated(pairs.map(\.0)), collated(pairs.map(\.1)))
}
