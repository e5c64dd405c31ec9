import TernCore
import TernNN
import Testing

@Suite("State dictionaries")
struct StateTests {
    @Test("what was saved is loaded, by another instance")
    func roundTrip() throws {
        let source = Network()
        for (index, parameter) in source.parameters.enumerated() {
            parameter.value = Tensor.full(parameter.shape, Double(index + 1))
        }
        source.counter.count.value = [7, 8]
        let state = source.stateDictionary()
        #expect(state.keys.sorted() == ["counter.count", "first.bias", "first.weight", "second.weight"])
        let target = Network()
        try target.loadStateDictionary(state)
        for (a, b) in zip(source.parameters, target.parameters) { #expect(a.value == b.value) }
        #expect(target.counter.count.value == [7, 8])
    }

    @Test("a saved state does not change with the model")
    func isValue() {
        let network = Network()
        let state = network.stateDictionary()
        network.first.bias!.update { $0 += 1 }
        #expect(state["first.bias"]! == [0, 0, 0])
    }

    @Test("a state that does not fit is described in full and changes nothing")
    func strict() {
        let network = Network()
        let wrong: [String: Tensor] = [
            "first.weight": Tensor.zeros([3, 2]), "counter.count": [5, 5], "second.weight": Tensor.zeros([3]),
            "third": [1], "other": [2],
        ]
        let expected = StateDictionaryError(
            model: "Network", missing: ["first.bias"], unexpected: ["other", "third"],
            mismatched: [
                .init(key: "first.weight", expected: [2, 3], found: [3, 2]),
                .init(key: "second.weight", expected: [3, 1], found: [3]),
            ])
        #expect(throws: expected) { try network.loadStateDictionary(wrong) }
        #expect(
            expected.description == """
                cannot load the state dictionary into Network:
                  missing: first.bias
                  unexpected: other, third
                  first.weight: expects [2, 3], got [3, 2]
                  second.weight: expects [3, 1], got [3]
                """)
        #expect(network.counter.count.value == [0, 0])
    }

    @Test("without strictness the keys that do not match are returned, but wrong shapes are an error")
    func notStrict() throws {
        let network = Network()
        let (missing, unexpected) = try network.loadStateDictionary(
            ["first.bias": [1, 2, 3], "third": [1]], strict: false)
        #expect(missing == ["first.weight", "counter.count", "second.weight"])
        #expect(unexpected == ["third"])
        #expect(network.first.bias!.value == [1, 2, 3])
        #expect(throws: StateDictionaryError.self) {
            try network.loadStateDictionary(["first.bias": [1, 2]], strict: false)
        }
        #expect(network.first.bias!.value == [1, 2, 3])
    }

    @Test("loading converts to the model's types and keeps parameters trainable")
    func types() throws {
        let layer = Dense(1, 1)
        try layer.loadStateDictionary(["weight": Tensor.ones([1, 1], dtype: .float64), "bias": [2]])
        #expect(layer.weight.dtype == .float32 && layer.weight.value.requiresGradient)
    }

    @Test("loading gives lazy layers their size; the rank and the known sizes must fit")
    func lazyLayers() throws {
        let layer = LazyScale()
        #expect(throws: StateDictionaryError.self) { try layer.loadStateDictionary(["factor": [[1]]]) }
        #expect(!layer.factor.hasValue && layer.factor.shape == [-1])
        try layer.loadStateDictionary(["factor": [1, 2, 3]])
        #expect(layer([[1, 1, 1]]) == [[1, 2, 3]])
    }

    @Test("a pending parameter takes the type that the model was converted to")
    func lazyConversion() {
        let layer = LazyScale()
        layer.to(.float64)
        #expect(layer(Tensor.ones([1, 2], dtype: .float64)).dtype == .float64 && layer.factor.dtype == .float64)
    }

    /// Two layers with one weight and one buffer between them, and a module that stands twice.
    final class Tied: Module {
        final class Layer: Module {
            let weight: Parameter
            let mean: Buffer

            init(_ weight: Parameter, _ mean: Buffer) { (self.weight, self.mean) = (weight, mean) }
            func forward(_ x: Tensor) -> Tensor { x * weight.value - mean.value }
        }

        let encoder: Layer
        let decoder: Layer
        let again: Layer

        init() {
            encoder = Layer(Parameter([1, 1]), Buffer([0, 0]))
            decoder = Layer(encoder.weight, encoder.mean)
            again = decoder
        }

        func forward(_ x: Tensor) -> Tensor { decoder(encoder(x)) }
    }

    @Test(
        "of a tied weight the value under any one of its names is enough, as PyTorch's safetensors saves it",
        arguments: ["encoder", "decoder", "again"], ["encoder", "decoder", "again"])
    func tied(weightName: String, bufferName: String) throws {
        let state: [String: Tensor] = ["\(weightName).weight": [2, 3], "\(bufferName).mean": [4, 5]]
        let strict = Tied()
        try strict.loadStateDictionary(state)
        #expect(strict.stateDictionary().count == 6)
        for (name, value) in strict.stateDictionary() {
            #expect(value == (name.hasSuffix("weight") ? [2, 3] : [4, 5]))
        }

        let lenient = try Tied().loadStateDictionary(state, strict: false)
        #expect(lenient.missing.isEmpty && lenient.unexpected.isEmpty)
    }

    @Test("a tied weight that has no value under any name is missing under all")
    func tiedMissing() throws {
        let error = #expect(throws: StateDictionaryError.self) {
            try Tied().loadStateDictionary(["decoder.mean": [4, 5]])
        }
        #expect(error?.missing == ["encoder.weight", "decoder.weight", "again.weight"])
    }
}
