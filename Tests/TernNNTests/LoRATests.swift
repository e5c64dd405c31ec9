import TernCore
import TernNN
import TernTestSupport
import Testing

@Suite("LoRA", .serialized)
struct LoRATests {
    private let x: Tensor = [[1, 2], [3, -1]]

    @Test("the model computes the same at first, and only A and B are trained")
    func start() {
        let model = Network()
        let before = model(x)
        let lora = LoRA(model, layers: "first", rank: 2)
        #expect(model(x) == before && lora.layers == ["first"])
        #expect(lora.parameters.map(\.shape) == [[2, 3], [2, 2]])
        #expect(
            model.namedParameters.filter(\.parameter.requiresGradient).map(\.name)
                == ["first.parametrizations.weight.0.lora_A", "first.parametrizations.weight.0.lora_B"])
        model(x).sum().backward()
        #expect(lora.parameters.allSatisfy { $0.gradient != nil })
        #expect(model.parameters.filter { $0.gradient != nil }.count == 2)
    }

    @Test("the weight is W + alpha / rank * B A, when merged too; unmerged and removed it has the bits of before")
    func merging() {
        let model = Network()
        let plain = model.stateDictionary()
        let weight = model.first.weight.value.detached
        let lora = LoRA(model, rank: 2, alpha: 6)
        #expect(lora.layers == ["first", "second"])
        lora.parameters[0].value = [[1, 2, 3], [4, 5, 6]]
        lora.parameters[1].value = [[1, 0], [0, -1]]
        let expected = weight + Tensor([[1, 2, 3], [-4, -5, -6]]) * 3
        #expect(model.first.weight.value == expected)
        let output = model(x)
        lora.merge()
        #expect(model.first.weight.value == expected && model(x) == output && lora.isMerged)
        #expect(model.stateDictionary().keys == plain.keys)
        lora.unmerge()
        #expect(model(x) == output && model.first.weight.value == expected)
        lora.remove()
        #expect(model.first.weight.value == weight && model.parameters.allSatisfy(\.requiresGradient))
        #expect(model.stateDictionary().keys == plain.keys && lora.parameters.isEmpty)
    }

    @Test("A and B are saved and loaded by themselves, under the names of PEFT's files")
    func states() throws {
        let (source, target) = (Network(), Network())
        let lora = LoRA(source, layers: "f*", rank: 2)
        lora.parameters[1].value = [[1, 2], [3, 4]]
        let state = lora.stateDictionary()
        #expect(state.keys.sorted() == ["first.lora_A.weight", "first.lora_B.weight"])
        let other = LoRA(target, layers: "f*", rank: 2)
        try other.loadStateDictionary(
            state.renamed { "base_model.model." + $0 }.renamed("base_model.model.**", to: "**"))
        #expect(source(x) == target(x))
        #expect(throws: StateDictionaryError.self) { try other.loadStateDictionary(["first.lora_A.weight": [1]]) }
        #expect(source(x) == target(x))
    }

    @Test("weights of more axes and lazy layers have additions too")
    func shapes() {
        final class Filters: Module {
            let weight = Parameter(Tensor.ones([4, 3, 2, 2]))
            func forward(_ x: Tensor) -> Tensor { conv2d(x, weight.value) }
        }
        let lora = LoRA(Filters(), rank: 2)
        #expect(lora.parameters.map(\.shape) == [[2, 12], [4, 2]] && lora.layers == [""])
        final class Lazy: Module {
            let weight = Parameter(pending: [2, -1], name: "Lazy.weight")
            func forward(_ x: Tensor) -> Tensor {
                if !weight.hasValue { weight.initialize(.ones, shape: [2, x.shape[1]]) }
                return matmul(x, weight.value.T)
            }
        }
        let lazy = Lazy()
        let late = LoRA(lazy, rank: 1)
        #expect(lazy(Tensor.ones([1, 3])) == [[3, 3]])
        #expect(late.parameters.map(\.shape) == [[1, 3], [2, 1]] && lazy.weight.shape == [2, 3])
        #expect(!late.parameters.contains { !$0.requiresGradient })
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LoRA(Network(), layers: "fc")
        }.expectMessage("LoRA: no layer of Network with a path like 'fc' has a weight of two axes or more")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Network()
            let lora = LoRA(model)
            lora.merge()
            model.first.weight.update { $0 += 1 }
            lora.unmerge()
        }.expectMessage("unmerge: first.weight has changed since it was merged")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            LoRA(Network()).unmerge()
        }.expectMessage("unmerge: the weights are not merged")
    }
}
