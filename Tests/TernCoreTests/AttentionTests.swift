import TernCore
import TernTestSupport
import Testing

/// What attention is, in plain operations.
private func definition(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false
) -> Tensor {
    let features = Double(query.shape[query.rank - 1])
    var scores = matmul(query, key.transposed()) / features.squareRoot()
    if let mask { scores = which(mask, scores, -1e30) }
    if isCausal {
        let rows = Tensor.arange(scores.shape[scores.rank - 2]).unsqueezed(axes: 1)
        scores = which(Tensor.arange(scores.shape[scores.rank - 1]).lessOrEqual(rows), scores, -1e30)
    }
    return matmul(softmax(scores), value)
}

@Suite("Attention")
struct AttentionTests {
    /// Queries and keys in one block, in several, and with rests.
    @Test(
        "blocks give what the definition gives, with its gradients",
        arguments: [(1, 1), (33, 70), (128, 512), (129, 513), (300, 1100), (1100, 300)], [false, true])
    func blocks(sizes: (Int, Int), isCausal: Bool) {
        let (queries, keys) = sizes
        let generator = Generator(seed: 1)
        func random(_ shape: Shape) -> Tensor { .normal(shape, dtype: .float64, generator: generator) }
        let operands = [random([2, queries, 3]), random([2, keys, 3]), random([2, keys, 5])].map { Variable($0) }
        let mask = Tensor.bernoulli([keys], probability: 0.7, dtype: .bool, generator: generator)
        // The first key is seen by all.
        let sees = mask.logicalOr(Tensor.arange(keys).equal(to: 0))
        let cotangent = random([2, queries, 5])
        var results: [[Tensor]] = []
        for isBlocked in [true, false] {
            let (q, k, v) = (operands[0].value, operands[1].value, operands[2].value)
            let output =
                isBlocked
                ? scaledDotProductAttention(q, k, v, mask: sees, isCausal: isCausal)
                : definition(q, k, v, mask: sees, isCausal: isCausal)
            output.backward(cotangent)
            results.append([output.detached] + operands.map { $0.gradient! })
            for operand in operands { operand.gradient = nil }
        }
        for (a, b) in zip(results[0], results[1]) {
            #expect(a.allClose(to: b, relativeTolerance: 1e-9, absoluteTolerance: 1e-9))
        }
    }

    @Test("operands in any layout are read where they lie, and give the same bits")
    func layouts() {
        let generator = Generator(seed: 2)
        let (q, k, v) = (
            Tensor.normal([2, 70, 3, 8], generator: generator), Tensor.normal([2, 90, 3, 8], generator: generator),
            Tensor.normal([2, 90, 3, 8], generator: generator)
        )
        let views = [q, k, v].map { $0.transposed(1, 2) }
        let result = scaledDotProductAttention(views[0], views[1], views[2])
        let copies = views.map { $0.contiguous() }
        #expect(
            result.allClose(to: scaledDotProductAttention(copies[0], copies[1], copies[2]), absoluteTolerance: 1e-5))
    }

    @Test("the same bits for any number of threads, dropout included", arguments: [1, 4])
    func threads(heads: Int) async {
        await #expect(processExitsWith: .success) { [heads] in
            func run(_ count: Int) -> [[Float]] {
                threadCount = count
                let generator = Generator(seed: 3)
                let x = (0..<3).map { _ in Variable(Tensor.normal([heads, 700, 16], generator: generator)) }
                let y = scaledDotProductAttention(
                    x[0].value, x[1].value, x[2].value, isCausal: true, dropout: 0.1, generator: generator)
                y.backward(Tensor.normal(y.shape, generator: generator))
                return [y.array(of: Float.self)] + x.map { $0.gradient!.array(of: Float.self) }
            }
            #expect(run(1) == run(3))
        }
    }

    /// The heads of [N, L, 3 E] taken apart, and put together again.
    private func attentionOfParts(
        _ x: Tensor, heads: Int, mask: Tensor? = nil, isCausal: Bool = false, dropout: Double = 0
    ) -> Tensor {
        let (samples, positions, features) = (x.shape[0], x.shape[1], x.shape[2] / 3)
        let parts = x.split(into: 3, axis: 2).map {
            $0.reshaped([samples, positions, heads, features / heads]).transposed(1, 2).contiguous()
        }
        return scaledDotProductAttention(
            parts[0], parts[1], parts[2], mask: mask, isCausal: isCausal, dropout: dropout,
            generator: Generator(seed: 4)
        ).transposed(1, 2).reshaped([samples, positions, features])
    }

    @Test(
        "selfAttention is the attention of its parts, in both directions and in any layout",
        arguments: [(1, 1), (7, 3), (65, 2), (300, 2)], [DType.float32, .float64, .bfloat16])
    func selfAttentionOfParts(sizes: (positions: Int, heads: Int), dtype: DType) {
        let (positions, heads) = sizes
        let generator = Generator(seed: 5)
        let x = Tensor.normal([2, positions, 3 * 4 * heads], generator: generator).converted(to: dtype)
        let cotangent = Tensor.normal([2, positions, 4 * heads], generator: generator).converted(to: dtype)
        let mask = Tensor.bernoulli([2, 1, 1, positions], probability: 0.8, dtype: .bool, generator: generator)
        let tolerance = dtype == .float64 ? 1e-12 : dtype == .float32 ? 1e-5 : 3e-2
        func results(_ x: Tensor, _ attention: (Tensor) -> Tensor) -> [Tensor] {
            let variable = Variable(x)
            let y = attention(variable.value)
            y.backward(cotangent)
            return [y.detached, variable.gradient!]
        }
        for (isCausal, mask, dropout) in [(false, nil, 0), (true, nil, 0), (true, mask, 0), (false, mask, 0.3)] {
            let expected = results(x) {
                attentionOfParts($0, heads: heads, mask: mask, isCausal: isCausal, dropout: dropout)
            }
            for layout in Layout.allCases where layout != .expanded {
                let found = results(layout.apply(to: x)) {
                    selfAttention(
                        $0, heads: heads, mask: mask, isCausal: isCausal, dropout: dropout,
                        generator: Generator(seed: 4))
                }
                for (a, b) in zip(found, expected) {
                    #expect(
                        a.allClose(to: b, relativeTolerance: tolerance, absoluteTolerance: tolerance),
                        "\(layout), causal \(isCausal), mask \(mask != nil), dropout \(dropout)")
                }
            }
        }
    }

    @Test("gradients of gradients of selfAttention, and those of a mask that is added")
    func selfAttentionDerivatives() throws {
        let (x, mask) = (numbers([2, 3, 12]), numbers([3, 3], seed: 2))
        try checkGradient({ selfAttention($0[0], heads: 2, isCausal: true) }, at: [x])
        try checkSecondGradient({ selfAttention($0[0], heads: 2, isCausal: true) }, at: [x])
        try checkSecondGradient({ selfAttention($0[0], heads: 1, mask: $0[1]) }, at: [x, mask])
    }

    @Test("a profile sees one operation, and who wants each of them the parts")
    func selfAttentionObserved() {
        let x = Tensor.normal([2, 5, 24])
        #expect(Profile { _ = selfAttention(x, heads: 2) }.rows().map(\.name) == ["selfAttention"])
        let captured = Graph(
            "attention", [Graph.Named("x", x)], parameters: { [] }, buffers: { [] },
            { [Graph.Named("y", selfAttention(x, heads: 2))] })
        #expect(captured.operationCounts["scaledDotProductAttention"] == 1)
        #expect(captured.operationCounts["selfAttention"] == nil)
    }

    @Test("a last axis that the heads do not divide by three stops")
    func selfAttentionMistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = selfAttention(Tensor.zeros([1, 2, 8]), heads: 2)
        }.expectMessage("selfAttention: expects an input [N, L, 3 E] of 2 heads, whose number divides E, got [1, 2, 8]")
    }

    @Test("dropout drops the same weights in blocks as by the definition, and keeps the mean")
    func dropout() {
        let q = Tensor.normal([1, 40, 4], generator: Generator(seed: 4))
        // All scores are equal and values are 1: an output is the mean of the factors of its weights.
        let output = scaledDotProductAttention(
            q * 0, q, Tensor.ones([1, 40, 1]), dropout: 0.25, generator: Generator(seed: 5))
        let factors = TernCore.dropout(
            Tensor.ones([1, 40, 40]), probability: 0.25, generator: Generator(seed: 5))
        #expect(output.allClose(to: factors.mean(axes: -1, keepAxes: true)))
        // A mask that needs gradients takes the other way.
        let mask = Variable(Tensor.zeros([40, 40]))
        let kept = scaledDotProductAttention(
            q, q, q, mask: mask.value, dropout: 0.25, generator: Generator(seed: 6))
        let blocked = scaledDotProductAttention(q, q, q, dropout: 0.25, generator: Generator(seed: 6))
        #expect(kept.detached.allClose(to: blocked, relativeTolerance: 1e-4, absoluteTolerance: 1e-5))
    }

    @Test("a checkpointed segment drops the same weights again")
    func checkpoint() {
        seed(7)
        let x = Variable(Tensor.normal([2, 10, 4]))
        func attend(_ x: Tensor) -> Tensor {
            dropout1d(scaledDotProductAttention(x, x, x, dropout: 0.3), probability: 0.3)
        }
        let state = Generator.default.state
        attend(x.value).sum().backward()
        let expected = x.gradient!
        x.gradient = nil
        Generator.default.state = state
        checkpointed(x.value) { attend($0) }.sum().backward()
        #expect(x.gradient! == expected)
    }

    @Test("8,192 positions need memory linear in their number, forward and backward", arguments: [false, true])
    func memory(isCausal: Bool) async {
        await #expect(processExitsWith: .success) { [isCausal] in
            func peak(_ length: Int) -> Int {
                emptyCache()
                let generator = Generator(seed: 8)
                let x = (0..<3).map { _ in Variable(Tensor.normal([1, length, 8], generator: generator)) }
                let cotangent = Tensor.ones([1, length, 8])
                resetPeakMemory()
                let before = memoryStatistics().liveBytes
                scaledDotProductAttention(x[0].value, x[1].value, x[2].value, isCausal: isCausal)
                    .backward(cotangent)
                return memoryStatistics().peakBytes - before
            }
            // The scores of 8,192 positions alone are 256 MB.
            let (short, long) = (peak(2048), peak(8192))
            #expect(long < 16 << 20 && Double(long) < 4.5 * Double(short), "\(short) and \(long) bytes")
        }
    }

    @Test("halves are computed in float32, under autocast too")
    func halves() {
        let x = Tensor.normal([2, 20, 8], generator: Generator(seed: 9))
        let half = x.converted(to: .bfloat16)
        let wide = half.converted(to: .float32)
        let expected = scaledDotProductAttention(wide, wide, wide).converted(to: .bfloat16)
        #expect(scaledDotProductAttention(half, half, half) == expected)
        #expect(autocast { scaledDotProductAttention(x, x, x) }.dtype == .bfloat16)
    }

    @Test("products of attention are counted as PyTorch counts them")
    func operations() {
        var total = 0
        let x = (0..<3).map { _ in Variable(Tensor.normal([2, 3, 10, 4])) }
        let count = { (operations: Int) in total += operations }
        withFloatingPointOperations(count) {
            scaledDotProductAttention(x[0].value, x[1].value, x[2].value).sum().backward()
        }
        // 2 products forward and 5 backward of 2 * 3 heads, 10 x 10 x 4 each.
        #expect(total == 7 * 2 * 6 * 400)
    }

    @Test("sizes that do not fit stop with all shapes")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = scaledDotProductAttention(Tensor.zeros([2, 3, 4]), Tensor.zeros([2, 5, 3]), Tensor.zeros([2, 5, 3]))
        }.expectMessage(
            "scaledDotProductAttention: expects queries and keys with the same number of features, got query [2, 3, 4], key "
                + "[2, 5, 3], value [2, 5, 3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = scaledDotProductAttention(
                Tensor.zeros([4, 3, 2]), Tensor.zeros([3, 5, 2]), Tensor.zeros([3, 5, 2]), groupedQueryHeads: true)
        }.expectMessage(
            "scaledDotProductAttention: expects heads of keys and values that divide those of queries, got query [4, 3, 2], "
                + "key [3, 5, 2], value [3, 5, 2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let x = Tensor.zeros([2, 3, 4])
            _ = scaledDotProductAttention(x, x, x, mask: Tensor.zeros([3, 4]))
        }.expectMessage(
            "scaledDotProductAttention: cannot broadcast a mask of shape [3, 4] to the scores [2, 3, 3] (query [2, 3, 4], key "
                + "[2, 3, 4], value [2, 3, 4])")
    }
}
