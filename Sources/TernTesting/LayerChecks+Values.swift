import TernCore
import TernNN

// MARK: - Shapes and types

extension LayerSubject {
    func checkShapes(_ expected: [Shape]?) {
        let harness = fresh()
        harness.eval()
        let first = withoutGradients { run(harness).map(\.shape) }
        report.expect(!first.isEmpty, "the output has no tensor")
        if let expected { report.expect(first == expected, "outputs have the shapes \(first), expected \(expected)") }
        for mode in ["evaluation", "training"] {
            if mode == "training" { harness.train() }
            let again = run(harness).map(\.shape)
            report.isHopeless =
                report.isHopeless
                || !report.expect(
                    again == first, "a second call in \(mode) gives the shapes \(again), the first gave \(first)")
        }
    }

    func checkFloatTypes() {
        if inputs.allSatisfy({ !$0.dtype.isFloatingPoint }), fresh().parameters.isEmpty { return }
        let hasFloats = inputs.contains { $0.dtype.isFloatingPoint }
        for dtype in [DType.float16, .bfloat16, .float32, .float64] {
            let harness = prepared()
            harness.to(dtype)
            let given = inputs(as: dtype)
            harness.eval()
            let outputs = withoutGradients { run(harness, given.map(\.duplicate)) }
            let operations = captureGraph(of: harness, given.map(\.duplicate)).operations.count
            // The same values, which the narrower type has rounded, in float64.
            harness.to(.float64)
            let wide = given.map { $0.dtype.isFloatingPoint ? $0.converted(to: .float64) : $0 }
            let expected = withoutGradients { run(harness, wide) }
            for (index, (output, expected)) in zip(outputs, expected).enumerated() where output.dtype == dtype {
                // Each operation rounds once, the largest elements most.
                let tolerance = Tolerance.of(dtype).atSize(of: expected).times(Double(max(operations, 1)))
                report.expectClose(
                    output.converted(to: .float64), expected, tolerance, "output \(index) in \(dtype), beside float64")
            }
            harness.to(dtype)
            harness.train()
            for (name, tensor) in differentiate(harness, given).all {
                guard let tensor, tensor.dtype.isFloatingPoint, tensor.dtype != dtype else { continue }
                report.add("\(name) is \(tensor.dtype) for \(hasFloats ? "inputs and " : "")parameters of \(dtype)")
            }
        }
    }
}

// MARK: - Inputs

extension LayerSubject {
    func checkInputs() {
        let harness = prepared()
        harness.eval()
        let given = inputs.map { $0.duplicate }
        let first = differentiate(harness, given)
        for (index, (after, before)) in zip(given, inputs).enumerated() {
            report.expectSameBits(after, before, "input \(index) is another one after the call")
        }
        // Other values, so that memory that calls share shows.
        let outputs = withoutGradients { run(harness, given) }
        let before = outputs.map { $0.duplicate }
        _ = withoutGradients { run(harness, given.map { $0.dtype.isFloatingPoint ? $0 * 0.5 : $0.flipped(axes: 0) }) }
        for (index, (output, before)) in zip(outputs, before).enumerated() {
            report.expectSameBits(output, before, "output \(index) changes when the layer is called again")
        }
        let givenAway = withoutGradients { run(harness, inputs.map { $0.duplicate }) }
        for (index, (actual, expected)) in zip(givenAway, first.outputs).enumerated() {
            report.expectSameBits(actual, expected, "output \(index) is another one if the input is given away")
        }
    }

    func checkLayouts() {
        let harness = prepared()
        harness.to(.float64)
        harness.eval()
        let given = inputs(as: .float64)
        let expected = differentiate(harness, given)
        for index in given.indices {
            for layout in TensorLayout.allCases where layout != .contiguous {
                var moved = given
                moved[index] = layout.of(given[index])
                for (actual, expected) in zip(differentiate(harness, moved).all, expected.all) {
                    report.expectClose(
                        actual.tensor, expected.tensor, nil, "\(actual.name), with input \(index) \(layout)")
                }
            }
        }
    }
}

// MARK: - Batches

extension LayerSubject {
    func checkBatchInvariance() {
        guard
            report.expect(
                batchSize >= 2, "needs a batch of at least 2 examples along the first axis, got \(inputs.map(\.shape))")
        else { return }
        let harness = prepared()
        harness.to(.float64)
        harness.eval()
        let whole = withoutGradients { run(harness, inputs(as: .float64)) }
        for (index, output) in whole.enumerated() where output.shape.first != batchSize {
            return report.add(
                "output \(index) of shape \(output.shape) has no axis of the \(batchSize) examples in front")
        }
        for example in 0..<batchSize {
            let given = examples(example..<example + 1).map {
                $0.dtype.isFloatingPoint ? $0.converted(to: .float64) : $0
            }
            let alone = withoutGradients { run(harness, given) }
            for (index, (actual, whole)) in zip(alone, whole).enumerated() {
                report.expectClose(
                    actual, whole.sliced(from: example, to: example + 1, axis: 0), nil,
                    "output \(index) of example \(example) alone, beside its place in the batch")
            }
        }
    }

    func checkEmptyBatch() {
        let harness = prepared()
        harness.eval()
        let whole = withoutGradients { run(harness) }
        let none = differentiate(harness, examples(0..<0))
        for (index, (output, whole)) in zip(none.outputs, whole).enumerated() {
            var expected = whole.shape
            if expected.first == batchSize { expected[0] = 0 }
            report.expect(
                output.shape == expected, "output \(index) has the shape \(output.shape), expected \(expected)")
        }
        for (name, gradient) in none.parameters {
            guard let gradient else { continue }
            report.expect(
                gradient.array(of: Double.self).allSatisfy { $0 == 0 },
                "the gradient of '\(name)' is \(gradient), expected 0")
        }
    }
}

// MARK: - Threads

extension LayerSubject {
    /// - Parameter tiling: whether the batch may be made larger, so that there is work for several threads.
    func checkThreads(tiling: Bool) {
        let harness = prepared()
        var given = inputs
        let elements = inputs.reduce(0) { $0 + $1.count }
        if tiling, elements > 0, batchSize > 0 {
            let copies = min((16_384 + elements - 1) / elements, 256)
            given = inputs.map { hasBatch($0) ? concatenated(Array(repeating: $0, count: copies), axis: 0) : $0 }
        }
        harness.train()
        let buffers = harness.bufferSnapshot
        var expected: Derivatives?
        withThreadCounts { count in
            harness.restore(buffers)
            let derivatives = differentiate(harness, given.map(\.duplicate))
            for (actual, expected) in zip(derivatives.all, expected?.all ?? []) {
                report.expectSameBits(
                    actual.tensor, expected.tensor, "\(actual.name) on \(count) threads differs from that on 1")
            }
            if expected == nil { expected = derivatives }
        }
    }
}
