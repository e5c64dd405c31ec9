import TernCore
import TernNN

/// What a recurrent layer is given: hooks and summaries see it. Calls make it of their arguments.
public struct RecurrentInput<State: Sendable>: Sendable {
    /// [T, N, C], [N, T, C] if the layer is `batchFirst`, or [T, C]; the elements of a packed sequence.
    public var data: Tensor
    /// How the elements of a packed sequence belong together; `nil` for a plain tensor.
    public var packing: PackedSequence.Packing?
    /// Zeros if absent.
    public var state: State?

    /// - Parameters:
    ///   - data: [T, N, C], [N, T, C] if the layer is `batchFirst`, or [T, C].
    ///   - packing: that of a packed sequence.
    ///   - state: zeros if absent.
    public init(_ data: Tensor, packing: PackedSequence.Packing? = nil, state: State? = nil) {
        self.data = data
        self.packing = packing
        self.state = state
    }
}

/// What a recurrent layer gives: hooks and summaries see it.
public struct RecurrentOutput<State: Sendable>: Sendable {
    /// The hidden states of the last layer, at each position.
    public var data: Tensor
    /// That of the input, if it was packed.
    public var packing: PackedSequence.Packing?
    /// The last state of each layer and direction.
    public var state: State

    var plain: (output: Tensor, state: State) { (data, state) }
    var packed: (output: PackedSequence, state: State) { (PackedSequence(data: data, packing: packing!), state) }
}

/// What RNN, LSTM and GRU have in common: layers one on the other, in one or both directions.
final class RecurrentStack {
    let name: String
    let cell: RecurrentCell
    let hiddenSize: Int
    /// Of the hidden state: the units, or what they are projected to.
    let features: Int
    let layers: Int
    let isBatchFirst: Bool
    let dropout: Double
    let isBidirectional: Bool
    let hasBias: Bool
    /// For each layer, forward and backward.
    let weights: [[RecurrentWeights]]

    init(
        _ name: String, _ cell: RecurrentCell, inputSize: Int?, hiddenSize: Int, layers: Int, bias: Bool,
        batchFirst: Bool, dropout: Double, bidirectional: Bool, projectionSize: Int? = nil
    ) {
        if let inputSize { checkPositive(inputSize, "inputSize", name) }
        checkPositive(hiddenSize, "hiddenSize", name)
        checkPositive(layers, "layers", name)
        if !(0...1).contains(dropout) { mistake(name, "dropout must be in 0...1, got \(dropout)") }
        if let projectionSize, !(1..<hiddenSize).contains(projectionSize) {
            mistake(
                name,
                "projectionSize must be positive and less than hiddenSize (\(hiddenSize)), got \(projectionSize)")
        }
        self.name = name
        self.cell = cell
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.dropout = dropout
        (hasBias, isBatchFirst, isBidirectional) = (bias, batchFirst, bidirectional)
        let features = projectionSize ?? hiddenSize
        self.features = features
        let directions = bidirectional ? 2 : 1
        weights = (0..<layers).map { layer in
            (0..<directions).map { direction in
                RecurrentWeights(
                    cell, inputSize: layer == 0 ? inputSize : features * directions, units: hiddenSize,
                    features: features, hasBias: bias, name: "\(name).weight_ih\(Self.suffix(layer, direction))")
            }
        }
    }

    private static func suffix(_ layer: Int, _ direction: Int) -> String {
        "_l\(layer)\(direction == 1 ? "_reverse" : "")"
    }

    var inputSize: Int { weights[0][0].input.shape[1] }
    private var directions: Int { isBidirectional ? 2 : 1 }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (layer, both) in weights.enumerated() {
            for (direction, own) in both.enumerated() {
                own.visitMembers(&visitor, suffix: Self.suffix(layer, direction))
            }
        }
    }

    /// PyTorch's printed form, which leaves out what is not set.
    var settingsDescription: String {
        var text = "\(inputSize < 0 ? "?" : "\(inputSize)"), \(hiddenSize)"
        if features != hiddenSize { text += ", proj_size=\(features)" }
        if layers != 1 { text += ", num_layers=\(layers)" }
        if !hasBias { text += ", bias=False" }
        if isBatchFirst { text += ", batch_first=True" }
        if dropout != 0 { text += ", dropout=\(dropout)" }
        if isBidirectional { text += ", bidirectional=True" }
        if cell == .relu { text += ", nonlinearity=relu" }
        return text
    }

    /// - Parameter states: hidden [layers * directions, N, P], and the cell's [layers * directions, N, U] of an LSTM; zeros
    ///   if `nil`.
    func forward(
        _ data: Tensor, _ packing: PackedSequence.Packing?, _ states: [Tensor]?, isTraining: Bool
    ) -> (data: Tensor, states: [Tensor]) {
        for own in weights[0] { own.materialize(data.shape.last ?? 0) }
        weights[0][0].checkInputSize(data, name)
        let x = weights[0][0].checked(data, name)
        if let packing { return forwardPacked(x, packing, states, isTraining) }
        if x.rank == 2 {
            // One sequence is a batch of one.
            checkSteps(x, 0)
            let rows = SequenceRows.timeFirst(steps: x.shape[0], samples: 1)
            let given = states.map { checkedStates($0, samples: nil).map { $0.unsqueezed(axes: 1) } }
            let (output, last) = forward(rows: x, rows, given, isTraining)
            return (output, last.map { $0.squeezed(axes: 1) })
        }
        if x.rank != 3 {
            let shape = isBatchFirst ? "[N, T, C]" : "[T, N, C]"
            mistake(name, "expects an input of shape \(shape) or [T, C], got \(x.shape)")
        }
        let stepAxis = isBatchFirst ? 1 : 0
        checkSteps(x, stepAxis)
        let (steps, samples) = (x.shape[stepAxis], x.shape[1 - stepAxis])
        let rows =
            isBatchFirst
            ? SequenceRows.batchFirst(steps: steps, samples: samples)
            : SequenceRows.timeFirst(steps: steps, samples: samples)
        let given = states.map { checkedStates($0, samples: samples) }
        let (output, last) = forward(rows: x.reshaped([steps * samples, x.shape[2]]), rows, given, isTraining)
        return (output.reshaped([x.shape[0], x.shape[1], output.shape[1]]), last)
    }

    private func forwardPacked(
        _ x: Tensor, _ packing: PackedSequence.Packing, _ states: [Tensor]?, _ isTraining: Bool
    ) -> (data: Tensor, states: [Tensor]) {
        if x.rank != 2 { mistake(name, "expects a packed sequence of vectors, got elements of shape \(x.shape)") }
        var given = states.map { checkedStates($0, samples: packing.lengths.count) }
        if !packing.isSorted { given = given?.map { $0.selected(Tensor(packing.order), axis: 1) } }
        let (output, last) = forward(rows: x, .packed(packing.batchSizes), given, isTraining)
        return (output, packing.isSorted ? last : last.map { $0.selected(Tensor(packing.places), axis: 1) })
    }

    private func checkSteps(_ x: Tensor, _ axis: Int) {
        if x.shape[axis] == 0 { mistake(name, "expects sequences of one step or more, got shape \(x.shape)") }
    }

    private func checkedStates(_ states: [Tensor], samples: Int?) -> [Tensor] {
        let axes = samples == nil ? "layers times directions, features" : "layers times directions, batch, features"
        for (state, (name, size)) in zip(states, [("hidden state", features), ("cell state", hiddenSize)]) {
            let shape = Shape([layers * directions] + (samples.map { [$0] } ?? []) + [size])
            checkState(state, name, shape, axes, weights[0][0].input.dtype, self.name)
        }
        return states
    }

    private func forward(
        rows x: Tensor, _ rows: SequenceRows, _ states: [Tensor]?, _ isTraining: Bool
    ) -> (output: Tensor, states: [Tensor]) {
        var x = x
        var last: [[Tensor]] = []
        for (layer, both) in weights.enumerated() {
            if layer > 0 { x = TernCore.dropout(x, probability: dropout, training: isTraining) }
            var outputs: [Tensor] = []
            for (direction, own) in both.enumerated() {
                let first = states.map { $0.map { $0[layer * directions + direction] } }
                let results = own.apply(
                    cell, x, first ?? zeroStates(rows.samples), rows, isReversed: direction == 1)
                outputs.append(results.output)
                last.append(results.states)
            }
            x = outputs.count == 1 ? outputs[0] : concatenated(outputs, axis: 1)
        }
        return (x, last[0].indices.map { index in stacked(last.map { $0[index] }) })
    }

    private func zeroStates(_ samples: Int) -> [Tensor] {
        let sizes = cell == .lstm ? [features, hiddenSize] : [features]
        return sizes.map { Tensor.zeros([samples, $0], dtype: weights[0][0].input.dtype) }
    }
}
