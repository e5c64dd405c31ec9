import Tern

extension OpTable {
    mutating func addAttention() {
        let name = "scaledDotProductAttention"
        for suffix in ["plain", "matrices", "broadcast", "no-keys", "no-queries", "long", "extremes"] {
            three("\(name)-\(suffix)") { scaledDotProductAttention($0, $1, $2) }
        }
        for suffix in ["causal", "causal-more-queries", "long-causal"] {
            three("\(name)-\(suffix)") { scaledDotProductAttention($0, $1, $2, isCausal: true) }
        }
        three("\(name)-scale") { scaledDotProductAttention($0, $1, $2, scale: -0.7) }
        let masks = ["bools", "numbers", "constants"].flatMap { kind in
            ["5x7", "2x1x5x7", "2x3x5x7", "2x1x1x7", "5x1"].map { "\(kind)-\($0)" }
        }
        for suffix in masks + ["hidden", "hidden-numbers"] {
            list("\(name)-\(suffix)") { [scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3])] }
        }
        list("\(name)-mask-and-causal") {
            [scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3], isCausal: true)]
        }
        three("\(name)-grouped") { scaledDotProductAttention($0, $1, $2, groupedQueryHeads: true) }
        three("\(name)-one-head") { scaledDotProductAttention($0, $1, $2, isCausal: true, groupedQueryHeads: true) }
        one("selfAttention-plain") { selfAttention($0, heads: 2) }
        one("selfAttention-causal") { selfAttention($0, heads: 3, isCausal: true) }
        for (suffix, layout) in [("halves", RotaryLayout.halves), ("interleaved", .interleaved)] {
            one("rotaryEmbedding-\(suffix)") { rotaryEmbedding($0, layout: layout) }
            one("rotaryEmbedding-\(suffix)-offset") { rotaryEmbedding($0, offset: 1000, layout: layout) }
        }
        none("sinusoidalPositions") { sinusoidalPositions(9, 6, dtype: .float64) }
        none("sinusoidalPositions-odd") { sinusoidalPositions(4, 5, dtype: .float64) }
        for heads in [1, 8, 12] { none("alibiSlopes-\(heads)") { alibiSlopes(heads, dtype: .float64) } }
    }
}
