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

/// An optimizer of all that it takes of a network.
func makeOptimizer(of model: SmallNet, _ name: String, _ settings: [String: Double] = [:]) throws -> any Optimizer {
    try makeOptimizer(
        name, model.parameters.filter { name != "muon" || $0.shape.count == 2 },
        settings: (name == "sgd" ? ["learningRate": 0.1] : [:]).merging(settings) { $1 })
}
