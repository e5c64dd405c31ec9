import TernCore
import TernNN

/// Parameters that share their settings.
public struct ParameterGroup<Rule: OptimizerRule> {
    /// The parameters that are optimized.
    public let parameters: [Parameter]
    /// Their settings.
    public var rule: Rule
    /// Go up instead of down: every rule gets the negative of the gradient then.
    public var maximize: Bool
    /// For each parameter.
    public var states: [ParameterState]
    @usableFromInline let strangers: Strangers
    /// Whether one update does not read what another has written: so they can be computed in one job.
    @usableFromInline let updatesMayWait: Bool

    /// - Parameters:
    ///   - parameters: each in one group alone.
    ///   - rule: their settings.
    ///   - maximize: go up instead of down.
    public init(_ parameters: [Parameter], _ rule: Rule, maximize: Bool = false) {
        self.parameters = parameters
        self.rule = rule
        self.maximize = maximize
        states = Array(repeating: ParameterState(), count: parameters.count)
        strangers = Strangers(to: parameters)
        // A weight and its bias alone are not worth it.
        updatesMayWait = parameters.count > 2 && Rule.self is any KernelRule.Type
        for parameter in parameters { parameter.setOptimized() }
    }

    /// The rule's settings and whether to maximize, as ``OptimizerRule/settingValues``.
    package var settingValues: [String: Double] {
        get { rule.settingValues.merging(["maximize": maximize ? 1 : 0]) { $1 } }
        set {
            rule.settingValues = newValue
            if let value = newValue["maximize"] { maximize = value != 0 }
        }
    }

    @inlinable
    mutating func step(_ gradient: (Parameter) -> Tensor?) {
        if states.count != parameters.count { stopStates() }
        if strangers.mayExist { strangers.stopIfTrained(gradient) }
        let wait = updatesMayWait && letUpdatesWait()
        for index in parameters.indices {
            let parameter = parameters[index]
            guard parameter.requiresGradient, let gradient = gradient(parameter) else { continue }
            parameter.update { rule.step(&$0, gradient, &states[index], maximize: maximize) }
        }
        if wait { computeWaitingUpdates() }
    }

    @usableFromInline
    func letUpdatesWait() -> Bool { WaitingUpdates.begin() }

    @usableFromInline
    func computeWaitingUpdates() { WaitingUpdates.end() }

    @usableFromInline
    func stopStates() -> Never {
        mistake("step", "expects a state for each of \(parameters.count) parameters, got \(states.count)")
    }

    @inlinable
    func zeroGradients() {
        for parameter in parameters { parameter.gradient = nil }
    }
}

/// What an optimizer remembers of one parameter.
public struct ParameterState: Sendable {
    /// How many updates the parameter has had.
    public var steps = 0
    /// Moments and the like.
    public var slots: [Tensor] = []

    /// The state before the first step.
    public init() {}
}
