import TernCore
import TernNN
import Testing

private final class Model: Module {
    let weight = Parameter(Tensor([[1, 2], [3, 4]]))
    let bias = Parameter(Tensor([0.5, 0.25]))
    let scale = Parameter(Tensor(2))
    let steps = Buffer(Tensor([1, 2], dtype: .int64))
    func forward(_ x: Tensor) -> Tensor { matmul(x, weight.value) }
}

@Test("a parameter is printed with its name and values")
func printedParameter() {
    let model = Model()
    #expect(model.bias.description == "Parameter: [0.5 , 0.25] float32 [2]")
    let sequence = Sequential(model)
    _ = sequence.namedParameters
    #expect(sequence.parameters[0].description == "0.weight:\n[[1., 2.],\n [3., 4.]] float32 [2, 2]")
    #expect("\(model.scale)" == "0.scale: 2.0 float32")
    model.bias.requiresGradient = false
    #expect("\(model.bias)" == "0.bias (frozen): [0.5 , 0.25] float32 [2]")
    #expect("\(model.steps)" == "Buffer: [1, 2] int64 [2]")
    let pending = Parameter(pending: [5, -1], name: "Linear.weight")
    #expect(pending.description == "Linear.weight: [5, -1] float32, -1 is not known yet")
    #expect("\(Buffer(pending: [-1], name: "Norm.mean"))" == "Norm.mean: [-1] float32, -1 is not known yet")
}
