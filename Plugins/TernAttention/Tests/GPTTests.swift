import Tern
import TernAttention
import Testing

@Suite("Language models")
struct GPTTests {
    @Test("a model gives the logits of the same model in PyTorch", arguments: [DType.float32, .float64])
    func logits(dtype: DType) throws {
        try Golden(name: "gpt").check(
            GPT(vocabulary: 11, context: 7, modelSize: 8, heads: 2, layers: 2), dtype
        ) { [$0($1["ids"]!)] }
    }

    private func model(context: Int = 12) -> GPT {
        seed(4)
        let model = GPT(vocabulary: 13, context: context, modelSize: 16, heads: 2, layers: 3)
        model.eval()
        // Weights large enough that positions differ.
        for parameter in model.parameters { parameter.value = Tensor.normal(parameter.shape, standardDeviation: 0.4) }
        return model
    }

    @Test("with a cache, position by position or in pieces, the logits are those of all positions at once")
    func cache() {
        let model = model()
        let ids = Tensor.randomIntegers([2, 12], in: 0..<13)
        withoutGradients {
            let whole = model(ids)
            for pieces in [Array(repeating: 1, count: 12), [5, 7], [1, 4, 1, 6]] {
                let cache = KeyValueCache(capacity: 12)
                var from = 0
                for piece in pieces {
                    let logits = model(ids[.all, from..<from + piece], cache: cache)
                    #expect(logits.allClose(to: whole[.all, from..<from + piece], absoluteTolerance: 1e-5))
                    from += piece
                }
                #expect(cache.count == 12)
            }
        }
    }

    @Test("greedy generation continues with the likeliest token each time, beyond the context too")
    func greedy() {
        let model = model(context: 6)
        let prompt = Tensor([[1, 2, 3], [4, 5, 6]], dtype: .int64)
        var ids = prompt
        for _ in 0..<9 {
            let visible = ids[.all, Swift.max(0, ids.shape[1] - 6)...]
            let next = withoutGradients { model(visible)[.all, -1].argmax(axis: 1) }
            ids = concatenated([ids, next.unsqueezed(axes: 1)], axis: 1)
        }
        var seen = 0
        let generated = model.generate(after: prompt, count: 9, sampling: TokenSampling(temperature: 0)) { _ in
            seen += 1
            return true
        }
        #expect(generated == ids && seen == 9)
        #expect(model.generate(after: prompt, count: 5) { _ in false }.shape == [2, 4])
        #expect(model.generate(after: prompt, count: 0) == prompt)
    }

    @Test("the same seed draws the same tokens")
    func seeds() {
        let model = model()
        let prompt = Tensor([[1, 2]], dtype: .int64)
        let texts = [1, 1, 2].map { model.generate(after: prompt, count: 10, generator: Generator(seed: $0)) }
        #expect(texts[0] == texts[1] && texts[0] != texts[2])
    }

    @Test("sampling leaves out unlikely tokens by number and by probability")
    func sampling() {
        let logits = log(Tensor([[0.1, 0.4, 0.2, 0.3]], dtype: .float64))
        func probabilities(_ sampling: TokenSampling) -> [Double] {
            sampling.probabilities(logits).array(of: Double.self).map { ($0 * 1e6).rounded() / 1e6 }
        }
        #expect(probabilities(TokenSampling()) == [0.1, 0.4, 0.2, 0.3])
        #expect(probabilities(TokenSampling(temperature: 0)) == [0, 1, 0, 0])
        #expect(probabilities(TokenSampling(temperature: 0.5)) == [0.033333, 0.533333, 0.133333, 0.3])
        #expect(probabilities(TokenSampling(topK: 2)) == [0, 0.571429, 0, 0.428571])
        #expect(probabilities(TokenSampling(topK: 9)) == [0.1, 0.4, 0.2, 0.3])
        #expect(probabilities(TokenSampling(topP: 0.5)) == [0, 0.571429, 0, 0.428571])
        #expect(probabilities(TokenSampling(topP: 0.39)) == [0, 1, 0, 0])
        #expect(probabilities(TokenSampling(topP: 0.75)) == [0, 0.444444, 0.222222, 0.333333])
        #expect(probabilities(TokenSampling(topK: 3, topP: 0.4)) == [0, 1, 0, 0])
        let many = Tensor.zeros([4000, 4], dtype: .float64) + logits
        let drawn = TokenSampling(topK: 3)(many, generator: Generator(seed: 1))
        let share = (drawn .== 1).converted(to: .float64).mean().item()
        #expect(Swift.abs(share - 4.0 / 9) < 0.03 && !(drawn .== 0).any().item(as: Bool.self))
    }
}
