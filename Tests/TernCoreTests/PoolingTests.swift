import TernCore
import Testing

/// A pooling to test, with what it gives for 0, 1, 2 ... in one plane (values from PyTorch 2.13).
private struct PoolTest: CustomTestStringConvertible {
    let testDescription: String
    let size: Size2d
    let expected: [[Double]]
    let pool: @Sendable (Tensor) -> Tensor

    init(_ name: String, _ size: Size2d, _ expected: [[Double]], _ pool: @escaping @Sendable (Tensor) -> Tensor) {
        (testDescription, self.size, self.expected, self.pool) = (name, size, expected, pool)
    }
}

private let poolTests = [
    PoolTest("maxPool2d 2", [4, 5], [[6, 8], [16, 18]]) { maxPool2d($0, 2) },
    PoolTest("maxPool2d 2, ceil", [4, 5], [[6, 8, 9], [16, 18, 19]]) { maxPool2d($0, 2, ceilMode: true) },
    PoolTest("maxPool2d 3, stride 2, padding 1", [4, 5], [[6, 8, 9], [16, 18, 19]]) {
        maxPool2d($0, 3, stride: 2, padding: 1)
    },
    PoolTest("maxPool2d [2, 3], stride [1, 2]", [4, 5], [[7, 9], [12, 14], [17, 19]]) {
        maxPool2d($0, [2, 3], stride: [1, 2])
    },
    PoolTest("maxPool2d 2, stride 1, dilation 2", [4, 5], [[12, 13, 14], [17, 18, 19]]) {
        maxPool2d($0, 2, stride: 1, dilation: 2)
    },
    PoolTest("maxPool2d 2, same", [3, 3], [[4, 5], [7, 8]]) { maxPool2d($0, 2, padding: .same) },
    PoolTest("avgPool2d 2", [4, 5], [[3, 5], [13, 15]]) { avgPool2d($0, 2) },
    PoolTest("avgPool2d 3, stride 2, padding 1", [4, 4], [[10.0 / 9, 24.0 / 9], [51.0 / 9, 90.0 / 9]]) {
        avgPool2d($0, 3, stride: 2, padding: 1)
    },
    PoolTest("avgPool2d 3, stride 2, padding 1, without it", [4, 4], [[2.5, 4], [8.5, 10]]) {
        avgPool2d($0, 3, stride: 2, padding: 1, countsPadding: false)
    },
    PoolTest("avgPool2d 2, ceil", [3, 3], [[2, 3.5], [6.5, 8]]) { avgPool2d($0, 2, ceilMode: true) },
    // Windows larger than the padded input.
    PoolTest("maxPool2d 4, ceil, of less", [2, 3], [[5]]) { maxPool2d($0, 4, ceilMode: true) },
    PoolTest("maxPool2d 7, stride 5, padding 2, ceil, of less", [2, 2], [[3]]) {
        maxPool2d($0, 7, stride: 5, padding: 2, ceilMode: true)
    },
    PoolTest("maxPool2d 2, stride 3, dilation 3, ceil, of less", [3, 3], [[0]]) {
        maxPool2d($0, 2, stride: 3, dilation: 3, ceilMode: true)
    },
    PoolTest("avgPool2d 4, stride 3, ceil, of less", [2, 2], [[1.5]]) { avgPool2d($0, 4, stride: 3, ceilMode: true) },
    PoolTest("avgPool2d 7, stride 5, padding 2, ceil, of less", [2, 2], [[6.0 / 36]]) {
        avgPool2d($0, 7, stride: 5, padding: 2, ceilMode: true)
    },
    PoolTest("avgPool2d 4, stride 2, padding 1, ceil, of less, without it", [2, 2], [[1.5]]) {
        avgPool2d($0, 4, stride: 2, padding: 1, ceilMode: true, countsPadding: false)
    },
    PoolTest("avgPool2d 2, divisor 3", [2, 4], [[10.0 / 3, 18.0 / 3]]) { avgPool2d($0, 2, divisor: 3) },
    PoolTest("adaptiveAvgPool2d [2, 3]", [3, 4], [[2.5, 3.5, 4.5], [6.5, 7.5, 8.5]]) { adaptiveAvgPool2d($0, [2, 3]) },
    PoolTest("adaptiveAvgPool2d 1", [3, 5], [[7]]) { adaptiveAvgPool2d($0, 1) },
    PoolTest("adaptiveMaxPool2d [2, 3]", [3, 4], [[5, 6, 7], [9, 10, 11]]) { adaptiveMaxPool2d($0, [2, 3]) },
]

private func isClose(_ actual: Tensor, _ expected: [Double]) -> Bool {
    let values = actual.converted(to: .float64).array(of: Double.self)
    return values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-5 }
}

@Test("pooling gives PyTorch's values", arguments: poolTests)
private func values(_ test: PoolTest) {
    let count = test.size.height * test.size.width
    for dtype in [DType.float32, .float64] {
        let plane = Tensor.arange(count).converted(to: dtype).reshaped([1, 1, test.size.height, test.size.width])
        // Other values beside what is looked at.
        let images = concatenated([
            concatenated([plane, plane + 100], axis: 1), concatenated([plane, plane], axis: 1),
        ])
        let result = test.pool(images)
        #expect(result.dtype == dtype)
        #expect(result.shape == [2, 2, test.expected.count, test.expected[0].count])
        let expected = test.expected.flatMap { $0 }
        #expect(isClose(result[0, 0], expected))
        #expect(isClose(test.pool(images[1]), expected + expected))
    }
}

@Test("pooling has right derivatives of first and second order", arguments: poolTests)
private func derivatives(_ test: PoolTest) throws {
    // Maxima must not change within the differences that the check takes.
    let x = signedValues([2, 2, test.size.height, test.size.width])
    try checkGradient({ test.pool($0[0]) }, at: [x])
    try checkSecondGradient({ square(test.pool($0[0])) }, at: [x])
}

@Test("pooling reads every layout", arguments: poolTests)
private func layouts(_ test: PoolTest) {
    let x = numbers([2, 3, test.size.height, test.size.width])
    let expected = test.pool(x).array(of: Double.self)
    for (name, input) in everyLayout(x) { #expect(test.pool(input).array(of: Double.self) == expected, "\(name)") }
}

@Test("the gradient of a maximum goes to the first of equal values")
private func ties() {
    for kernel in [Size2d(2), Size2d(2, 4)] {
        let tape = GradientTape()
        let x = tape.watch(Tensor(shape: [1, 2, 4], values: [1, 3, 0, 0, 3, 3, 0, 0] as [Float]))
        let loss = tape.record { (maxPool2d(x, kernel) * 5).sum() }
        let second: Float = kernel.width == 2 ? 5 : 0
        #expect(tape.gradient(of: loss, with: x)!.array(of: Float.self) == [0, 5, second, 0, 0, 0, 0, 0])
    }
}

@Test("NaN is the maximum of its windows, and infinities are numbers")
private func maximumOfNaN() {
    let x = Tensor(
        shape: [1, 2, 4], values: [1, .nan, -.infinity, -.infinity, .infinity, 2, -.infinity, -.infinity] as [Float])
    for y in [maxPool2d(x, 2), adaptiveMaxPool2d(x, [1, 2]), maxPool2d(x, [2, 3], stride: [1, 2], padding: [0, 1])] {
        #expect(y.array(of: Float.self)[0].isNaN)
    }
    #expect(maxPool2d(x, 2).array(of: Float.self)[1] == -.infinity)
}

@Test("pooling of no images is empty")
private func noImagesToPool() {
    let x = Tensor.zeros([0, 3, 4, 4])
    #expect(maxPool2d(x, 2).shape == [0, 3, 2, 2])
    #expect(avgPool2d(x, 2).shape == [0, 3, 2, 2])
    #expect(adaptiveAvgPool2d(x, 1).shape == [0, 3, 1, 1])
}

@Test("pooling gives the same bits on one thread and on several")
private func poolingThreads() {
    let x = numbers([16, 6, 28, 28], dtype: .float32)
    let count = threadCount
    defer { threadCount = count }
    let results = [1, 3].map { threads in
        threadCount = threads
        return [maxPool2d(x, 2), avgPool2d(x, 2), avgPool2d(x, 3, stride: 2, padding: 1), adaptiveAvgPool2d(x, 3)]
            .map { $0.array(of: Float.self) }
    }
    #expect(results[0] == results[1])
}

@Test("pooling explains what does not fit")
private func poolingMistakes() async {
    await expectMessage(
        "maxPool2d: expects padding of at most half the kernel size [2, 2], got [2, 2]",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = maxPool2d(Tensor.zeros([1, 1, 5, 5]), 2, padding: 2)
        })
    await expectMessage(
        "avgPool2d: expects an input [N, C, H, W], got [5, 5]",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = avgPool2d(Tensor.zeros([5, 5]), 2)
        })
    await expectMessage(
        "avgPool2d: expects a floating-point input, got int64",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = avgPool2d(Tensor.zeros([1, 5, 5], dtype: .int64), 2)
        })
    await expectMessage(
        "maxPool2d: expects an input that the kernel fits into, got [1, 1, 2, 5] "
            + "(kernel size [3, 3], padding [0, 0], dilation [1, 1])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = maxPool2d(Tensor.zeros([1, 1, 2, 5]), 3)
        })
}
