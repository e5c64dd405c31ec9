import Tern

extension OpTable {
    mutating func addNorms() {
        // As with batch normalization, of few values the gradient is a difference of much larger terms.
        op("layerNorm", terms: lastAxisTerms) { b in
            let x = b.operand(rank: 1...4, isNonEmpty: true)
            let size = b.shape(of: x).last!
            let operands = [x] + (0..<b.number(in: 0...2)).map { _ in b.operand([size]) }
            return Call(operands) { [layerNorm($0[0], weight: at(1, $0), bias: at(2, $0), epsilon: 0.25)] }
        }
        op("rmsNorm", terms: lastAxisTerms) { b in
            let x = b.operand(rank: 1...4, isNonEmpty: true)
            let operands = [x] + (b.chance(0.5) ? [b.operand([b.shape(of: x).last!])] : [])
            return Call(operands) { [rmsNorm($0[0], weight: at(1, $0), epsilon: 0.25)] }
        }
        op("groupNorm", terms: channelTerms) { b in
            let x = b.operand(rank: 2...4, isNonEmpty: true)
            let channels = b.shape(of: x)[1]
            let groups = b.one(of: (1...channels).filter { channels % $0 == 0 })
            let operands = [x] + (b.chance(0.5) ? [b.operand([channels])] : [])
            return Call(operands, "groups: \(groups)") {
                [groupNorm($0[0], groups: groups, weight: at(1, $0), epsilon: 0.25)]
            }
        }
        op("instanceNorm", terms: channelTerms) { b in
            let x = b.operand(rank: 3...4, isNonEmpty: true) { $0.dropFirst(2).reduce(1, *) > 1 }
            let operands = [x] + (b.chance(0.5) ? [b.operand([b.shape(of: x)[1]])] : [])
            return Call(operands) { [instanceNorm($0[0], weight: at(1, $0), epsilon: 0.25).output] }
        }
        along("l2Normalized", isNonEmpty: true) { [$0.l2Normalized(axes: $1, epsilon: 0.25)] }
        op("cosineSimilarity") { b in
            let x = b.operand(rank: 1...3, isNonEmpty: true)
            return Call([x, b.operand(b.shape(of: x))]) { [cosineSimilarity($0[0], $0[1], axis: -1, epsilon: 0.25)] }
        }
        op("pairwiseDistance") { b in
            let x = b.operand(rank: 1...3, isNonEmpty: true)
            return Call([x, b.operand(b.shape(of: x))]) { [pairwiseDistance($0[0], $0[1], epsilon: 0.125)] }
        }
        op("pairwiseDistances") { b in
            let (rows, others, features) = (b.number(in: 1...9), b.number(in: 1...9), b.number(in: 1...20))
            return Call([b.operand([rows, features]), b.operand([others, features])]) {
                [pairwiseDistances($0[0], $0[1])]
            }
        }
    }

    mutating func addAttention() {
        op("scaledDotProductAttention") { b in
            let heads = b.one(of: [1, 2, 3])
            let sharing = b.one(of: [1, 1, 2])
            let (queries, keys) =
                b.program.isLarge
                ? (b.number(in: 1...300), b.number(in: 1...700))
                : (b.number(in: 1...20), b.number(in: 1...33))
            let (features, values) = (b.number(in: 1...9), b.number(in: 1...9))
            let lead: [Int] = b.chance(0.5) ? [] : [b.number(in: 1...2)]
            var operands = [
                b.operand(Shape(lead + [heads * sharing, queries, features]), [.float], .finite),
                b.operand(Shape(lead + [heads, keys, features]), [.float], .finite),
                b.operand(Shape(lead + [heads, keys, values]), [.float], .finite),
            ]
            if b.chance(0.5) {
                operands.append(b.fresh(b.one(of: [[queries, keys], [1, keys], [queries, 1]]), .bool))
            }
            let isCausal = b.chance(0.4)
            let dropout = b.one(of: [0, 0, 0.25])
            return Call(operands, "isCausal: \(isCausal), dropout: \(dropout)") {
                [
                    scaledDotProductAttention(
                        $0[0], $0[1], $0[2], mask: at(3, $0), isCausal: isCausal, dropout: dropout,
                        groupedQueryHeads: true, generator: Generator(seed: 7))
                ]
            }
        }
        op("selfAttention") { b in
            let heads = b.one(of: [1, 2, 3])
            let (samples, features) = (b.number(in: 1...2), b.number(in: 1...9))
            let positions = b.program.isLarge ? b.number(in: 1...300) : b.number(in: 1...20)
            var operands = [b.operand([samples, positions, 3 * heads * features], [.float], .finite)]
            if b.chance(0.5) {
                operands.append(b.fresh(b.one(of: [[positions, positions], [1, positions], [positions, 1]]), .bool))
            }
            let isCausal = b.chance(0.4)
            let dropout = b.one(of: [0, 0, 0.25])
            return Call(operands, "heads: \(heads), isCausal: \(isCausal), dropout: \(dropout)") {
                [
                    selfAttention(
                        $0[0], heads: heads, mask: at(1, $0), isCausal: isCausal, dropout: dropout,
                        generator: Generator(seed: 7))
                ]
            }
        }
        op("rotaryEmbedding") { b in
            let x = b.operand(rank: 2...4) { $0.last! % 2 == 0 }
            let layout = b.one(of: [RotaryLayout.halves, .interleaved])
            let offset = b.number(in: 0...50)
            return Call([x], "offset: \(offset), \(layout)") {
                [rotaryEmbedding($0[0], offset: offset, layout: layout)]
            }
        }
        op("sinusoidalPositions", .typed) { b in
            let (length, features, dtype) = (b.number(in: 0...20), b.number(in: 0...9), b.program.dtype)
            return Call([], "\(length), \(features)") { _ in [sinusoidalPositions(length, features, dtype: dtype)] }
        }
        op("alibiSlopes", .typed) { b in
            let (heads, dtype) = (b.number(in: 0...20), b.program.dtype)
            return Call([], "\(heads)") { _ in [alibiSlopes(heads, dtype: dtype)] }
        }
    }

    mutating func addEmbeddings() {
        op("embedding padded") { b in
            let x = b.operand(rank: 2...2, isNonEmpty: true)
            let count = b.shape(of: x)[0]
            let ids = b.indices([b.number(in: 0...5), b.number(in: 1...20)], below: count)
            let padding = b.number(in: -count...count - 1)
            // Differences would see the padding's gradient, which is left out: its row is constant.
            return Call([x, ids], "padding: \(padding)") {
                let isPadding = Tensor.arange(count).equal(to: padding < 0 ? padding + count : padding)
                return [embedding($0[1], which(isPadding.unsqueezed(axes: 1), 0, $0[0]), paddingIndex: padding)]
            }
        }
        op("embeddingBag") { b in
            let x = b.operand(rank: 2...2, isNonEmpty: true)
            let shape: Shape = [b.number(in: 1...5), b.number(in: 0...20)]
            let ids = b.indices(shape, below: b.shape(of: x)[0])
            let mode = b.one(of: [EmbeddingBagMode.sum, .mean])
            return Call([x, ids], "mode: \(mode)") { [embeddingBag($0[1], $0[0], mode: mode)] }
        }
    }

    mutating func addDropouts() {
        func dropping(
            _ name: String, _ rank: ClosedRange<Int>, _ call: @escaping @Sendable (Tensor, Double, Generator) -> Tensor
        ) {
            op(name, .elementwise) { b in
                let probability = b.one(of: [0, 0.25, 0.5])
                let seed = UInt64(b.number(in: 0...99))
                return Call([b.operand(rank: rank)], "\(probability), seed \(seed)") {
                    [call($0[0], probability, Generator(seed: seed))]
                }
            }
        }
        dropping("dropout1d", 2...3) { dropout1d($0, probability: $1, generator: $2) }
        dropping("dropout2d", 3...4) { dropout2d($0, probability: $1, generator: $2) }
        dropping("dropout3d", 4...4) { dropout3d($0, probability: $1, generator: $2) }
        dropping("dropPath", 1...4) { dropPath($0, probability: $1, generator: $2) }
        dropping("alphaDropout", 0...4) { alphaDropout($0, probability: $1, generator: $2) }
        dropping("featureAlphaDropout", 2...4) { featureAlphaDropout($0, probability: $1, generator: $2) }
        op("gaussianNoise", .typed) { b in
            Call([b.operand()]) { [gaussianNoise($0[0], standardDeviation: 0.5, generator: Generator(seed: 4))] }
        }
        op("gaussianDropout", .typed) { b in
            Call([b.operand()]) { [gaussianDropout($0[0], probability: 0.25, generator: Generator(seed: 4))] }
        }
    }
}

private func at(_ index: Int, _ operands: [Tensor]) -> Tensor? { index < operands.count ? operands[index] : nil }

@Sendable private func lastAxisTerms(_ x: [Tensor]) -> [Tensor] { normTerms(x, channels: -1) }
@Sendable private func channelTerms(_ x: [Tensor]) -> [Tensor] { normTerms(x, channels: 1) }

/// Terms as large as those whose differences gradients of a normalization are, with an epsilon of a quarter.
@Sendable private func normTerms(_ x: [Tensor], channels: Int) -> [Tensor] {
    let axis = channels < 0 ? x[0].rank - 1 : channels
    let shape = Shape((0..<x[0].rank).map { $0 == axis ? x[0].shape[axis] : 1 })
    let scaled = x.count > 1 ? x[0] * 2 * x[1].reshaped(shape) : x[0] * 2
    return [x.count > 2 ? scaled + x[2].reshaped(shape) : scaled]
}
