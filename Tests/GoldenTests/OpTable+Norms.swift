import Tern

extension OpTable {
    mutating func addNorms() {
        for name in ["rows", "long", "many", "cube", "all", "one", "empty", "vector"] {
            three("layerNorm-\(name)") { layerNorm($0, weight: $1, bias: $2) }
            two("rmsNorm-\(name)") { rmsNorm($0, weight: $1, epsilon: 1e-5) }
        }
        one("layerNorm-plain") { layerNorm($0, normalizedShape: [6], epsilon: 1e-3) }
        two("layerNorm-no-bias") { layerNorm($0, weight: $1) }
        one("layerNorm", ["constant", "large-mean"]) { layerNorm($0) }
        one("rmsNorm-plain") { rmsNorm($0, epsilon: 1e-3) }
        for (name, groups) in [("images", [1, 2, 6]), ("rows", [1, 2]), ("sequences", [1, 2, 6])] {
            for groups in groups {
                three("groupNorm-\(name)-\(groups)") { groupNorm($0, groups: groups, weight: $1, bias: $2) }
            }
        }
        one("groupNorm-plain") { groupNorm($0, groups: 3, epsilon: 1e-3) }
        for name in ["images", "sequences", "volumes"] {
            list("instanceNorm-\(name)") {
                let (output, statistics) = instanceNorm($0[0], weight: $0[1], bias: $0[2])
                let running = statistics.updating(mean: $0[3], variance: $0[4], momentum: 0.1)
                return [output, running.mean, running.variance]
            }
        }
        one("instanceNorm-plain") { instanceNorm($0, epsilon: 1e-3).output }
        addDistances()
    }

    private mutating func addDistances() {
        for (name, p) in [("1", 1), ("2", 2), ("3", 3), ("inf", Double.infinity)] {
            one("l2Normalized-\(name)") { $0.l2Normalized(p: p) }
        }
        one("l2Normalized-last") { $0.l2Normalized(axes: -1) }
        // What a smaller epsilon makes of zeros is more than float16 holds.
        one("l2Normalized-zeros") { $0.l2Normalized(axes: -1, epsilon: 0.5) }
        two("cosineSimilarity") { cosineSimilarity($0, $1) }
        two("cosineSimilarity-last") { cosineSimilarity($0, $1, axis: -1) }
        two("cosineSimilarity-zeros") { cosineSimilarity($0, $1, axis: -1, epsilon: 0.5) }
        for p in 1...3 {
            two("pairwiseDistance-\(p)") { pairwiseDistance($0, $1, p: Double(p)) }
            two("pairwiseDistances-\(p)") { pairwiseDistances($0, $1, p: Double(p)) }
        }
        two("pairwiseDistance-kept") { pairwiseDistance($0, $1, keepAxes: true) }
    }
}
