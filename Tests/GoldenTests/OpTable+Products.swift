import Tern

extension OpTable {
    mutating func addProducts() {
        two(
            "matmul",
            [
                "vector-vector", "matrix-vector", "vector-matrix", "matrix", "batch", "batch-broadcast", "batch-matrix",
                "matrix-batch", "batch-vector", "vector-batch", "column-row", "inner-empty", "outer-empty", "edges",
                "long",
                "int64",
            ]
        ) { matmul($0, $1) }
        two("dot") { dot($0, $1) }
        two("outer") { outer($0, $1) }
        for name in ["linear", "linear-vector", "linear-rank-4", "linear-one-feature", "linear-empty"] {
            three(name) { linear($0, $1, $2) }
        }
        two("linear-no-bias") { linear($0, $1) }
    }
}
