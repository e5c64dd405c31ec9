import TernCore
import TernNN

/// Changes parameters by their gradients, step by step.
///
/// ```swift
/// let optimizer = Adam(model.parameters, learningRate: 1e-3)
///
/// optimizer.step(tape.gradients(of: loss))
///
/// loss.backward()
/// optimizer.step()
/// optimizer.zeroGradients()
/// ```
///
/// A parameter without a gradient in one step is left alone and keeps its state; so is a frozen one.
///
/// An optimizer is an ``OptimizerRule``, which sees one tensor at a time, and its groups of parameters; all else comes
/// with the protocol:
///
/// ```swift
/// final class SignDescent: Optimizer {
///     struct Rule: OptimizerRule {
///         var learningRate: Double
///         let slotNames: [String] = []
///         let complaint: String? = nil
///         func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
///             parameter = parameter - learningRate * sign(gradient)
///         }
///     }
///     var groups: [ParameterGroup<Rule>]
///     init(_ parameters: [Parameter], learningRate: Double) {
///         groups = Self.checkedGroups([ParameterGroup(parameters, Rule(learningRate: learningRate))])
///     }
/// }
/// ```
public protocol Optimizer<Rule>: AnyObject {
    associatedtype Rule: OptimizerRule

    /// The parameters and their settings, which may be changed between steps.
    var groups: [ParameterGroup<Rule>] { get set }
}

/// How one tensor follows from its gradient: the settings of an optimizer, as a value.
public protocol OptimizerRule: Sendable {
    var learningRate: Double { get set }

    /// The names of the tensors that ``ParameterState/slots`` holds after a step, in their order; they are the names
    /// under which a state is saved.
    var slotNames: [String] { get }

    /// What is wrong with the settings, such as `momentum must be at least 0, got -1.0`; `nil` if nothing is. The
    /// learning rate is checked besides.
    var complaint: String? { get }

    /// The settings as numbers by name, for checkpoints; `false` and `true` are 0 and 1. The default has the learning
    /// rate alone: a rule with others lists all that can differ from one run to another.
    ///
    /// Setting it leaves those alone that are not named.
    var settings: [String: Double] { get set }

    /// Changes `parameter`, in place if it can. Messages of ``mistake(_:_:file:line:)`` get the parameter's path.
    ///
    /// - Parameter state: that of this parameter. `steps` has been counted up already; `slots` is empty at first. The
    ///   parameter's type may have changed since the last step, and somebody may have set the slots.
    func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState)
}

/// What an optimizer remembers of one parameter.
public struct ParameterState: Sendable {
    /// How many updates the parameter has had.
    public var steps = 0
    /// Moments and the like.
    public var slots: [Tensor] = []

    public init() {}
}

/// Parameters that share their settings.
public struct ParameterGroup<Rule: OptimizerRule> {
    public let parameters: [Parameter]
    public var rule: Rule
    /// For each parameter.
    public var states: [ParameterState]
    @usableFromInline let strangers: Strangers

    public init(_ parameters: [Parameter], _ rule: Rule) {
        self.parameters = parameters
        self.rule = rule
        states = Array(repeating: ParameterState(), count: parameters.count)
        strangers = Strangers(to: parameters)
        for parameter in parameters { parameter.setOptimized() }
    }

    @inlinable
    mutating func step(_ gradient: (Parameter) -> Tensor?) {
        if states.count != parameters.count { stopStates() }
        if strangers.mayExist { strangers.stopIfTrained(gradient) }
        for index in parameters.indices {
            let parameter = parameters[index]
            guard parameter.requiresGradient, let gradient = gradient(parameter) else { continue }
            states[index].steps += 1
            parameter.update { rule.update(&$0, gradient: gradient, state: &states[index]) }
        }
    }

    @usableFromInline
    func stopStates() -> Never {
        mistake("step", "expects a state for each of \(parameters.count) parameters, got \(states.count)")
    }

    @inlinable
    func zeroGradients() {
        for parameter in parameters { parameter.gradient = nil }
    }
}

extension Optimizer {
    /// One update of every parameter that has a gradient, by what `backward()` gathered.
    @inlinable
    public func step() {
        for index in groups.indices { groups[index].step { $0.gradient } }
    }

    /// One update of every parameter that `gradients` has one for.
    @inlinable
    public func step(_ gradients: Gradients) {
        for index in groups.indices { groups[index].step { gradients[$0] } }
    }

    /// Forgets the gradients that `backward()` gathered.
    @inlinable @inline(__always)
    public func zeroGradients() {
        for index in groups.indices { groups[index].zeroGradients() }
    }

    /// The learning rate of the first group; setting it sets that of all groups.
    public var learningRate: Double {
        get { groups[0].rule.learningRate }
        set { learningRates = Array(repeating: newValue, count: groups.count) }
    }

    /// The learning rate of each group.
    public var learningRates: [Double] {
        get { groups.map(\.rule.learningRate) }
        set {
            if newValue.count != groups.count {
                mistake(
                    "\(Self.self)", "expects a learning rate for each of \(groups.count) groups, got \(newValue.count)")
            }
            for (index, rate) in newValue.enumerated() {
                groups[index].rule.learningRate = rate
                groups[index].rule.check("\(Self.self)")
            }
        }
    }

    /// The groups of a new optimizer, checked: stops if there is no parameter, if one is there twice and for wrong settings.
    public static func checkedGroups(_ groups: [ParameterGroup<Rule>]) -> [ParameterGroup<Rule>] {
        let name = "\(Self.self)"
        let parameters = groups.flatMap(\.parameters)
        if parameters.isEmpty { mistake(name, emptyListMessage) }
        var seen: Set<ObjectIdentifier> = []
        for parameter in parameters where !seen.insert(ObjectIdentifier(parameter)).inserted {
            mistake(name, "has a parameter of shape \(parameter.shape) twice: a parameter belongs to one group, once")
        }
        for group in groups { group.rule.check(name) }
        return groups
    }
}

extension OptimizerRule {
    public var settings: [String: Double] {
        get { ["learningRate": learningRate] }
        set { newValue["learningRate"].map { learningRate = $0 } }
    }

    /// What is wrong with the settings, the learning rate included.
    package var anyComplaint: String? {
        learningRate >= 0 ? complaint : "learningRate must be at least 0, got \(learningRate)"
    }

    func check(_ optimizer: String) {
        if let anyComplaint { mistake(optimizer, anyComplaint) }
    }
}
