import Foundation
import Tern

/// Normalization, attention and embeddings, forward with backward: what language models are made of. Milliseconds, of the
/// shortest of many rounds.
func timeSequences() {
    func show(_ name: String, _ inputs: [Variable], _ cotangent: Tensor, _ output: ([Tensor]) -> Tensor) {
        let step = {
            output(inputs.map(\.value)).backward(cotangent)
            for input in inputs { input.gradient = nil }
        }
        step()
        let calls = max(1, Int(0.02 / seconds(step)))
        let time = nanoseconds(rounds: 15, calls: calls, step) * 1e-6
        print(name.padding(toLength: 36, withPad: " ", startingAt: 0) + String(format: "%10.4f ms", time))
    }
    func variables(_ shapes: Shape...) -> [Variable] { shapes.map { Variable(Tensor.normal($0)) } }

    for shape: Shape in [[32, 128], [64, 512, 768], [4096, 1024]] {
        let features: Shape = [shape.last!]
        show("layerNorm \(shape)", variables(shape, features, features), Tensor.normal(shape)) {
            layerNorm($0[0], weight: $0[1], bias: $0[2])
        }
    }
    for (batch, length) in [(8, 32), (4, 256), (1, 2048)] {
        let shape: Shape = [batch, 8, length, 64]
        for isCausal in [false, true] {
            show(
                "attention \(shape)\(isCausal ? ", causal" : "")", variables(shape, shape, shape), Tensor.normal(shape)
            ) {
                scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: isCausal)
            }
        }
    }
    for (count, features, ids) in [(1000, 64, 256), (10_000, 256, 4096), (50_000, 512, 8192)] {
        let places = Tensor.randomIntegers([ids], in: 0..<count)
        show(
            "embedding \([count, features]) of \(ids)", variables([count, features]), Tensor.normal([ids, features])
        ) { embedding(places, $0[0]) }
    }
}
