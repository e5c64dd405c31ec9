import TernCore

/// How the losses of single examples become a result.
public enum Reduction: String, Sendable, CaseIterable {
    /// Their mean: a scalar. NaN of none.
    case mean
    /// Their sum: a scalar.
    case sum
    /// Each for itself.
    case none
}

extension Tensor {
    /// The losses of single examples brought together.
    ///
    /// - Parameter divisor: what the mean divides their sum by; their number, unless given.
    func reduced(_ reduction: Reduction, divisor: Double? = nil) -> Tensor {
        switch reduction {
        case .mean: divisor.map { sum() / $0 } ?? mean()
        case .sum: sum()
        case .none: self
        }
    }
}
