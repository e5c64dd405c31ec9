import Tern
import TernRecurrent
import TernTestSupport
import Testing

@Suite("Recurrent layers", .serialized)
struct LayerTests {
    @Test("outputs and states have PyTorch's shapes, whatever the layout of the input")
    func shapes() {
        let lstm = LSTM(4, 6, layers: 2, bidirectional: true, projectionSize: 3)
        let x = Tensor.normal([3, 5, 4])
        let (output, state) = lstm(x.transposed(0, 1))
        #expect(output.shape == [5, 3, 6] && state.hidden.shape == [4, 3, 3] && state.cell.shape == [4, 3, 6])
        #expect(lstm(x.transposed(0, 1).contiguous()).output == output)
        let expanded = x[0..<1].expanded(to: [3, 5, 4]).transposed(0, 1)
        #expect(lstm(expanded).output == lstm(expanded.contiguous()).output)

        let (single, last) = lstm(x[0])
        #expect(single.shape == [5, 6] && last.hidden.shape == [4, 3] && last.cell.shape == [4, 6])
        expectClose(single, output[.all, 0], 1e-6)
        #expect(lstm(x[0], last).output.shape == [5, 6])

        let gru = GRU(4, 6, bidirectional: true)
        #expect(gru(x).output.shape == [3, 5, 12] && gru(x).state.shape == [2, 5, 6])
        #expect(RNN(4, 6)(x[0]).state.shape == [1, 6])
    }

    @Test("batch-first sequences are the same ones, transposed")
    func batchFirst() throws {
        let (timeFirst, batchFirst) = (GRU(4, 6, layers: 2), GRU(4, 6, layers: 2, batchFirst: true))
        try batchFirst.loadStateDictionary(timeFirst.stateDictionary())
        let x = Tensor.normal([5, 3, 4])
        let (a, b) = (timeFirst(x), batchFirst(x.transposed(0, 1)))
        expectClose(b.output.transposed(0, 1), a.output, 1e-6)
        expectClose(b.state, a.state, 1e-6)
    }

    @Test("no sequences, one step and one sequence")
    func edges() {
        let layers = [AnyRecurrent(LSTM(4, 6, bidirectional: true)), AnyRecurrent(GRU(4, 6)), AnyRecurrent(RNN(4, 6))]
        for layer in layers {
            let tape = GradientTape()
            let x = tape.watch(Tensor.zeros([5, 0, 4]))
            let (output, states) = layer.call(x, [])
            #expect(output.shape.count == 3 && output.shape[1] == 0 && states[0].shape[1] == 0)
            let gradients = tape.gradients(of: output.sum())
            #expect(gradients[x]?.shape == [5, 0, 4])
            for parameter in layer.module.parameters { #expect(gradients[parameter] == .zeros(parameter.shape)) }

            let one = Tensor.normal([1, 1, 4])
            let (single, last) = layer.call(one, [])
            #expect(single.shape[0] == 1)
            expectClose(last[0][0], single[0][.all, ..<6], 0)
        }
    }

    @Test("halves are computed in float32 and rounded once", arguments: [DType.float16, .bfloat16])
    func halves(dtype: DType) throws {
        let lstm = LSTM(4, 6, layers: 2)
        lstm.to(dtype)
        let wide = LSTM(4, 6, layers: 2)
        try wide.loadStateDictionary(lstm.stateDictionary())
        let x = Tensor.normal([5, 3, 4]).converted(to: dtype)
        let (output, state) = lstm(x)
        #expect(output.dtype == dtype && state.cell.dtype == dtype)
        let exact = wide(x.converted(to: .float32))
        expectClose(output, exact.output, dtype == .float16 ? 1e-3 : 1e-2)
        output.sum().backward()
        exact.output.sum().backward()
        for (half, whole) in zip(lstm.parameters, wide.parameters) {
            #expect(half.gradient?.dtype == dtype)
            let size = whole.gradient!.array(of: Double.self).map { abs($0) }.max()!
            expectClose(half.gradient, whole.gradient!, (dtype == .float16 ? 3e-3 : 3e-2) * size)
        }
    }

    @Test("under autocast, a half from a product before becomes the parameters' float32")
    func underAutocast() {
        let (linear, gru) = (Linear(4, 4), GRU(4, 6))
        let output = autocast(.bfloat16) { gru(linear(Tensor.normal([5, 3, 4]))).output }
        #expect(output.dtype == .float32)
        autocast(.bfloat16) { output.sum().backward() }
        #expect(gru.parameters.allSatisfy { $0.gradient?.dtype == .float32 } && linear.weight.gradient != nil)
    }

    @Test("a state that is given goes on where it was taken, and a detached one lets no gradient through")
    func carriedState() {
        let lstm = LSTM(4, 6, layers: 2)
        let x = Tensor.normal([8, 3, 4])
        let whole = lstm(x)
        let first = lstm(x[..<5])
        let second = lstm(x[5...], first.state)
        expectClose(concatenated([first.output, second.output]), whole.output, 1e-6)
        expectClose(second.state.cell, whole.state.cell, 1e-6)

        let tape = GradientTape(persistent: true)
        let start = tape.watch(x[..<5])
        let state = lstm(start).state
        #expect(tape.gradient(of: lstm(x[5...], state).output.sum(), with: start) != nil)
        let truncated = tape.gradient(of: lstm(x[5...], state.detached).output.sum(), with: start)
        #expect(truncated == nil)
    }

    @Test("a cell that is called step by step gives what its layer gives")
    func cellsAndLayers() throws {
        let (layer, cell) = (LSTM(4, 6), LSTMCell(4, 6))
        let state = Dictionary(uniqueKeysWithValues: layer.stateDictionary().map { ($0.dropLast(3).description, $1) })
        try cell.loadStateDictionary(state)
        let x = Tensor.normal([5, 3, 4])
        var carried: LSTMState?
        var outputs: [Tensor] = []
        for step in 0..<5 {
            carried = cell(x[step], carried)
            outputs.append(carried!.hidden)
        }
        expectClose(stacked(outputs), layer(x).output, 1e-6)
        #expect(GRUCell(4, 6)(x[0, 0]).shape == [6] && RNNCell(6)(x[0, 0], Tensor.zeros([6])).shape == [6])
    }

    @Test("dropout stands between layers, in training alone")
    func dropouts() {
        let lstm = LSTM(4, 6, layers: 2, dropout: 1)
        let x = Tensor.normal([5, 3, 4])
        // All that reaches the second layer is 0: its output does not depend on the input.
        #expect(lstm(x).output == lstm(x * 2).output)
        lstm.eval()
        #expect(lstm(x).output != lstm(x * 2).output)
        #expect(lstm(x).output == lstm(x).output)
        lstm.train()
        let single = LSTM(4, 6, dropout: 0.5)
        #expect(single(x).output == single(x).output)
    }

    @Test("parameters have PyTorch's names, shapes, order and distribution")
    func parameters() {
        let lstm = LSTM(4, 6, layers: 2, bidirectional: true, projectionSize: 3)
        let own = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"]
        let names = ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap { place in own.map { "\($0)_\(place)" } }
        #expect(lstm.namedParameters.map(\.name) == names)
        #expect(lstm.parameters[..<5].map(\.shape) == [[24, 4], [24, 3], [24], [24], [3, 6]])
        #expect(lstm.parameters[10].shape == [24, 6])
        #expect(GRUCell(4, 6, bias: false).namedParameters.map(\.name) == ["weight_ih", "weight_hh"])

        for parameter in GRU(100, 64, layers: 2).parameters {
            let values = parameter.value.array(of: Double.self)
            #expect(values.allSatisfy { abs($0) <= 0.125 } && values.contains { abs($0) > 0.11 })
            #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.03)
        }
    }

    @Test("the input size comes from the first input, or from a state dictionary")
    func lazySize() throws {
        let lstm = LSTM(6, bidirectional: true)
        #expect(lstm.inputSize == -1 && "\(lstm)" == "LSTM(?, 6, bidirectional=True)")
        #expect(lstm(Tensor.zeros([5, 3, 4])).output.shape == [5, 3, 12])
        #expect(lstm.inputSize == 4 && lstm.parameters[0].shape == [24, 4])
        let other = LSTM(6, bidirectional: true)
        try other.loadStateDictionary(lstm.stateDictionary())
        let x = Tensor.normal([5, 3, 4])
        #expect(other(x).output == lstm(x).output)
    }

    @Test("printed forms are PyTorch's")
    func printedForms() {
        #expect("\(LSTM(28, 128, batchFirst: true))" == "LSTM(28, 128, batch_first=True)")
        #expect(
            "\(LSTM(4, 6, layers: 2, bias: false, dropout: 0.5, bidirectional: true, projectionSize: 3))"
                == "LSTM(4, 6, proj_size=3, num_layers=2, bias=False, dropout=0.5, bidirectional=True)")
        #expect("\(GRUCell(4, 6, bias: false))" == "GRUCell(4, 6, bias=False)")
        #expect("\(RNN(4, 6, activation: .relu))" == "RNN(4, 6, nonlinearity=relu)")
    }

    private final class Rows: Module {
        let lstm = LSTM(4, 6, batchFirst: true)
        let fc = Linear(6, 2)
        func forward(_ x: Tensor) -> Tensor { fc(lstm(x).output[.all, -1]) }
    }

    @Test("hooks, summaries, profiles and captured graphs see a layer")
    func observation() throws {
        let model = Rows()
        let x = Tensor.normal([2, 3, 4])
        var seen: Shape?
        let handle = model.lstm.addForwardHook { _, output in
            seen = output.data.shape
            output.data = output.data * 0
        }
        #expect(model(x) == stacked([model.fc.bias!.value, model.fc.bias!.value]))
        #expect(seen == [2, 3, 6])
        handle.remove()

        let rows = summary(of: model, inputShape: [2, 3, 4]).rows
        #expect(rows.map(\.name) == ["LSTM-1", "Linear-1"])
        #expect(rows[0].inputShapes == [[2, 3, 4]] && rows[0].outputShapes == [[2, 3, 6], [1, 2, 6], [1, 2, 6]])
        #expect(rows[0].parameters == 24 * 10 + 48 && rows[0].flops == 2 * 6 * 24 * 10)

        let graph = captureGraph(of: model, x)
        let operation = try #require(graph.operations.first { $0.name == "lstm" })
        #expect(operation.modulePath == "Rows.lstm" && operation.attributes["batchSizes"] == .integers([2, 2, 2]))
        let profile = Profile { model(x).sum().backward() }
        #expect(profile.events.contains { $0.kind == .derivative && $0.name == "lstm" && $0.modulePath == "Rows.lstm" })
    }

    @Test("frozen parameters get no gradient, and the others the same")
    func freezing() {
        let gru = GRU(4, 6)
        let x = Tensor.normal([5, 3, 4])
        gru(x).output.sum().backward()
        let gradients = gru.parameters.map { $0.gradient! }
        for parameter in gru.parameters { parameter.gradient = nil }
        gru.parameters[1].requiresGradient = false
        gru(x).output.sum().backward()
        for (index, parameter) in gru.parameters.enumerated() {
            #expect(parameter.gradient == (index == 1 ? nil : gradients[index]))
        }
        gru.freeze()
        #expect(!gru(x).output.requiresGradient)
    }

    @Test("nothing is left when a layer and its graph are gone")
    func noLeaks() async {
        await #expect(processExitsWith: .success) {
            func use() {
                for layer in [AnyRecurrent(LSTM(4, 6, layers: 2, projectionSize: 3)), AnyRecurrent(GRU(4, 6))] {
                    let tape = GradientTape(persistent: true)
                    let x = tape.watch(Tensor.ones([5, 3, 4]))
                    let first = tape.record {
                        valueAndGradient(at: x) { layer.call($0, []).output.sum() }.gradient.sum()
                    }
                    _ = tape.gradient(of: first, with: x)
                    let packed = PackedSequence(x, lengths: [5, 1, 3])
                    layer.callPacked(packed, []).output.data.sum().backward()
                }
            }
            for _ in 0..<2 { use() }
            let before = memoryStatistics().liveBytes
            use()
            precondition(memoryStatistics().liveBytes == before)
        }
    }
}
