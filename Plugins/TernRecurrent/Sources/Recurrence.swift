import TernCore

/// One direction of one layer over whole sequences, as one operation: a fused step for each product with the input and the
/// hidden state, where the inputs' is not better computed for all steps at once, and in the derivative one product over all
/// steps for each weight.
///
/// Inputs, with `R` rows (one for each sequence at each step), `C` input features, `N` sequences, `G` gates, `U` units and
/// `P` features of the hidden state: x [R, C], input weight [G U, C], hidden weight [G U, P], hidden state [N, P]; the cell
/// state [N, U] of an LSTM; input and hidden bias [G U], if there are any; projection [P, U], if there is one. Outputs: the
/// hidden state of each row [R, P], and the last ones: hidden [N, P], and the cell's [N, U] of an LSTM.
package struct Recurrence: CustomFunction {
    package let cell: RecurrentCell
    package let rows: SequenceRows
    package let isReversed: Bool
    package let hasBias: Bool
    package let hasProjection: Bool
    let kernels: InstructionSet

    package init(
        _ cell: RecurrentCell, _ rows: SequenceRows, isReversed: Bool = false, hasBias: Bool,
        hasProjection: Bool = false,
        kernels: InstructionSet = .current
    ) {
        self.cell = cell
        self.rows = rows
        self.isReversed = isReversed
        self.hasBias = hasBias
        self.hasProjection = hasProjection
        self.kernels = kernels
    }

    package var name: String { cell.name }

    package var attributes: OperationAttributes {
        switch cell {
        case .lstm, .gru: ["batchSizes": rows.batchSizes, "isBatchFirst": rows.stride > 1, "isReversed": isReversed]
        case .tanh, .relu:
            [
                "batchSizes": rows.batchSizes, "isBatchFirst": rows.stride > 1, "isReversed": isReversed,
                "activation": cell == .tanh ? "tanh" : "relu",
            ]
        }
    }

    package func floatingPointOperations(_ inputs: [Shape]) -> Int {
        // Each row meets each weight once.
        let weights = inputs[1].elements + inputs[2].elements + (hasProjection ? inputs[inputCount - 1].elements : 0)
        return 2 * rows.count * weights
    }

    /// The inputs by name.
    struct Operands {
        var x, inputWeight, hiddenWeight, hidden: Tensor
        var cell, inputBias, hiddenBias, projection: Tensor?

        init(_ inputs: [Tensor], of recurrence: Recurrence) {
            (x, inputWeight, hiddenWeight, hidden) = (inputs[0], inputs[1], inputs[2], inputs[3])
            var rest = inputs[4...]
            if recurrence.cell == .lstm { cell = rest.removeFirst() }
            if recurrence.hasBias { (inputBias, hiddenBias) = (rest.removeFirst(), rest.removeFirst()) }
            if recurrence.hasProjection { projection = rest.removeFirst() }
        }
    }

    package func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        // The product of the inputs has the type that the kernels compute in.
        autocast(isEnabled: false) {
            inputs[0].dtype == .float64
                ? computed(inputs, context, Double.self) : computed(inputs, context, Float.self)
        }
    }

    package func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        autocast(isEnabled: false) {
            let inputs = Array(context.saved[..<inputCount])
            // A saved output has a place in the graph where this derivative is recorded.
            let isRecorded = context.saved[inputCount].requiresGradient
            if isRecorded { return vjp(at: inputs, cotangents: gradients, of: definition).gradients }
            return inputs[0].dtype == .float64
                ? gradientsOfInputs(gradients, context, Double.self) : gradientsOfInputs(gradients, context, Float.self)
        }
    }

    /// Of the input bias, if there is one, before the hidden bias.
    var biasIndex: Int { cell == .lstm ? 5 : 4 }
    var inputCount: Int { biasIndex + (hasBias ? 2 : 0) + (hasProjection ? 1 : 0) }

    /// The outputs in tensor operations, step by step.
    package func definition(_ inputs: [Tensor]) -> [Tensor] {
        let operands = Operands(inputs, of: self)
        let gates = linear(operands.x, operands.inputWeight, operands.inputBias)
        var (h, c) = (operands.hidden, operands.cell)
        var (outputs, order): ([Tensor], [Int]) = ([], [])
        for step in rows.steps(reversed: isReversed) where step.active > 0 {
            let indices = (0..<step.active).map { step.row + $0 * rows.stride }
            let next = cell.step(
                gates.selected(Tensor(indices)), h[..<step.active], c.map { $0[..<step.active] }, operands.hiddenWeight,
                operands.hiddenBias, operands.projection)
            outputs.append(next.h)
            order += indices
            // The others keep the state that they begin or end with.
            h = step.active == rows.samples ? next.h : concatenated([next.h, h[step.active...]])
            if let cell = next.c { c = step.active == rows.samples ? cell : concatenated([cell, c![step.active...]]) }
        }
        var places = order
        for (place, row) in order.enumerated() { places[row] = place }
        let output =
            outputs.isEmpty
            ? Tensor.zeros([0, operands.hidden.shape[1]], dtype: operands.x.dtype)
            : concatenated(outputs).selected(Tensor(places))
        return [output, h] + (c.map { [$0] } ?? [])
    }
}
