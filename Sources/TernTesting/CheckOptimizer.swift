import TernCore
import TernNN
import TernOptimizers

/// One of the checks of `checkOptimizer`, which are made in this order.
public enum OptimizerCheck: String, CaseIterable, Sendable {
    /// A quadratic function falls to a hundredth of its value.
    case converges
    /// A second optimizer that loads the state, and settings with it, goes on with the same bits.
    case resumes
    /// A parameter without a gradient in one step keeps its value and its state, and so does a frozen one.
    case missingGradients
    /// Two groups are updated as by two optimizers, to the bit.
    case groups
    /// A group that maximizes does what one does that minimizes the negative.
    case maximizes
    /// Parameters of half types keep a state in `float32`, and a step is that of `float32`, rounded.
    case halfTypes
    /// The fused update does what the tensor operations say, if there is one.
    case fused
    /// Settings are all stored properties of the rule, and come back from their values.
    case settings
    /// Whoever holds a parameter's value before a step still has it afterwards.
    case values
    /// A gradient that is a view gives the same as a contiguous one.
    case layouts
    /// Nothing is left of an optimizer and its state.
    case leaks
}

/// Checks an optimizer in every way in which those of Tern are checked, see ``OptimizerCheck``, and throws all that is wrong in one
/// error.
///
/// ```swift
/// try checkOptimizer { SGD($0, learningRate: 0.1, momentum: 0.9) }
/// ```
///
/// - Parameters:
///   - steps: how many it may take to converge, from distances of about 1.
///   - except: checks to leave out, and why: `[.converges: "steps by the sign alone"]`.
///   - make: an optimizer with one group of these parameters, with settings that are not the defaults.
/// - Throws: ``CheckFailure`` with all findings.
public func checkOptimizer<Subject: Optimizer>(
    steps: Int = 500, except: [OptimizerCheck: String] = [:], _ make: @escaping ([Parameter]) -> Subject
) throws(CheckFailure) {
    let report = CheckReport()
    let subject = OptimizerSubject(make: make, report: report)
    let generator = Generator.default.state
    defer { Generator.default.state = generator }
    for check in OptimizerCheck.allCases where except[check] == nil {
        seed(1)
        report.run(check.rawValue) {
            switch check {
            case .converges: subject.checkConvergence(steps)
            case .resumes: subject.checkResuming()
            case .missingGradients: subject.checkMissingGradients()
            case .groups: subject.checkGroups()
            case .maximizes: subject.checkMaximizing()
            case .halfTypes: subject.checkHalfTypes()
            case .fused: subject.checkFused()
            case .settings: subject.checkSettings()
            case .values: subject.checkValues()
            case .layouts: subject.checkLayouts()
            case .leaks: subject.checkLeaks()
            }
        }
    }
    try report.finish("\(Subject.self)")
}

/// Two parameters, of a matrix and of a vector.
private final class Pair: Module {
    let weight = Parameter(Tensor.normal([3, 4], generator: Generator(seed: 1)))
    let bias = Parameter(Tensor.normal([5], generator: Generator(seed: 2)))

    func forward(_ input: Void) -> Tensor {
        // Steep along some axes and flat along others.
        let steepness = Tensor.linspace(0.5, 2, count: 5, dtype: bias.dtype)
        return (weight.value - 0.5).square().sum() + (steepness * (bias.value + 0.25).square()).sum()
    }

    /// Gradients that a step's number decides.
    func setGradients(_ step: Int) {
        for (index, parameter) in parameters.enumerated() {
            let generator = Generator(seed: UInt64(10 * step + index))
            parameter.gradient = Tensor.normal(parameter.shape, generator: generator).converted(to: parameter.dtype)
        }
    }
}

private struct OptimizerSubject<Subject: Optimizer> {
    let make: ([Parameter]) -> Subject
    let report: CheckReport

    private func step(_ optimizer: Subject, _ model: Pair, _ steps: Range<Int>) {
        for step in steps {
            model.setGradients(step)
            optimizer.step()
        }
    }

    private func expectSame(_ first: Pair, _ second: Pair, _ what: String) {
        for (first, second) in zip(first.namedParameters, second.namedParameters) {
            report.expectSameBits(first.parameter.value, second.parameter.value, "\(first.name) \(what)")
        }
    }

    func checkConvergence(_ steps: Int) {
        let model = Pair()
        let optimizer = make(model.parameters)
        let loss = { withoutGradients { model(()).item() } }
        let start = loss()
        for _ in 0..<steps {
            optimizer.zeroGradients()
            model(()).backward()
            optimizer.step()
        }
        report.expect(
            loss() <= start / 100, "after \(steps) steps the loss is \(loss()), of \(start), expected \(start / 100)")
    }

    func checkResuming() {
        let model = Pair()
        let optimizer = make(model.parameters)
        step(optimizer, model, 0..<3)
        let (values, state) = (model.stateDictionary(), optimizer.stateDictionary(of: model))
        let whole = optimizer.state(of: model).savedState
        step(optimizer, model, 3..<6)
        for isWhole in [false, true] {
            let copy = Pair()
            let resumed = make(copy.parameters)
            if isWhole { resumed.learningRate = 123 }
            do {
                try copy.loadStateDictionary(values)
                if isWhole {
                    try resumed.state(of: copy).restore(whole)
                } else {
                    try resumed.loadStateDictionary(state, of: copy)
                }
            } catch {
                report.add("its state does not load: \(error)")
                continue
            }
            step(resumed, copy, 3..<6)
            expectSame(
                copy, model, "differs after three steps, three more from a saved \(isWhole ? "checkpoint" : "state")")
        }
    }

    func checkMissingGradients() {
        for isFrozen in [false, true] {
            let model = Pair()
            let optimizer = make(model.parameters)
            step(optimizer, model, 0..<2)
            model.setGradients(2)
            let (value, state) = (model.bias.value.duplicate, optimizer.groups[0].states[1])
            let slots = state.slots.map(\.duplicate)
            if isFrozen { model.bias.requiresGradient = false } else { model.bias.gradient = nil }
            optimizer.step()
            let name = isFrozen ? "a frozen parameter" : "a parameter without a gradient"
            report.expectSameBits(model.bias.value, value, "\(name) changes")
            let after = optimizer.groups[0].states[1]
            report.expect(after.steps == state.steps, "\(name) has \(after.steps) steps, expected \(state.steps)")
            for (index, (after, before)) in zip(after.slots, slots).enumerated() {
                report.expectSameBits(after, before, "'\(slotName(optimizer, index))' of \(name) changes")
            }
        }
    }

    private func slotName(_ optimizer: Subject, _ index: Int) -> String {
        let names = optimizer.groups[0].rule.slotNames
        return index < names.count ? names[index] : "slot \(index)"
    }

    func checkGroups() {
        let (model, other) = (Pair(), Pair())
        let together = make(model.parameters)
        var rules = [together.groups[0].rule, together.groups[0].rule]
        rules[1].learningRate /= 2
        together.groups = Subject.checkedGroups(
            zip(model.parameters, rules).map { ParameterGroup([$0], $1) })
        let apart = other.parameters.map { make([$0]) }
        apart[1].learningRate /= 2
        for step in 0..<3 {
            for model in [model, other] { model.setGradients(step) }
            together.step()
            for optimizer in apart { optimizer.step() }
        }
        expectSame(model, other, "of an optimizer with two groups differs from that of two optimizers")
    }

    func checkMaximizing() {
        let (up, down) = (Pair(), Pair())
        let (upward, downward) = (make(up.parameters), make(down.parameters))
        upward.groups[0].maximize.toggle()
        for step in 0..<3 {
            for model in [up, down] { model.setGradients(step) }
            for parameter in up.parameters { parameter.gradient = parameter.gradient.map { -$0 } }
            upward.step()
            downward.step()
        }
        for (up, down) in zip(up.namedParameters, down.namedParameters) {
            report.expectClose(
                up.parameter.value, down.parameter.value, nil, "\(up.name), maximizing for the negative gradient")
        }
    }

    func checkHalfTypes() {
        for dtype in [DType.float16, .bfloat16] {
            let (half, float) = (Pair(), Pair())
            half.to(dtype)
            for (float, half) in zip(float.parameters, half.parameters) {
                float.value = half.value.converted(to: .float32)
            }
            let (first, second) = (make(half.parameters), make(float.parameters))
            half.setGradients(0)
            for (float, half) in zip(float.parameters, half.parameters) {
                float.gradient = half.gradient?.converted(to: .float32)
            }
            first.step()
            second.step()
            for (half, float) in zip(half.namedParameters, float.namedParameters) {
                report.expectSameBits(
                    half.parameter.value, float.parameter.value.converted(to: dtype),
                    "\(half.name) in \(dtype), beside a step in float32, rounded")
            }
            for state in first.groups[0].states {
                for (index, slot) in state.slots.enumerated() where slot.dtype != .float32 {
                    report.add(
                        "'\(slotName(first, index))' of a parameter in \(dtype) is \(slot.dtype), expected float32")
                }
            }
        }
    }

    func checkFused() {
        let rule = make(Pair().parameters).groups[0].rule
        for dtype in [DType.float32, .float64] {
            var plain = Tensor.normal([3, 7], dtype: dtype, generator: Generator(seed: 1))
            var fused = plain.duplicate
            var (state, fusedState) = (ParameterState(), ParameterState())
            for step in 1...5 {
                let gradient = Tensor.normal([3, 7], dtype: dtype, generator: Generator(seed: UInt64(step + 1)))
                state.steps = step
                while state.slots.count < rule.slotNames.count,
                    let slot = rule.initialSlot(state.slots.count, of: plain)
                {
                    state.slots.append(slot)
                }
                if step == 1 { fusedState.slots = state.slots.map(\.duplicate) }
                fusedState.steps = step
                rule.update(&plain, gradient: gradient, state: &state)
                if !rule.updateFused(&fused, gradient: gradient, state: &fusedState) { return }
                for (index, (actual, expected)) in zip([fused] + fusedState.slots, [plain] + state.slots).enumerated() {
                    let what = index == 0 ? "the parameter" : "slot \(index - 1)"
                    report.expectClose(
                        actual, expected, dtype == .float64 ? Tolerance(relative: 1e-13, absolute: 1e-14) : nil,
                        "\(what) in \(dtype) after \(step) fused steps, beside tensor operations")
                }
            }
        }
    }

    func checkSettings() {
        let rule = make(Pair().parameters).groups[0].rule
        let stored = Set(Mirror(reflecting: rule).children.compactMap(\.label))
        let listed = Set(Subject.Rule.settings.keys)
        for name in stored.subtracting(listed).sorted() {
            report.add("'\(name)' is not among the settings: a checkpoint would lose it")
        }
        var other = rule
        for (name, value) in rule.settingValues {
            other.settingValues = [name: value == 0 ? 1 : 0]
            report.expect(
                other.settingValues[name] != value, "setting '\(name)' to \(value == 0 ? 1 : 0) leaves it at \(value)")
        }
        other.settingValues = rule.settingValues
        report.expect(other.settingValues == rule.settingValues, "settings do not come back from their values")
    }

    func checkValues() {
        let model = Pair()
        let optimizer = make(model.parameters)
        let held = model.parameters.map(\.value)
        let before = held.map(\.duplicate)
        step(optimizer, model, 0..<2)
        for (held, before) in zip(held, before) {
            report.expectSameBits(held, before, "a value that somebody holds changes with a step")
        }
        for (name, parameter) in model.namedParameters where !parameter.value.requiresGradient {
            report.add("'\(name)' needs no gradient any more after a step")
        }
    }

    func checkLayouts() {
        let expected = Pair()
        step(make(expected.parameters), expected, 0..<2)
        for layout in TensorLayout.allCases where layout != .contiguous {
            let model = Pair()
            let optimizer = make(model.parameters)
            for step in 0..<2 {
                model.setGradients(step)
                for parameter in model.parameters { parameter.gradient = parameter.gradient.map(layout.of) }
                optimizer.step()
            }
            expectSame(model, expected, "differs with \(layout) gradients")
        }
    }

    func checkLeaks() {
        func use() {
            let model = Pair()
            let optimizer = make(model.parameters)
            model(()).backward()
            optimizer.step()
        }
        use()
        let left = storagesLeft(by: use)
        report.expect(left.count == 0, "\(Leak(storages: left.count, bytes: left.bytes))")
    }
}
