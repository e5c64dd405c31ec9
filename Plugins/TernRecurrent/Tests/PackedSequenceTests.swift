import Tern
import TernRecurrent
import Testing

@Suite("Packed sequences")
struct PackedSequenceTests {
    @Test("elements are PyTorch's, in its order", arguments: ["lstm-packed", "gru-packed", "gru-packed-sorted"])
    func order(name: String) {
        let golden = Golden(name)
        let packed = PackedSequence(golden["x"], lengths: golden["lengths"])
        // PyTorch leaves open how sequences of one length are ordered: of those, any order is right.
        let lengths = golden.lengths!
        if Set(lengths).count == lengths.count { #expect(packed.data.converted(to: .float64) == golden["packed"]) }
        #expect(packed.data.shape == golden["packed"].shape)
        #expect(packed.packing.batchSizes == golden["batch_sizes"].array(of: Int.self))
    }

    @Test("packing and padding give back what was there, and the padding that is asked for", arguments: [false, true])
    func roundTrip(batchFirst: Bool) {
        let lengths = [2, 5, 1, 5]
        let x = Tensor.arange(5 * 4 * 3, dtype: .float32).reshaped(batchFirst ? [4, 5, 3] : [5, 4, 3])
        let packed = PackedSequence(x, lengths: lengths, batchFirst: batchFirst)
        #expect(packed.packing.batchSizes == [4, 3, 2, 2, 2])
        #expect(packed.packing.order == [1, 3, 0, 2] && packed.packing.places == [2, 0, 3, 1])
        let (padded, same) = packed.padded(batchFirst: batchFirst, with: -1, steps: 6)
        #expect(same == lengths)
        for (sequence, length) in lengths.enumerated() {
            for step in 0..<6 {
                let actual = batchFirst ? padded[sequence, step] : padded[step, sequence]
                let expected =
                    step >= length ? Tensor([-1, -1, -1]) : batchFirst ? x[sequence, step] : x[step, sequence]
                #expect(actual == expected)
            }
        }
        let parts = packed.unpacked()
        #expect(parts.map { $0.shape[0] } == lengths)
        let again = PackedSequence(parts)
        #expect(again.data == packed.data && again.packing == packed.packing)
    }

    @Test("each sequence gives what it gives alone, with all gradients")
    func likeSingleOnes() {
        let lengths = [3, 6, 1, 6, 4]
        for layer in [
            AnyRecurrent(LSTM(4, 6, layers: 2, bidirectional: true, projectionSize: 5)),
            AnyRecurrent(GRU(4, 6, bidirectional: true)), AnyRecurrent(RNN(4, 6, layers: 2)),
        ] {
            layer.module.to(.float64)
            let x = Tensor.normal([6, 5, 4], dtype: .float64)
            let tape = GradientTape(persistent: true)
            let watched = tape.watch(x)
            let (output, states) = layer.callPacked(PackedSequence(watched, lengths: lengths), [])
            let parts = output.unpacked()
            var sum = Tensor(0, dtype: .float64)
            for (sequence, length) in lengths.enumerated() {
                let (single, last) = layer.call(watched[..<length, sequence], [])
                expectClose(parts[sequence], single, 1e-14)
                for (state, last) in zip(states, last) { expectClose(state[.all, sequence], last, 1e-14) }
                sum = sum + square(single).sum()
            }
            let (packed, alone) = (
                tape.gradients(of: square(output.data).sum()), tape.gradients(of: sum)
            )
            expectClose(packed[watched], alone[watched]!, 1e-12)
            for parameter in layer.module.parameters { expectClose(packed[parameter], alone[parameter]!, 1e-12) }
        }
    }

    @Test("states are in the order in which the sequences came")
    func states() {
        let gru = GRU(4, 6)
        let x = Tensor.normal([5, 3, 4])
        let state = Tensor.normal([1, 3, 6])
        let (output, last) = gru(PackedSequence(x, lengths: [2, 5, 3]), state)
        let parts = output.unpacked()
        for (sequence, length) in [2, 5, 3].enumerated() {
            let (single, end) = gru(x[..<length, sequence], state[.all, sequence])
            expectClose(parts[sequence], single, 1e-6)
            expectClose(last[.all, sequence], end, 1e-6)
        }
    }

    @Test("gradients reach what was packed, and not its padding")
    func gradients() throws {
        let x = Tensor.normal([4, 2, 3], dtype: .float64)
        try checkGradient({ square(PackedSequence($0[0], lengths: [2, 4]).padded().values) }, at: [x])
        let tape = GradientTape()
        let watched = tape.watch(x)
        let gradient = tape.gradient(of: PackedSequence(watched, lengths: [2, 4]).data.sum(), with: watched)!
        #expect(gradient[2..., 0] == .zeros([2, 3], dtype: .float64) && gradient.sum().item() == 18)
    }
}
