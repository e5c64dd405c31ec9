import TernCore

extension Optimizer {
    /// The momentum of each group: its setting `momentum`, or `beta1` of ``Adam`` and its kind. `nil` if there is neither.
    public var momenta: [Double]? {
        Self.momentumPath.map { path in groups.map { $0.rule[keyPath: path] } }
    }

    /// Sets the momentum of those groups that have a new one.
    func setMomenta(_ momenta: [Double?]) {
        guard momenta.contains(where: { $0 != nil }) else { return }
        guard let path = Self.momentumPath else {
            mistake(
                "LearningRateScheduler",
                "expects an optimizer with a momentum or beta1 for a schedule of both, got \(Self.self): give the schedule "
                    + "`momentum: nil`")
        }
        for (index, momentum) in momenta.enumerated() {
            guard let momentum else { continue }
            groups[index].rule[keyPath: path] = momentum
            groups[index].rule.check("\(Self.self)")
        }
    }

    private static var momentumPath: WritableKeyPath<Rule, Double>? {
        guard case .number(let path) = Rule.settings["momentum"] ?? Rule.settings["beta1"] else { return nil }
        return path
    }
}
