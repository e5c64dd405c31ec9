import TernCore
import TernNN

/// An optimizer by its name, for configuration files.
///
/// ```swift
/// let optimizer = try makeOptimizer("adam", model.parameters, settings: ["learningRate": 1e-3, "amsgrad": 1])
/// ```
///
/// - Parameters:
///   - name: one of ``optimizerNames``; capitals make no difference.
///   - parameters: what is optimized, as one group.
///   - settings: those of the optimizer's rule, see ``OptimizerRule/settings``, and `maximize`. `false` and `true` are
///     0 and 1. The others have their defaults; the learning rate of SGD has none.
/// - Throws: ``/TernCore/ConfigurationError`` for unknown names, which lists those that there are, for wrong values and
///   for parameters that the optimizer does not take.
public func makeOptimizer(
    _ name: String, _ parameters: [Parameter], settings: [String: Double] = [:]
) throws(ConfigurationError) -> any Optimizer {
    guard let maker = makers[name.lowercased()] else {
        throw ConfigurationError("there is no optimizer '\(name)', only \(optimizerNames.joined(separator: ", "))")
    }
    return try maker(parameters, settings)
}

/// The names that ``makeOptimizer(_:_:settings:)`` takes, sorted.
public var optimizerNames: [String] { makers.keys.sorted() }

private typealias Maker =
    @Sendable (_ parameters: [Parameter], _ settings: [String: Double]) throws(ConfigurationError)
    -> any Optimizer

/// - Parameter rule: with the defaults.
private func maker<Made: Optimizer & SendableMetatype>(
    _ rule: Made.Rule, _ make: @escaping @Sendable ([ParameterGroup<Made.Rule>]) -> Made
) -> Maker {
    { (parameters, settings) throws(ConfigurationError) in
        var group = ParameterGroup(parameters, rule)
        let unknown = Set(settings.keys).subtracting(group.settingValues.keys)
        if !unknown.isEmpty {
            throw ConfigurationError(
                "\(Made.self) has no setting \(unknown.sorted().joined(separator: ", ")), only "
                    + group.settingValues.keys.sorted().joined(separator: ", "))
        }
        group.settingValues = settings
        if group.rule.learningRate.isNaN, settings["learningRate"] == nil {
            throw ConfigurationError("\(Made.self) needs a learningRate")
        }
        if let complaint = group.rule.complaint(of: parameters) {
            throw ConfigurationError("\(Made.self): \(complaint)")
        }
        return make([group])
    }
}

private let makers: [String: Maker] = [
    "adadelta": maker(Adadelta.Rule(), Adadelta.init(groups:)),
    "adafactor": maker(Adafactor.Rule(), Adafactor.init(groups:)),
    "adagrad": maker(Adagrad.Rule(), Adagrad.init(groups:)),
    "adam": maker(Adam.Rule(), Adam.init(groups:)),
    "adamax": maker(Adamax.Rule(), Adamax.init(groups:)),
    "adamw": maker(Adam.Rule(weightDecay: 0.01, decoupledDecay: true), AdamW.init(groups:)),
    "asgd": maker(ASGD.Rule(), ASGD.init(groups:)),
    "ftrl": maker(Ftrl.Rule(), Ftrl.init(groups:)),
    "lamb": maker(LAMB.Rule(), LAMB.init(groups:)),
    "lion": maker(Lion.Rule(), Lion.init(groups:)),
    "muon": maker(Muon.Rule(), Muon.init(groups:)),
    "nadam": maker(NAdam.Rule(), NAdam.init(groups:)),
    "radam": maker(RAdam.Rule(), RAdam.init(groups:)),
    "rmsprop": maker(RMSprop.Rule(), RMSprop.init(groups:)),
    "rprop": maker(Rprop.Rule(), Rprop.init(groups:)),
    "schedulefreeadamw": maker(ScheduleFreeAdamW.Rule(), ScheduleFreeAdamW.init(groups:)),
    "sgd": maker(SGD.Rule(learningRate: .nan), SGD.init(groups:)),
]
