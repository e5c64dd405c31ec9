import TernCore
import Testing

private let x = signedValues([4, 6], seed: 21)
private let weight = signedValues([6], seed: 22)
private let bias = signedValues([6], seed: 23)
private let images = signedValues([2, 4, 3], seed: 24)
private let channels = signedValues([4], seed: 25)

private let norms: [GradientCase] = [
    .init("layerNorm", [x, weight, bias]) { layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 0.1) },
    .init("layerNorm of two axes", [images, signedValues([4, 3], seed: 26)]) {
        layerNorm($0[0], weight: $0[1], epsilon: 0.1)
    },
    .init("layerNorm without a weight", [x, bias]) { layerNorm($0[0], bias: $0[1], epsilon: 0.1) },
    .init("rmsNorm", [x, weight]) { rmsNorm($0[0], weight: $0[1], epsilon: 0.1) },
    .init("rmsNorm without a weight", [x]) { rmsNorm($0[0], epsilon: 0.1) },
    .init("groupNorm", [images, channels, channels * 2]) {
        groupNorm($0[0], groups: 2, weight: $0[1], bias: $0[2], epsilon: 0.1)
    },
    .init("groupNorm of rows", [x, weight]) { groupNorm($0[0], groups: 2, weight: $0[1], epsilon: 0.1) },
    .init("instanceNorm", [images, channels, channels * 2]) {
        instanceNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 0.1).output
    },
    .init("l2Normalized", [x]) { $0[0].l2Normalized() },
    .init("l2Normalized by 3", [x]) { $0[0].l2Normalized(p: 3, axes: [0, 1]) },
    .init("cosineSimilarity", [x, weight]) { cosineSimilarity($0[0], $0[1]) },
    .init("pairwiseDistance", [x, weight]) { pairwiseDistance($0[0], $0[1], p: 3) },
    .init("pairwiseDistances", [x, signedValues([3, 6], seed: 27)]) { pairwiseDistances($0[0], $0[1]) },
]

private let query = signedValues([2, 3, 4], seed: 31)
private let key = signedValues([2, 5, 4], seed: 32)
private let value = signedValues([2, 5, 2], seed: 33)
private let mask = Tensor(shape: [3, 5], values: (0..<15).map { $0 % 4 != 1 && $0 / 5 != 1 })

private let attentions: [GradientCase] = [
    .init("attention", [query, key, value]) { scaledDotProductAttention($0[0], $0[1], $0[2]) },
    .init("attention, causal", [query, key, value]) { scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true) },
    .init("attention, masked", [query, key, value]) { scaledDotProductAttention($0[0], $0[1], $0[2], mask: mask) },
    .init("attention, added to", [query, key, value, signedValues([3, 5], seed: 34)]) {
        scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3], scale: 0.3)
    },
    .init("attention, dropped", [query, key, value]) {
        scaledDotProductAttention($0[0], $0[1], $0[2], dropout: 0.4, generator: Generator(seed: 5))
    },
    .init(
        "attention, shared",
        [signedValues([1, 4, 3, 4], seed: 35), key.unsqueezed(axes: 0), value.unsqueezed(axes: 0)]
    ) {
        scaledDotProductAttention($0[0], $0[1], $0[2], groupedQueryHeads: true)
    },
    .init("attention, broadcast", [query, signedValues([5, 4], seed: 36), value]) {
        scaledDotProductAttention($0[0], $0[1], $0[2])
    },
    .init("rotaryEmbedding", [query]) { rotaryEmbedding($0[0], offset: 3) },
    .init("rotaryEmbedding, interleaved", [query]) { rotaryEmbedding($0[0], layout: .interleaved) },
]

private let ids = Tensor(shape: [2, 3], values: [0, 2, 2, 3, 1, 0])
private let offsets = Tensor([0, 4, 4] as [Int])

private let others: [GradientCase] = [
    .init("embedding, padded", [signedValues([5, 6], seed: 40)]) { embedding(ids, $0[0], paddingIndex: 4) },
    .init("embeddingBag sum", [x, signedValues([2, 3], seed: 41)]) {
        embeddingBag(ids, $0[0], mode: .sum, perSampleWeights: $0[1])
    },
    .init("embeddingBag mean", [x]) { embeddingBag(ids.flattened(), $0[0], offsets: offsets) },
    .init("embeddingBag max", [x]) { embeddingBag(ids, $0[0], mode: .max) },
    .init("dropout1d", [images]) { dropout1d($0[0], probability: 0.4, generator: Generator(seed: 3)) },
    .init("dropPath", [images]) { dropPath($0[0], probability: 0.4, generator: Generator(seed: 3)) },
    .init("alphaDropout", [x]) { alphaDropout($0[0], probability: 0.4, generator: Generator(seed: 3)) },
    .init("gaussianNoise", [x]) { gaussianNoise($0[0], standardDeviation: 2, generator: Generator(seed: 3)) },
    .init("gaussianDropout", [x]) { gaussianDropout($0[0], probability: 0.4, generator: Generator(seed: 3)) },
]

@Suite("Derivatives of norms, attention, embeddings and dropouts agree with central differences")
struct NormGradientTests {
    static let cases: [GradientCase] = [norms, attentions, others].flatMap { $0 }

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases where layout != .expanded {
            let inputs = item.inputs.map { $0.dtype.isFloatingPoint ? layout.apply(to: $0) : $0 }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed] {
            let inputs = item.inputs.map { $0.dtype.isFloatingPoint ? layout.apply(to: $0) : $0 }
            try checkSecondGradient(item.function, at: inputs)
        }
    }
}
