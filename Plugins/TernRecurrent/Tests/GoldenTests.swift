import Tern
import TernRecurrent
import Testing

@Suite("Recurrent layers beside PyTorch")
struct GoldenTests {
    private static func layer(_ name: String) -> AnyRecurrent {
        switch name {
        case "rnn", "rnn-packed": AnyRecurrent(RNN(4, 6, layers: 2, bidirectional: true))
        case "rnn-relu": AnyRecurrent(RNN(4, 6, layers: 2, activation: .relu))
        case "lstm": AnyRecurrent(LSTM(4, 6))
        case "lstm-projection": AnyRecurrent(LSTM(4, 6, layers: 2, bidirectional: true, projectionSize: 3))
        case "lstm-packed-projection":
            AnyRecurrent(LSTM(4, 6, layers: 2, batchFirst: true, bidirectional: true, projectionSize: 3))
        case "lstm-batch-first": AnyRecurrent(LSTM(6, batchFirst: true, bidirectional: true))
        case "lstm-wide": AnyRecurrent(LSTM(4, 19))
        case "lstm-packed": AnyRecurrent(LSTM(4, 6, layers: 2, bidirectional: true))
        case "gru", "gru-packed": AnyRecurrent(GRU(4, 6, layers: 2, bidirectional: true))
        case "gru-batch-first": AnyRecurrent(GRU(4, 6, batchFirst: true))
        case "gru-no-bias": AnyRecurrent(GRU(4, 6, layers: 2, bias: false, bidirectional: true))
        case "gru-packed-sorted": AnyRecurrent(GRU(4, 6))
        default: fatalError("there is no layer for \(name)")
        }
    }

    private static let layerCases = Golden.names.filter { !$0.contains("cell") && !$0.contains("training") }

    /// All of a case: state dict without a mapping, outputs, last states, gradients of input, states and parameters.
    @Test("whole and packed sequences, with all gradients", arguments: layerCases, [DType.float32, .float64])
    func layers(name: String, dtype: DType) throws {
        let golden = Golden(name)
        let layer = Self.layer(name)
        try layer.module.loadStateDictionary(golden.state)
        #expect(Set(layer.module.stateDictionary().keys) == Set(golden.state.keys))
        layer.module.to(dtype)
        let tolerance = dtype == .float32 ? 1e-5 : 1e-10
        let tape = GradientTape()
        let x = tape.watch(golden["x"].converted(to: dtype))
        let states = golden.list("state", dtype).map { tape.watch($0) }

        var outputs: [Tensor] = []
        if let lengths = golden.lengths {
            let isBatchFirst = name == "lstm-packed-projection"
            let packed = PackedSequence(x, lengths: lengths, batchFirst: isBatchFirst)
            #expect(packed.packing.batchSizes == golden["batch_sizes"].array(of: Int.self))
            let (output, last) = layer.callPacked(packed, states)
            outputs = [output.padded(batchFirst: isBatchFirst).values] + last
        } else {
            let (output, last) = layer.call(x, states)
            outputs = [output] + last
        }
        expectClose(outputs[0], golden["output"], tolerance, "output")
        for (index, last) in golden.list("last", .float64).enumerated() {
            expectClose(outputs[index + 1], last, tolerance, "state \(index)")
        }

        let cotangents = golden.list("cot", dtype) + (golden.tensors["cot2"].map { [$0.converted(to: dtype)] } ?? [])
        #expect(cotangents.count == outputs.count)
        let sum = zip(outputs, cotangents).reduce(Tensor(0, dtype: dtype)) { $0 + ($1.0 * $1.1).sum() }
        let gradients = tape.gradients(of: sum)
        func expectGradient(_ gradient: Tensor?, _ name: String) {
            let expected = golden[name]
            let size = expected.array(of: Double.self).map { abs($0) }.max() ?? 0
            expectClose(gradient, expected, tolerance * max(1, size), name)
        }
        expectGradient(gradients[x], "grad_x")
        for (index, state) in states.enumerated() { expectGradient(gradients[state], "grad_state\(index)") }
        for (name, parameter) in layer.module.namedParameters { expectGradient(gradients[parameter], "grad/\(name)") }
    }

    @Test("cells", arguments: ["rnn-cell", "rnn-cell-relu", "lstm-cell", "gru-cell", "gru-cell-no-bias"])
    func cells(name: String) throws {
        let golden = Golden(name)
        for dtype in [DType.float32, .float64] {
            let (x, states) = (golden["x"].converted(to: dtype), golden.list("state", dtype))
            func load(_ module: some Module) throws {
                try module.loadStateDictionary(golden.state)
                module.to(dtype)
            }
            let next: [Tensor]
            if name.hasPrefix("rnn") {
                let cell = RNNCell(4, 5, activation: name == "rnn-cell" ? .tanh : .relu)
                try load(cell)
                next = [cell(x, states[0])]
            } else if name.hasPrefix("gru") {
                let cell = GRUCell(5, bias: name == "gru-cell")
                try load(cell)
                next = [cell(x, states[0])]
            } else {
                let cell = LSTMCell(4, 5)
                try load(cell)
                let state = cell(x, LSTMState(hidden: states[0], cell: states[1]))
                next = [state.hidden, state.cell]
            }
            for (actual, expected) in zip(next, golden.list("last", .float64)) {
                expectClose(actual, expected, dtype == .float32 ? 1e-5 : 1e-10)
            }
        }
    }

    private final class Classifier<Layer: Module>: Module {
        let rnn: Layer
        let fc = Linear(8, 3)
        private let call: (Layer, Tensor) -> Tensor

        init(_ rnn: Layer, _ call: @escaping (Layer, Tensor) -> Tensor) {
            self.rnn = rnn
            self.call = call
        }

        func forward(_ x: Tensor) -> Tensor { fc(call(rnn, x)[..., -1, .all]) }
    }

    @Test("100 steps of training follow PyTorch's losses", arguments: ["lstm-training", "gru-training"])
    func training(name: String) throws {
        let golden = Golden(name)
        for dtype in [DType.float32, .float64] {
            let model: any Module<Tensor, Tensor> =
                name == "lstm-training"
                ? Classifier(LSTM(5, 8, batchFirst: true)) { $0($1).output }
                : Classifier(GRU(5, 8, batchFirst: true)) { $0($1).output }
            try model.loadStateDictionary(golden.state)
            model.to(dtype)
            let optimizer = Adam(model.parameters, learningRate: 1e-2)
            let x = golden["x"].converted(to: dtype)
            let expected = golden["losses.\(dtype)"].array(of: Double.self)
            for step in 0..<100 {
                let loss = crossEntropy(model(x), golden["y"])
                loss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                let difference = abs(loss.converted(to: .float64).item() - expected[step])
                #expect(difference <= (dtype == .float32 ? 1e-4 : 1e-9), "step \(step)")
            }
            #expect(expected[99] < 0.5 * expected[0])
        }
    }
}
