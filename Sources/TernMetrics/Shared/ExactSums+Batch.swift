import TernCore

extension ExactSums {
    /// Adds the elements of `values`, each times its example's weight, to the sum at `index`.
    ///
    /// - Parameters:
    ///   - values: numbers, or bool for 0 and 1, whose first axes are those of the examples.
    ///   - batch: the batch that the values come from.
    ///   - index: which of the sums.
    public mutating func add(_ values: Tensor, weights batch: MetricBatch, at index: Int = 0) {
        guard let weights = batch.weights(of: values) else {
            if values.dtype == .bool || values.dtype.isInteger {
                return add(Double(values.sum().item(as: Int.self)), at: index)
            }
            return add(values.array(of: Double.self), at: index)
        }
        for (value, weight) in zip(values.array(of: Double.self), weights) { add(value, times: weight, at: index) }
    }

    /// Adds the weights of the examples, or their number, to the sum at `index`.
    ///
    /// - Parameters:
    ///   - batch: the batch whose weights are added.
    ///   - values: a tensor whose elements count each for itself; by default the targets.
    ///   - index: which of the sums.
    public mutating func add(weightsOf batch: MetricBatch, for values: Tensor? = nil, at index: Int) {
        let values = values ?? batch.targets
        guard let weights = batch.weights(of: values) else { return add(Double(values.count), at: index) }
        add(weights, at: index)
    }
}
