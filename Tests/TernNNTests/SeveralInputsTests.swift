import TernCore
import TernNN
import Testing

/// Two inputs as a tuple, two outputs.
private final class Mix: Module {
    let first = Dense(2, 3, bias: false)
    func forward(_ input: (Tensor, Tensor)) -> (sum: Tensor, difference: Tensor) {
        let a = first(input.0)
        return (a + input.1, a - input.1)
    }
}

/// Inputs of a struct, called with its parts.
private final class Attention: Module {
    struct Input {
        var query, memory: Tensor
        var mask: Tensor?
    }
    let project = Dense(2, 2, bias: false)
    func forward(_ input: Input) -> Tensor {
        let scores = matmul(project(input.query), input.memory.T)
        return matmul(softmax(input.mask.map { scores + $0 } ?? scores), input.memory)
    }
    func callAsFunction(_ query: Tensor, _ memory: Tensor, mask: Tensor? = nil) -> Tensor {
        self(Input(query: query, memory: memory, mask: mask))
    }
}

private final class Total: Module {
    func forward(_ inputs: [Tensor]) -> Tensor { inputs.dropFirst().reduce(inputs[0], +) }
}

private final class Model: Module {
    let mix = Mix(), attention = Attention(), total = Total()
    func forward(_ input: (Tensor, Tensor, Tensor)) -> Tensor {
        let (sum, difference) = mix(input.0, input.1)
        return attention(total(sum, difference)[0..., 0..<2], input.2)
    }
}

@Suite("Modules with several inputs and outputs", .serialized)
struct SeveralInputsTests {
    private let x = Tensor.normal([4, 2]), y = Tensor.normal([4, 3]), z = Tensor.normal([5, 2])

    @Test("are called with their inputs, be they the parts of a tuple, elements of an array or parts of a struct")
    func calls() {
        let model = Model()
        #expect(model(x, y, z) == model((x, y, z)) && model(x, y, z).shape == [4, 2])
        #expect(model.mix(x, y).sum == model.mix((x, y)).0)
        #expect(model.total(x, x, x) == model.total([x, x, x]))
        let mask = Tensor.full([4, 5], -1e9)
        #expect(model.attention(x, z, mask: mask * 0) == model.attention(x, z))
        let existential: any Module<(Tensor, Tensor, Tensor), Tensor> = model
        #expect(existential(x, y, z) == model(x, y, z))
    }

    @Test("have hooks and a place in messages, however they are called")
    func hooks() {
        final class Place: Module {
            var path = ""
            func forward(_ input: (Tensor, Int)) -> Tensor {
                path = currentModulePath
                return input.0 * Double(input.1)
            }
        }
        final class Around: Module {
            let place = Place()
            func forward(_ x: Tensor) -> Tensor { place(x, 2) }
        }
        let model = Around()
        nonisolated(unsafe) var seen: [Int] = []
        model.place.addForwardPreHook { input in
            seen.append(input.1)
            input.1 += 1
        }
        model.place.addForwardHook { _, output in output = output + 1 }
        #expect(model([1]) == [4] && seen == [2] && model.place.path == "Around.place")
        let attention = Attention()
        nonisolated(unsafe) var calls = 0
        attention.addForwardHook { input, _ in calls += input.memory.shape[0] }
        _ = attention(x, z)
        #expect(calls == 5)
    }

    @Test("a summary lists all shapes that go in and out")
    func summaries() {
        let figures = summary(of: Model(), (x, y, z))
        #expect(figures.rows.map(\.name) == ["Dense-1", "Total-1", "Dense-2"])
        #expect(figures.rows[1].inputShapes == [[4, 3], [4, 3]] && figures.inputBytes == 4 * (8 + 12 + 10))
        let mix = summary(of: TupleSum(), (x, y[0..., 0..<2]))
        #expect(mix.rows[0].inputShapes == [[4, 2], [4, 2]] && mix.rows[0].outputShapes == [[4, 2], [4, 2]])
        #expect(mix.description.contains("TupleSum-1     [4, 2], [4, 2]   [4, 2], [4, 2]"))
    }

    @Test("a captured graph names what goes in and out")
    func graphs() {
        let graph = captureGraph(of: TupleSum(), (x, y[0..., 0..<2]))
        #expect(graph.inputs.map(\.name) == ["input.0", "input.1"])
        #expect(graph.outputs.map(\.name) == ["output.sum", "output.1"])
        let attention = captureGraph(of: Attention(), .init(query: x, memory: z, mask: nil))
        #expect(attention.inputs.map(\.name) == ["input.query", "input.memory"])
    }
}

private final class TupleSum: Module {
    func forward(_ input: (Tensor, Tensor)) -> (sum: Tensor, Tensor) { (input.0 + input.1, input.0 - input.1) }
}
