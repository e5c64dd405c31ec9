import TernCore
import TernNN

/// How one tensor follows from its gradient: the settings of an optimizer and its mathematics, as a value. Which
/// parameters there are, what they are called and how states are saved is the business of others.
public protocol OptimizerRule: Sendable {
    /// How far a step goes; what schedules set.
    var learningRate: Double { get set }

    /// The settings by name, as checkpoints hold them. The default has the learning rate alone: a rule with others lists
    /// all that can differ from one run to another.
    ///
    /// ```swift
    /// struct ScaledSign: OptimizerRule {
    ///     var learningRate: Double
    ///     var scale = 1.0
    ///     static var settings: [String: OptimizerSetting<Self>] {
    ///         ["learningRate": .number(\.learningRate), "scale": .number(\.scale)]
    ///     }
    ///     func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) {
    ///         parameter = parameter - learningRate * scale * sign(gradient)
    ///     }
    /// }
    /// ```
    static var settings: [String: OptimizerSetting<Self>] { get }

    /// The names of the tensors that ``ParameterState/slots`` holds after a step, in their order; they are the names
    /// under which a state is saved. None, unless a rule says otherwise.
    var slotNames: [String] { get }

    /// The same for parameters of a shape, if that makes a difference.
    func slotNames(of shape: Shape) -> [String]

    /// The shape of a slot of parameters of a shape: the parameter's own, unless a rule says otherwise.
    func slotShape(_ index: Int, of shape: Shape) -> Shape

    /// What is wrong with the settings, such as `momentum must be at least 0, got -1.0`; `nil` if nothing is. The
    /// learning rate is checked besides.
    var complaint: String? { get }

    /// What is wrong with a parameter of this shape, -1 for sizes that are not known yet; `nil` if it can be updated, which
    /// the default always says.
    func complaint(of shape: Shape) -> String?

    /// What a slot holds before its first update: zeros, unless a rule says otherwise. `nil` leaves it to the update to
    /// append the slot, which must be the last.
    func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor?

    /// Whether what becomes of an element depends on it, its gradient and its part of the slots alone: `false`, unless a
    /// rule says otherwise. A large parameter is then updated in pieces that stay in a core's cache, on all threads, which
    /// is about as fast as a kernel: ``update(_:gradient:state:)`` sees tensors of one axis.
    static var isElementwise: Bool { get }

    /// Changes `parameter` in tensor operations: the meaning of the rule. Messages of
    /// ``/TernCore/mistake(_:_:file:line:)`` get the parameter's path.
    ///
    /// - Parameters:
    ///   - parameter: of half types, their `float32` values, which are rounded after the update.
    ///   - gradient: of the parameter's shape and type, contiguous; its negative in groups that maximize.
    ///   - state: that of this parameter. `steps` has been counted up already; `slots` are there, of the shapes that
    ///     ``/TernOptimizers/OptimizerRule/slotShape(_:of:)`` says and the parameter's type.
    func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState)

    /// The same as ``update(_:gradient:state:)`` in one pass over memory, for rules that have a kernel for it. `false` if
    /// it does not take these tensors as they are (a gradient or slot of another type, slots that are not there yet):
    /// then nothing has changed. The default takes none.
    func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool
}

/// A rule whose ``OptimizerRule/updateFused(_:gradient:state:)`` is one kernel and nothing else: updates of several
/// parameters may wait for one another.
package protocol KernelRule: OptimizerRule {}

/// A setting of an ``OptimizerRule`` as a number.
public struct OptimizerSetting<Rule>: Sendable {
    let get: @Sendable (Rule) -> Double
    let set: @Sendable (inout Rule, Double) -> Void

    /// A number, read and written by its key path.
    public static func number(_ path: WritableKeyPath<Rule, Double> & Sendable) -> Self {
        Self(get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    /// What is no whole number becomes -1, for the rule to complain about.
    public static func integer(_ path: WritableKeyPath<Rule, Int> & Sendable) -> Self {
        Self(get: { Double($0[keyPath: path]) }, set: { $0[keyPath: path] = Int(exactly: $1) ?? -1 })
    }

    /// `false` and `true` are 0 and 1.
    public static func flag(_ path: WritableKeyPath<Rule, Bool> & Sendable) -> Self {
        Self(get: { $0[keyPath: path] ? 1 : 0 }, set: { $0[keyPath: path] = $1 != 0 })
    }

    /// The setting of a rule that has this one's as a part.
    func inside<Outer>(_ part: WritableKeyPath<Outer, Rule> & Sendable) -> OptimizerSetting<Outer> {
        OptimizerSetting<Outer>(get: { get($0[keyPath: part]) }, set: { set(&$0[keyPath: part], $1) })
    }
}

extension OptimizerRule {
    public static var settings: [String: OptimizerSetting<Self>] { ["learningRate": .number(\.learningRate)] }

    public var slotNames: [String] { [] }

    public func slotNames(of shape: Shape) -> [String] { slotNames }

    public func slotShape(_ index: Int, of shape: Shape) -> Shape { shape }

    public static var isElementwise: Bool { false }

    public var complaint: String? { nil }

    public func complaint(of shape: Shape) -> String? { nil }

    public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? { Tensor.zeros(like: parameter) }

    @inlinable
    public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool { false }

    /// The settings as numbers by name; `false` and `true` are 0 and 1. Setting them leaves those alone that are not named.
    public var settingValues: [String: Double] {
        get { Self.settings.mapValues { $0.get(self) } }
        set {
            for (name, setting) in Self.settings {
                if let value = newValue[name] { setting.set(&self, value) }
            }
        }
    }

    /// What is wrong with the settings, the learning rate included.
    package var anyComplaint: String? {
        learningRate >= 0 ? complaint : "learningRate must be at least 0, got \(learningRate)"
    }

    func check(_ optimizer: String) {
        if let anyComplaint { mistake(optimizer, anyComplaint) }
    }

    /// What is wrong with the settings or the parameters.
    func complaint(of parameters: [Parameter]) -> String? {
        anyComplaint ?? parameters.lazy.compactMap { complaint(of: $0.shape) }.first
    }

    /// One update of a parameter: by the kernel if it takes everything as it is, which is the rule; otherwise after all
    /// has been brought into order.
    @inlinable @inline(__always)
    func step(
        _ parameter: inout Tensor, _ gradient: Tensor, _ state: inout ParameterState, maximize: Bool
    ) {
        state.steps += 1
        if !maximize, updateFused(&parameter, gradient: gradient, state: &state) { return }
        stepAtOnce(&parameter, gradient, &state, maximize: maximize)
    }

    @usableFromInline @inline(never)
    func stepAtOnce(
        _ parameter: inout Tensor, _ gradient: Tensor, _ state: inout ParameterState, maximize: Bool
    ) {
        WaitingUpdates.withoutWaiting { stepInOrder(&parameter, gradient, &state, maximize: maximize) }
    }

    private func stepInOrder(
        _ parameter: inout Tensor, _ gradient: Tensor, _ state: inout ParameterState, maximize: Bool
    ) {
        let (shape, type) = (parameter.shape, parameter.dtype)
        if !type.isFloatingPoint { mistake("step", "expects a parameter of a floating-point type, got \(type)") }
        if gradient.shape != shape {
            mistake("step", "expects a gradient of the parameter's shape \(shape), got \(gradient.shape)")
        }
        let names = slotNames(of: shape)
        if zip(state.slots.indices, state.slots).contains(where: { $1.shape != slotShape($0, of: shape) }) {
            stopForState(state, names, shape)
        }
        let computing = type.accumulator
        if computing != type {
            // Half types are too narrow for moments and small steps.
            var wide = parameter.converted(to: computing)
            stepInOrder(&wide, gradient, &state, maximize: maximize)
            parameter = wide.converted(to: type)
            return
        }
        for index in state.slots.indices where state.slots[index].dtype != type {
            state.slots[index] = state.slots[index].converted(to: type)
        }
        while state.slots.count < names.count, let slot = initialSlot(state.slots.count, of: parameter) {
            state.slots.append(slot)
        }
        let upward = gradient.converted(to: type).contiguous()
        let gradient = maximize ? -upward : upward
        if updateFused(&parameter, gradient: gradient, state: &state) { return }
        if !Self.isElementwise || state.slots.count < names.count {
            return update(&parameter, gradient: gradient, state: &state)
        }
        let steps = state.steps
        parameter.updateInPieces(gradient: gradient, slots: &state.slots) { parameter, gradient, slots in
            var state = ParameterState()
            (state.steps, state.slots) = (steps, slots)
            update(&parameter, gradient: gradient, state: &state)
            slots = state.slots
        }
    }

    private func stopForState(_ state: ParameterState, _ names: [String], _ shape: Shape) -> Never {
        let expected = names.enumerated().map { "\($1) \(slotShape($0, of: shape))" }.joined(separator: ", ")
        let found = state.slots.map { "\($0.shape)" }.joined(separator: ", ")
        mistake(
            "step",
            "expects a state of [\(expected)] for a parameter of shape \(shape), got [\(found)]: give the optimizer's "
                + "group a new ParameterState for a parameter that has got another shape")
    }
}
