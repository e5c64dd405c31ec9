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
    /// How the length of an iteration is found.
    public enum LineSearch: Sendable {
        /// The learning rate is the first distance that is tried.
        case strongWolfe
    }

    /// What is optimized, as one group.
    public let parameters: [Parameter]
    /// The length of the first step without a line search, and where a search begins.
    public var learningRate: Double
    /// Iterations in a step.
    public let maximumIterations: Int
    /// Computations of the loss in a step.
    public let maximumEvaluations: Int
    /// The largest magnitude of a gradient at which a step ends.
    public let gradientTolerance: Double
    /// The change of the loss or of the parameters below which a step ends.
    public let changeTolerance: Double
    /// How many past updates the curvature is known from.
    public let historySize: Int
    /// How the length of an iteration is found; fixed if `nil`.
    public let lineSearch: LineSearch?

    /// What is remembered from one iteration to the next.
    private struct Memory {
        /// All iterations and computations of the loss so far.
        var iterations = 0
        var evaluations = 0
        var direction = Tensor.zeros([0])
        var distance = 0.0
        var gradient = Tensor.zeros([0])
        var history: CurvatureHistory
    }
    private var memory: Memory

    /// How often the loss has been computed.
    public var evaluations: Int { memory.evaluations }

    /// - Parameters:
    ///   - parameters: what is optimized, as one group.
    ///   - learningRate: the length of the first step without a line search, and where a search begins.
    ///   - maximumIterations: in one step.
    ///   - maximumEvaluations: 5 for each 4 iterations, unless given.
    ///   - gradientTolerance: a step ends when no element of the gradient is larger.
    ///   - changeTolerance: a step ends when the loss or the weights change by less.
    ///   - historySize: how many past updates the curvature is known from.
    ///   - lineSearch: how the length of an iteration is found; fixed if `nil`.
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
        memory = Memory(history: CurvatureHistory(size: historySize))
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
            let (start, before) = (parameters.map(\.value.detached), value)
            let slope = dot(gradient, direction)
            if slope > -changeTolerance { break }
            if lineSearch == .strongWolfe {
                let place = LinePoint(distance: 0, value: value, gradient: gradient, slope: slope)
                let (found, count) = strongWolfe(
                    from: place, first: rate, limit: maximumEvaluations - evaluations,
                    smallest: changeTolerance / largest(direction)
                ) { distance in
                    move(from: start, by: distance, direction)
                    let (_, value, gradient) = evaluate(loss)
                    return LinePoint(
                        distance: distance, value: value, gradient: gradient, slope: dot(gradient, direction))
                }
                (value, gradient, memory.distance) = (found.value, found.gradient, found.distance)
                move(from: start, by: found.distance, direction)
                evaluations += count
                memory.evaluations += count
            } else {
                move(from: start, by: rate, direction)
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
        return memory.history.direction(
            at: gradient, after: memory.direction * memory.distance, change: gradient - memory.gradient)
    }

    /// The loss at the place where the parameters are, and its gradient.
    private func evaluate(_ loss: () -> Tensor) -> (Tensor, value: Double, gradient: Tensor) {
        for parameter in parameters { parameter.gradient = nil }
        let result = withGradients(loss)
        result.backward()
        return (result.detached, result.item(), gradient)
    }

    /// The gradients of all parameters, one behind the other.
    private var gradient: Tensor {
        concatenated(
            parameters.map { parameter in
                let gradient = parameter.gradient ?? Tensor.zeros(like: parameter.value.detached)
                return gradient.detached.converted(to: type).flattened()
            })
    }

    /// The type that is computed in.
    private var type: DType { parameters.contains { $0.dtype == .float64 } ? .float64 : .float32 }

    private func move(from start: [Tensor], by distance: Double, _ direction: Tensor) {
        var first = 0
        for (parameter, start) in zip(parameters, start) {
            let end = first + start.count
            let part = direction[first..<end].reshaped(start.shape)
            let moved = linearCombination([start.converted(to: type), part], [1, distance])
            parameter.update { $0 = moved.converted(to: start.dtype) }
            first = end
        }
    }

    private func dot(_ a: Tensor, _ b: Tensor) -> Double { matmul(a, b).item() }

    private func largest(_ x: Tensor) -> Double { max(x.max().item(), -x.min().item()) }
}

extension LBFGS: Stateful {
    public var savedState: [String: StateValue] {
        var state: [String: StateValue] = [
            "shapes": .text(LBFGS.text(parameters.map(\.shape))), "learningRate": .number(learningRate),
            "iterations": .integer(memory.iterations),
            "evaluations": .integer(memory.evaluations), "pairs": .integer(memory.history.count),
        ]
        if memory.iterations == 0 { return state }
        state["distance"] = .number(memory.distance)
        state["direction"] = .tensor(memory.direction)
        state["gradient"] = .tensor(memory.gradient)
        for (index, (step, change)) in zip(memory.history.steps, memory.history.changes).enumerated() {
            state["step \(index)"] = .tensor(step)
            state["change \(index)"] = .tensor(change)
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
        var memory = Memory(history: CurvatureHistory(size: historySize))
        memory.iterations = reader.integer("iterations")
        memory.evaluations = reader.integer("evaluations")
        let pairs = reader.integer("pairs", in: 0...historySize)
        if memory.iterations > 0 {
            let vector: Shape = [sizes.reduce(0) { $0 + $1.elements }]
            let read = { (reader: inout StateReader, name: String) in
                reader.tensor(name, shape: vector).converted(to: self.type)
            }
            memory.distance = reader.number("distance")
            memory.direction = read(&reader, "direction")
            memory.gradient = read(&reader, "gradient")
            for index in 0..<pairs {
                let (step, change) = (read(&reader, "step \(index)"), read(&reader, "change \(index)"))
                if reader.isFine { memory.history.append(step: step, change: change) }
            }
        }
        return {
            self.learningRate = rate
            self.memory = memory
        }
    }

    private static func text(_ shapes: [Shape]) -> String { shapes.map { "\($0)" }.joined(separator: ", ") }
}
