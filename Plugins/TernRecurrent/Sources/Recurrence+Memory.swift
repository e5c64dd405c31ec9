import CTernRecurrent
import TernCore

// The operation and its derivative, computed on memory.

extension Recurrence {
    /// How many numbers of a unit are kept of its gates: of the new gate of a GRU, what inputs and hidden state put into it
    /// are apart.
    private var kept: Int { cell.gates + (cell == .gru ? 1 : 0) }

    func computed<Real: TensorScalar & BinaryFloatingPoint>(
        _ inputs: [Tensor], _ context: FunctionContext, _ type: Real.Type
    ) -> [Tensor] {
        let operands = Operands(inputs, of: self)
        let table = RecurrentKernels(kernels, byteCount: MemoryLayout<Real>.size)
        let (units, features) = (operands.hiddenWeight.shape[0] / cell.gates, operands.hiddenWeight.shape[1])
        let fusesInputs = fusesInputs(operands)
        let weights = table.gatePanels(
            cell, (fusesInputs ? [operands.inputWeight] : []) + [operands.hiddenWeight], of: type)
        let projection = operands.projection.map { table.transposedPanels($0, of: type) }

        let gateBias = gateBias(operands, units)
        let bias = fusesInputs ? gateBias ?? Tensor.zeros([cell.gates * units], dtype: operands.x.dtype) : nil
        // In the memory of the gates, unless there are more of these.
        var start = fusesInputs ? nil : linear(operands.x, operands.inputWeight, gateBias)
        var written = [
            (kept == cell.gates ? start.take() : nil) ?? memory([rows.count, kept * units], of: type),
            memory([rows.count, features], of: type),
            memory(cell == .lstm ? [rows.count, units] : [0], of: type),
            memory(hasProjection ? [rows.count, units] : [0], of: type),
        ]
        let innerBias = cell == .gru ? operands.hiddenBias.map { $0[(2 * units)...] } : nil

        var recurrence = TernRecurrence()
        (recurrence.cell, recurrence.units, recurrence.features) = (cell.kernel, units, features)
        recurrence.row_stride = rows.stride
        recurrence.begins_at_zero = operands.hidden.withUnsafeBuffer(of: type) { $0.allSatisfy { $0 == 0 } }
        recurrence.input_features = fusesInputs ? operands.x.shape[1] : 0
        let steps = rows.steps(reversed: isReversed)
        steps.withUnsafeBufferPointer { steps in
            recurrence.steps = steps.baseAddress
            write(&written, type) { written in
                (recurrence.gates, recurrence.output) = (written[0], written[1])
                (recurrence.cells, recurrence.inner) = (written[2], written[3])
                let read = [
                    operands.hidden, operands.cell, innerBias, weights.tensor, projection?.tensor,
                    fusesInputs ? operands.x : nil, bias, start,
                ]
                withMemory(of: read, type) { read in
                    (recurrence.hidden, recurrence.cell_state, recurrence.inner_bias) = (read[0], read[1], read[2])
                    (recurrence.weights, recurrence.projection) = (read[3], read[4])
                    (recurrence.inputs, recurrence.bias) = (read[5], read[6])
                    recurrence.start = read[7] ?? UnsafeRawPointer(written[0])
                    var phases = [RecurrentKernels.Phase(kernel: table.table.forward, blocks: weights.blocks)]
                    if let projection { phases.append(.init(kernel: table.table.project, blocks: projection.blocks)) }
                    table.run(
                        phases, steps: steps.indices, recurrence, samples: rows.samples, rows: rows.count,
                        products: weights.tensor.count + (operands.projection?.count ?? 0))
                }
            }
        }
        let (gates, output, cells, inner) = (written[0], written[1], written[2], written[3])
        for input in inputs { context.save(input) }
        // The gates' values [R, K U], the cell states [R, U] of an LSTM, and what the kernels call inner [R, U].
        context.save(output, gates, cells, inner)
        let lastRows = Tensor(rows.lastRows(steps))
        return [output, output.selected(lastRows)] + (cell == .lstm ? [cells.selected(lastRows)] : [])
    }

    /// Whether the steps multiply the inputs too, so that no product of all steps is written and read again: where there are
    /// samples enough to fill a tile, and all weights stay in the second cache.
    private func fusesInputs(_ operands: Operands) -> Bool {
        let weights = operands.inputWeight.count + operands.hiddenWeight.count
        return rows.samples >= 12 && operands.x.shape[1] > 0 && weights * operands.x.dtype.byteCount <= 1 << 20
    }

    /// What the product of the inputs starts from: all biases but that of a GRU's new gate, which is inside its reset.
    private func gateBias(_ operands: Operands, _ units: Int) -> Tensor? {
        guard let inputBias = operands.inputBias, let hiddenBias = operands.hiddenBias else { return nil }
        if cell != .gru { return inputBias + hiddenBias }
        return concatenated([inputBias[..<(2 * units)] + hiddenBias[..<(2 * units)], inputBias[(2 * units)...]])
    }

    func gradientsOfInputs<Real: TensorScalar>(
        _ gradients: [Tensor], _ context: FunctionContext, _ type: Real.Type
    ) -> [Tensor?] {
        var saved = context.takeSaved()
        let operands = Operands(Array(saved[..<inputCount]), of: self)
        let gates = saved.remove(at: inputCount + 1)
        let (output, cells, inner) = (saved[inputCount], saved[inputCount + 1], saved[inputCount + 2])
        let table = RecurrentKernels(kernels, byteCount: MemoryLayout<Real>.size)
        let (units, features) = (operands.hiddenWeight.shape[0] / cell.gates, operands.hiddenWeight.shape[1])
        let products = operands.hiddenWeight.count + (operands.projection?.count ?? 0)
        let hasTwoOfNew = cell == .gru
        let weights = table.panels(
            hasTwoOfNew
                ? [operands.hiddenWeight[(2 * units)...], operands.hiddenWeight[..<(2 * units)]]
                : [operands.hiddenWeight], of: type)
        let projection = operands.projection.map { table.panels([$0], of: type) }

        let isOfBias = hasBias && (context.needsGradient(biasIndex) || context.needsGradient(biasIndex + 1))
        let pieces = table.pieces(samples: rows.samples, products)
        // Of the last states, which become those of the first.
        var written = [
            consume gates, memory(hasProjection ? [rows.count, features] : [0], of: type), gradients[1],
            cell == .lstm ? gradients[2] : memory([0], of: type),
            Tensor.zeros(isOfBias ? [pieces, kept * units] : [0], dtype: Real.dtype),
        ]

        var recurrence = TernRecurrence()
        (recurrence.cell, recurrence.units, recurrence.features) = (cell.kernel, units, features)
        recurrence.row_stride = rows.stride
        let steps = rows.steps(reversed: isReversed)
        steps.withUnsafeBufferPointer { steps in
            recurrence.steps = steps.baseAddress
            write(&written, type) { written in
                (recurrence.gates, recurrence.projected_gradients) = (written[0], written[1])
                (recurrence.hidden_gradient, recurrence.cell_gradient) = (written[2], written[3])
                recurrence.bias_gradients = written[4]
                let read = [
                    operands.hidden, operands.cell, weights.tensor, projection?.tensor, gradients[0], output, cells,
                    inner,
                ]
                withMemory(of: read, type) { read in
                    (recurrence.hidden, recurrence.cell_state) = (read[0], read[1])
                    (recurrence.weights, recurrence.projection) = (read[2], read[3])
                    recurrence.output_gradient = read[4]
                    // Read alone, backward.
                    let trace = read[5...].map { UnsafeMutableRawPointer(mutating: $0) }
                    (recurrence.output, recurrence.cells, recurrence.inner) = (trace[0], trace[1], trace[2])
                    var phases = [
                        RecurrentKernels.Phase(
                            kernel: table.table.backward, blocks: projection?.blocks ?? weights.blocks)
                    ]
                    if context.needsGradient(3) {
                        phases.append(.init(kernel: table.table.begin, blocks: weights.blocks))
                    }
                    if hasProjection {
                        phases.insert(.init(kernel: table.table.gather, blocks: weights.blocks), at: 0)
                    }
                    table.run(
                        phases, steps: steps.indices.reversed(), recurrence, samples: rows.samples, rows: rows.count,
                        products: products)
                }
            }
        }
        let (gateGradients, projectedGradients, hiddenGradient) = (written[0], written[1], written[2])
        let (cellGradient, biasGradients) = (written[3], written[4])
        // What hidden state and inputs put into the gates, of a GRU's new gate apart, at both ends of the others; that of the hidden state into a GRU's new, reset, update.
        let hiddenGradients = hasTwoOfNew ? gateGradients[.all, ..<(3 * units)] : gateGradients
        let inputGradients = hasTwoOfNew ? gateGradients[.all, units...] : gateGradients
        func inOrder(_ gates: Tensor) -> Tensor {
            hasTwoOfNew ? concatenated([gates[units..<(3 * units)], gates[..<units]]) : gates
        }

        let hidden = (first: operands.hidden, output: output)
        var ofInput: Tensor?
        var ofHidden: Tensor?
        if context.needsGradient(2) {
            // One product reads the gradients of the gates for both weights where it can.
            let isOfBoth = !hasTwoOfNew && context.needsGradient(1) && rows.count >= 64
            let inputs = isOfBoth ? operands.x.shape[1] : 0
            let product = matmul(
                hiddenGradients.T, rowsOfProduct(isOfBoth ? operands.x : nil, hidden, steps, type))
            ofInput = isOfBoth ? product[.all, ..<inputs].contiguous() : nil
            ofHidden = inOrder(product[.all, inputs...]).contiguous()
        }
        if context.needsGradient(1), ofInput == nil { ofInput = matmul(inputGradients.T, operands.x) }
        var results: [Tensor?] = [context.needsGradient(0) ? matmul(inputGradients, operands.inputWeight) : nil]
        results += [ofInput, ofHidden, context.needsGradient(3) ? hiddenGradient : nil]
        if cell == .lstm { results.append(cellGradient) }
        if hasBias {
            let sums = isOfBias ? biasGradients.sum(axes: 0) : nil
            // The two biases are added to the same sums, but for a GRU's new gate.
            results += hasTwoOfNew ? [sums.map { $0[units...] }, sums.map(inOrder)] : [sums, sums]
        }
        if hasProjection { results.append(matmul(projectedGradients.T, inner)) }
        return results
    }

    /// What each row's products are of: the input, if it is asked for, and beside it the hidden state before.
    private func rowsOfProduct<Real: TensorScalar>(
        _ x: Tensor?, _ hidden: (first: Tensor, output: Tensor), _ steps: [TernRecurrentStep], _ type: Real.Type
    ) -> Tensor {
        let (inputs, features) = (x?.shape[1] ?? 0, hidden.first.shape[1])
        let width = inputs + features
        // Dealt as the samples of the steps are, so that a thread reads what it has written.
        let (samples, parts) = (16, 4)
        let pieces = (rows.samples + samples - 1) / samples * parts
        return (x ?? hidden.first).withUnsafeBuffer(of: type) { x in
            hidden.first.withUnsafeBuffer(of: type) { first in
                hidden.output.withUnsafeBuffer(of: type) { output in
                    Tensor(shape: [rows.count, width], of: type) { result in
                        parallelFor(pieces: pieces, nanoseconds: 0.3 * Double(result.count)) { index in
                            let begin = index / parts * samples
                            let (part, count) = (index % parts, steps.count)
                            for step in steps[(count * part / parts)..<(count * (part + 1) / parts)] {
                                for sample in begin..<max(begin, min(step.active, begin + samples)) {
                                    let row = step.row + sample * rows.stride
                                    let target = result.baseAddress! + row * width
                                    if inputs > 0 { target.update(from: x.baseAddress! + row * inputs, count: inputs) }
                                    let source =
                                        sample < step.before
                                        ? output.baseAddress! + (step.previous + sample * rows.stride) * features
                                        : first.baseAddress! + sample * features
                                    (target + inputs).update(from: source, count: features)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Elements that are not set yet.
private func memory<Real: TensorScalar>(_ shape: Shape, of type: Real.Type) -> Tensor {
    Tensor(shape: shape, of: type) { _ in }
}

/// Calls `body` with the memory of tensors, which nothing else refers to; `nil` for one without elements.
private func write<Real: TensorScalar>(
    _ tensors: inout [Tensor], _ type: Real.Type, _ body: ([UnsafeMutableRawPointer?]) -> Void
) {
    func take(_ index: Int, _ taken: [UnsafeMutableRawPointer?]) {
        if index == tensors.count { return body(taken) }
        // Out of the array, where it may change while the others do.
        var tensor = memory([0], of: type)
        swap(&tensor, &tensors[index])
        tensor.withUnsafeMutableBuffer(of: type) { buffer in
            take(index + 1, taken + [buffer.isEmpty ? nil : UnsafeMutableRawPointer(buffer.baseAddress)])
        }
        swap(&tensor, &tensors[index])
    }
    take(0, [])
}

/// Calls `body` with the memory of tensors, in their order; `nil` for one that is absent or has no elements.
private func withMemory<Real: TensorScalar>(
    of tensors: [Tensor?], _ type: Real.Type, _ body: ([UnsafeRawPointer?]) -> Void
) {
    func take(_ rest: ArraySlice<Tensor?>, _ taken: [UnsafeRawPointer?]) {
        guard let first = rest.first else { return body(taken) }
        guard let tensor = first, tensor.count > 0 else { return take(rest.dropFirst(), taken + [nil]) }
        tensor.withUnsafeBuffer(of: type) { take(rest.dropFirst(), taken + [UnsafeRawPointer($0.baseAddress)]) }
    }
    take(tensors[...], [])
}
