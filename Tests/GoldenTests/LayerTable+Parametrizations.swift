import Tern

private final class Symmetric: Module {
    func forward(_ x: Tensor) -> Tensor { x.upperTriangle() + x.upperTriangle(diagonal: 1).T }
}

extension LayerTests {
    /// The cases of `cases_parametrizations.py`.
    static let parametrized: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "weightNorm": { weightNorm(Linear(4, 3)) },
        "weightNorm-axis": { weightNorm(Conv2d(2, 3, kernelSize: 2), axis: 1) },
        "weightNorm-whole": { weightNorm(Linear(3), axis: nil) },
        "weightNorm-bias": { weightNorm(Linear(4, 3), "bias") },
        "spectralNorm": { spectralNorm(Linear(4, 3)) },
        "spectralNorm-settings": { spectralNorm(Conv2d(3, kernelSize: 2), powerIterations: 3, axis: 1) },
        "spectralNorm-vector": { spectralNorm(Linear(4, 3), "bias") },
        "orthogonal": { orthogonal(Linear(3, 3)) },
        "orthogonal-cayley": { orthogonal(Linear(4, 4), map: .cayley) },
        "orthogonal-householder": { orthogonal(Linear(3), map: .householder) },
        "orthogonal-narrow": { orthogonal(Linear(2, 4)) },
        "orthogonal-wide": { orthogonal(Linear(4, 2)) },
        "orthogonal-wide-exp": { orthogonal(Linear(4, 2), map: .matrixExp) },
        "orthogonal-narrow-cayley": { orthogonal(Linear(2, 4), map: .cayley) },
        "Symmetric": {
            let layer = Linear(3, 3)
            parametrize(layer, "weight", with: Symmetric())
            return layer
        },
        "Symmetric-Tanh": {
            let layer = Linear(3, 3)
            parametrize(layer, "weight", with: Symmetric())
            parametrize(layer, "weight", with: Tanh())
            return layer
        },
    ]
}
