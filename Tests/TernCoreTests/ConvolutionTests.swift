import TernCore
import Testing

/// A convolution to test; `sides` are the zeros that `padding` stands for, above and on the left.
private struct ConvTest: CustomTestStringConvertible {
    var input: Shape
    var weight: Shape
    var stride: Size2d = 1
    var padding: Padding2d = 0
    var sides = Size2d(0, 0)
    var output: Size2d
    var dilation: Size2d = 1
    var groups = 1

    var testDescription: String {
        "input \(input), weight \(weight), stride \(stride), padding \(padding), dilation \(dilation), groups \(groups)"
    }

    func callAsFunction(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        conv2d(x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }

    /// The definition, with plain loops.
    func reference(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> [Double] {
        let (x, w, b) = (x.array(of: Double.self), weight.array(of: Double.self), bias?.array(of: Double.self))
        let (channels, kernel) = (self.weight[1], Size2d(self.weight[2], self.weight[3]))
        var result: [Double] = []
        for image in 0..<input[0] {
            for o in 0..<self.weight[0] {
                for oy in 0..<output.height {
                    for ox in 0..<output.width {
                        var sum = b?[o] ?? 0
                        for c in 0..<channels {
                            let channel = o / (self.weight[0] / groups) * channels + c
                            for k in 0..<kernel.height {
                                for l in 0..<kernel.width {
                                    let y = oy * stride.height + k * dilation.height - sides.height
                                    let z = ox * stride.width + l * dilation.width - sides.width
                                    guard (0..<input[2]).contains(y), (0..<input[3]).contains(z) else { continue }
                                    sum +=
                                        x[((image * input[1] + channel) * input[2] + y) * input[3] + z]
                                        * w[((o * channels + c) * kernel.height + k) * kernel.width + l]
                                }
                            }
                        }
                        result.append(sum)
                    }
                }
            }
        }
        return result
    }
}

private let convTests = [
    ConvTest(input: [2, 1, 6, 7], weight: [3, 1, 3, 3], output: [4, 5]),
    ConvTest(input: [2, 3, 5, 6], weight: [18, 3, 3, 2], padding: 1, sides: [1, 1], output: [5, 7]),
    ConvTest(
        input: [1, 4, 7, 8], weight: [6, 2, 3, 3], stride: [2, 3], padding: [2, 1], sides: [2, 1], output: [5, 3],
        groups: 2),
    ConvTest(input: [2, 3, 4, 5], weight: [3, 1, 2, 2], stride: 2, output: [2, 2], groups: 3),
    ConvTest(
        input: [1, 2, 9, 9], weight: [2, 2, 3, 3], padding: 2, sides: [2, 2], output: [9, 5], dilation: [2, 4]),
    ConvTest(input: [3, 5, 3, 3], weight: [4, 5, 1, 1], stride: [1, 2], output: [3, 2]),
    ConvTest(
        input: [1, 1, 4, 5], weight: [2, 1, 2, 3], padding: .explicit(top: 0, bottom: 2, left: 3, right: 1),
        sides: [0, 3],
        output: [5, 7]),
    ConvTest(input: [1, 2, 5, 6], weight: [2, 2, 2, 4], padding: .same, sides: [0, 1], output: [5, 6]),
    ConvTest(input: [1, 2, 6, 7], weight: [2, 2, 3, 3], stride: 2, padding: .same, sides: [0, 1], output: [3, 4]),
    ConvTest(input: [1, 2, 6, 7], weight: [2, 2, 3, 3], padding: .valid, output: [4, 5]),
    ConvTest(input: [2, 3, 5, 19], weight: [3, 1, 3, 3], padding: 1, sides: [1, 1], output: [5, 19], groups: 3),
    ConvTest(
        input: [2, 3, 4, 34], weight: [3, 1, 3, 3], stride: 2, padding: 1, sides: [1, 1], output: [2, 17], groups: 3),
    ConvTest(
        input: [1, 2, 5, 35], weight: [2, 1, 3, 3], stride: 2, padding: 1, sides: [1, 1], output: [3, 18], groups: 2),
    ConvTest(input: [3, 2, 1, 2], weight: [2, 1, 3, 3], padding: 1, sides: [1, 1], output: [1, 2], groups: 2),
    ConvTest(
        input: [2, 2, 3, 3], weight: [2, 1, 3, 3], stride: 2, padding: 1, sides: [1, 1], output: [2, 2], groups: 2),
    ConvTest(input: [1, 16, 4, 8], weight: [18, 8, 1, 1], output: [4, 8], groups: 2),
    ConvTest(input: [3, 9, 5, 4], weight: [8, 9, 1, 1], output: [5, 4]),
]

private func isClose(_ actual: Tensor, _ expected: [Double], _ tolerance: Double) -> Bool {
    let values = actual.converted(to: .float64).array(of: Double.self)
    return values.count == expected.count
        && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) }
}

@Test("conv2d is what its definition says", arguments: convTests)
private func definition(_ test: ConvTest) {
    let (x, weight) = (numbers(test.input), numbers(test.weight, seed: 2))
    let bias = numbers([test.weight[0]], seed: 3)
    let expected = test.reference(x, weight, bias)
    let shape: Shape = [test.input[0], test.weight[0], test.output.height, test.output.width]
    let result = test(x, weight, bias)
    #expect(result.shape == shape)
    #expect(isClose(result, expected, 1e-12))
    #expect(isClose(test(x, weight), test.reference(x, weight, nil), 1e-12))
    let single = test(x.converted(to: .float32), weight.converted(to: .float32), bias.converted(to: .float32))
    #expect(single.dtype == .float32 && single.shape == shape)
    #expect(isClose(single, expected, 1e-5))
}

@Test("conv2d has right derivatives of first and second order", arguments: convTests)
private func derivatives(_ test: ConvTest) throws {
    let x = numbers(test.input)
    let weight = numbers(test.weight, seed: 2)
    let bias = numbers([test.weight[0]], seed: 3)
    try checkGradient({ test($0[0], $0[1], $0[2]) }, at: [x, weight, bias])
    try checkGradient({ test($0[0], $0[1]) }, at: [x, weight])
    if x.count + weight.count < 200 { try checkSecondGradient({ test($0[0], $0[1], $0[2]) }, at: [x, weight, bias]) }
}

@Test("conv2d of a picture by hand")
private func byHand() {
    let x = Tensor(shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] as [Float])
    let weight = Tensor(shape: [1, 1, 2, 2], values: [1, 0, 0, -1] as [Float])
    #expect(conv2d(x, weight, Tensor([0.5])).array(of: Float.self) == [-3.5, -3.5, -3.5, -3.5])
    #expect(conv2d(x.squeezed(axes: 0), weight).shape == [1, 2, 2])
    // Of one more than the even kernel needs on both sides together, `same` puts the zero at the end.
    let row = Tensor(shape: [1, 1, 1, 3], values: [1, 2, 3] as [Float])
    #expect(conv2d(row, Tensor.ones([1, 1, 1, 2]), padding: .same).array(of: Float.self) == [3, 5, 3])
}

@Test("conv2d reads every layout")
private func convLayouts() {
    let test = convTests[1]
    let x = numbers(test.input)
    let weight = numbers(test.weight, seed: 2)
    let bias = numbers([test.weight[0]], seed: 3)
    let expected = test(x, weight, bias).array(of: Double.self)
    for (name, input) in everyLayout(x) {
        for (other, filters) in everyLayout(weight) {
            #expect(test(input, filters, bias).array(of: Double.self) == expected, "input \(name), weight \(other)")
        }
    }
    let same = numbers([1, 3, 1, 1]).expanded(to: [2, 3, 5, 6])
    #expect(test(same, weight).array(of: Double.self) == test(same.contiguous(), weight).array(of: Double.self))
}

@Test("conv2d of no images is empty, and gives gradients of zero")
private func noImages() {
    let tape = GradientTape()
    let x = tape.watch(Tensor.zeros([0, 2, 5, 5]))
    let weight = tape.watch(Tensor.ones([3, 2, 2, 2]))
    let bias = tape.watch(Tensor.ones([3]))
    let loss = tape.record {
        let y = conv2d(x, weight, bias)
        #expect(y.shape == [0, 3, 4, 4])
        return y.sum()
    }
    let gradients = tape.gradient(of: loss, with: [x, weight, bias])
    #expect(gradients[0]!.shape == x.shape)
    #expect(gradients[1]! == Tensor.zeros(weight.shape))
    #expect(gradients[2]! == Tensor.zeros([3]))
}

@Test("conv2d gives the same bits on one thread and on several", arguments: [0, 1, 2, 3])
private func threads(_ which: Int) {
    let (input, filters): (Shape, Shape) = [
        ([32, 1, 28, 28], [6, 1, 5, 5]), ([32, 6, 14, 14], [16, 6, 5, 5]), ([4, 48, 16, 16], [64, 48, 3, 3]),
        ([9, 24, 12, 12], [40, 24, 1, 1]),
    ][which]
    let x = numbers(input, dtype: .float32)
    let weight = numbers(filters, seed: 2, dtype: .float32)
    let bias = numbers([filters[0]], seed: 3, dtype: .float32)
    let count = threadCount
    defer { threadCount = count }
    let results = [1, 2, 5].map { threads in
        threadCount = threads
        let tape = GradientTape()
        let sources = [tape.watch(x), tape.watch(weight), tape.watch(bias)]
        let loss = tape.record {
            let y = conv2d(sources[0], sources[1], sources[2], padding: filters[2] == 1 ? 0 : 1)
            return (y * y).sum()
        }
        return tape.gradient(of: loss, with: sources).map { $0!.array(of: Float.self) }
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
}

@Test("conv2d records nothing, and gives no gradient, for inputs that need none")
private func unneeded() {
    let x = numbers([2, 2, 4, 4])
    let weight = numbers([3, 2, 2, 2])
    let bias = numbers([3])
    #expect(!conv2d(x, weight, bias).requiresGradient)
    let tape = GradientTape()
    let watched = tape.watch(bias)
    let loss = tape.record { (conv2d(x, weight, watched) * 2).sum() }
    #expect(tape.gradient(of: loss, with: watched)! == Tensor([36, 36, 36], dtype: .float64))
}

@Test("a NaN reaches the outputs whose windows hold it, and no others")
private func convNaN() {
    for channels in [1, 20] {
        var values = [Float](repeating: 1, count: 36)
        values[14] = .nan
        let x = Tensor(shape: [1, 1, 6, 6], values: values)
        let y = conv2d(x, Tensor.ones([channels, 1, 3, 3]), padding: 1).array(of: Float.self)
        let rows = 1...3
        let columns = 1...3
        for i in 0..<36 { #expect(y[i].isNaN == (rows.contains(i / 6) && columns.contains(i % 6))) }
    }
}

@Test("conv2d explains what does not fit")
private func convMistakes() async {
    await expectMessage(
        "conv2d: expects 6 input channels, got 3 (input [64, 3, 14, 14], weight [16, 6, 5, 5])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([64, 3, 14, 14]), Tensor.zeros([16, 6, 5, 5]))
        })
    await expectMessage(
        "conv2d: expects an input that the kernel fits into, got [1, 1, 3, 3] "
            + "(kernel size [5, 5], padding [0, 0], dilation [1, 1])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 1, 3, 3]), Tensor.zeros([1, 1, 5, 5]))
        })
    await expectMessage(
        "conv2d: expects groups that divide 4 output channels, got 3 (input [1, 3, 5, 5], weight [4, 1, 3, 3])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 3, 5, 5]), Tensor.zeros([4, 1, 3, 3]), groups: 3)
        })
    await expectMessage(
        "conv2d: expects a bias of shape [4], got [3] (weight [4, 1, 3, 3])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 1, 5, 5]), Tensor.zeros([4, 1, 3, 3]), Tensor.zeros([3]))
        })
    await expectMessage(
        "conv2d: expects one floating-point type, got float32, float64: convert the data with converted(to: .float32) "
            + "(an array of Double makes float64), or the model with to(.float64)",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 1, 5, 5]), Tensor.zeros([4, 1, 3, 3], dtype: .float64))
        })
    await expectMessage(
        "conv2d: expects 1 input channels, got 4 (input [4, 28, 28], weight [4, 1, 3, 3])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([4, 28, 28]), Tensor.zeros([4, 1, 3, 3]))
        })
    await expectMessage(
        "conv2d: expects an input that the kernel fits into, got [1, 3, 3] "
            + "(kernel size [5, 5], padding [0, 0], dilation [1, 1])",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 3, 3]), Tensor.zeros([1, 1, 5, 5]))
        })
    await expectMessage(
        "conv2d: expects a stride of at least 1, got [0, 1]",
        in: #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = conv2d(Tensor.zeros([1, 1, 5, 5]), Tensor.zeros([4, 1, 3, 3]), stride: [0, 1])
        })
}
