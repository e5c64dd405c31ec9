import TernCore
import TernNN

extension LayerSubject {
    /// - Parameter order: 1 for gradients, 2 for gradients of gradients.
    func checkGradients(order: Int) {
        let hasModes = fresh().modules.contains { $0 is any ModeDependent }
        for isTraining in hasModes ? [true, false] : [true] {
            checkGradients(
                order: order, isTraining: isTraining, hasModes ? isTraining ? " in training" : " in evaluation" : "")
        }
    }

    private func checkGradients(order: Int, isTraining: Bool, _ mode: String) {
        let harness = prepared()
        harness.to(.float64)
        if isTraining { harness.train() } else { harness.eval() }
        let given = inputs(as: .float64)
        for (index, output) in withoutGradients({ run(harness, given) }).enumerated() where output.dtype.isFloatingPoint
        {
            guard
                report.expect(
                    output.dtype == .float64, "output \(index) is \(output.dtype) for float64, which cannot be checked")
            else { return }
        }
        let floats = given.indices.filter { given[$0].dtype.isFloatingPoint }
        let parameters = harness.namedParameters.filter { $0.parameter.requiresGradient && $0.parameter.hasValue }
        let values = Dictionary(uniqueKeysWithValues: harness.allValues.map { ($0.name, $0.value) })
        let points = floats.map { given[$0] } + parameters.map(\.parameter.value.detached)
        if points.isEmpty { return }

        // A function of all: what it changes, such as running statistics, is dropped.
        func outputs(_ tensors: [Tensor]) -> [Tensor] {
            var (values, given) = (values, given)
            for (index, tensor) in zip(floats, tensors) { given[index] = tensor }
            for ((name, _), tensor) in zip(parameters, tensors[floats.count...]) { values[name] = tensor }
            seed(7)
            return functionalCall(harness, &values, given).filter(\.dtype.isFloatingPoint)
        }
        let names =
            floats.map { "input \($0)" } + parameters.map { "'\($0.name.dropFirst(name.count + 1))'" }
        // Few numbers are moved one by one, many along random directions.
        let isSmall = order == 1 && points.reduce(0) { $0 + $1.count } <= 150
        let directions = Directions(points)
        do throws(GradientMismatch) {
            if isSmall {
                try checkGradient(outputs, at: points)
            } else if order == 1 {
                try checkGradient({ outputs(directions.points($0)) }, at: directions.origin)
            } else {
                try checkSecondGradient(
                    { outputs(directions.points($0)).flatMap(Directions.projected) }, at: directions.origin)
            }
        } catch {
            let sources = isSmall ? names.count : directions.origin.count
            let what =
                if error.input >= sources {
                    "cotangent \(error.input - sources)"
                } else if isSmall {
                    "\(names[error.input]) at \(error.index)"
                } else {
                    "\(directions.name(ofGroup: error.input, names)) along random direction \(error.index)"
                }
            report.add(
                "the \(order == 1 ? "" : "second ")gradient of \(what)\(mode) is \(error.analytic) by its derivative, "
                    + "\(error.numeric) by differences")
        }
    }
}

/// A few random directions around several points: a function of many numbers as one of few.
private struct Directions {
    private static let count = 3
    /// Points that are more than that move in groups, each along directions that its points have together.
    private static let mostGroups = 6
    private let bases: [Tensor]
    private let directions: [Tensor]
    private let groupSize: Int

    init(_ points: [Tensor]) {
        bases = points
        groupSize = (points.count + Self.mostGroups - 1) / Self.mostGroups
        let generator = Generator(seed: 11)
        directions = points.map {
            Tensor.uniform(Shape([Self.count] + Array($0.shape)), in: -1..<1, dtype: .float64, generator: generator)
        }
    }

    /// The steps of each group at which ``points(_:)`` gives the points themselves.
    var origin: [Tensor] {
        stride(from: 0, to: bases.count, by: groupSize).map { _ in Tensor.zeros([Self.count], dtype: .float64) }
    }

    func points(_ steps: [Tensor]) -> [Tensor] {
        zip(bases, directions).enumerated().map { index, pair in
            let (base, directions) = pair
            let sizes = Shape([Self.count] + Array(repeating: 1, count: base.rank))
            return base + (directions * steps[index / groupSize].reshaped(sizes)).sum(axes: 0)
        }
    }

    /// What a group is called, of points with these names.
    func name(ofGroup group: Int, _ names: [String]) -> String {
        names[(group * groupSize)..<min((group + 1) * groupSize, names.count)].joined(separator: ", ")
    }

    /// Two random sums of a tensor.
    static func projected(_ tensor: Tensor) -> [Tensor] {
        let generator = Generator(seed: 13)
        return (0..<2).map { _ in
            (tensor * Tensor.uniform(tensor.shape, in: -1..<1, dtype: .float64, generator: generator)).sum()
        }
    }
}
