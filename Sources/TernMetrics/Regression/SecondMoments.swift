import TernCore

/// Weighted sums of two variables, of their squares and of their product, for each of D outputs: what variances and
/// correlations are made of. Products are not rounded, and differences of sums have twice the digits, so a mean that is large
/// beside the deviation does no harm.
struct SecondMoments {
    private let sums: ExactSums
    private let outputs: Int

    init(_ sums: ExactSums, outputs: Int) { (self.sums, self.outputs) = (sums, outputs) }

    static func sums(outputs: Int, _ operation: String) -> ExactSums {
        if outputs < 1 || outputs > 1 << 24 { mistake(operation, "expects at least 1 output, got \(outputs)") }
        return ExactSums(count: 7 * outputs)
    }

    /// The sums of one output.
    struct Output {
        let weight, count: Double
        let a, b, aa, bb, ab: DoubleDouble

        /// The sum of `w (a - mean of a)^2`.
        var spreadOfA: Double { centred(aa, a, a) }
        var spreadOfB: Double { centred(bb, b, b) }
        /// The sum of `w (a - mean of a) (b - mean of b)`.
        var common: Double { centred(ab, a, b) }

        private func centred(_ square: DoubleDouble, _ x: DoubleDouble, _ y: DoubleDouble) -> Double {
            (square - x * y / DoubleDouble(weight)).rounded
        }
    }

    subscript(index: Int) -> Output {
        func sum(_ place: Int) -> DoubleDouble { sums.pair(place * outputs + index) }
        return Output(
            weight: sum(0).rounded, count: sum(6).rounded, a: sum(1), b: sum(2), aa: sum(3), bb: sum(4), ab: sum(5))
    }

    /// Adds a batch to the sums of ``sums(outputs:_:)``.
    ///
    /// - Parameter variables: what `a` and `b` are, of a prediction and a target.
    static func add(
        _ batch: MetricBatch, to sums: inout ExactSums, outputs: Int, _ operation: String,
        _ variables: (_ prediction: Double, _ target: Double) -> (a: Double, b: Double)
    ) {
        let (x, y) = (batch.predictions, batch.targets)
        let fits = outputs == 1 ? x.rank == 1 || x.shape.last == 1 : x.rank > 1 && x.shape.last == outputs
        if x.shape != y.shape || !fits {
            let expected = outputs == 1 ? "[N] or [N, 1]" : "[N, \(outputs)]"
            mistake(operation, "expects predictions and targets \(expected), got \(x.shape) and \(y.shape)")
        }
        let targets = y.array(of: Double.self)
        let weights = batch.weights(of: y)
        for (place, prediction) in x.array(of: Double.self).enumerated() {
            let (a, b) = variables(prediction, targets[place])
            let (weight, output) = (weights?[place] ?? 1, place % outputs)
            sums.add(weight, at: output)
            sums.add(weight, times: a, at: outputs + output)
            sums.add(weight, times: b, at: 2 * outputs + output)
            add(weight, a, a, to: &sums, at: 3 * outputs + output)
            add(weight, b, b, to: &sums, at: 4 * outputs + output)
            add(weight, a, b, to: &sums, at: 5 * outputs + output)
            sums.add(1, at: 6 * outputs + output)
        }
    }

    private static func add(_ weight: Double, _ x: Double, _ y: Double, to sums: inout ExactSums, at index: Int) {
        let product = weight * x
        sums.add(product, times: y, at: index)
        let error = (-product).addingProduct(weight, x)
        if product.isFinite, error != 0 { sums.add(error, times: y, at: index) }
    }
}
