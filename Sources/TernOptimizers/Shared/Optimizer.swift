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
    /// What it does with a parameter.
    associatedtype Rule: OptimizerRule

    /// The parameters and their settings, which may be changed between steps.
    var groups: [ParameterGroup<Rule>] { get set }
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
        checkList(of: groups.flatMap(\.parameters), name)
        for group in groups {
            if let complaint = group.rule.complaint(of: group.parameters) { mistake(name, complaint) }
        }
        return groups
    }
}

/// Stops if there is no parameter, or one is there twice.
func checkList(of parameters: [Parameter], _ optimizer: String) {
    if parameters.isEmpty { mistake(optimizer, emptyListMessage) }
    var seen: Set<ObjectIdentifier> = []
    for parameter in parameters where !seen.insert(ObjectIdentifier(parameter)).inserted {
        mistake(optimizer, "has a parameter of shape \(parameter.shape) twice: a parameter belongs to one group, once")
    }
}
