import TernCore
import TernLosses
import TernTestSupport
import Testing

/// What takes sizes, counts, strides, axes or bounds: called with each extreme value, alone and in pairs. It may give a
/// result, or stop with a message of its own.
private struct Extreme: Sendable {
    let name: String
    let body: @Sendable (_ n: Int, _ m: Int) -> Void

    init(_ name: String, _ body: @escaping @Sendable (_ n: Int, _ m: Int) -> Void) {
        (self.name, self.body) = (name, body)
    }
}

private func use(_ tensors: Tensor...) {
    // Views of all of nothing cost nothing to make; few elements are looked at, too.
    for tensor in tensors where tensor.count < 1 << 20 { _ = tensor.sum().item() }
}

private let integers = [Int.min, -1 << 40, -1, 0, 1, 3, Int(Int32.max), 1 << 40, .max]
private let x = Tensor.arange(24).converted(to: .float32).reshaped([2, 3, 4])
private let images = Tensor.ones([1, 1, 4, 4])

private let extremes: [Extreme] = [
    // Making
    Extreme("zeros") { use(Tensor.zeros([$0, $1])) },
    Extreme("zeros without elements") { use(Tensor.zeros([$0, 0, $1])) },
    Extreme("ones") { use(Tensor.ones([$0, $1, 2], dtype: .int64)) },
    Extreme("Tensor(shape:values:)") { use(Tensor(shape: [$0, $1], values: [1.0])) },
    Extreme("Tensor(shape:dtype:bytes:)") {
        use(Tensor(shape: [$0, $1], dtype: .float64, bytes: UnsafeRawBufferPointer(start: nil, count: 0)))
    },
    Extreme("Tensor(shape:dtype:fill:)") { use(Tensor(shape: [$0, $1], dtype: .float64) { _ in }) },
    Extreme("arange") { use(Tensor.arange($0, $1)) },
    Extreme("arange by") { use(Tensor.arange(0, $0, by: $1)) },
    Extreme("arange down") { use(Tensor.arange($0, .min, by: $1)) },
    Extreme("arange of Double") { use(Tensor.arange(0.0, Double($0), by: Double($1))) },
    Extreme("linspace") { use(Tensor.linspace(Double($0), 1, count: $1)) },
    Extreme("eye") { use(Tensor.eye($0, $1)) },
    Extreme("uniform") { use(Tensor.uniform([$0, $1])) },
    Extreme("normal") { use(Tensor.normal([$0, $1])) },
    Extreme("bernoulli") { use(Tensor.bernoulli([$0, $1])) },
    Extreme("truncatedNormal") { use(Tensor.truncatedNormal([$0, $1])) },
    Extreme("randomIntegers") { use(Tensor.randomIntegers([3], in: Swift.min($0, $1)..<Swift.max($0, $1))) },
    Extreme("randomIntegers of uint8") {
        use(Tensor.randomIntegers([3], in: Swift.min($0, $1)..<Swift.max($0, $1), dtype: .uint8))
    },
    Extreme("permutation") { n, _ in use(Tensor.permutation(n)) },
    Extreme("oneHot") { n, _ in use(oneHot(Tensor([0, 1] as [Int]), classes: n)) },
    Extreme("oneHot of nothing") { n, _ in use(oneHot(Tensor([] as [Int]), classes: n)) },
    Extreme("polygamma and mvlgamma") { use(polygamma($0, Tensor([2.5])), mvlgamma(Tensor([2.5]), $1)) },
    Extreme("round, ldexp and shifts") {
        use(round(Tensor([1.5]), decimals: $0), ldexp(Tensor([1.5]), $1))
        use(Tensor([1], dtype: .int32) << $0, Tensor([1], dtype: .uint8) >> $1)
    },
    Extreme("halves of an axis") { n, _ in use(glu(Tensor.ones([2, 4]), axis: n)) },
    // Shapes
    Extreme("Shape") { n, m in
        _ = Shape(repeating: m, count: n)
        _ = ([n, m, 2] as Shape).elements
    },
    Extreme("Shape of an axis") { n, m in
        var shape: Shape = [1, 2]
        shape.insert(m, at: n)
        _ = shape[n]
        shape.remove(at: n)
    },
    Extreme("reshaped") { use(x.reshaped([$0, $1])) },
    Extreme("reshaped of nothing") { use(Tensor.zeros([0]).reshaped([$0, 0, $1])) },
    Extreme("expanded") { use(Tensor.ones([1, 1]).expanded(to: [$0, $1])) },
    Extreme("expanded, then used") { n, m in
        let view = Tensor.ones([1, 1]).expanded(to: [n, m])
        use(view + 1, view.reshaped([-1]), matmul(view, view.T), view.argmax(axis: 0))
    },
    Extreme("a product of repeated operands") { n, _ in
        let row = Tensor.ones([1, 1]).expanded(to: [1, Swift.min(n, 1 << 10)])
        use(matmul(row, row.T))
    },
    Extreme("flattened") { use(x.flattened(from: $0, to: $1)) },
    Extreme("permuted") { use(x.permuted([$0, $1, 0])) },
    Extreme("transposed") { use(x.transposed($0, $1)) },
    Extreme("movingAxis") { use(x.movingAxis($0, to: $1)) },
    Extreme("squeezed and unsqueezed") { use(x.unsqueezed(axes: $0), x.squeezed(axes: $1)) },
    Extreme("tiled") { use(x.tiled([$0, $1])) },
    Extreme("repeated") { use(x.repeated($0, axis: $1), x.repeated($1, axis: 0)) },
    Extreme("padded") { use(x.padded([($0, $1), (0, 0), (0, 0)])) },
    Extreme("padded by reflection") { use(x.padded([($0, $1), (0, 0), (0, 0)], with: .reflect)) },
    Extreme("padded by repetition") { use(x.padded([($0, $1), (0, 0), (0, 0)], with: .replicate)) },
    Extreme("padded around") { use(x.padded([($0, $1)], with: .circular)) },
    // Parts
    Extreme("sliced") { use(x.sliced(from: $0, to: $1, axis: 2)) },
    Extreme("sliced by") { use(x.sliced(from: 0, to: 2, by: $0, axis: $1)) },
    Extreme("subscript") { use(x[$0, $1]) },
    Extreme("subscript of a range") { use(x[Swift.min($0, $1)..<Swift.max($0, $1)]) },
    Extreme("subscript of a closed range") { use(x[Swift.min($0, $1)...Swift.max($0, $1)], x[...$0], x[$1...]) },
    Extreme("subscript by") { use(x[.every($0), .range(from: 0, by: $1)]) },
    Extreme("subscript down") { use(x[.range(from: $0, to: nil, by: $1)], x[.range(from: nil, to: $0, by: $1)]) },
    Extreme("subscript assigned") { n, m in
        var y = x
        y[.every(n), .every(m)] = Tensor(1)
    },
    Extreme("rolled") { use(x.rolled(by: $0, axis: $1), x.rolled(by: $0)) },
    Extreme("flipped") { n, _ in use(x.flipped(axes: n)) },
    Extreme("diagonal") { use(x.diagonal(offset: $0), x.diagonal(offset: 0, axes: $0, $1)) },
    Extreme("triangles") { use(x.lowerTriangle(diagonal: $0), x.upperTriangle(diagonal: $1)) },
    Extreme("split") { use(x.split(sizes: [$0, $1], axis: 2)[0]) },
    Extreme("split into") { n, m in _ = x.split(into: n, axis: m).count },
    Extreme("unstacked and stacked") { use(stacked(x.unstacked(axis: $0), axis: $1)) },
    Extreme("concatenated") { n, _ in use(concatenated([x, x], axis: n)) },
    Extreme("selected") { use(x.selected(Tensor([$0]), axis: $1)) },
    Extreme("gathered") { use(x.gathered(Tensor(shape: [1, 1, 1], values: [$0]), axis: $1)) },
    Extreme("indexAdded") { use(x.indexAdded(x, at: Tensor([$0, 0]), axis: $1)) },
    Extreme("scatterAdded") { use(x.scatterAdded(Tensor(1), at: Tensor(shape: [1, 1, 1], values: [$0]), axis: $1)) },
    Extreme("embedding") { n, _ in use(embedding(Tensor([n]), x[0])) },
    Extreme("topK") { use(x.topK($0, axis: $1).values) },
    Extreme("sorted") { n, _ in use(x.sorted(axis: n).values) },
    // Products and linear algebra
    Extreme("tensordot") {
        use(tensordot(x, x, axes: $0))
        use(tensordot(x, x, axes: [$0, 0], [$1, 0]))
    },
    Extreme("vecdot and trace") { n, m in
        use(vecdot(x, x, axis: n))
        use(x.trace(offset: m))
    },
    Extreme("matrixPower") { n, m in use(Linalg.matrixPower(Tensor.eye(2), n), Linalg.matrixPower(Tensor.eye(2), m)) },
    Extreme("tensorInverse") { n, _ in use(Linalg.tensorInverse(Tensor.eye(4).reshaped([2, 2, 4]), axes: n)) },
    Extreme("factors without elements") { n, m in
        if n > 1 << 41 || m > 1 << 41 { return }
        let none = Tensor.zeros([0, n])
        use(Linalg.qr(none).r, Linalg.svd(none).s, Linalg.svdvals(none), Linalg.pseudoInverse(none.T))
        use(Linalg.svd(none, fullMatrices: true).vt)
        use(Linalg.lu(Tensor.zeros([m, 0])).upper)
    },
    Extreme("kthValue") { use(x.kthValue($0, axis: $1).values) },
    Extreme("median and mode") { n, m in
        use(x.median(axis: n).values, x.nanMedian(axis: m).values, x.mode(axis: n).values)
    },
    Extreme("quantile") { n, m in use(x.quantile(0.5, axis: n), x.nanQuantile(Double(m))) },
    Extreme("unique") { n, m in use(x.unique(axis: n).values, x.uniqueConsecutive(axis: m).values) },
    Extreme("bincount") { use(bincount(Tensor([$0]), minimumLength: $1), bincount(Tensor([$1]))) },
    Extreme("histogram") { n, m in
        use(histogram(x, bins: n, range: Double(Swift.min(n, m))...Double(Swift.max(n, m))).counts)
    },
    Extreme("split in parts") { n, m in
        use(x.split(size: n, axis: m)[0], x.split(at: [n, m], axis: 2)[1], x.chunked(into: n, axis: m)[0])
    },
    Extreme("rolled along axes") {
        use(x.rolled(by: [$0, $1], axes: [0, 1]), x.rolled(by: [1, 1], axes: [$0, $1]))
    },
    Extreme("rotated90") { use(x.rotated90($0), x.rotated90(axes: $0, $1)) },
    Extreme("movingAxes") { use(x.movingAxes([$0, 0], to: [1, $1])) },
    Extreme("scans") { n, m in
        use(x.cumulativeProduct(axis: n), x.cumulativeMax(axis: m).values, x.logCumulativeSumExp(axis: n))
    },
    Extreme("diff") { use(x.diff(n: $0), x.diff(axis: $1)) },
    Extreme("covariance") { n, m in
        use(x[0].covariance(correction: n), x[0].covariance(correction: m, weights: Tensor([1, 2, 3, 4])))
    },
    Extreme("trapezoid") { use(trapezoid(x, axis: $0), cumulativeTrapezoid(x, axis: $1)) },
    Extreme("renormalized") { use(x.renormalized(axis: $0, maximum: Double($1))) },
    Extreme("maxWithIndices") { use(x.maxWithIndices(axis: $0).values, x.minWithIndices(axis: $1).values) },
    Extreme("distributions") { n, m in
        use(Tensor.exponential([n, m]), Tensor.geometric([n, m], probability: 0.5), Tensor.logNormal([n, m]))
    },
    Extreme("multinomial") { n, m in
        use(multinomial(x[0], count: n, replacing: true), multinomial(x[0], count: m))
    },
    Extreme("randomChoice") {
        use(x.randomChoice($0, axis: $1), x.randomChoice($1, replacing: false), x.shuffled(axis: $0))
    },
    Extreme("standardDeviation") { n, m in use(x.standardDeviation(correction: n), x.standardDeviation(axes: m)) },
    Extreme("index arrays") { n, m in
        use(x[[n], .all, [m]], x.taken(Tensor([n, m])), x.takenAlong(Tensor([n, m]), axis: m))
        var y = x
        y[[n], [m]] = 1
    },
    Extreme("scattered") { n, m in
        let places = Tensor(shape: [1, 1, 1], values: [n])
        use(x.scattered(1, at: places, axis: m), x.scatterReduced(Tensor(2), at: places, axis: m, .mean))
        use(x.indexFilled(with: 1, at: Tensor([n]), axis: m), x.put(Tensor(1), at: Tensor([n, m])))
    },
    Extreme("triangle indices") { n, m in
        use(Tensor.lowerTriangleIndices(3, 4, diagonal: n), Tensor.upperTriangleIndices(4, 3, diagonal: m))
        if Swift.min(n, m) < 1 { use(Tensor.lowerTriangleIndices(n, m), Tensor.upperTriangleIndices(n, m)) }
    },
    Extreme("combinations") { n, m in
        use(Tensor.arange(3).combinations(of: n))
        if m < 4 { use(Tensor.arange(3).combinations(of: m, withReplacement: true)) }
    },
    Extreme("vandermonde") { n, _ in use(Tensor.ones([0]).vandermonde(columns: n), x.vandermonde(columns: n)) },
    Extreme("diagonalEmbedded") { use(x.diagonalEmbedded(offset: $0, axes: $1, 0)) },
    Extreme("diagonalReplaced") { use(x.diagonalReplaced(with: 1, offset: $0, axes: $1, 0)) },
    Extreme("cross") { n, _ in use(cross(x, x, axis: n)) },
    Extreme("logspace") { use(Tensor.logspace(Double($0), 1, count: $1)) },
    // Reductions
    Extreme("sum") { use(x.sum(axes: [$0, $1]), x.mean(axes: $0), x.max(axes: $1)) },
    Extreme("argmax") { n, _ in use(x.argmax(axis: n)) },
    Extreme("variance") { n, m in use(x.variance(correction: n), x.variance(axes: m, correction: 1)) },
    Extreme("cumulativeSum") { n, _ in use(x.cumulativeSum(axis: n)) },
    Extreme("softmax") { n, _ in use(softmax(x, axis: n)) },
    Extreme("norm") { n, m in use(x.norm(Double(n)), x.logSumExp(axes: m)) },
    // Windows
    Extreme("conv2d, stride") { use(conv2d(images, Tensor.ones([1, 1, 2, 2]), stride: Size2d($0, $1))) },
    Extreme("conv2d, padding") { use(conv2d(images, Tensor.ones([1, 1, 2, 2]), padding: Padding2d($0, $1))) },
    Extreme("conv2d, one side") { n, m in
        use(
            conv2d(
                images, Tensor.ones([1, 1, 2, 2]), stride: Size2d(m, m),
                padding: .explicit(top: n, bottom: m, left: 0, right: 0)))
    },
    Extreme("conv2d, dilation") { use(conv2d(images, Tensor.ones([1, 1, 2, 2]), dilation: Size2d($0, $1))) },
    Extreme("conv2d, same") { n, m in
        use(conv2d(images, Tensor.ones([1, 1, 2, 1]), stride: Size2d(m), padding: .same, dilation: Size2d(n)))
    },
    Extreme("conv2d, groups") { n, _ in use(conv2d(images, Tensor.ones([1, 1, 2, 2]), groups: n)) },
    Extreme("conv2d, backward") { n, m in
        let w = Variable(Tensor.ones([1, 1, 2, 2]))
        let y = conv2d(Variable(images).value, w.value, stride: Size2d(n, m))
        y.sum().backward()
    },
    Extreme("conv1d") { use(conv1d(x, Tensor.ones([1, 3, 2]), stride: $0, padding: Padding1d($1))) },
    Extreme("conv1d, same") { use(conv1d(x, Tensor.ones([1, 3, 2]), stride: $0, padding: .same, dilation: $1)) },
    Extreme("conv3d, stride") { n, m in
        use(conv3d(images.unsqueezed(axes: 0), Tensor.ones([1, 1, 1, 2, 2]), stride: Size3d(n, m, n)))
    },
    Extreme("conv3d, padding") { n, m in
        use(conv3d(images.unsqueezed(axes: 0), Tensor.ones([1, 1, 1, 2, 2]), padding: Padding3d(n, 0, m)))
    },
    Extreme("conv2d, around") { n, m in
        use(conv2d(images, Tensor.ones([1, 1, 2, 2]), padding: Padding2d(n, m), paddingMode: .circular))
    },
    Extreme("convTranspose1d") { n, m in
        use(convTranspose1d(x, Tensor.ones([3, 2, 2]), stride: n, padding: Padding1d(m), outputPadding: n &- 1))
    },
    Extreme("convTranspose1d, same") { n, m in
        use(convTranspose1d(x, Tensor.ones([3, 2, 2]), stride: n, padding: .same, dilation: m))
    },
    Extreme("convTranspose2d, dilation") { n, m in
        use(convTranspose2d(images, Tensor.ones([1, 1, 2, 2]), dilation: Size2d(n, m)))
    },
    Extreme("convTranspose2d, backward") { n, m in
        let w = Variable(Tensor.ones([1, 1, 2, 2]))
        let y = convTranspose2d(Variable(images).value, w.value, stride: Size2d(Swift.min(n, 99), Swift.min(m, 99)))
        y.sum().backward()
    },
    Extreme("convTranspose3d, groups") { n, _ in
        use(convTranspose3d(images.unsqueezed(axes: 0), Tensor.ones([1, 1, 1, 2, 2]), groups: n))
    },
    Extreme("maxPool2d") { use(maxPool2d(images, Size2d($0, $1))) },
    Extreme("maxPool2d, ceil") { use(maxPool2d(images, Size2d($0, $1), ceilMode: true)) },
    Extreme("maxPool2d, stride") { use(maxPool2d(images, 2, stride: Size2d($0, $1))) },
    Extreme("maxPool2d, padding") { use(maxPool2d(images, 2, padding: Padding2d($0, $1))) },
    Extreme("maxPool2d, dilation") { use(maxPool2d(images, 2, dilation: Size2d($0, $1), ceilMode: true)) },
    Extreme("avgPool2d, ceil") { use(avgPool2d(images, Size2d($0, $1), stride: Size2d($1, $0), ceilMode: true)) },
    Extreme("avgPool2d, divisor") { n, _ in use(avgPool2d(images, 2, divisor: n)) },
    Extreme("adaptive pooling") {
        use(adaptiveAvgPool2d(images, Size2d($0, $1)), adaptiveMaxPool2d(images, Size2d($1, $0)))
    },
    // Images
    Extreme("maxPool1d and maxPool3d") {
        use(maxPool1d(images[0], Size1d($0), stride: Size1d($1)))
        use(maxPool3d(images, Size3d($0, $1, 2), stride: Size3d($1), ceilMode: true))
    },
    Extreme("avgPool3d") { use(avgPool3d(images, Size3d($1, $0, 2), padding: Padding3d(0, $0, $1), ceilMode: true)) },
    Extreme("adaptive pooling of volumes") {
        use(adaptiveAvgPool3d(images, Size3d($0, $1, 2)))
        use(adaptiveMaxPool3dWithIndices(images, Size3d(1, $1, $0)).indices)
    },
    Extreme("lpPool2d") { use(lpPool2d(images, Size2d($0, $1))) },
    Extreme("maxUnpool2d") {
        use(maxUnpool2d(images, Tensor.zeros([1, 1, 4, 4], dtype: .int64), Size2d($0, $1), stride: Size2d($1, $0)))
    },
    Extreme("maxUnpool2d to a size") {
        use(maxUnpool2d(images, Tensor.zeros([1, 1, 4, 4], dtype: .int64), 2, outputSize: Size2d($0, $1)))
    },
    Extreme("maxUnpool2d, padding") {
        use(maxUnpool2d(images, Tensor.zeros([1, 1, 4, 4], dtype: .int64), 2, padding: Size2d($0, $1)))
    },
    Extreme("fractionalMaxPool2d") { use(fractionalMaxPool2d(images, Size2d($0, 1), outputSize: Size2d(1, $1))) },
    Extreme("interpolated") { use(interpolated(images, size: [$0, $1])) },
    Extreme("interpolated, linear") { use(interpolated(images, size: [$0, $1], mode: .linear, antialias: true)) },
    Extreme("interpolated, area") { use(interpolated(images, size: [$0, $1], mode: .area)) },
    Extreme("affineGrid") { use(affineGrid(Tensor.ones([1, 2, 3]), size: [1, 1, $0, $1])) },
    Extreme("unfold") { use(unfold(images, kernelSize: Size2d($0, $1), padding: Padding2d($1, $0))) },
    Extreme("unfold, stride") { use(unfold(images, kernelSize: 2, stride: Size2d($0, $1), dilation: Size2d($1, 1))) },
    Extreme("fold") { use(fold(Tensor.ones([4, 9]), outputSize: Size2d($0, $1), kernelSize: 2)) },
    Extreme("fold, kernel") { use(fold(Tensor.ones([4, 9]), outputSize: 4, kernelSize: Size2d($0, $1))) },
    Extreme("unfolded") { use(x.unfolded(axis: 1, size: $0, step: $1)) },
    Extreme("shuffles") {
        use(pixelShuffle(images, $0), pixelUnshuffle(images, $1), channelShuffle(images, groups: $0))
    },
    Extreme("pixelUnshuffle of nothing") { n, _ in use(pixelUnshuffle(Tensor.zeros([0, 4, 0, 0]), n)) },
    Extreme("localResponseNorm") { n, _ in use(localResponseNorm(images, size: n)) },
    // Norms, attention and embeddings
    Extreme("layerNorm") { use(layerNorm(x, normalizedShape: [$0, $1])) },
    Extreme("rmsNorm") { n, _ in use(rmsNorm(x, normalizedShape: [n])) },
    Extreme("groupNorm") { n, _ in use(groupNorm(x, groups: n)) },
    Extreme("l2Normalized") { use(x.l2Normalized(axes: [$0, $1])) },
    Extreme("cosineSimilarity") { n, _ in use(cosineSimilarity(x, x, axis: n)) },
    Extreme("rotaryEmbedding") { n, _ in use(rotaryEmbedding(x, offset: n)) },
    Extreme("sinusoidalPositions") { use(sinusoidalPositions($0, $1)) },
    Extreme("sinusoidalPositions from") { n, _ in use(sinusoidalPositions(2, 3, offset: n)) },
    Extreme("alibiSlopes") { n, _ in use(alibiSlopes(n)) },
    Extreme("embedding") { n, m in use(embedding(Tensor([m, 0, 1]), Tensor.ones([3, 2]), paddingIndex: n)) },
    Extreme("embeddingBag") { n, m in
        use(
            embeddingBag(
                Tensor([0, 1, 2] as [Int]), Tensor.ones([3, 2]), offsets: Tensor([n, m]), includesLastOffset: true))
    },
    // Others
    Extreme("crossEntropy") { n, m in use(crossEntropy(x[0], Tensor([n, 0, 1]), ignoreIndex: m)) },
    Extreme("threadCount") { n, _ in if n < 64 { threadCount = n } },
]

/// As ``Extreme``, with fractions, infinities and NaN.
private let numbersToTry = [
    -Double.infinity, -.greatestFiniteMagnitude, -1e300, -1, -0.0, 0, .leastNonzeroMagnitude, 0.5, 1, 1e19, 1e300,
    .greatestFiniteMagnitude, .infinity, .nan, -.nan,
]

private let fractions: [(name: String, body: @Sendable (_ a: Double, _ b: Double) -> Void)] = [
    ("arange", { use(Tensor.arange($0, $1)) }), ("arange by", { use(Tensor.arange(0, $0, by: $1)) }),
    ("linspace", { use(Tensor.linspace($0, $1, count: 3)) }),
    ("uniform", { a, b in if a < b { use(Tensor.uniform([3], in: a..<b)) } }),
    ("normal", { use(Tensor.normal([3], mean: $0, standardDeviation: $1)) }),
    (
        "truncatedNormal",
        { a, b in if a <= b { use(Tensor.truncatedNormal([3], mean: a, standardDeviation: 2, bounds: a...b)) } }
    ),
    ("bernoulli", { a, _ in use(Tensor.bernoulli([3], probability: a)) }),
    ("dropout", { a, _ in use(dropout(x, probability: a)) }),
    ("full", { a, b in for dtype in DType.allCases { use(Tensor.full([3], a, dtype: dtype)) } }),
    ("clamp", { use(clamp(x, min: $0, max: $1)) }),
    ("norm", { a, _ in use(x.norm(a), x.norm(a, axes: 0)) }),
    ("isClose", { use(x.isClose(to: x, relativeTolerance: $0, absoluteTolerance: $1)) }),
    ("smoothing", { a, _ in use(crossEntropy(x[0], Tensor([0, 1, 2] as [Int]), labelSmoothing: a)) }),
    ("padded", { a, _ in use(x.padded([(1, 1), (0, 0), (0, 0)], with: .constant(a))) }),
    ("batchNorm", { a, _ in use(batchNorm(x, epsilon: a).output) }),
    ("interpolated", { use(interpolated(images, scale: [$0, $1], mode: .linear)) }),
    (
        "gridSample",
        { use(gridSample(images, Tensor([$0, $1], dtype: .float32).reshaped([1, 1, 1, 2]), padding: .reflection)) }
    ),
    ("lpPool2d", { a, _ in use(lpPool2d(images, 2, power: a)) }),
    ("localResponseNorm", { use(localResponseNorm(images, size: 2, alpha: $0, beta: $1)) }),
    ("layerNorm", { a, _ in use(layerNorm(x, epsilon: a)) }),
    ("attention", { a, b in use(scaledDotProductAttention(x, x, x, dropout: a, scale: b)) }),
    ("rotaryEmbedding", { a, _ in use(rotaryEmbedding(x, theta: a)) }),
    ("dropout1d", { a, _ in use(dropout1d(x, probability: a), dropPath(x, probability: a)) }),
    ("alphaDropout", { a, _ in use(alphaDropout(x, probability: a)) }),
    ("noise", { a, _ in use(gaussianNoise(x, standardDeviation: a), gaussianDropout(x, probability: a)) }),
    ("printing", { a, b in _ = Tensor([a, b, 1], dtype: .float64).description }),
]

@Suite(
    "Extreme sizes", .disabled(if: isAddressSanitized, "the sanitizer needs the addresses that are taken away"))
struct ExtremeSizeTests {
    /// What went wrong, one line a call.
    private static func failures() -> [String] {
        threadCount = 1
        limitMemory(to: 2 << 30)
        var failures: [String] = []
        func check(_ name: String, _ body: () -> Void) {
            let ending = endingOfCopy(body)
            if ending.status == 0 || ending.message.map({ $0.contains(": ") }) == true { return }
            failures.append("\(name): signal \(ending.signal ?? 0), '\(ending.text.prefix(200))'")
        }
        // All values on both sides, but not all pairs: they cost more than they find.
        let pairs = integers.flatMap { n in [n, 2, .max].map { (n, $0) } } + integers.map { (2, $0) }
        for extreme in extremes {
            for (n, m) in pairs { check("\(extreme.name), \(n), \(m)") { extreme.body(n, m) } }
        }
        for fraction in fractions {
            for a in numbersToTry {
                for b in [a, 0, 1, .infinity] { check("\(fraction.name), \(a), \(b)") { fraction.body(a, b) } }
            }
        }
        return failures
    }

    @Test("no size, count, stride, axis or bound ends the program but with a message")
    func all() async {
        await #expect(processExitsWith: .success) {
            let failures = Self.failures()
            #expect(failures.isEmpty, "\(failures.count) calls: \(failures.prefix(40).joined(separator: "\n"))")
            for failure in failures { print(failure) }
        }
    }

    @Test("the message has the values")
    func messages() async {
        await #expect(processExitsWith: .success) {
            let cases: [(String, () -> Void)] = [
                (
                    "Tensor: can have at most 281474976710656 elements, got shape [1099511627776, 1099511627776]",
                    { _ = Tensor.zeros([1 << 40, 1 << 40]) }
                ),
                (
                    "Tensor: needs 1125899906842624 bytes for shape [16777216, 16777216] of float32, which the system "
                        + "does not have", { _ = Tensor.zeros([1 << 24, 1 << 24]) }
                ),
                ("tiled: cannot repeat axis 2 of shape [2, 3, 4] 9223372036854775807 times", { _ = x.tiled([.max]) }),
                (
                    "padded: cannot pad axis 0 of shape [2, 3, 4] by (9223372036854775807, 1) with constant(0.0)",
                    { _ = x.padded([(.max, 1), (0, 0), (0, 0)]) }
                ),
                (
                    "arange: expects finite numbers and at most 281474976710656 elements, got 0.0, inf, by: 1.0",
                    { _ = Tensor.arange(0, .infinity) }
                ),
                (
                    "conv2d: expects a stride of at most 2147483647, got [9223372036854775807, 9223372036854775807]",
                    { _ = conv2d(images, images, stride: Size2d(.max)) }
                ),
                ("Shape: axis 3 is out of range for shape [2, 3, 4]", { _ = x.shape[3] }),
            ]
            threadCount = 1
            for (message, body) in cases {
                let ending = endingOfCopy(body)
                #expect(ending.message == message, "\(ending)")
            }
            // A bare trap, which has no message of ours, is told apart.
            #expect(endingOfCopy { _ = [1][cases.count] }.message == nil)
            let rolled = x.rolled(by: .min, axis: 2)
            #expect(rolled == x)
        }
    }
}
