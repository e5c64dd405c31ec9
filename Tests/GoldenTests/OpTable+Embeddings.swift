import Tern

extension OpTable {
    mutating func addEmbeddings() {
        two("embedding-padding") { embedding($0, $1, paddingIndex: 2) }
        two("embedding-padding-from-end") { embedding($0, $1, paddingIndex: -1) }
        two("embedding-frequency") { embedding($0, $1, scalesGradientByFrequency: true) }
        two("embedding-both") { embedding($0, $1, paddingIndex: 1, scalesGradientByFrequency: true) }
        for mode in EmbeddingBagMode.allCases {
            two("embeddingBag-\(mode)") { embeddingBag($0, $1, mode: mode) }
            two("embeddingBag-\(mode)-padding") { embeddingBag($0, $1, mode: mode, paddingIndex: 3) }
            three("embeddingBag-\(mode)-offsets") { embeddingBag($0, $1, offsets: $2, mode: mode) }
            three("embeddingBag-\(mode)-last") {
                embeddingBag($0, $1, offsets: $2, mode: mode, includesLastOffset: true)
            }
        }
        three("embeddingBag-weights") { embeddingBag($0, $1, mode: .sum, perSampleWeights: $2) }
        list("embeddingBag-weights-offsets") {
            [embeddingBag($0[0], $0[1], offsets: $0[2], mode: .sum, perSampleWeights: $0[3])]
        }
    }
}
