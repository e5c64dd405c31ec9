import TernCore
import TernLosses
import TernTestSupport
import Testing

/// A loss whose value in `float32` is held against that in `float64`, relative to itself.
struct StableCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let points: [Double]
    let loss: @Sendable (Tensor) -> Tensor

    static let wide = (-38...37).flatMap { power in [1, 3.1].map { $0 * Double("1e\(power)")! } }
    static let signed = wide + wide.map { -$0 }
    static let unit = [1e-30, 1e-7, 1e-3, 0.1, 0.5, 0.9, 1 - 1e-4, 1 - 0x1p-24]

    private static func like(_ x: Tensor, _ value: Double) -> Tensor { Tensor.full(x.shape, value, dtype: x.dtype) }
    private static func row(_ x: Tensor, _ value: Double) -> Tensor { stacked([x, like(x, value)], axis: 1) }

    static let all = [
        StableCase(testDescription: "logCoshLoss", points: signed) {
            logCoshLoss($0, like($0, 0), reduction: .none)
        },
        StableCase(testDescription: "logCoshLoss, moderate", points: (1...80).map { Double($0) / 16 }) {
            logCoshLoss($0, like($0, 0), reduction: .none)
        },
        StableCase(testDescription: "msleLoss near 1", points: [1, 1 + 0x1p-20, 1 + 0x1p-10, 1.5, 1e20, 1e-20]) {
            msleLoss($0, like($0, 1), epsilon: 0, reduction: .none)
        },
        StableCase(testDescription: "softMarginLoss", points: signed) {
            softMarginLoss($0, like($0, 1), reduction: .none)
        },
        StableCase(testDescription: "diceLoss near a match", points: unit) {
            diceLoss(row($0, 1), row(like($0, 1), 1), axes: [1], epsilon: 0, reduction: .none)
        },
        StableCase(testDescription: "tverskyLoss near a match", points: unit) {
            tverskyLoss(row($0, 1), row(like($0, 1), 1), axes: [1], alpha: 0.3, epsilon: 0, reduction: .none)
        },
        StableCase(testDescription: "generalizedCrossEntropy near certainty", points: unit) {
            generalizedCrossEntropy(row($0, 0), Tensor.zeros($0.shape, dtype: .int64), q: 0.7, reduction: .none)
        },
        StableCase(testDescription: "binaryFocalCrossEntropyWithLogits", points: (-60...60).map(Double.init)) {
            binaryFocalCrossEntropyWithLogits($0, like($0, 1), reduction: .none)
        },
        StableCase(testDescription: "cosineEmbeddingLoss of near vectors", points: [0, 1e-12, 1e-6, 1e-4, 1e-2, 1, 50])
        {
            let ones = like($0, 1)
            return cosineEmbeddingLoss(row(ones, 0), stacked([ones, $0], axis: 1), ones, reduction: .none)
        },
    ]
}

@Suite("Losses over the range of float32")
struct StableLossTests {
    @Test("keep their digits where terms cancel", arguments: StableCase.all)
    func digits(item: StableCase) {
        let points = item.points.map { Double(Float($0)) }.filter(\.isFinite)
        let values = item.loss(Tensor(points, dtype: .float32)).array(of: Double.self)
        let exact = item.loss(Tensor(points, dtype: .float64)).array(of: Double.self)
        for (point, (value, exact)) in zip(points, zip(values, exact)) {
            let bound = 1e-6 * abs(exact) + 1e-37
            let overflows = exact > Double(Float.greatestFiniteMagnitude) && value == .infinity
            #expect(abs(value - exact) <= bound || overflows, "at \(point): \(value) instead of \(exact)")
        }
    }

    @Test("CTC agrees with its definition for far log-probabilities and long sequences, up to second gradients")
    func ctc() {
        for (steps, scale) in [(6, 1.0), (40, 30), (120, 200)] {
            let generator = Generator(seed: 3)
            let x = logSoftmax(Tensor.normal([steps, 3, 5], dtype: .float64, generator: generator) * scale)
            let labels = Tensor.randomIntegers([3, 3], in: 1..<5, generator: generator)
            let (lengths, inputs) = ([3, 2, 0], [steps, steps - 1, steps])
            func loss(_ x: Tensor) -> Tensor {
                ctcLoss(x, labels, inputLengths: inputs, labelLengths: lengths, reduction: .sum)
            }
            let gradient = valueAndGradient(at: x, of: loss).gradient
            // What a gradient of a gradient goes through is the definition.
            let (squared, _) = valueAndGradient(at: x) { valueAndGradient(at: $0, of: loss).gradient.square().sum() }
            #expect(squared.allClose(to: gradient.square().sum(), relativeTolerance: 1e-9))
            let rounded = x.converted(to: .float32)
            let single = valueAndGradient(at: rounded, of: loss)
            let double = valueAndGradient(at: rounded.converted(to: .float64), of: loss)
            #expect(abs(single.value.item() - double.value.item()) <= 1e-6 * abs(double.value.item()))
            #expect(
                single.gradient.converted(to: .float64).allClose(
                    to: double.gradient, relativeTolerance: 1e-6, absoluteTolerance: 1e-30))
        }
    }

    @Test("CTC of one sequence, of no labels, and of too few steps")
    func ctcEdges() async {
        let x = logSoftmax(Tensor.zeros([2, 3], dtype: .float64))
        #expect(abs(ctcLoss(x, Tensor([1], dtype: .int64)).item() - 1.0986122886681098) < 1e-12)
        #expect(abs(ctcLoss(x, Tensor([1], dtype: .int64), labelLengths: [0]).item() - 2 * 1.0986122886681098) < 1e-12)
        #expect(ctcLoss(x, Tensor([1, 1], dtype: .int64)).item() == .infinity)
        #expect(ctcLoss(x, Tensor([1, 1], dtype: .int64), zeroInfinity: true).item() == 0)
        let gradient = valueAndGradient(at: x) { ctcLoss($0, Tensor([1, 1], dtype: .int64), zeroInfinity: true) }
            .gradient
        #expect(gradient == Tensor.zeros(like: x))
        #expect(ctcLoss(x, Tensor([1], dtype: .int64), inputLengths: [0], labelLengths: [0]).item() == 0)
        #expect(ctcLoss(x, Tensor([1], dtype: .int64), inputLengths: [0]).item() == .infinity)
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ctcLoss(Tensor.zeros([4, 2, 3]), Tensor([[1, 2], [2, 0]], dtype: .int64))
        }.expectMessage("ctcLoss: expects labels in 0..<3 other than the blank 0, got 0 in sequence 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ctcLoss(Tensor.zeros([4, 2, 3]), Tensor([[1, 2], [2, 1]], dtype: .int64), inputLengths: [4, 5])
        }.expectMessage("ctcLoss: expects inputLengths in 0...4, got 5 for sequence 1")
    }

    @Test("CTC has the same bits for 1 and 2 threads")
    func threads() {
        let x = logSoftmax(Tensor.normal([50, 16, 20], generator: Generator(seed: 1)))
        let labels = Tensor.randomIntegers([16, 10], in: 1..<20, generator: Generator(seed: 2))
        func result(_ threads: Int) -> Tensor {
            let saved = threadCount
            defer { threadCount = saved }
            threadCount = threads
            return valueAndGradient(at: x) { ctcLoss($0, labels) }.gradient
        }
        #expect(result(1) == result(2))
    }
}
