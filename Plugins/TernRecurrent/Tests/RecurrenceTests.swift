import Foundation
import Tern
import TernRecurrent
import Testing

/// What an operation is tried with: sizes that fill vectors and tiles, and that do not.
struct Trial: Sendable, CustomTestStringConvertible {
    let cell: RecurrentCell
    let rows: SequenceRows
    let count, samples, inputs, units: Int
    var features: Int
    var isReversed = false
    var hasBias = true

    var testDescription: String {
        "\(cell), \(count) rows of \(samples), \(inputs) -> \(units) -> \(features), reversed \(isReversed), bias \(hasBias)"
    }

    init(
        _ cell: RecurrentCell, steps: Int, samples: Int, inputs: Int, units: Int, projected: Int? = nil,
        batchFirst: Bool = false, isReversed: Bool = false, hasBias: Bool = true
    ) {
        self.cell = cell
        rows = batchFirst ? .batchFirst(steps: steps, samples: samples) : .timeFirst(steps: steps, samples: samples)
        (count, self.samples, self.inputs, self.units) = (steps * samples, samples, inputs, units)
        (features, self.isReversed, self.hasBias) = (projected ?? units, isReversed, hasBias)
    }

    init(_ cell: RecurrentCell, packed: [Int], inputs: Int, units: Int, projected: Int? = nil, isReversed: Bool = false)
    {
        self.cell = cell
        rows = .packed(packed)
        (count, samples, self.inputs, self.units) = (packed.reduce(0, +), packed[0], inputs, units)
        (features, self.isReversed) = (projected ?? units, isReversed)
    }

    func operation(_ kernels: InstructionSet = .current) -> Recurrence {
        Recurrence(
            cell, rows, isReversed: isReversed, hasBias: hasBias, hasProjection: features != units, kernels: kernels)
    }

    func operands(_ dtype: DType = .float64) -> [Tensor] {
        let gates = [RecurrentCell.lstm: 4, .gru: 3][cell] ?? 1
        var shapes: [Shape] = [
            [count, inputs], [gates * units, inputs], [gates * units, features], [samples, features],
        ]
        if cell == .lstm { shapes.append([samples, units]) }
        if hasBias { shapes += [[gates * units], [gates * units]] }
        if features != units { shapes.append([features, units]) }
        let generator = Generator(seed: 7)
        let scale = 1 / Double(max(units, inputs)).squareRoot()
        return shapes.enumerated().map { index, shape in
            (Tensor.normal(shape, dtype: .float64, generator: generator) * (index == 0 ? 1 : scale)).converted(
                to: dtype)
        }
    }

    static let cells: [RecurrentCell] = [.lstm, .gru, .tanh, .relu]

    static let all: [Trial] =
        cells.flatMap { cell in
            [
                Trial(cell, steps: 4, samples: 3, inputs: 2, units: 5),
                Trial(cell, steps: 3, samples: 20, inputs: 3, units: 16, batchFirst: true, isReversed: true),
                Trial(cell, steps: 2, samples: 37, inputs: 5, units: 33, hasBias: false),
                Trial(cell, steps: 1, samples: 1, inputs: 1, units: 1),
                Trial(cell, packed: [18, 18, 7, 7, 1], inputs: 4, units: 17),
                Trial(cell, packed: [5, 4, 4, 2], inputs: 3, units: 40, isReversed: true),
            ]
        } + [
            Trial(.lstm, steps: 3, samples: 9, inputs: 3, units: 20, projected: 7),
            Trial(.lstm, steps: 3, samples: 18, inputs: 3, units: 35, projected: 33, batchFirst: true, hasBias: false),
            Trial(.lstm, packed: [6, 5, 2], inputs: 3, units: 9, projected: 4, isReversed: true),
        ]

    /// Small ones, for differences.
    static let small: [Trial] =
        cells.flatMap { cell in
            [
                Trial(cell, steps: 3, samples: 2, inputs: 2, units: 2),
                Trial(cell, packed: [3, 2, 1], inputs: 1, units: 2, isReversed: true),
            ]
        } + [
            Trial(.gru, steps: 2, samples: 2, inputs: 2, units: 2, batchFirst: true, hasBias: false),
            Trial(.lstm, steps: 2, samples: 2, inputs: 2, units: 3, projected: 2, batchFirst: true),
            Trial(.lstm, packed: [2, 1], inputs: 2, units: 3, projected: 1, isReversed: true),
        ]
}

/// Outputs and gradients of an operation, with random cotangents.
private func results(_ operands: [Tensor], _ operation: ([Tensor]) -> [Tensor]) -> [Tensor] {
    let tape = GradientTape()
    let sources = operands.map { tape.watch($0) }
    let outputs = tape.record { operation(sources) }
    let generator = Generator(seed: 11)
    let sum = outputs.reduce(Tensor(0, dtype: operands[0].dtype)) { sum, output in
        let cotangent = Tensor.normal(output.shape, dtype: .float64, generator: generator).converted(to: output.dtype)
        return sum + (output * cotangent).sum()
    }
    let gradients = tape.gradient(of: sum, with: sources)
    return outputs.map(\.detached) + gradients.map { $0! }
}

private let levels: [InstructionSet] =
    switch InstructionSet.current {
    case .avx512: [.portable, .avx2, .avx512]
    case .avx2: [.portable, .avx2]
    case .neon, .portable: [.portable]
    }

@Suite("The recurrent operation", .serialized)
struct RecurrenceTests {
    @Test("kernels of every level give what tensor operations give, forward and backward", arguments: Trial.all)
    func levelsAgree(trial: Trial) {
        // A hidden state of zeros has no product.
        for scale in [1.0, 0] { levelsAgree(trial, hidden: scale) }
    }

    private func levelsAgree(_ trial: Trial, hidden scale: Double) {
        func operands(_ dtype: DType) -> [Tensor] {
            var operands = trial.operands(dtype)
            operands[3] = operands[3] * scale
            return operands
        }
        let exact = results(operands(.float64)) { trial.operation().definition($0) }
        for level in levels {
            for (dtype, tolerance) in [(DType.float64, 1e-13), (.float32, 1e-5)] {
                let operands = operands(dtype)
                let actual = results(operands) { trial.operation(level).apply($0) }
                #expect(actual.count == exact.count)
                for (index, (actual, exact)) in zip(actual, exact).enumerated() {
                    let size = exact.array(of: Double.self).map { abs($0) }.max() ?? 0
                    expectClose(
                        actual, exact, tolerance * max(1, size),
                        "\(level) \(dtype), hidden state times \(scale), result \(index)")
                }
            }
        }
    }

    @Test("a retained graph gives the same gradients again", arguments: Trial.all)
    func retained(trial: Trial) {
        let variables = trial.operands(.float32).map { Variable($0) }
        let sum = trial.operation().apply(variables.map(\.value)).reduce(Tensor(0)) { $0 + ($1 * $1).sum() }
        sum.backward(retainGraph: true)
        let once = variables.map { $0.gradient! }
        sum.backward(retainGraph: true)
        sum.backward()
        for (variable, once) in zip(variables, once) { #expect(variable.gradient == once + once + once) }
    }

    @Test("derivatives agree with differences", arguments: Trial.small.filter { $0.cell != .relu })
    func gradients(trial: Trial) throws {
        try checkGradient({ trial.operation().apply($0) }, at: trial.operands())
    }

    @Test("derivatives of derivatives agree with differences", arguments: Trial.small.filter { $0.cell != .relu })
    func secondGradients(trial: Trial) throws {
        try checkSecondGradient({ trial.operation().apply($0) }, at: trial.operands())
    }

    @Test("any number of threads gives the same bits, with rows dealt to them and with columns")
    func threads() {
        let count = threadCount
        defer { threadCount = count }
        for trial in [
            Trial(.lstm, steps: 5, samples: 70, inputs: 12, units: 48),
            Trial(.lstm, steps: 3, samples: 3, inputs: 12, units: 300, projected: 100),
            Trial(.gru, steps: 3, samples: 2, inputs: 12, units: 300, batchFirst: true),
            Trial(.tanh, packed: [40, 33, 9, 1], inputs: 12, units: 200),
        ] {
            threadCount = 1
            let expected = results(trial.operands(.float32)) { trial.operation().apply($0) }
            for threads in 2...4 {
                threadCount = threads
                #expect(results(trial.operands(.float32)) { trial.operation().apply($0) } == expected)
            }
        }
    }

    @Test("tanh and sigmoid are within 3 units of the last place", arguments: levels, [DType.float32, .float64])
    func accuracy(level: InstructionSet, dtype: DType) {
        let far = dtype == .float32 ? 87.0 : 700
        var x: [Double] = []
        for index in -2000...2000 {
            let part = Double(index) / 2000
            x += [part * 1e-3, part, part * 10, part * far]
        }
        let rows = Tensor(x).reshaped([x.count, 1]).converted(to: dtype)
        let zero = Tensor.zeros([1, 1], dtype: dtype)
        func lastState(_ cell: RecurrentCell, _ weights: [Double], hidden: Double) -> [Double] {
            let operation = Recurrence(
                cell, .timeFirst(steps: 1, samples: x.count), hasBias: false, kernels: level)
            let inputWeight = Tensor(weights).reshaped([weights.count, 1]).converted(to: dtype)
            let hiddenWeight = Tensor.zeros([weights.count, 1], dtype: dtype)
            let state = operation.apply([rows, inputWeight, hiddenWeight, zero.expanded(to: rows.shape) + hidden])[1]
            return state.converted(to: .float64).array(of: Double.self)
        }
        let unit = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
        // Of a GRU whose new gate is zero, the state is the update gate times the state before.
        let (tanhs, sigmoids) = (lastState(.tanh, [1], hidden: 0), lastState(.gru, [0, 1, 0], hidden: 1))
        let given: [Double] = rows.converted(to: .float64).array(of: Double.self)
        for (index, x) in given.enumerated() {
            let tanh: Double = Foundation.tanh(x)
            let sigmoid: Double = 1 / (1 + Foundation.exp(-x))
            #expect(abs(tanhs[index] - tanh) <= 3 * unit * abs(tanh), "tanh(\(x))")
            #expect(abs(sigmoids[index] - sigmoid) <= 3 * unit * sigmoid, "sigmoid(\(x))")
        }
    }

    @Test("NaN stays in its sequence, and infinite gates are at their ends")
    func specialValues() {
        for cell in Trial.cells {
            let trial = Trial(cell, steps: 2, samples: 3, inputs: 2, units: 4)
            var operands = trial.operands(.float32)
            operands[0][1, 0] = .nan
            operands[0][2, 0] = Tensor(1e30)
            let output = trial.operation().apply(operands)[0]
            let isNaN = output.array(of: Float.self).map(\.isNaN)
            for (index, isNaN) in isNaN.enumerated() { #expect(isNaN == (index / 4 % 3 == 1)) }
        }
    }
}
