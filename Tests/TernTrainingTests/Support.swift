import Tern

/// A small network with everything that makes going on difficult: random masks and running statistics.
final class SmallNet: Module {
    let first: Linear
    let norm = BatchNorm1d(6)
    let dropout = Dropout(0.3)
    let second = Linear(6, 3)

    /// - Parameter isLazy: let the first layer learn its input size from the first batch.
    init(isLazy: Bool = false) { first = isLazy ? Linear(6) : Linear(4, 6) }

    func forward(_ x: Tensor) -> Tensor { second(dropout(relu(norm(first(x))))) }
}
