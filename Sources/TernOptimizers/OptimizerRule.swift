import TernCore

/// How one tensor follows from its gradient: the settings of an optimizer and its mathematics, as a value. Which
/// parameters there are, what they are called and how states are saved is the business of others.
public protocol OptimizerRule: Sendable {
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

    /// What is wrong with the settings, such as `momentum must be at least 0, got -1.0`; `nil` if nothing is. The
    /// learning rate is checked besides.
    var complaint: String? { get }

    /// What a slot holds before its first update: zeros, unless a rule says otherwise. `nil` leaves it to the update to
    /// append the slot.
    func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor?

    /// Changes `parameter` in tensor operations: the meaning of the rule. Messages of ``mistake(_:_:file:line:)`` get the
    /// parameter's path.
    ///
    /// - Parameters:
    ///   - parameter: of half types, their `float32` values, which are rounded after the update.
    ///   - gradient: of the parameter's shape and type, contiguous; its negative in groups that maximize.
    ///   - state: that of this parameter. `steps` has been counted up already; `slots` are there, of the parameter's shape
    ///     and type.
    func update(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState)

    /// The same as ``update(_:gradient:state:)`` in one pass over memory, for rules that have a kernel for it. `false` if
    /// it does not take these tensors as they are (a gradient or slot of another type, slots that are not there yet):
    /// then nothing has changed. The default takes none.
    func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool
}

/// A setting of an ``OptimizerRule``.
public enum OptimizerSetting<Rule>: Sendable {
    case number(WritableKeyPath<Rule, Double> & Sendable)
    case flag(WritableKeyPath<Rule, Bool> & Sendable)
}

extension OptimizerRule {
    public static var settings: [String: OptimizerSetting<Self>] { ["learningRate": .number(\.learningRate)] }

    public var slotNames: [String] { [] }

    public var complaint: String? { nil }

    public func initialSlot(_ index: Int, of parameter: Tensor) -> Tensor? { Tensor.zeros(like: parameter) }

    @inlinable
    public func updateFused(_ parameter: inout Tensor, gradient: Tensor, state: inout ParameterState) -> Bool { false }

    /// The settings as numbers by name; `false` and `true` are 0 and 1. Setting them leaves those alone that are not named.
    public var settingValues: [String: Double] {
        get {
            Self.settings.mapValues { setting in
                switch setting {
                case .number(let path): self[keyPath: path]
                case .flag(let path): self[keyPath: path] ? 1 : 0
                }
            }
        }
        set {
            for (name, setting) in Self.settings {
                guard let value = newValue[name] else { continue }
                switch setting {
                case .number(let path): self[keyPath: path] = value
                case .flag(let path): self[keyPath: path] = value != 0
                }
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

    /// One update of a parameter: by the kernel if it takes everything as it is, which is the rule; otherwise after all
    /// has been brought into order.
    @inlinable @inline(__always)
    func step(
        _ parameter: inout Tensor, _ gradient: Tensor, _ state: inout ParameterState, maximize: Bool
    ) {
        state.steps += 1
        if !maximize, updateFused(&parameter, gradient: gradient, state: &state) { return }
        stepInOrder(&parameter, gradient, &state, maximize: maximize)
    }

    @usableFromInline @inline(never)
    func stepInOrder(
        _ parameter: inout Tensor, _ gradient: Tensor, _ state: inout ParameterState, maximize: Bool
    ) {
        let (shape, type) = (parameter.shape, parameter.dtype)
        if !type.isFloatingPoint { mistake("step", "expects a parameter of a floating-point type, got \(type)") }
        if gradient.shape != shape {
            mistake("step", "expects a gradient of the parameter's shape \(shape), got \(gradient.shape)")
        }
        let count = slotNames.count
        if state.slots.contains(where: { $0.shape != shape }) {
            let found = state.slots.map { "\($0.dtype) \($0.shape)" }.joined(separator: ", ")
            mistake(
                "step",
                "expects a state of \(count) tensors of the parameter's shape, \(type) \(shape), got [\(found)]: give the "
                    + "optimizer's group a new ParameterState for a parameter that has got another shape")
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
        while state.slots.count < count, let slot = initialSlot(state.slots.count, of: parameter) {
            state.slots.append(slot)
        }
        let upward = gradient.converted(to: type).contiguous()
        let gradient = maximize ? -upward : upward
        if !updateFused(&parameter, gradient: gradient, state: &state) {
            update(&parameter, gradient: gradient, state: &state)
        }
    }
}
