import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Weight and spectral norm")
struct WeightParametrizationTests {
    @Test("a weight norm keeps the weight, and trains its length and direction")
    func weightNormLayer() throws {
        let layer = Linear(4, 3)
        let before = layer.weight.value.detached
        #expect(weightNorm(layer) === layer)
        #expect(layer.weight.value.allClose(to: before, absoluteTolerance: 1e-6))
        #expect(layer.parameters.map(\.shape) == [[3], [3, 1], [3, 4]])
        layer(Tensor.normal([2, 4])).sum().backward()
        #expect(layer.parameters.allSatisfy { $0.gradient != nil })
        #expect(layer.weight.gradient == nil)
        removeParametrizations(of: layer, "weight")
        #expect(layer.namedParameters.map(\.name) == ["weight", "bias"])
        #expect(layer.weight.value.allClose(to: before, absoluteTolerance: 1e-6) && layer.weight.requiresGradient)
    }

    @Test("lazy layers can be parametrized before they know their size, and load a state")
    func lazy() throws {
        let sized = weightNorm(Conv2d(2, 3, kernelSize: 2))
        let lazy = weightNorm(Conv2d(3, kernelSize: 2))
        let other = weightNorm(Conv2d(3, kernelSize: 2))
        #expect(!lazy.weight.hasValue && lazy.weight.shape == [3, -1, 2, 2] && lazy.parameters.count == 3)
        let x = Tensor.normal([1, 2, 5, 5])
        _ = lazy(x)
        #expect(
            lazy.weight.shape == [3, 2, 2, 2] && lazy.parameters.map(\.shape) == [[3], [3, 1, 1, 1], [3, 2, 2, 2]])
        try lazy.loadStateDictionary(sized.stateDictionary())
        try other.loadStateDictionary(sized.stateDictionary())
        #expect(lazy(x) == sized(x) && other(x) == sized(x))
        let spectral = spectralNorm(Linear(3))
        _ = spectral(Tensor.normal([2, 5]))
        #expect(spectral.namedBuffers.map(\.name) == ["parametrizations.weight.0._u", "parametrizations.weight.0._v"])
        #expect(spectral.buffers.map(\.shape) == [[3], [5]])
    }

    @Test("a spectral norm brings the largest singular value to 1; evaluation changes nothing")
    func spectralNormLayer() {
        seed(4)
        let layer = spectralNorm(Linear(6, 4), powerIterations: 30)
        let x = Tensor.normal([3, 6])
        _ = layer(x)
        // The largest eigenvalue of w^T w, by the power method.
        let weight = layer.weight.value.detached
        var vector = Tensor.ones([6])
        for _ in 0..<200 {
            vector = matmul(weight.T, matmul(weight, vector))
            vector = vector / vector.norm()
        }
        #expect(abs(matmul(weight, vector).norm().item() - 1) < 1e-4)
        layer.eval()
        let state = layer.stateDictionary()
        #expect(layer(x) == layer(x))
        #expect(layer.stateDictionary() == state)
        let moving = spectralNorm(Linear(6, 4))
        let before = moving.stateDictionary()
        _ = moving(x)
        #expect(moving.stateDictionary() != before)
    }

    @Test("their derivatives agree with differences, to the second order")
    func derivatives() throws {
        let (magnitude, direction) = (Tensor.normal([3, 1]), Tensor.normal([3, 4]))
        let norm = WeightNorm()
        try checkGradient({ norm($0) }, at: [magnitude, direction])
        try checkSecondGradient({ norm($0) }, at: [magnitude, direction])
        let spectral = SpectralNorm()
        spectral.to(.float64)
        _ = spectral(direction.converted(to: .float64))
        spectral.eval()
        try checkGradient({ spectral($0[0]) }, at: [direction])
        try checkSecondGradient({ spectral($0[0]) }, at: [direction])
    }
}

extension WeightParametrizationTests {
    @Test("an orthogonal weight has orthonormal rows or columns, whatever is trained", arguments: [3, 4, 6])
    func orthogonalLayer(outputs: Int) {
        let layer = orthogonal(Linear(outputs))
        let x = Tensor.normal([2, 4])
        func expectOrthonormal() {
            let weight = layer.weight.value.detached
            let products = outputs < 4 ? matmul(weight, weight.T) : matmul(weight.T, weight)
            #expect(products.allClose(to: Tensor.eye(min(outputs, 4)), absoluteTolerance: 1e-5))
        }
        _ = layer(x)
        expectOrthonormal()
        let before = layer.weight.value.detached
        square(layer(x)).sum().backward()
        layer.parameters[1].update { $0 -= layer.parameters[1].gradient! * 0.1 }
        expectOrthonormal()
        #expect(layer.weight.value != before)
        let given = Initializer.orthogonal()([outputs, 4])
        layer.weight.value = given
        #expect(layer.weight.value.allClose(to: given, absoluteTolerance: 1e-5))
        #expect(layer.namedBuffers.map(\.name) == ["parametrizations.weight.0.base"])
    }
}
