import TernCore
import TernNN

/// Goes along a direction made of the last gradients and steps, which stand for the curvature: Liu and Nocedal, "On the
/// limited memory BFGS method for large scale optimization", 1989. PyTorch's `LBFGS`. For losses of all data, without
/// dropout and the like.
///
/// ```swift
/// let optimizer = LBFGS(model.parameters, lineSearch: .strongWolfe)
/// for _ in 0..<10 {
///     let loss = optimizer.step { mseLoss(model(inputs), targets) }
/// }
/// ```
///
/// A step is up to `maximumIterations` of these: with the gradient `g` of the last place `h`, `y = g - h` and the step `s`
/// that led from there are remembered if `y . s > 1e-10`; the direction is `d = -H g`, where `H` is the approximation of the
/// inverse Hessian by the last `historySize` pairs that begins with `(s . y) / (y . y)` times the identity; and
/// `p += learningRate * d`, in the first iteration at most as far as a gradient with the sum of magnitudes 1, or, with a line
/// search, as far as that says.
///
/// All parameters are one vector, in `float32` at least, so there are no groups; and the loss is computed several times a
/// step, so this is no ``Optimizer``: it has a `step` of its own. It remembers `2 * historySize` vectors of the parameters'
/// size.
public final class LBFGS {
    public enum LineSearch: Sendable {
        /// The learning rate is the first distance that is tried.
        case strongWolfe
    }

    public let parameters: [Parameter]
    public var learningRate: Double
    /// Iterations in a step.
    public let maximumIterations: Int
    /// Computations of the loss in a step.
    public let maximumEvaluations: Int
    /// The largest magnitude of a gradient at which a step ends.
    public let gradientTolerance: Double
    /// The change of the loss or of the parameters below which a step ends.
    public let changeTolerance: Double
    public let historySize: Int
    public let lineSearch: LineSearch?

    /// A step, and how the gradient changed in it.
    private struct Pair {
        let step: Tensor
        let change: Tensor
        let weight: Double

        init(_ step: Tensor, _ change: Tensor, curvature: Double) {
            (self.step, self.change, weight) = (step, change, 1 / curvature)
        }
    }

    /// What is remembered from one iteration to the next.
    private struct Memory {
        /// All iterations and computations of the loss so far.
        var iterations = 0
        var evaluations = 0
        var direction = Tensor.zeros([0])
        var distance = 0.0
        var gradient = Tensor.zeros([0])
        var pairs: [Pair] = []
        /// The curvature along the last step: what the inverse Hessian begins with.
        var scale = 1.0
    }
    private var memory = Memory()

    /// How often the loss has been computed.
    public var evaluations: Int { memory.evaluations }

    /// - Parameter maximumEvaluations: 5 for each 4 iterations, unless given.
    public init(
        _ parameters: [Parameter], learningRate: Double = 1, maximumIterations: Int = 20,
        maximumEvaluations: Int? = nil, gradientTolerance: Double = 1e-7, changeTolerance: Double = 1e-9,
        historySize: Int = 100, lineSearch: LineSearch? = nil
    ) {
        checkList(of: parameters, "LBFGS")
        let complaint =
            complaintOfNegatives([
                "learningRate": learningRate, "gradientTolerance": gradientTolerance,
                "changeTolerance": changeTolerance,
            ]) ?? LBFGS.complaint("maximumIterations", maximumIterations) ?? LBFGS.complaint("historySize", historySize)
        if let complaint { mistake("LBFGS", complaint) }
        self.parameters = parameters
        self.learningRate = learningRate
        self.maximumIterations = maximumIterations
        self.maximumEvaluations = maximumEvaluations ?? maximumIterations * 5 / 4
        self.gradientTolerance = gradientTolerance
        self.changeTolerance = changeTolerance
        self.historySize = historySize
        self.lineSearch = lineSearch
        for parameter in parameters { parameter.setOptimized() }
    }

    private static func complaint(_ name: String, _ count: Int) -> String? {
        count >= 1 ? nil : "\(name) must be at least 1, got \(count)"
    }

    /// One step.
    ///
    /// - Parameter loss: computes the loss, a scalar; its gradients are taken here. It is called several times.
    /// - Returns: the loss before the step. The parameters keep their last gradients.
    @discardableResult
    public func step(_ loss: () -> Tensor) -> Tensor {
        var (result, value, gradient) = evaluate(loss)
        let first = result
        memory.evaluations += 1
        var evaluations = 1
        if largest(gradient) <= gradientTolerance { return first }
        for iteration in 1...maximumIterations {
            memory.iterations += 1
            let direction = nextDirection(gradient)
            let rate = memory.iterations == 1 ? min(1, 1 / abs(gradient).sum().item()) * learningRate : learningRate
            (memory.direction, memory.distance, memory.gradient) = (direction, rate, gradient)
            let (start, before) = (position, value)
            let slope = dot(gradient, direction)
            if slope > -changeTolerance { break }
            if lineSearch == .strongWolfe {
                let place = LinePoint(distance: 0, value: value, gradient: gradient, slope: slope)
                let (found, count) = strongWolfe(
                    from: place, first: rate, limit: maximumEvaluations - evaluations,
                    smallest: changeTolerance / largest(direction)
                ) { distance in
                    move(to: start + distance * direction)
                    let (_, value, gradient) = evaluate(loss)
                    return LinePoint(
                        distance: distance, value: value, gradient: gradient, slope: dot(gradient, direction))
                }
                (value, gradient, memory.distance) = (found.value, found.gradient, found.distance)
                move(to: start + found.distance * direction)
                evaluations += count
                memory.evaluations += count
            } else {
                move(to: start + rate * direction)
                // Nobody would look at the loss after the last one.
                if iteration == maximumIterations { break }
                (result, value, gradient) = evaluate(loss)
                evaluations += 1
                memory.evaluations += 1
            }
            if evaluations >= maximumEvaluations || largest(gradient) <= gradientTolerance
                || largest(direction) * memory.distance <= changeTolerance || abs(value - before) < changeTolerance
            {
                break
            }
        }
        return first
    }

    /// The direction at a gradient, after the last step has been remembered.
    private func nextDirection(_ gradient: Tensor) -> Tensor {
        if memory.iterations == 1 { return -gradient }
        let change = gradient - memory.gradient
        let step = memory.direction * memory.distance
        let curvature = dot(change, step)
        if curvature > 1e-10 {
            if memory.pairs.count == historySize { memory.pairs.removeFirst() }
            memory.pairs.append(Pair(step, change, curvature: curvature))
            memory.scale = curvature / dot(change, change)
        }
        var direction = -gradient
        var shares: [Double] = []
        for pair in memory.pairs.reversed() {
            shares.append(dot(pair.step, direction) * pair.weight)
            direction = direction - shares.last! * pair.change
        }
        direction = direction * memory.scale
        for (pair, share) in zip(memory.pairs, shares.reversed()) {
            direction = direction + (share - dot(pair.change, direction) * pair.weight) * pair.step
        }
        return direction
    }

    /// The loss at the place where the parameters are, and its gradient.
    private func evaluate(_ loss: () -> Tensor) -> (Tensor, value: Double, gradient: Tensor) {
        for parameter in parameters { parameter.gradient = nil }
        let result = withGradients(loss)
        result.backward()
        return (result.detached, result.item(), vector { $0.gradient ?? Tensor.zeros(like: $0.value.detached) })
    }

    private var position: Tensor { vector(\.value.detached) }

    private func vector(_ part: (Parameter) -> Tensor) -> Tensor {
        concatenated(parameters.map { part($0).detached.converted(to: type).flattened() })
    }

    /// The type that is computed in.
    private var type: DType { parameters.contains { $0.dtype == .float64 } ? .float64 : .float32 }

    private func move(to position: Tensor) {
        var start = 0
        for parameter in parameters {
            let end = start + parameter.shape.elements
            let part = position[start..<end].reshaped(parameter.shape).converted(to: parameter.dtype)
            parameter.update { $0 = part }
            start = end
        }
    }

    private func dot(_ a: Tensor, _ b: Tensor) -> Double { matmul(a, b).item() }

    private func largest(_ x: Tensor) -> Double { abs(x).max().item() }
}

extension LBFGS: Stateful {
    public var savedState: [String: StateValue] {
        var state: [String: StateValue] = [
            "shapes": .text(LBFGS.text(parameters.map(\.shape))), "learningRate": .number(learningRate),
            "iterations": .integer(memory.iterations),
            "evaluations": .integer(memory.evaluations), "pairs": .integer(memory.pairs.count),
        ]
        if memory.iterations == 0 { return state }
        state["distance"] = .number(memory.distance)
        state["scale"] = .number(memory.scale)
        state["direction"] = .tensor(memory.direction)
        state["gradient"] = .tensor(memory.gradient)
        for (index, pair) in memory.pairs.enumerated() {
            state["step \(index)"] = .tensor(pair.step)
            state["change \(index)"] = .tensor(pair.change)
        }
        return state
    }

    /// Goes on from a state of an optimizer of parameters with the same shapes in the same order.
    public func restoring(from reader: inout StateReader) -> () -> Void {
        let (known, found) = (reader.shapes, reader.text("shapes"))
        let sizes = parameters.map { known[ObjectIdentifier($0)] ?? $0.shape }
        let expected = LBFGS.text(sizes)
        if reader.values["shapes"]?.text != nil, found != expected {
            reader.complain("shapes: expects \(expected), got \(found)")
        }
        let rate = reader.number("learningRate")
        if !(rate >= 0) { reader.complain("learningRate: expects a number of at least 0, got \(rate)") }
        var memory = Memory()
        memory.iterations = reader.integer("iterations")
        memory.evaluations = reader.integer("evaluations")
        let pairs = reader.integer("pairs", in: 0...historySize)
        if memory.iterations > 0 {
            let vector: Shape = [sizes.reduce(0) { $0 + $1.elements }]
            let read = { (reader: inout StateReader, name: String) in
                reader.tensor(name, shape: vector).converted(to: self.type)
            }
            memory.distance = reader.number("distance")
            memory.scale = reader.number("scale")
            memory.direction = read(&reader, "direction")
            memory.gradient = read(&reader, "gradient")
            for index in 0..<pairs {
                let (step, change) = (read(&reader, "step \(index)"), read(&reader, "change \(index)"))
                if reader.isFine { memory.pairs.append(Pair(step, change, curvature: dot(change, step))) }
            }
        }
        return {
            self.learningRate = rate
            self.memory = memory
        }
    }

    private static func text(_ shapes: [Shape]) -> String { shapes.map { "\($0)" }.joined(separator: ", ") }
}
