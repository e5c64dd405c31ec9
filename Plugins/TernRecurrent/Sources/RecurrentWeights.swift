import TernCore
import TernNN

/// The parameters of one direction of one layer, or of a cell.
struct RecurrentWeights {
    let input: Parameter
    let hidden: Parameter
    let inputBias: Parameter?
    let hiddenBias: Parameter?
    let projection: Parameter?
    private let bound: Double

    /// - Parameters:
    ///   - inputSize: `nil` if the first input decides.
    ///   - features: of the hidden state.
    ///   - name: what messages call the input's weight as long as it has no value.
    init(_ cell: RecurrentCell, inputSize: Int?, units: Int, features: Int, hasBias: Bool, name: String) {
        bound = 1 / Double(units).squareRoot()
        let uniform = Initializer.uniform(-bound, bound)
        let rows = cell.gates * units
        input = Parameter(pending: [rows, -1], name: name)
        if let inputSize { input.initialize(uniform, shape: [rows, inputSize]) }
        hidden = Parameter([rows, features], uniform)
        inputBias = hasBias ? Parameter([rows], uniform) : nil
        hiddenBias = hasBias ? Parameter([rows], uniform) : nil
        projection = features == units ? nil : Parameter([features, units], uniform)
    }

    /// Gives the input's weight its size, if it has none yet.
    func materialize(_ inputSize: Int) {
        if !input.hasValue {
            input.initialize(.uniform(-bound, bound), shape: [input.shape[0], inputSize])
        }
    }

    func visitMembers(_ visitor: inout some ModuleVisitor, suffix: String = "") {
        visitor.visit("weight_ih\(suffix)", input)
        visitor.visit("weight_hh\(suffix)", hidden)
        visitor.visit("bias_ih\(suffix)", inputBias)
        visitor.visit("bias_hh\(suffix)", hiddenBias)
        visitor.visit("weight_hr\(suffix)", projection)
    }

    /// Whole sequences.
    ///
    /// - Parameters:
    ///   - x: [R, C].
    ///   - states: hidden [N, P], and the cell's [N, U] of an LSTM.
    /// - Returns: the hidden state of each row [R, P], and the last states.
    func apply(
        _ cell: RecurrentCell, _ x: Tensor, _ states: [Tensor], _ rows: SequenceRows, isReversed: Bool = false
    ) -> (output: Tensor, states: [Tensor]) {
        var operands = [x, input.value, hidden.value] + states
        if let inputBias, let hiddenBias { operands += [inputBias.value, hiddenBias.value] }
        if let projection { operands.append(projection.value) }
        // Halves are computed in float32, as states that are rounded at each step would be worth little.
        let type = input.dtype
        if type.isHalf { operands = operands.map { $0.converted(to: .float32) } }
        let recurrence = Recurrence(
            cell, rows, isReversed: isReversed, hasBias: inputBias != nil, hasProjection: projection != nil)
        let results = recurrence.apply(operands).map { $0.converted(to: type) }
        return (results[0], Array(results[1...]))
    }

    /// `x` in the type of the weights. What a product under autocast made is a half where the weights are float32.
    func checked(_ x: Tensor, _ layer: String) -> Tensor {
        let type = input.dtype
        if x.dtype == type { return x }
        if x.dtype.isHalf, type == .float32 { return x.converted(to: type) }
        mistake(
            layer,
            "expects an input of the parameters' type \(type), got \(x.dtype): convert the data with "
                + "converted(to: .\(type)), or the model with to(.\(x.dtype))")
    }

    func checkInputSize(_ x: Tensor, _ layer: String) {
        let size = input.shape[1]
        if x.shape.last != size { mistake(layer, "expects \(size) input features, got shape \(x.shape)") }
    }
}

/// Stops if a state has not the shape, or not the type.
func checkState(_ state: Tensor, _ name: String, _ shape: Shape, _ axes: String, _ type: DType, _ layer: String) {
    if state.shape != shape {
        mistake(layer, "expects a \(name) of shape \(shape) (\(axes)), got \(state.shape)")
    }
    if state.dtype != type { mistake(layer, "expects a \(name) of type \(type), got \(state.dtype)") }
}

func checkPositive(_ value: Int, _ name: String, _ layer: String) {
    if value < 1 { mistake(layer, "\(name) must be positive, got \(value)") }
}
