import Tern
import Testing

private final class Tiny: Module {
    let fc1 = Linear(4, 3), fc2 = Linear(3, 2, bias: false)
    func forward(_ x: Tensor) -> Tensor {
        _ = exp(x)
        return leakyRelu(fc2(relu(fc1(x))) * 0.5, slope: 0.25)
    }
}

/// A model of which a closure says what it does.
private final class Computation<Input, Output>: Module {
    let weight: Parameter
    private let body: (Input, Tensor) -> Output

    init(_ body: @escaping (Input, Tensor) -> Output) {
        weight = Parameter(Tensor.ones([3]))
        self.body = body
    }

    func forward(_ input: Input) -> Output { body(input, weight.value) }
}

@Suite("Captured graphs", .serialized)
struct GraphTests {
    private static func graph(_ body: @escaping (_ x: Tensor, _ weight: Tensor) -> Tensor) -> Graph {
        captureGraph(of: Computation(body), Tensor([1, 2, 3]))
    }

    @Test("the printed form has an operation a line, with parameters by path, attributes, shapes and modules")
    func text() {
        #expect(
            captureGraph(of: Tiny(), Tensor.ones([1, 4])).description == """
                Tiny(input: float32 [1, 4])
                  %0 = linear(input, fc1.weight, fc1.bias) -> float32 [1, 3]   Tiny.fc1
                  %1 = relu(%0) -> float32 [1, 3]   Tiny
                  %2 = linear(%1, fc2.weight) -> float32 [1, 2]   Tiny.fc2
                  %3 = *(%2, 0.5) -> float32 [1, 2]   Tiny
                  %4 = leakyRelu(%3; slope=0.25) -> float32 [1, 2]   Tiny
                  output: %4
                """)
    }

    @Test("the drawing is a graph in Graphviz's language, whatever names hold")
    func dot() {
        struct Odd: CustomFunction {
            let name = "a\"b\\c"
            func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { [inputs[0] * 2] }
            func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] { gradients }
        }
        #expect(
            Self.graph { x, weight in Odd()(x) + weight }.dot == #"""
                digraph "Computation" {
                  node [fontname="Helvetica", fontsize=10];
                  input0 [label="input\nfloat32 [3]", shape=ellipse, style=filled, fillcolor=lightblue];
                  operation0 [label="a\"b\\c\nfloat32 [3]\nComputation", shape=box];
                  input0 -> operation0;
                  parameter0 [label="weight\nfloat32 [3]", shape=ellipse, style=filled, fillcolor=lightgray];
                  operation1 [label="+\nfloat32 [3]\nComputation", shape=box];
                  operation0 -> operation1;
                  parameter0 -> operation1;
                  output0 [label="output", shape=ellipse, style=filled, fillcolor=lightblue];
                  operation1 -> output0;
                }

                """#)
    }

    @Test("what is computed from constants alone is a constant; random numbers are drawn anew")
    func constants() {
        let graph = Self.graph { x, weight in
            let table = Tensor.arange(3).converted(to: .float32) * 2
            return x * table + Tensor.uniform([3]) - weight
        }
        #expect(graph.operations.map(\.name).sorted() == ["*", "+", "-", "uniform"])
        #expect(graph.constants == [Tensor([0, 2, 4])])
        #expect(graph.operations[0].inputs == [.input(0), .constant(0)])
    }

    @Test("a tensor is the same under every object that shares it, and another after it was written to")
    func identity() {
        let graph = Self.graph { x, weight in
            let y = x * weight
            var z = y
            z[0] = weight[1]
            return z.detached + y
        }
        let names = graph.operations.map(\.name)
        #expect(names == ["*", "subscript", "replacing", "+"])
        #expect(graph.operations[2].inputs == [.output(operation: 0, index: 0), .output(operation: 1, index: 0)])
        #expect(graph.operations[3].inputs == [.output(operation: 2, index: 0), .output(operation: 0, index: 0)])
    }

    @Test("memory is not used anew while a graph is captured: results stay apart")
    func apart() {
        let graph = Self.graph { x, weight in
            var y = x
            for _ in 0..<20 { y = relu(y + weight) }
            return y
        }
        #expect(graph.operations.count == 40)
        for (index, operation) in graph.operations.enumerated().dropFirst() {
            #expect(operation.inputs[0] == .output(operation: index - 1, index: 0))
        }
    }

    @Test("tuples, arrays, dictionaries and optionals of tensors are inputs and outputs with names")
    func structure() {
        let model = Computation<(image: Tensor, [Tensor], mask: Tensor?), ([String: Tensor], Tensor)> { input, weight in
            (["b": input.image * weight, "a": input.1[1]], input.mask ?? weight)
        }
        let graph = captureGraph(of: model, (image: Tensor([1, 2, 3]), [Tensor([1]), Tensor([2])], mask: nil))
        #expect(graph.inputs.map(\.name) == ["input.image", "input.1.0", "input.1.1"])
        #expect(graph.outputs.map(\.name) == ["output.0.a", "output.0.b", "output.1"])
        #expect(
            graph.outputs.map(\.value) == [.input(2), .output(operation: 0, index: 0), .parameter(0)])
    }

    @Test("an operation with several outputs says which one is read")
    func severalOutputs() {
        struct Halves: CustomFunction {
            func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { [inputs[0] * 1, inputs[0] * 2] }
            func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] { [gradients[0]] }
        }
        let graph = Self.graph { x, _ in relu(Halves().apply([x])[1]) }
        #expect(graph.operations[0].outputs.count == 2)
        #expect(graph.operations[1].inputs == [.output(operation: 0, index: 1)])
        #expect(graph.description.contains("relu(%0.1)"))
    }

    @Test("a module that is called twice has its parameters once")
    func shared() {
        final class Twice: Module {
            let fc = Linear(3, 3)
            func forward(_ x: Tensor) -> Tensor { fc(fc(x)) }
        }
        let graph = captureGraph(of: Twice(), Tensor.ones([1, 3]))
        #expect(graph.operations.count == 2 && graph.parameters.map(\.name) == ["fc.weight", "fc.bias"])
        #expect(graph.operations[0].inputs.dropFirst() == graph.operations[1].inputs.dropFirst())
        #expect(graph.operations.map(\.modulePath) == ["Twice.fc", "Twice.fc"])
    }

    @Test("parameters that get their values from the first input are parameters", arguments: [false, true])
    func pending(hasRun: Bool) {
        let model = Sequential {
            Flatten()
            Linear(2)
        }
        let x = Tensor.ones([1, 3, 1])
        if hasRun { _ = model(x) }
        let graph = captureGraph(of: model, x)
        #expect(graph.operations.map(\.name) == ["reshaped", "linear"])
        #expect(graph.parameters.map(\.name) == ["1.weight", "1.bias"])
        #expect(graph.constants.isEmpty)
    }

    @Test("the model stays in its mode, unrecorded, and in evaluation with its running statistics")
    func mode() {
        let model = Sequential {
            BatchNorm1d(3)
            Dropout(0.5)
        }
        let x = Tensor([[1, 2, 3], [3, 5, 7]])
        let training = captureGraph(of: model, x)
        #expect(training.operations.map(\.name) == ["batchNorm", "dropout"])
        model.eval()
        let statistics = model.buffers.map(\.value)
        let graph = captureGraph(of: model, x)
        #expect(graph.operations.map(\.name) == ["batchNorm"])
        #expect(
            model.buffers.map(\.value) == statistics
                && model.modules.compactMap { $0 as? any ModeDependent }.allSatisfy { !$0.isTraining })
        #expect(graph.buffers.map(\.name).contains("0.running_mean"))
        #expect(!graph.parameters.contains { $0.tensor.requiresGradient })
    }

    @Test("a graph computes what the model does")
    func evaluation() {
        seed(3)
        let model = Sequential {
            Conv2d(1, 2, kernelSize: 3)
            ReLU()
            Flatten()
            Linear(2 * 9, 4)
            Sigmoid()
        }
        let x = Tensor.uniform([2, 1, 5, 5])
        let graph = captureGraph(of: model, x)
        var values: [Graph.Value: Tensor] = [.input(0): x]
        for (index, parameter) in graph.parameters.enumerated() { values[.parameter(index)] = parameter.tensor }
        for (index, operation) in graph.operations.enumerated() {
            let inputs = operation.inputs.map { values[$0]! }
            let result: Tensor
            switch operation.name {
            case "conv2d": result = conv2d(inputs[0], inputs[1], inputs[2])
            case "relu": result = relu(inputs[0])
            case "reshaped": result = inputs[0].reshaped(operation.outputs[0].shape)
            case "linear": result = linear(inputs[0], inputs[1], inputs[2])
            default: result = sigmoid(inputs[0])
            }
            #expect(Graph.Kind(result) == operation.outputs[0])
            values[.output(operation: index, index: 0)] = result
        }
        #expect(values[graph.outputs[0].value] == model(x))
    }

    @Test("an existential model can be captured")
    func existential() {
        let model: any Module<Tensor, Tensor> = Tiny()
        #expect(captureGraph(of: model, Tensor.ones([1, 4])).name == "Tiny")
    }
}
