import TernCore
import TernLosses
import Testing

@Suite("softmax and logSoftmax")
struct SoftmaxTests {
    @Test("rows sum to one and agree with the formula, along every axis and in every layout")
    func formula() {
        let x = signedValues([2, 3, 4]) * 3
        for axis in -3..<3 {
            let expected = exp(x) / exp(x).sum(axes: axis, keepAxes: true)
            for layout in Layout.allCases where layout != .expanded {
                #expect(softmax(layout.apply(to: x), axis: axis).allClose(to: expected))
                #expect(logSoftmax(layout.apply(to: x), axis: axis).allClose(to: log(expected)))
            }
        }
    }

    @Test("large values do not overflow")
    func large() {
        #expect(softmax(Tensor([1000, 1000])) == [0.5, 0.5])
        #expect(logSoftmax(Tensor([0, 1000])) == [-1000, 0])
        #expect(softmax(Tensor([-.infinity, 0])) == [0, 1])
    }

    @Test("no rows and no columns give no elements")
    func empty() {
        #expect(softmax(Tensor.ones([0, 3])).shape == [0, 3])
        #expect(softmax(Tensor.ones([3, 0])).shape == [3, 0])
        #expect(softmax(Tensor.ones([3, 1])) == Tensor.ones([3, 1]))
    }

    @Test("integers are computed on as float32")
    func integers() { #expect(softmax(Tensor([2, 2] as [Int])) == [0.5, 0.5]) }
}

@Suite("crossEntropy")
struct CrossEntropyTests {
    let logits = Tensor(
        shape: [4, 3], values: [1.0, -2.0, 0.5, 0.25, 3.0, -1.0, 2.0, 0.0, 1.5, -0.5, 0.75, -0.25] as [Double])
    let labels = Tensor([2, 0, 1, 1] as [Int])
    let weight = Tensor([0.5, 2, 1.5], dtype: .float64)
    let probabilities = Tensor(
        shape: [4, 3], values: [0.2, 0.3, 0.5, 1, 0, 0, 0.1, 0.1, 0.8, 0.25, 0.25, 0.5] as [Double])

    /// Expects the values that PyTorch 2.13 gives for each row and for their mean.
    private func expect(
        _ rows: [Double], mean: Double, sourceLocation: SourceLocation = #_sourceLocation,
        _ loss: (Reduction) -> Tensor
    ) {
        func expectClose(_ value: Tensor, _ expected: Tensor) {
            #expect(value.allClose(to: expected, relativeTolerance: 1e-12), "\(value)", sourceLocation: sourceLocation)
        }
        expectClose(loss(.none), Tensor(rows, dtype: .float64))
        expectClose(loss(.sum), Tensor(rows.reduce(0, +), dtype: .float64))
        expectClose(loss(.mean), Tensor(mean, dtype: .float64))
    }

    @Test("of labels")
    func plain() {
        expect(
            [1.0045969023422834, 2.8290362014040995, 2.554956919641991, 0.503428877984625], mean: 1.7230047253432499
        ) { crossEntropy(logits, labels, reduction: $0) }
    }

    @Test("with class weights, ignoring a label")
    func weighted() {
        expect([1.506895353513425, 0, 5.109913839283982, 1.00685775596925], mean: 1.3861212634121194) {
            crossEntropy(logits, labels, weight: weight, ignoreIndex: 0, reduction: $0)
        }
    }

    @Test("with label smoothing, ignoring a label")
    func smoothed() {
        expect([1.07126356900895, 2.7790362014040997, 0, 0], mean: 1.9251498852065247) {
            crossEntropy(logits, labels, ignoreIndex: 1, labelSmoothing: 0.1, reduction: $0)
        }
    }

    @Test("with class weights and label smoothing, ignoring a label")
    func weightedAndSmoothed() {
        expect([1.6484854051410538, 1.5294377841523914, 0, 0], mean: 1.5889615946467226) {
            crossEntropy(logits, labels, weight: weight, ignoreIndex: 1, labelSmoothing: 0.1, reduction: $0)
        }
    }

    @Test("of probabilities, with class weights and label smoothing")
    func ofProbabilities() {
        expect(
            [2.908278544535651, 1.5294377841523914, 1.856546369418397, 1.5765754202372568], mean: 1.9677095295859242
        ) { crossEntropy(logits, probabilities, weight: weight, labelSmoothing: 0.1, reduction: $0) }
    }

    @Test("of labels with further axes is that of the examples one by one")
    func pixels() {
        let images = signedValues([2, 3, 2, 2])
        let labels = Tensor(shape: [2, 2, 2], values: [0, 1, 2, 1, 0, 2, 2, 1] as [Int32])
        let loss = crossEntropy(images, labels, reduction: .none)
        #expect(loss.shape == [2, 2, 2])
        for (n, i, j) in [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 1)] {
            let alone: Tensor = crossEntropy(images[n, .all, i, j], labels[n, i, j], reduction: .none)
            #expect(alone.shape == [])
            #expect(alone.item() == (loss[n, i, j] as Tensor).item())
        }
    }

    @Test("labels may be of any integer type", arguments: [DType.uint8, .int32, .int64])
    func types(_ type: DType) {
        #expect(crossEntropy(logits, labels.converted(to: type)) == crossEntropy(logits, labels))
    }

    @Test("without any label that counts, the mean is NaN and the sum is 0")
    func nothingCounts() {
        let ignored = Tensor([-100, -100, -100, -100] as [Int])
        #expect(crossEntropy(logits, ignored).item().isNaN)
        #expect(crossEntropy(logits, ignored, reduction: .sum).item() == 0)
        let none = Tensor(shape: [0], values: [Int]())
        #expect(crossEntropy(Tensor.ones([0, 3]), none, reduction: .none).shape == [0])
    }
}

@Suite("batchNorm")
struct BatchNormTests {
    @Test("agrees with the formula, in every layout", arguments: [[6, 3], [4, 3, 5], [2, 3, 2, 4]])
    func formula(_ sizes: [Int]) {
        let x = signedValues(Shape(sizes))
        let (weight, bias) = (signedValues([3], seed: 2), signedValues([3], seed: 3))
        let axes = (0..<x.rank).filter { $0 != 1 }
        var shape = Shape(repeating: 1, count: x.rank)
        shape[1] = 3
        let mean = x.mean(axes: axes, keepAxes: true)
        let variance = x.variance(axes: axes, keepAxes: true, correction: 0)
        let normalized = (x - mean) / sqrt(variance + 1e-5)
        let expected = normalized * weight.reshaped(shape) + bias.reshaped(shape)
        for layout in Layout.allCases where layout != .expanded {
            let (output, statistics) = batchNorm(layout.apply(to: x), weight: weight, bias: bias)
            #expect(output.allClose(to: expected))
            #expect(statistics.mean.allClose(to: mean.flattened()))
            #expect(statistics.variance.allClose(to: variance.flattened()))
            #expect(statistics.unbiasedVariance.allClose(to: x.variance(axes: axes)))
            let again = batchNorm(
                layout.apply(to: x), mean: statistics.mean, variance: statistics.variance, weight: weight, bias: bias)
            #expect(again.allClose(to: expected))
        }
    }

    @Test(
        "an activation in the same pass gives the bits of one after it, and its gradients",
        arguments: [.relu, .leakyRelu(slope: 0.3), .leakyRelu(slope: -2), .hardTanh(min: -0.25, max: 1)]
            as [PiecewiseLinear],
        [[6, 3], [5, 3, 1], [4, 3, 37], [2, 3, 5, 4]])
    func activation(_ activation: PiecewiseLinear, _ sizes: [Int]) {
        for (type, trains, hasParameters) in [
            (DType.float32, true, true), (.float32, true, false), (.float32, false, true), (.float64, true, true),
            (.float64, false, false), (.bfloat16, true, true),
        ] {
            var x = signedValues(Shape(sizes)).converted(to: type)
            if type == .float32 { x = which(x.equal(to: x.max()), Double.nan, x) }
            let weight = hasParameters ? signedValues([3], seed: 2).converted(to: type) : nil
            let bias = hasParameters ? signedValues([3], seed: 3).converted(to: type) : nil
            func results(fused: Bool, twice: Bool = false) -> [Tensor] {
                let (tape, outer) = (GradientTape(), GradientTape())
                let watched = [x, weight, bias].compactMap(\.self).map { outer.watch($0) }
                let (w, b) = hasParameters ? (watched[1], watched[2]) : (nil, nil)
                let (mean, variance) = (signedValues([3], seed: 4), Tensor([0.5, 1, 2]))
                func output(_ activation: PiecewiseLinear?) -> Tensor {
                    if trains { return batchNorm(watched[0], weight: w, bias: b, activation: activation).output }
                    return batchNorm(
                        watched[0], mean: mean.converted(to: type.accumulator),
                        variance: variance.converted(to: type.accumulator), weight: w, bias: b, activation: activation)
                }
                let cotangent = signedValues(Shape(sizes), seed: 5).converted(to: type)
                var y = Tensor(0)
                func gradients() -> [Tensor] {
                    y = fused ? output(activation) : activation(output(nil))
                    let gradients = tape.gradients(of: y, gradient: cotangent)
                    return watched.map { gradients[$0]! }
                }
                if !twice { return gradients() + [y.detached] }
                let sum = outer.record {
                    gradients().map { square($0).sum() }.reduce(Tensor(0, dtype: type)) { $0 + $1 }
                }
                let second = outer.gradients(of: sum)
                return watched.map { second[$0] ?? Tensor(0) }
            }
            for (one, apart) in zip(results(fused: true), results(fused: false)) {
                #expect(bits(one) == bits(apart), "\(type), training \(trains)")
            }
            if type == .float64, trains {
                for (one, apart) in zip(results(fused: true, twice: true), results(fused: false, twice: true)) {
                    #expect(one.allClose(to: apart, relativeTolerance: 1e-12, absoluteTolerance: 1e-12))
                }
            }
        }
    }

    @Test(
        "with given statistics the result takes the place of an input that is given away, with the same bits",
        arguments: [[6, 3], [70, 3], [4, 3, 37], [2, 3, 5, 4], [1, 3, 40, 40]],
        [DType.float32, .float64, .float16, .bfloat16])
    func inPlace(_ sizes: [Int], type: DType) {
        let x = signedValues(Shape(sizes)).converted(to: type)
        let (mean, variance) = (
            Tensor([0.5, -1, 2], dtype: type.accumulator), Tensor([0.5, 1, 2], dtype: type.accumulator)
        )
        func normalized(_ x: consuming Tensor) -> Tensor {
            batchNorm(consume x, mean: mean, variance: variance, activation: .leakyRelu(slope: 0.3))
        }
        func place(_ x: Tensor) -> UnsafePointer<Float>? {
            type == .float32 ? x.withUnsafeBuffer(of: Float.self) { $0.baseAddress } : nil
        }
        let copy = x * 1
        let expected = normalized(x)
        #expect(bits(x) == bits(copy))
        for held in [false, true] {
            let given = x * 1
            let (former, other) = (place(given), held ? given : nil)
            let result = normalized(consume given)
            #expect(bits(result) == bits(expected))
            // An activation of halves, and of rows, is an operation of its own: it has the memory then.
            if type == .float32 { #expect((place(result) == former) == !held) }
            if let other { #expect(bits(other) == bits(x)) }
        }
    }

    @Test(
        "the input's gradient may take the place of the output's only where nobody holds that",
        arguments: [[6, 3], [70, 3], [4, 3, 37], [2, 3, 5, 4]],
        [nil, .hardTanh(min: -0.25, max: 1)] as [PiecewiseLinear?])
    func gradientInPlace(_ sizes: [Int], activation: PiecewiseLinear?) {
        let (values, cotangent) = (signedValues(Shape(sizes)), signedValues(Shape(sizes), seed: 2))
        let copy = cotangent * 1
        func gradient(held: Bool) -> Tensor {
            let tape = GradientTape()
            let x = tape.watch(values)
            let y = tape.record { batchNorm(x, activation: activation).output }
            if held { return tape.gradients(of: y, gradient: cotangent)[x]! }
            return tape.gradients(of: tape.record { (y * cotangent).sum() })[x]!
        }
        let expected = gradient(held: true)
        #expect(bits(cotangent) == bits(copy))
        #expect(bits(gradient(held: false)) == bits(expected))
        #expect(bits(cotangent) == bits(copy))
    }

    @Test("running statistics move by the momentum, with the unbiased variance")
    func running() {
        let statistics = batchNorm([[1, 10], [3, 30]]).statistics
        let (mean, variance) = statistics.updating(mean: Tensor([0, 0]), variance: Tensor([1, 1]), momentum: 0.25)
        #expect(mean == [0.5, 5])
        #expect(variance == [1.25, 50.75])
    }

    @Test("an empty batch in evaluation has gradients of zeros")
    func empty() {
        let w = Variable(Tensor([1, 2]))
        batchNorm(Tensor.ones([0, 2]), mean: Tensor([0, 0]), variance: Tensor([1, 1]), weight: w.value).sum().backward()
        #expect(w.gradient == [0, 0])
    }
}

@Suite("dropout")
struct DropoutTests {
    @Test("zeros the wanted share and scales the rest")
    func share() {
        let y = dropout(Tensor.ones([10_000]), probability: 0.3, generator: Generator(seed: 1))
        let kept = y.notEqual(to: 0).sum().item()
        #expect((6_800...7_200).contains(kept))
        #expect(Set(y.array(of: Float.self)) == [0, 1 / 0.7])
    }

    @Test("the gradient has the mask of the forward pass")
    func mask() {
        let w = Variable(Tensor.ones([100]))
        let y = dropout(w.value.T, probability: 0.5)
        y.sum().backward()
        #expect(w.gradient == y.detached)
    }

    @Test("gives the input in evaluation and for probability 0, zeros for 1")
    func limits() {
        let x = Tensor([1, 2])
        #expect(dropout(x, training: false) == x)
        #expect(dropout(x, probability: 0) == x)
        #expect(dropout(x, probability: 1) == [0, 0])
    }

    @Test("the next call draws other numbers, the same seed the same ones")
    func seeds() {
        let (generator, x) = (Generator(seed: 5), Tensor.ones([64]))
        let first = dropout(x, generator: generator)
        #expect(dropout(x, generator: generator) != first)
        #expect(dropout(x, generator: Generator(seed: 5)) == first)
    }
}

@Test("operations of networks have the same bits for any number of threads, in both directions")
func sameBitsForThreads() async {
    await #expect(processExitsWith: .success) {
        func run() -> [Tensor] {
            let (x, w) = (signedValues([256, 80]).converted(to: .float32), Variable(Tensor.ones([80])))
            let tape = GradientTape()
            let source = tape.watch(x)
            let labels = Tensor((0..<256).map { $0 % 80 })
            let images = source.reshaped([4, 80, 64])
            let y = batchNorm(images, weight: w.value).output.reshaped([256, 80])
            let dropped = dropout(logSoftmax(softmax(y)), generator: Generator(seed: 1))
            let loss = crossEntropy(dropped, labels, labelSmoothing: 0.1)
            let gradients = tape.gradients(of: loss)
            return [loss.detached, gradients[source]!, gradients[w]!]
        }
        threadCount = 1
        let alone = run()
        threadCount = 2
        #expect(run() == alone)
        threadCount = 3
        #expect(run() == alone)
    }
}

/// What tells numbers apart that are equal, or NaN.
private func bits(_ x: Tensor) -> [UInt64] {
    x.converted(to: .float64).array(of: Double.self).map { $0.isNaN ? 0 : $0.bitPattern &+ 1 }
}
