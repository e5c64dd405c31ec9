import Tern

extension OpTable {
    mutating func addShapes() {
        one("reshaped") { $0.reshaped([4, 6]) }
        one("reshaped-inferred") { $0.reshaped([-1, 2]) }
        one("flattened") { $0.flattened() }
        one("flattened-from-1") { $0.flattened(from: 1) }
        one("flattened-to-1") { $0.flattened(to: 1) }
        one("permuted") { $0.permuted([2, 0, 1]) }
        one("transposed") { $0.transposed(0, 2) }
        one("T") { $0.T }
        one("movingAxis") { $0.movingAxis(-1, to: 0) }
        one("unsqueezed") { $0.unsqueezed(axes: 1) }
        one("unsqueezed-last") { $0.unsqueezed(axes: -1) }
        one("tiled") { $0.tiled([2, 1, 3]) }
        one("tiled-new-axis") { $0.tiled([2, 1, 1, 2]) }
        one("repeated") { $0.repeated(3, axis: 1) }
        one("flipped") { $0.flipped() }
        one("flipped-one") { $0.flipped(axes: 1) }
        one("rolled") { $0.rolled(by: 1, axis: 2) }
        one("rolled-back") { $0.rolled(by: -5, axis: 1) }
        one("diagonal") { $0.diagonal() }
        one("diagonal-offset") { $0.diagonal(offset: 1, axes: 1, 2) }
        one("diagonal-below") { $0.diagonal(offset: -1, axes: 0, 1) }
        one("lowerTriangle") { $0.lowerTriangle() }
        one("lowerTriangle-1") { $0.lowerTriangle(diagonal: 1) }
        one("upperTriangle") { $0.upperTriangle() }
        one("upperTriangle-below") { $0.upperTriangle(diagonal: -1) }
        one("chain") { $0.permuted([2, 0, 1]).reshaped([4, 6]).T[.range(from: 1, by: 2)].flattened() }
        one("squeezed") { $0.squeezed() }
        one("squeezed-one") { $0.squeezed(axes: 2) }
        one("squeezed-several") { $0.squeezed(axes: [-2, 0]) }
        one("unsqueezed-several") { $0.unsqueezed(axes: [-1, 1]) }
        one("expanded") { $0.expanded(to: [4, 3, 5]) }
        one("expanded-kept") { $0.expanded(to: [2, -1, 3]) }
    }

    mutating func addSlices() {
        one("sliced") { $0.sliced(from: 1, to: 5, by: 2, axis: 2) }
        one("index") { $0[1] }
        one("index-negative") { $0[-1, 0] }
        one("index-element") { $0[1, 2, -1] }
        one("index-ranges") { $0[1..., ..<(-2)] }
        one("index-ellipsis") { $0[..., 0] }
        one("index-ellipsis-middle") { $0[2, .ellipsis, 1..<3] }
        one("index-reversed") { $0[.every(-1), 1...2] }
        one("index-steps") { $0[.every(2), .every(3)] }
        one("index-new-axis") { $0[.newAxis, .all, .newAxis, 1] }
        one("index-empty") { $0[2..<2] }
        two("index-assigned", ["", "scalar"]) { x, value in
            var y = x
            y[1..<3, .ellipsis, .every(2)] = value
            return y
        }
        one("index-twice") { $0[0] * $0[1..<3] + $0[0, 0, 0] }
    }

    mutating func addJoins() {
        list("concatenated") { [concatenated($0, axis: 1)] }
        for name in ["concatenated-first", "concatenated-promoted"] { list(name) { [concatenated($0)] } }
        one("concatenated-itself") { concatenated([$0, $0 * 2, $0]) }
        list("stacked") { [stacked($0)] }
        list("stacked-last") { [stacked($0, axis: -1)] }
        list("unstacked") { $0[0].unstacked(axis: 1) }
        list("split-sizes") { $0[0].split(sizes: [1, 2, 3], axis: 1) }
        list("split-into") { $0[0].split(into: 3) }
        one("padded") { $0.padded([(2, 0), (0, 3), (1, 2)]) }
        one("padded-value") { $0.padded([(0, 0), (0, 0), (1, 1)], with: .constant(-1.5)) }
        one("padded-reflect") { $0.padded([(0, 0), (1, 2), (3, 2)], with: .reflect) }
        one("padded-replicate") { $0.padded([(0, 0), (1, 5), (3, 0)], with: .replicate) }
        one("padded-int") { $0.padded([(0, 0), (1, 2)], with: .constant(7)) }
    }

    mutating func addGathers() {
        two("selected", ["", "int32", "none"]) { $0.selected($1) }
        two("selected-last") { $0.selected($1, axis: 2) }
        two("selected-matrix") { $0.selected($1, axis: 1) }
        three("indexAdded") { $0.indexAdded($1, at: $2) }
        three("indexAdded-last") { $0.indexAdded($1, at: $2, axis: 1) }
        for axis in 0..<3 {
            two("gathered-\(axis)") { $0.gathered($1, axis: axis) }
            three("scatterAdded-\(axis)") { $0.scatterAdded($1, at: $2, axis: axis) }
        }
        two("embedding") { embedding($0, $1) }
        one("oneHot") { oneHot($0, classes: 5) }
        one("oneHot-int64") { oneHot($0, classes: 5, dtype: .int64) }
        two("masked", ["", "rows", "nothing"]) { $0.masked(by: $1) }
        one("nonZeroIndices") { $0.nonZeroIndices() }
    }

    mutating func addCreation() {
        none("arange") { Tensor.arange(-3, 11, by: 4) }
        none("arange-fraction") { Tensor.arange(0.0, 1, by: 0.125) }
        none("linspace") { Tensor.linspace(-1, 2, count: 7) }
        for isPeriodic in [true, false] {
            let suffix = isPeriodic ? "" : "-symmetric"
            none("bartlettWindow\(suffix)") { bartlettWindow(7, periodic: isPeriodic) }
            none("blackmanWindow\(suffix)") { blackmanWindow(7, periodic: isPeriodic) }
            none("hammingWindow\(suffix)") { hammingWindow(7, periodic: isPeriodic) }
            none("hannWindow\(suffix)") { hannWindow(7, periodic: isPeriodic) }
            none("kaiserWindow\(suffix)") { kaiserWindow(7, periodic: isPeriodic) }
        }
        none("kaiserWindow-beta") { kaiserWindow(6, beta: 3.5) }
        none("eye") { Tensor.eye(3, 4) }
    }

    mutating func addRandom() {
        let generator: @Sendable () -> Generator = { Generator(seed: 0x0123_4567_89AB_CDEF) }
        none("uniform") { Tensor.uniform([5, 7], in: -1..<3, generator: generator()) }
        none("uniform-float64") { Tensor.uniform([20], dtype: .float64, generator: generator()) }
        none("exponential") { Tensor.exponential([20], rate: 2.5, dtype: .float64, generator: generator()) }
        none("laplace") { Tensor.laplace([20], mean: 1, scale: 0.5, dtype: .float64, generator: generator()) }
        none("cauchy") { Tensor.cauchy([20], median: 1, scale: 0.5, dtype: .float64, generator: generator()) }
        none("gumbel") { Tensor.gumbel([20], location: 1, scale: 0.5, dtype: .float64, generator: generator()) }
        none("geometric") { Tensor.geometric([20], probability: 0.3, dtype: .float64, generator: generator()) }
        none("randomIntegers") { Tensor.randomIntegers([20], in: -50..<101, generator: generator()) }
        none("bernoulli") { Tensor.bernoulli([35], probability: 0.3, generator: generator()) }
        one("dropout") { dropout($0, probability: 0.25, generator: generator()) }
    }
}
