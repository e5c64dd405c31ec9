import TernCore
import TernLosses
import TernTestSupport
import Testing

/// A loss on fixed values, and what PyTorch gives for it in float64:
///
///     x = torch.tensor([[0.5, -1, 2], [1.5, 0.25, -0.75]], dtype=torch.float64, requires_grad=True)
///     t = torch.tensor([[0.25, 1, 2], [-0.5, 0, 0.5]], dtype=torch.float64)
///     F.mse_loss(x, t, reduction="none"); F.mse_loss(x, t).backward(); x.grad
struct LossCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let input: [[Double]]
    let loss: @Sendable (Tensor, Reduction) -> Tensor
    /// Without a reduction.
    let losses: [Double]
    let mean: Double
    /// Of the mean.
    let gradient: [Double]

    static let values: [[Double]] = [[0.5, -1, 2], [1.5, 0.25, -0.75]]
    static let probabilities: [[Double]] = [[0.5, 0, 1], [0.125, 0.75, 1]]
    static let target = float64([[0.25, 1, 2], [-0.5, 0, 0.5]])
    static let shares = float64([[1, 0, 1], [0.25, 1, 0]])
    static let weight = float64([1, 0.5, 2])
    static let labels = Tensor([2, 0], dtype: .int64)

    static func float64(_ values: Tensor) -> Tensor { values.converted(to: .float64) }

    static let all = [
        LossCase(
            testDescription: "mseLoss", input: values, loss: { mseLoss($0, target, reduction: $1) },
            losses: [0.0625, 4, 0, 4, 0.0625, 1.5625], mean: 1.6145833333333333,
            gradient: [
                0.08333333333333333, -0.6666666666666666, 0, 0.6666666666666666, 0.08333333333333333,
                -0.41666666666666663,
            ]),
        LossCase(
            testDescription: "l1Loss", input: values, loss: { l1Loss($0, target, reduction: $1) },
            losses: [0.25, 2, 0, 2, 0.25, 1.25], mean: 0.9583333333333334,
            gradient: [1.0 / 6, -1.0 / 6, 0, 1.0 / 6, 1.0 / 6, -1.0 / 6]),
        LossCase(
            testDescription: "huberLoss", input: values, loss: { huberLoss($0, target, delta: 0.5, reduction: $1) },
            losses: [0.03125, 0.875, 0, 0.875, 0.03125, 0.5], mean: 0.3854166666666667,
            gradient: [
                0.041666666666666664, -0.08333333333333333, 0, 0.08333333333333333, 0.041666666666666664,
                -0.08333333333333333,
            ]),
        LossCase(
            testDescription: "smoothL1Loss", input: values,
            loss: { smoothL1Loss($0, target, beta: 2, reduction: $1) },
            losses: [0.015625, 1, 0, 1, 0.015625, 0.390625], mean: 0.4036458333333333,
            gradient: [
                0.020833333333333332, -0.16666666666666666, 0, 0.16666666666666666, 0.020833333333333332,
                -0.10416666666666666,
            ]),
        LossCase(
            testDescription: "binaryCrossEntropy at its limits", input: probabilities,
            loss: { binaryCrossEntropy($0, shares, reduction: $1) },
            losses: [0.6931471805599453, 0, 0, 0.6200089298883509, 0.2876820724517809, 100],
            mean: 16.93347303048335,
            gradient: [
                -0.3333333333333333, 0, 0, -0.19047619047619047, -0.2222222222222222, 1e12 / 6,
            ]),
        LossCase(
            testDescription: "binaryCrossEntropy with weights", input: [[0.5, 0.25, 0.75], [0.125, 0.75, 0.5]],
            loss: { binaryCrossEntropy($0, shares, weight: weight, reduction: $1) },
            // F.binary_cross_entropy(p, t, weight=torch.tensor([1, 0.5, 2]))
            losses: [
                0.6931471805599453, 0.14384103622589045, 0.5753641449035618, 0.6200089298883509, 0.14384103622589045,
                1.3862943611198906,
            ],
            mean: 0.5937494481539215,
            gradient: [
                -0.3333333333333333, 0.1111111111111111, -0.4444444444444444, -0.19047619047619047,
                -0.1111111111111111, 0.6666666666666666,
            ]),
        LossCase(
            testDescription: "binaryCrossEntropyWithLogits", input: values,
            loss: { binaryCrossEntropyWithLogits($0, shares, reduction: $1) },
            losses: [
                0.4740769841801067, 0.3132616875182228, 0.1269280110429725, 1.3264132779827524, 0.5759394198788436,
                0.3868710061148999,
            ],
            mean: 0.5339150644529663,
            gradient: [
                -0.0629234447996909, 0.04482357022833252, -0.01986715367035295, 0.09459574603227394,
                -0.07297058318570032, 0.05347021680410117,
            ]),
        LossCase(
            testDescription: "binaryCrossEntropyWithLogits with weights", input: values,
            loss: {
                binaryCrossEntropyWithLogits(
                    $0, shares, weight: weight, positiveWeight: float64([3, 1, 0.5]), reduction: $1)
            },
            losses: [
                1.42223095254032, 0.1566308437591114, 0.1269280110429725, 1.4271199169741287, 0.2879697099394218,
                0.7737420122297998,
            ],
            mean: 0.6991035744142923,
            gradient: [
                -0.18877033439907268, 0.02241178511416626, -0.01986715367035295, 0.07939361904841091,
                -0.03648529159285016, 0.10694043360820234,
            ]),
        LossCase(
            testDescription: "nllLoss", input: values,
            loss: { nllLoss(logSoftmax($0, axis: 1), labels, reduction: $1) },
            losses: [0.24131129665715703, 0.3306726094072241], mean: 0.28599195303219055,
            gradient: [
                0.08764519607001835, 0.019556286635343725, -0.10720148270536206, -0.14077982942446754,
                0.10291830199882578, 0.03786152742564176,
            ]),
        LossCase(
            testDescription: "nllLoss with weights and an ignored label", input: values,
            loss: {
                nllLoss(
                    logSoftmax($0, axis: 1), Tensor([2, 1], dtype: .int64), weight: weight, ignoreIndex: 1,
                    reduction: $1)
            },
            losses: [0.48262259331431406, 0], mean: 0.24131129665715703,
            gradient: [0.1752903921400367, 0.03911257327068745, -0.21440296541072412, 0, 0, 0]),
    ]
}

@Suite("Losses")
struct LossTests {
    @Test("agree with PyTorch, with each reduction and in their derivative", arguments: LossCase.all)
    func golden(loss: LossCase) {
        let tape = GradientTape(persistent: true)
        let input = tape.watch(Tensor(loss.input))
        let (each, sum, mean) = tape.record {
            (loss.loss(input, .none), loss.loss(input, .sum), loss.loss(input, .mean))
        }
        expectClose(each.array(of: Double.self), loss.losses)
        expectClose([sum.item()], [loss.losses.reduce(0, +)])
        expectClose([mean.item()], [loss.mean])
        expectClose(tape.gradient(of: mean, with: input)!.array(of: Double.self), loss.gradient)
        // Each reduction has the derivative of what it reduces.
        let ofSum = tape.gradient(of: sum, with: input)!.array(of: Double.self)
        let ofEach = tape.gradient(of: each, with: input, gradient: Tensor.ones(like: each))!
        expectClose(ofEach.array(of: Double.self), ofSum)
    }

    @Test("derivatives and second derivatives agree with differences")
    func differences() throws {
        let x = Tensor.normal([3, 4], dtype: .float64, generator: Generator(seed: 1))
        let t = Tensor.normal([3, 4], dtype: .float64, generator: Generator(seed: 2))
        let p = Tensor.uniform([3, 4], in: 0.1..<0.9, dtype: .float64, generator: Generator(seed: 3))
        for reduction in Reduction.allCases {
            try checkGradient({ mseLoss($0[0], $0[1], reduction: reduction) }, at: [x, t])
            try checkSecondGradient({ mseLoss($0[0], $0[1], reduction: reduction) }, at: [x, t])
        }
        try checkGradient({ huberLoss($0[0], $0[1]) }, at: [x, t])
        try checkGradient({ binaryCrossEntropy($0[0], sigmoid($0[1])) }, at: [p, t])
        try checkSecondGradient({ binaryCrossEntropy($0[0], sigmoid($0[1])) }, at: [p, t])
        try checkGradient({ binaryCrossEntropyWithLogits($0[0], sigmoid($0[1])) }, at: [x, t])
        try checkSecondGradient({ binaryCrossEntropyWithLogits($0[0], sigmoid($0[1])) }, at: [x, t])
        try checkGradient({ nllLoss($0[0], Tensor([1, 3, 0], dtype: .int64)) }, at: [x])
    }

    @Test("the cross-entropy of large logits is finite and exact")
    func largeLogits() {
        let tape = GradientTape()
        let logits = tape.watch(Tensor([100, -100, 1000, -1000]))
        let loss = tape.record { binaryCrossEntropyWithLogits(logits, [0, 1, 1, 0], reduction: .none) }
        #expect(loss == [100, 100, 0, 0])
        #expect(tape.gradient(of: loss, with: logits, gradient: [1, 1, 1, 1])! == [1, -1, 0, 0])
    }

    @Test("large, strided and empty tensors have the right mean squared error")
    func layouts() {
        let a = Tensor.normal([300, 200], generator: Generator(seed: 1))
        let b = Tensor.normal([200, 300], generator: Generator(seed: 2))
        let expected = square(a.T - b).mean().item()
        #expect(abs(mseLoss(a.T, b).item() - expected) < 1e-5)
        #expect(mseLoss(Tensor.zeros([0]), Tensor.zeros([0]), reduction: .sum).item() == 0)
        #expect(mseLoss(Tensor.zeros([0]), Tensor.zeros([0])).item().isNaN)
        #expect(mseLoss(Tensor([1, 2], dtype: .float64), [1, 4]).dtype == .float64)
        #expect(mseLoss([1, 2], Tensor([1, 4], dtype: .int64)).item() == 2)
    }

    @Test("the mean squared error has the same bits for 1 and 2 threads")
    func threads() {
        let a = Tensor.normal([100_003], generator: Generator(seed: 1))
        let b = Tensor.normal([100_003], generator: Generator(seed: 2))
        func result(_ threads: Int) -> Double {
            let saved = threadCount
            defer { threadCount = saved }
            threadCount = threads
            return mseLoss(a, b).item()
        }
        #expect(result(1) == result(2))
    }

    @Test("losses as values give what the functions give")
    func objects() {
        let x: Tensor = [[0.5, -1, 2], [1.5, 0.25, -0.75]]
        let t: Tensor = [[0.25, 1, 0], [0.5, 0, 0.5]]
        let labels = Tensor([2, 0], dtype: .int64)
        #expect(MSELoss(reduction: .sum)(x, t) == mseLoss(x, t, reduction: .sum))
        #expect(L1Loss()(x, t) == l1Loss(x, t))
        #expect(HuberLoss(delta: 2)(x, t) == huberLoss(x, t, delta: 2))
        #expect(SmoothL1Loss(beta: 2)(x, t) == smoothL1Loss(x, t, beta: 2))
        #expect(BCELoss(weight: t)(sigmoid(x), t) == binaryCrossEntropy(sigmoid(x), t, weight: t))
        #expect(
            BCEWithLogitsLoss(positiveWeight: t)(x, t) == binaryCrossEntropyWithLogits(x, t, positiveWeight: t))
        #expect(NLLLoss(ignoreIndex: 0)(x, labels) == nllLoss(x, labels, ignoreIndex: 0))
        #expect(
            CrossEntropyLoss(weight: [1, 2, 3], labelSmoothing: 0.1)(x, labels)
                == crossEntropy(x, labels, weight: [1, 2, 3], labelSmoothing: 0.1))
    }

    @Test("smoothL1Loss of beta 0 is l1Loss, and otherwise huberLoss divided by beta")
    func smoothL1() {
        let (x, t) = (Tensor([0, 0.5, -3, 2]), Tensor([2, 0, -3, 1.75]))
        for reduction in Reduction.allCases {
            #expect(smoothL1Loss(x, t, beta: 0, reduction: reduction) == l1Loss(x, t, reduction: reduction))
            for beta in [0.5, 1, 4] {
                let expected = huberLoss(x, t, delta: beta, reduction: reduction) / beta
                #expect(smoothL1Loss(x, t, beta: beta, reduction: reduction).allClose(to: expected))
            }
        }
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = mseLoss(Tensor.zeros([6]), Tensor.zeros([6, 1]))
        }.expectMessage("mseLoss: expects prediction and target of the same shape, got [6] and [6, 1]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = binaryCrossEntropy([0.5, 1.5], [0, 1])
        }.expectMessage("binaryCrossEntropy: probability must be in 0...1, got 1.5")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = nllLoss(Tensor.zeros([2, 3]), Tensor([0, 3], dtype: .int64))
        }.expectMessage("nllLoss: expects labels in 0..<3, got 3 at row 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = smoothL1Loss([0], [1], beta: -1)
        }.expectMessage("smoothL1Loss: beta must be at least 0, got -1.0")
    }
}

/// As PyTorch compares float64.
func expectClose(_ values: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(values.count == expected.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(values, expected) {
        #expect(abs(value - expected) <= 1e-7 + 1e-7 * abs(expected), sourceLocation: sourceLocation)
    }
}
