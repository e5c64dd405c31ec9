import Tern

extension OpTable {
    mutating func addNetworks() {
        op("matmul") { b in
            let x = b.operand(rank: 1...4)
            let inner = b.shape(of: x)[b.shape(of: x).count - 1]
            let columns = b.number(in: 1...17)
            // A vector, a matrix, or matrices that broadcast with the left ones.
            let batch = Shape(b.shape(of: x).dropLast(2)).map { b.chance(0.3) ? 1 : $0 }
            let shape: Shape = b.one(of: [[inner], [inner, columns], Shape(batch + [inner, columns])])
            let y = b.operand(shape)
            return b.chance(0.5) && b.shape(of: y).count > 1
                ? Call([x, b.operand(Shape(shape.dropLast(2) + [columns, inner]))], "transposed") {
                    [matmul($0[0], $0[1].transposed())]
                } : Call([x, y]) { [matmul($0[0], $0[1])] }
        }
        op("dot") { b in
            let x = b.operand(rank: 1...1)
            return Call([x, b.operand(b.shape(of: x))]) { [dot($0[0], $0[1])] }
        }
        op("outer") { b in
            let (x, y) = (b.operand(rank: 1...1), b.operand(rank: 1...1))
            if b.shape(of: x).elements * b.shape(of: y).elements > 60_000 {
                return Call([x]) { [outer($0[0][..<4], $0[0][..<9])] }
            }
            return Call([x, y]) { [outer($0[0], $0[1])] }
        }
        op("linear") { b in
            let x = b.operand(rank: 1...3)
            let inputs = b.shape(of: x)[b.shape(of: x).count - 1]
            let outputs = b.number(in: 1...18)
            var operands = [x, b.operand([outputs, inputs])]
            if b.chance(0.6) { operands.append(b.operand([outputs])) }
            return Call(operands) { [linear($0[0], $0[1], $0.count > 2 ? $0[2] : nil)] }
        }
        op("conv2d") { b in
            let groups = b.one(of: [1, 1, 1, 2, 3])
            let kernel = Size2d(b.number(in: 1...3), b.number(in: 1...4))
            let dilation = Size2d(b.one(of: [1, 1, 2]), b.one(of: [1, 1, 3]))
            let stride = Size2d(b.one(of: [1, 1, 2, 3]), b.one(of: [1, 1, 2, 20]))
            let padding = b.one(of: [Padding2d(0), Padding2d(1), Padding2d(2, 1), .same])
            let x = b.image(channels: groups * b.one(of: [1, 2, 3, 8]), least: 10)
            let channels = b.shape(of: x)[b.shape(of: x).count - 3]
            let inner = channels % groups == 0 ? groups : 1
            let outputs = inner * b.one(of: [1, 2, 5, 8])
            // An infinite weight times the zeros of the padding is NaN where these are not left out.
            var operands = [x, b.operand([outputs, channels / inner, kernel.height, kernel.width], [.float], .finite)]
            if b.chance(0.5) { operands.append(b.operand([outputs])) }
            return Call(operands, "stride: \(stride), padding: \(padding), dilation: \(dilation), groups: \(inner)") {
                [
                    conv2d(
                        $0[0], $0[1], $0.count > 2 ? $0[2] : nil, stride: stride, padding: padding, dilation: dilation,
                        groups: inner)
                ]
            }
        }
        pooling("maxPool2d", [1, 1, 2]) { maxPool2d($0, $1, stride: $2, padding: $3, dilation: $4, ceilMode: $5) }
        pooling("avgPool2d", [1]) { avgPool2d($0, $1, stride: $2, padding: $3, ceilMode: $5) }
        pooling("avgPool2d without padding", [1]) {
            avgPool2d($0, $1, stride: $2, padding: $3, ceilMode: $5, countsPadding: false)
        }
        adaptive("adaptiveMaxPool2d") { adaptiveMaxPool2d($0, $1) }
        adaptive("adaptiveAvgPool2d") { adaptiveAvgPool2d($0, $1) }
        // Of two values the gradient without what it does to mean and variance, less that, is epsilon's small share.
        op("batchNorm", terms: fixedBatchNorm) { b in
            let x = b.operand(rank: 2...4, isNonEmpty: true) { $0[0] > 1 }
            let channels = b.shape(of: x)[1]
            let isPlain = b.chance(0.3)
            return Call([x] + (isPlain ? [] : [b.operand([channels]), b.operand([channels])])) { x in
                [isPlain ? batchNorm(x[0]).output : batchNorm(x[0], weight: x[1], bias: x[2]).output]
            }
        }
        op("batchNorm statistics") { b in
            Call([b.operand(rank: 2...4, isNonEmpty: true) { $0[0] > 1 }]) { x in
                let statistics = batchNorm(x[0]).statistics
                return [statistics.mean, statistics.unbiasedVariance]
            }
        }
        op("batchNorm evaluation") { b in
            let x = b.operand(rank: 2...4)
            let channels = b.shape(of: x)[1]
            // Constants: no gradient flows to them.
            let (mean, variance) = (b.factors(channels), b.factors(channels))
            return Call([x, b.operand([channels]), b.operand([channels])], "\(mean), \(variance)") {
                let (mean, variance) = (Tensor(mean, dtype: $0[0].dtype), Tensor(variance, dtype: $0[0].dtype))
                return [batchNorm($0[0], mean: mean, variance: variance, weight: $0[1], bias: $0[2])]
            }
        }
        op("dropout", .elementwise) { b in
            let probability = b.one(of: [0, 0.25, 0.5, 1])
            let seed = UInt64(b.number(in: 0...99))
            return Call([b.operand()], "\(probability), seed \(seed)") {
                [dropout($0[0], probability: probability, generator: Generator(seed: seed))]
            }
        }
    }

    mutating func addCreation() {
        created("full") { .full($0, 2.5, dtype: $1) }
        created("zeros") { .zeros($0, dtype: $1) }
        created("ones") { .ones($0, dtype: $1) }
        created("arange") { shape, _ in .arange(-3, shape.elements, by: 2) }
        created("linspace") { .linspace(-1, 2, count: $0.elements, dtype: $1) }
        created("eye") { .eye($0.count, $0.elements % 9, dtype: $1) }
        created("bartlettWindow") { bartlettWindow($0.elements, periodic: $0.count > 1, dtype: $1) }
        created("blackmanWindow") { blackmanWindow($0.elements, periodic: $0.count > 1, dtype: $1) }
        created("hammingWindow") { hammingWindow($0.elements, periodic: $0.count > 1, dtype: $1) }
        created("hannWindow") { hannWindow($0.elements, periodic: $0.count > 1, dtype: $1) }
        created("kaiserWindow") { kaiserWindow($0.elements, periodic: $0.count > 1, beta: 5, dtype: $1) }
        created("uniform") { .uniform($0, in: -1..<3, dtype: $1, generator: $2) }
        created("normal") { .normal($0, dtype: $1, generator: $2) }
        created("truncatedNormal") { .truncatedNormal($0, dtype: $1, generator: $2) }
        created("bernoulli") { .bernoulli($0, probability: 0.3, dtype: $1, generator: $2) }
        created("randomIntegers") { shape, _, generator in .randomIntegers(shape, in: -3..<9, generator: generator) }
        created("permutation") { shape, _, generator in .permutation(shape.elements, generator: generator) }
    }

    private mutating func pooling(
        _ name: String, _ dilations: [Int],
        _ call: @escaping @Sendable (Tensor, Size2d, Size2d, Padding2d, Size2d, Bool) -> Tensor
    ) {
        op(name) { b in
            let x = b.image(channels: b.number(in: 1...9), least: 6)
            let kernel = Size2d(b.number(in: 1...3), b.number(in: 1...3))
            let stride = Size2d(b.number(in: 1...4), b.number(in: 1...4))
            let padding = Padding2d(b.number(in: 0...kernel.height / 2), b.number(in: 0...kernel.width / 2))
            let dilation = Size2d(b.one(of: dilations))
            let isCeil = b.chance(0.4)
            return Call([x], "\(kernel), \(stride), \(padding), \(dilation), ceilMode: \(isCeil)") {
                [call($0[0], kernel, stride, padding, dilation, isCeil)]
            }
        }
    }

    private mutating func adaptive(_ name: String, _ call: @escaping @Sendable (Tensor, Size2d) -> Tensor) {
        op(name) { b in
            let size = Size2d(b.number(in: 1...6), b.number(in: 1...6))
            return Call([b.image(channels: b.number(in: 1...9), least: 3)], "\(size)") { [call($0[0], size)] }
        }
    }

    mutating func created(
        _ name: String, _ call: @escaping @Sendable (Shape, DType, Generator) -> Tensor
    ) {
        op(name, .typed) { b in
            let shape = b.shape(rank: 0...3, isNonEmpty: false)
            let dtype = b.program.dtype
            let seed = UInt64(b.number(in: 0...99))
            return Call([], "\(shape), \(dtype), seed \(seed)") { _ in [call(shape, dtype, Generator(seed: seed))] }
        }
    }

    private mutating func created(_ name: String, _ call: @escaping @Sendable (Shape, DType) -> Tensor) {
        created(name) { shape, dtype, _ in call(shape, dtype) }
    }
}

extension Builder {
    /// Images [N, C, H, W], or one [C, H, W].
    mutating func image(channels: Int, least size: Int) -> Int {
        let images = program.isLarge ? number(in: 4...40) : number(in: 0...5)
        let shape: Shape = [channels, number(in: size...size + 9), number(in: size...size + 9)]
        return operand(chance(0.2) ? shape : Shape([images] + Array(shape)))
    }

    /// A factor for each class, if at all. They are constants: no gradient flows to them.
    mutating func classWeights(_ scores: Int) -> [Double]? {
        let classes = shape(of: scores)[shape(of: scores).count == 1 ? 0 : 1]
        return chance(0.4) ? factors(classes) : nil
    }

    mutating func factors(_ count: Int) -> [Double] { (0..<count).map { _ in Double(number(in: 1...8)) / 4 } }

    /// Scores [N, C, ...] or [C], and labels.
    mutating func scores() -> (scores: Int, labels: Int) {
        let x = operand(rank: 1...4, isNonEmpty: true)
        var shape = shape(of: x)
        let classes = shape.remove(at: shape.count == 1 ? 0 : 1)
        return (x, indices(shape, below: classes))
    }
}

/// Batch normalization whose mean and variance are taken for constants. The rounding of a mean that is many deviations
/// from 0 counts as often.
@Sendable private func fixedBatchNorm(_ x: [Tensor]) -> [Tensor] {
    let statistics = batchNorm(x[0]).statistics
    let deviations = abs(statistics.mean) * rsqrt(statistics.variance + 1e-5) + 1
    let shape = [x[0].shape[1]] + Array(repeating: 1, count: x[0].rank - 2)
    let fixed = batchNorm(
        x[0], mean: statistics.mean, variance: statistics.variance, weight: x.count > 1 ? x[1] : nil,
        bias: x.count > 2 ? x[2] : nil)
    return [fixed * deviations.detached.reshaped(Shape(shape))]
}
