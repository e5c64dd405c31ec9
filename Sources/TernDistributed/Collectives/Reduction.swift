import TernCore

extension Communicator {
    /// What becomes of the elements that ranks have at the same place.
    public enum Reduction: String, Sendable, CaseIterable {
        /// Their sum. Integers wrap around; truth values count as 0 and 1, whose sum is an `int64`.
        case sum
        /// The sum divided by the number of ranks; of floating-point types.
        case mean
        /// The largest; NaN if there is one.
        case max
        /// The smallest; NaN if there is one.
        case min

        /// What is reduced of a tensor: truth values are counted. Stops if there is no mean of its type.
        func operand(_ x: Tensor, _ operation: String) -> Tensor {
            if self == .mean && !x.dtype.isFloatingPoint {
                mistake(operation, "expects a floating-point type for a mean, got \(x.kindDescription)")
            }
            return x.dtype == .bool && self == .sum ? x.converted(to: .int64) : x
        }

        /// How a ``FixedReduction`` does it.
        func combine(_ dtype: DType, ranks: Int) -> FixedReduction.Combine {
            var combine = FixedReduction.Combine()
            switch self {
            case .sum, .mean:
                combine.prepare = { $0.converted(to: dtype.accumulator) }
                let divisor = self == .mean ? Double(ranks) : 1
                combine.finish = { (divisor == 1 ? $0 : $0 / divisor).converted(to: dtype) }
            case .max: combine.pair = { maximum($0, $1) }
            case .min: combine.pair = { minimum($0, $1) }
            }
            return combine
        }
    }
}
