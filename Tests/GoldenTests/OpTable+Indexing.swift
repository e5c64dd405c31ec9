import Tern

extension OpTable {
    mutating func addIndexing() {
        two("subscript-array") { $0[$1] }
        two("subscript-second") { $0[.all, $1, 1..<4] }
        three("subscript-two") { $0[$1, $2] }
        three("subscript-apart") { $0[$1, .all, $2] }
        two("subscript-mask") { $0[.all, $1] }
        three("subscript-mask-array") { $0[$1, $2] }
        three("assigned-array") { x, value, i in
            var y = x
            y[i] = value
            return y
        }
        list("assigned-apart") {
            var y = $0[0]
            y[$0[2], .all, $0[3]] = $0[1]
            return [y]
        }
        three("assigned-mask") { x, value, mask in
            var y = x
            y[.all, mask] = value
            return y
        }
        three("assigned-mask-scalar") { x, value, mask in
            var y = x
            y[mask] = value
            return y
        }
        list("indexPut-accumulates") { [$0[0].indexPut($0[1], at: [$0[2], $0[3]], accumulates: true)] }
    }

    mutating func addScatters() {
        three("scattered") { $0.scattered($1, at: $2, axis: 0) }
        two("scattered-value") { $0.scattered(-1.5, at: $1, axis: 1) }
        for reduction in ScatterReduction.allCases {
            three("scatterReduced-\(reduction)") { $0.scatterReduced($1, at: $2, axis: 0, reduction) }
            three("scatterReduced-\(reduction)-alone") {
                $0.scatterReduced($1, at: $2, axis: 0, reduction, includesSelf: false)
            }
        }
        one("scatterReduced-ties") {
            let indices = Tensor([0, 0, 1, 1, 2, 2], dtype: .int64)
            return Tensor.ones([3], dtype: $0.dtype).scatterReduced($0, at: indices, axis: 0, .max)
        }
        three("scatterReduced-zeros") {
            ($0 * Tensor([0, 1, 1, 1], dtype: $0.dtype)).scatterReduced(
                $1 * Tensor([1, 0, 1, 0, 0, 1], dtype: $1.dtype), at: $2, axis: 0, .product)
        }
        three("scatterReduced-integers") { $0.scatterReduced($1, at: $2, axis: 0, .mean, includesSelf: false) }
        two("takenAlong") { $0.takenAlong($1, axis: 1) }
        two("takenAlong-flat") { $0.takenAlong($1) }
        three("indexCopied") { $0.indexCopied($1, at: $2) }
        three("indexCopied-second") { $0.indexCopied($1, at: $2, axis: 1) }
        three("indexFilled") { $0.indexFilled(with: $1, at: $2) }
        two("indexFilled-number") { $0.indexFilled(with: 2.5, at: $1, axis: -1) }
        for reduction in ScatterReduction.allCases where reduction != .sum {
            three("indexReduced-\(reduction)") { $0.indexReduced($1, at: $2, reduction) }
        }
        three("indexReduced-alone") { $0.indexReduced($1, at: $2, .mean, includesSelf: false) }
        two("taken") { $0.taken($1) }
        three("put") { $0.put($1, at: $2) }
        three("put-accumulates") { $0.put($1, at: $2, accumulates: true) }
    }

    mutating func addMasks() {
        three("maskedFilled") { $0.maskedFilled($2, with: $1) }
        two("maskedFilled-number") { $0.maskedFilled($1, with: -.infinity) }
        three("maskedScattered") { $0.maskedScattered($2, from: $1) }
        three("maskedScattered-row") { $0.maskedScattered($2, from: $1) }
        list("which-indices") { which($0[0]) }
    }

    mutating func addIndexGrids() {
        list("meshgrid") { meshgrid($0) }
        list("meshgrid-xy") { meshgrid($0, indexing: .xy) }
        list("cartesianProduct") { [cartesianProduct($0)] }
        one("combinations") { $0.combinations(of: 3) }
        one("combinations-replaced") { $0.combinations(withReplacement: true) }
        none("lowerTriangleIndices") { Tensor.lowerTriangleIndices(3, 4) }
        none("lowerTriangleIndices-offset") { Tensor.lowerTriangleIndices(4, 3, diagonal: -1) }
        none("upperTriangleIndices") { Tensor.upperTriangleIndices(3, 4) }
        none("upperTriangleIndices-offset") { Tensor.upperTriangleIndices(4, 3, diagonal: -1) }
        two("kronecker", ["", "ranks"]) { kronecker($0, $1) }
        two("cross") { cross($0, $1) }
        two("cross-axis") { cross($0, $1, axis: 0) }
        list("blockDiagonal") { [blockDiagonal($0)] }
        one("vandermonde") { $0.vandermonde() }
        one("vandermonde-rising") { $0.vandermonde(columns: 3, isRising: true) }
        one("vandermonde-integers") { $0.vandermonde(columns: 4, isRising: true) }
        one("diagonalEmbedded") { $0.diagonalEmbedded() }
        one("diagonalEmbedded-axes") { $0.diagonalEmbedded(offset: -2, axes: 0, 2) }
        two("diagonalReplaced") { $0.diagonalReplaced(with: $1, offset: 1) }
        two("diagonalReplaced-axes") { $0.diagonalReplaced(with: $1, offset: -1, axes: 2, 0) }
        one("diagonalReplaced-number") { $0.diagonalReplaced(with: 2.5) }
        none("logspace") { Tensor.logspace(-1, 2, count: 5, base: 3) }
    }
}
