import TernCore
import TernLosses
import TernTestSupport
import Testing

@Suite("All losses")
struct LossTableTests {
    @Test("the sum and the mean are those of the losses without a reduction", arguments: LossRow.all)
    func reductions(row: LossRow) {
        let inputs = row.operands()
        let each = row.call(inputs, nil, nil, .none)
        #expect(each.shape == row.losses)
        expectSame(row.call(inputs, nil, nil, .sum), each.sum())
        if row.isWeightedMean { expectSame(row.call(inputs, nil, nil, .mean), each.mean()) }
    }

    @Test("a value gives what its function gives", arguments: LossRow.all)
    func values(row: LossRow) {
        let inputs = row.operands()
        for reduction in Reduction.allCases {
            expectSame(row.object(inputs, nil, nil, reduction), row.call(inputs, nil, nil, reduction))
            let (weight, mask) = (LossRow.weight, Tensor([true, true, true, false]))
            expectSame(row.object(inputs, weight, mask, reduction), row.call(inputs, weight, mask, reduction))
        }
    }

    @Test("weights are factors of the losses, and the mean is over their sum", arguments: LossRow.all)
    func weights(row: LossRow) {
        guard row.isWeightedMean else { return }
        let inputs = row.operands()
        let shape = Shape([4] + [Int](repeating: 1, count: row.losses.count - 1))
        let weights = LossRow.weight.reshaped(shape).expanded(to: row.losses)
        let each = row.call(inputs, nil, nil, .none) * weights
        expectSame(row.call(inputs, LossRow.weight, nil, .none), each)
        expectSame(row.call(inputs, LossRow.weight, nil, .sum), each.sum())
        expectSame(row.call(inputs, LossRow.weight, nil, .mean), each.sum() / weights.sum())
        // One for each loss, and integers.
        expectSame(row.call(inputs, weights, nil, .mean), each.sum() / weights.sum())
        let whole = Tensor([1, 0, 1, 1], dtype: .int64)
        expectSame(row.call(inputs, whole, nil, .mean), row.call(inputs, nil, LossRow.mask, .mean))
        // Both: the weights of what the mask lets count.
        let both = row.call(inputs, LossRow.weight, Tensor([true, true, false, true]), .mean)
        expectSame(both, row.call(inputs, LossRow.weight * Tensor([1, 1, 0, 1], dtype: .int64), nil, .mean))
    }

    @Test(
        "what a mask or a weight of 0 hides counts for nothing, NaN too, up to second gradients", arguments: LossRow.all
    )
    func hidden(row: LossRow) {
        let inputs = row.operands()
        let poisoned = zip(inputs, row.operands).map { x, operand in operand.axis.map { poison(x, axis: $0) } ?? x }
        let kept = zip(inputs, row.operands).map { x, operand in
            operand.axis.map { x.selected(Tensor([0, 2, 3], dtype: .int64), axis: $0) } ?? x
        }
        let zeros = Tensor([1, 0, 1, 1], dtype: .float64)
        for reduction in Reduction.allCases {
            let expected = row.call(inputs, nil, LossRow.mask, reduction)
            if reduction == .none {
                expectSame(expected.selected(Tensor([0, 2, 3], dtype: .int64)), row.call(kept, nil, nil, .none))
            } else {
                // As if the example were not there.
                expectSame(expected, row.call(kept, nil, nil, reduction))
            }
            for (weight, mask) in [(nil, LossRow.mask), (zeros, nil)] as [(Tensor?, Tensor?)] {
                #expect(row.call(poisoned, weight, mask, reduction) == expected)
                func loss(_ x: [Tensor], of operands: [Tensor]) -> Tensor {
                    var operands = operands
                    for (index, value) in zip(row.differentiable, x) { operands[index] = value }
                    return row.call(operands, weight, mask, reduction).sum()
                }
                func gradients(_ order: Int, _ operands: [Tensor]) -> [Tensor] {
                    let point = row.differentiable.map { operands[$0] }
                    if order == 1 { return valueAndGradient(at: point) { loss($0, of: operands) }.gradients }
                    return valueAndGradient(at: point) { x in
                        let first = valueAndGradient(at: x) { loss($0, of: operands) }.gradients
                        return first.dropFirst().reduce(first[0].square().sum()) { $0 + $1.square().sum() }
                    }.gradients
                }
                for order in 1...2 {
                    let (clean, dirty) = (gradients(order, inputs), gradients(order, poisoned))
                    for (index, (a, b)) in zip(row.differentiable, zip(clean, dirty)) {
                        #expect(
                            a.allClose(to: b, relativeTolerance: 1e-12, absoluteTolerance: 1e-14),
                            "gradient \(order) of operand \(index)")
                        guard let axis = row.operands[index].axis else { continue }
                        let hidden = b.selected(Tensor([1], dtype: .int64), axis: axis)
                        #expect(hidden == Tensor.zeros(like: hidden))
                    }
                }
            }
        }
    }

    @Test("if nothing counts, the mean is NaN and its gradient 0", arguments: LossRow.all)
    func nothing(row: LossRow) {
        let inputs = row.operands()
        for (weight, mask) in [(nil, Tensor([false])), (Tensor(0), nil)] as [(Tensor?, Tensor?)] {
            let (value, gradient) = valueAndGradient(at: inputs[0]) {
                row.call([$0] + inputs.dropFirst(), weight, mask, .mean)
            }
            #expect(value.item().isNaN)
            #expect(gradient == Tensor.zeros(like: gradient))
            #expect(row.call(inputs, weight, mask, .sum).item() == 0)
        }
    }

    @Test("an empty batch has the sum 0 and no mean", arguments: LossRow.all)
    func empty(row: LossRow) {
        let inputs = zip(row.operands(), row.operands).map { x, operand in
            operand.axis.map { x.sliced(from: 0, to: 0, axis: $0) } ?? x
        }
        #expect(row.call(inputs, nil, nil, .none).shape == Shape([0] + row.losses.dropFirst()))
        let (value, gradient) = valueAndGradient(at: inputs[0]) { row.call([$0] + inputs.dropFirst(), nil, nil, .sum) }
        #expect(value.item() == 0 && gradient.shape == inputs[0].shape)
        #expect(row.call(inputs, nil, nil, .mean).item().isNaN)
        #expect(row.call(inputs, Tensor.zeros([0]), nil, .mean).item().isNaN)
    }

    @Test("operands, weights and masks may lie in memory in any way", arguments: LossRow.all)
    func layouts(row: LossRow) {
        let inputs = row.operands()
        let expected = row.call(inputs, LossRow.weight, LossRow.mask, .mean)
        func strided(_ x: Tensor) -> Tensor { stacked([x, x], axis: -1)[..., 1] }
        func turned(_ x: Tensor) -> Tensor {
            let order = Array((0..<x.rank).reversed())
            return x.permuted(order).contiguous().permuted(order)
        }
        for layout in [strided, turned, { $0.flipped().contiguous().flipped() }] {
            let given = inputs.map(layout)
            expectSame(row.call(given, layout(LossRow.weight), layout(LossRow.mask), .mean), expected)
            let value = row.call(inputs, nil, nil, .sum)
            expectSame(row.call(given, nil, nil, .sum), value)
        }
    }

    @Test("float32 and halves give what float64 gives, in their type", arguments: LossRow.all)
    func types(row: LossRow) {
        for dtype in [DType.float32, .float16, .bfloat16] {
            let inputs = row.operands(dtype)
            let exact = inputs.map { $0.dtype.isFloatingPoint ? $0.converted(to: .float64) : $0 }
            for reduction in Reduction.allCases {
                let value = row.call(inputs, LossRow.weight, nil, reduction)
                #expect(value.dtype == dtype)
                let expected = row.call(exact, LossRow.weight, nil, reduction)
                let places = [DType.float32: 2e-6, .float16: 1e-3, .bfloat16: 8e-3][dtype]! * row.roundings
                let isClose = value.converted(to: .float64).allClose(
                    to: expected, relativeTolerance: places, absoluteTolerance: places * 0.1)
                #expect(isClose, "\(dtype), \(reduction): \(value) instead of \(expected)")
            }
        }
    }

    @Test("derivatives and second derivatives agree with differences", arguments: LossRow.all)
    func differences(row: LossRow) throws {
        let inputs = row.operands()
        for (weight, mask) in [(nil, nil), (LossRow.weight, LossRow.mask)] as [(Tensor?, Tensor?)] {
            let loss = { (x: [Tensor]) -> Tensor in
                var operands = inputs
                for (index, value) in zip(row.differentiable, x) { operands[index] = value }
                return row.call(operands, weight, mask, .mean)
            }
            try checkGradient(loss, at: row.differentiable.map { inputs[$0] })
            try checkSecondGradient(loss, at: row.differentiable.map { inputs[$0] })
        }
    }

    @Test("operands, weights and masks of other shapes stop with a message", arguments: LossRow.all.indices)
    func mistakes(index: Int) async {
        let row = LossRow.all[index]
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            let row = LossRow.all[index]
            var inputs = row.operands()
            inputs[0] = concatenated([inputs[0], inputs[0]], axis: row.operands[0].axis!)
            _ = row.call(inputs, nil, nil, .mean)
        }
        // What it expects differs from loss to loss.
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("Fatal error: \(row.function): expects "), "got: \(text.prefix(400))")
    }

    @Test("weights and masks that do not fit stop with a message")
    func wrongWeights() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = mseLoss(Tensor.zeros([4, 3]), Tensor.zeros([4, 3]), sampleWeight: Tensor([1, 2, 3], dtype: .int64))
        }.expectMessage("mseLoss: expects a sampleWeight of the first sizes of the losses' shape [4, 3], or 1, got [3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = crossEntropy(
                Tensor.zeros([4, 3]), Tensor([0, 1, 2, 0], dtype: .int64), mask: Tensor([1, 0, 1, 1], dtype: .int64))
        }.expectMessage("crossEntropy: expects a mask of bool, got int64")
    }

    @Test("every loss, as a function and as a value, has a row in this table")
    func complete() throws {
        var (functions, values): (Set<String>, Set<String>) = ([], [])
        for text in try Sources.texts(below: "Sources/TernLosses") {
            for match in text.matches(of: /(?m)^public func (\w+)/) { functions.insert(String(match.1)) }
            for match in text.matches(of: /(?m)^public struct (\w+Loss)\b/) { values.insert(String(match.1)) }
        }
        // Makes the others.
        functions.subtract(["makeLoss"])
        #expect(functions.count > 30 && values.count > 30, "the sources were not found")
        #expect(functions.symmetricDifference(LossRow.all.map(\.function)).sorted() == [])
        #expect(values.symmetricDifference(LossRow.all.map(\.value)).sorted() == [])
    }

    /// The second example made NaN, or a label that is no class.
    private func poison(_ x: Tensor, axis: Int) -> Tensor {
        let place = Tensor([false, true, false, false]).reshaped(
            Shape((0..<x.rank).map { $0 == axis ? 4 : 1 }))
        return x.dtype.isFloatingPoint ? which(place, .nan, x) : which(place, 99, x)
    }

    private func expectSame(_ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            a.allClose(to: b, relativeTolerance: 1e-12, absoluteTolerance: 1e-14, equalNaN: true),
            "\(a) instead of \(b)", sourceLocation: sourceLocation)
    }
}
