import TernCore
import Testing

@Suite("Axis 0 or -1 of a scalar")
struct ScalarAxisTests {
    private struct Case: Sendable {
        let name: String
        let value: Double
        let operation: @Sendable (Tensor, Int) -> Tensor

        init(_ name: String, _ value: Double, _ operation: @escaping @Sendable (Tensor, Int) -> Tensor) {
            self.name = name
            self.value = value
            self.operation = operation
        }
    }

    private static let zero = Tensor.zeros([], dtype: .int64)

    /// Of 3; PyTorch 2.13 gives the same.
    private static let cases: [Case] = [
        .init("sum", 3) { $0.sum(axes: $1) },
        .init("sum, kept", 3) { $0.sum(axes: $1, keepAxes: true) },
        .init("mean", 3) { $0.mean(axes: $1) },
        .init("product", 3) { $0.product(axes: $1) },
        .init("max", 3) { $0.max(axes: $1) },
        .init("min, kept", 3) { $0.min(axes: $1, keepAxes: true) },
        .init("argmax", 0) { $0.argmax(axis: $1) },
        .init("argmin, kept", 0) { $0.argmin(axis: $1, keepAxes: true) },
        .init("any", 1) { $0.any(axes: $1) },
        .init("all", 1) { $0.all(axes: $1) },
        .init("variance", 0) { $0.variance(axes: $1, correction: 0) },
        .init("standardDeviation", 0) { $0.standardDeviation(axes: $1, correction: 0) },
        .init("norm", 3) { $0.norm(axes: $1) },
        .init("norm 1", 3) { $0.norm(1, axes: $1) },
        .init("norm inf", 3) { $0.norm(.infinity, axes: $1) },
        .init("logSumExp", 3) { $0.logSumExp(axes: $1) },
        .init("cumulativeSum", 3) { $0.cumulativeSum(axis: $1) },
        .init("sorted", 3) { $0.sorted(axis: $1).values },
        .init("sorted, indices", 0) { $0.sorted(axis: $1, descending: true).indices },
        .init("argsorted", 0) { $0.argsorted(axis: $1) },
        .init("topK", 3) { $0.topK(1, axis: $1).values },
        .init("topK, indices", 0) { $0.topK(1, axis: $1).indices },
        .init("softmax", 1) { softmax($0, axis: $1) },
        .init("logSoftmax", 0) { logSoftmax($0, axis: $1) },
        .init("squeezed", 3) { $0.squeezed(axes: $1) },
        .init("transposed", 3) { $0.transposed($1, 0) },
        .init("movingAxis", 3) { $0.movingAxis($1, to: -1) },
        .init("flipped", 3) { $0.flipped(axes: $1) },
        .init("rolled", 3) { $0.rolled(by: 2, axis: $1) },
        .init("gathered", 3) { $0.gathered(zero, axis: $1) },
        .init("scatterAdded", 6) { $0.scatterAdded($0, at: zero, axis: $1) },
        .init("selected", 3) { $0.selected(zero, axis: $1) },
        .init("indexAdded", 6) { $0.indexAdded($0, at: zero, axis: $1) },
    ]

    @Test("is accepted by everything that works along an axis, and the result is a scalar", arguments: [0, -1])
    func values(_ axis: Int) {
        for test in Self.cases {
            for dtype in [DType.float32, .float64, .int64] {
                let result = test.operation(Tensor(3, dtype: dtype), axis)
                #expect(result.shape == [], "\(test.name)")
                #expect(result.item() == test.value, "\(test.name) of \(dtype)")
            }
        }
    }

    @Test("has the derivatives of a vector of one", arguments: [0, -1])
    func gradients(_ axis: Int) throws {
        for test in Self.cases where test.operation(Tensor(3.0), axis).dtype == .float32 {
            try checkGradient({ test.operation($0[0], axis) }, at: [Tensor(3.0)])
            try checkSecondGradient({ test.operation($0[0], axis) }, at: [Tensor(3.0)])
        }
    }

    @Test("is not accepted twice, and no other axis is", arguments: 0..<6)
    func mistakes(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
            let x = Tensor(3)
            switch index {
            case 0: _ = x.sum(axes: [0, -1])
            case 1: _ = softmax(x, axis: 1)
            case 2: _ = x.flipped(axes: [0, 0])
            case 3: _ = x.transposed()
            case 4: _ = x.sliced(from: 0, to: 1, axis: 0)
            default: _ = x.topK(0)
            }
        }
        let messages = [
            "sum: got axis 0 twice for shape []", "softmax: axis 1 is out of range for shape []",
            "flipped: got axis 0 twice for shape []", "transposed: axis -2 is out of range for shape []",
            "sliced: axis 0 is out of range for shape []", "topK: expects a k of 1 for a scalar, got 0",
        ]
        expectMessage(messages[index], in: result)
    }
}
