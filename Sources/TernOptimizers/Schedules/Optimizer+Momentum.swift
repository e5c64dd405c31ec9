import TernCore

extension Optimizer {
    /// The momentum of each group: its setting `momentum`, or `beta1` of ``Adam`` and its kind. `nil` if there is neither.
    public var momenta: [Double]? {
        Self.momentumSetting.map { setting in groups.map { setting.get($0.rule) } }
    }

    /// Sets the momentum of those groups that have a new one.
    func setMomenta(_ momenta: [Double?]) {
        guard momenta.contains(where: { $0 != nil }) else { return }
        guard let setting = Self.momentumSetting else {
            mistake(
                "LearningRateScheduler",
                "expects an optimizer with a momentum or beta1 for a schedule of both, got \(Self.self): give the schedule "
                    + "`momentum: nil`")
        }
        for (index, momentum) in momenta.enumerated() {
            guard let momentum else { continue }
            setting.set(&groups[index].rule, momentum)
            groups[index].rule.check("\(Self.self)")
        }
    }

    private static var momentumSetting: OptimizerSetting<Rule>? { Rule.settings["momentum"] ?? Rule.settings["beta1"] }
}
