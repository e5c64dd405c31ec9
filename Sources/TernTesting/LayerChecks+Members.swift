import TernCore
import TernNN
import TernOptimizers

/// What a module shows a visitor.
private struct MemberList: ModuleVisitor {
    var members: [(name: String, object: AnyObject)] = []

    init(_ visit: (inout MemberList) -> Void) { visit(&self) }

    mutating func visit(_ name: String, _ parameter: Parameter) { members.append((name, parameter)) }
    mutating func visit(_ name: String, _ buffer: Buffer) { members.append((name, buffer)) }
    mutating func visit(_ name: String, _ module: any Module) { members.append((name, module)) }

    var ids: [ObjectIdentifier] { members.map { ObjectIdentifier($0.object) } }
}

// MARK: - Names

extension LayerSubject {
    func checkNames() {
        // Not prepared: walking over a model whose names collide stops the program.
        let layer = makeLayer()
        var paths: [String: ObjectIdentifier] = [:]
        checkNames(of: layer, "", [], &paths)
        if !canBeWalked {
            // Whoever walks over such a model stops.
            report.isHopeless = true
            return
        }
        let names = { (harness: LayerHarness) in harness.allValues.map { "\($0.name) \($0.value.shape)" } }
        let (first, second) = (prepared(seed: 1), prepared(seed: 2))
        let order = names(first)
        report.expect(order == names(first), "the order of names changes from one walk to the next")
        report.expect(
            order == names(second), "two layers have other names or shapes: \(order) and \(names(second))")
    }

    /// Whether names are so that a module with them can be walked over: each at most once, and none empty.
    var canBeWalked: Bool {
        var isFine = true
        var ancestors: Set<ObjectIdentifier> = []
        func walk(_ module: any Module) {
            guard ancestors.insert(ObjectIdentifier(module)).inserted else { return }
            let members = MemberList { module.visitMembers(&$0) }.members
            let names = members.map(\.name)
            if Set(names).count < names.count || names.contains("") { isFine = false }
            for case let child as any Module in members.map(\.object) { walk(child) }
        }
        walk(makeLayer())
        return isFine
    }

    private func checkNames(
        of module: any Module, _ path: String, _ ancestors: Set<ObjectIdentifier>,
        _ paths: inout [String: ObjectIdentifier]
    ) {
        if ancestors.contains(ObjectIdentifier(module)) { return }
        let owner = path.isEmpty ? typeName(of: module) : "\(typeName(of: module)) at '\(path.dropLast())'"
        let shown = MemberList { module.visitMembers(&$0) }
        let reflected = MemberList { visitReflected(module, &$0) }
        var names: Set<String> = []
        for (name, object) in shown.members {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            report.expect(!name.isEmpty, "\(owner) has a \(kind(object)) with an empty name")
            report.expect(
                name.isEmpty || !parts.contains(""),
                "\(owner) has a \(kind(object)) with an empty part in its name '\(name)'")
            let id = ObjectIdentifier(object)
            if names.insert(name).inserted {
                let other = paths.updateValue(id, forKey: path + name)
                report.expect(other == nil || other == id, "two members have the path '\(path + name)'")
            } else {
                report.add("\(owner) has two members named '\(name)'")
            }
            // Arrays and structs put a dot between the property's name and its part.
            let isPart = reflected.members.contains { $0.object === object && $0.name.contains(".") }
            report.expect(
                parts.count == 1 || isPart || name.hasPrefix("parametrizations."),
                "\(owner) has a \(kind(object)) with a dot in its name, '\(name)'")
        }
        let (shownIDs, reflectedIDs) = (Set(shown.ids), Set(reflected.ids))
        for (name, object) in reflected.members where !shownIDs.contains(ObjectIdentifier(object)) {
            report.add(
                "\(owner) has a \(kind(object)) '\(name)' that visitMembers does not show: it would neither be trained nor saved"
            )
        }
        // Of modules, a registry may have an order of its own: PyTorch's, say.
        let order = { (list: MemberList) in list.members.filter { !($0.object is any Module) } }
        let (shownValues, declared) = (order(shown), order(reflected))
        report.expect(
            shownValues.map { ObjectIdentifier($0.object) }.filter(reflectedIDs.contains)
                == declared.map { ObjectIdentifier($0.object) }.filter(shownIDs.contains),
            "\(owner) shows parameters and buffers in another order than it declares them: \(shownValues.map(\.name)), declared "
                + "are \(declared.map(\.name))")
        for case (let name, let child as any Module) in shown.members {
            checkNames(of: child, path + name + ".", ancestors.union([ObjectIdentifier(module)]), &paths)
        }
    }

    private func visitReflected(_ module: any Module, _ visitor: inout MemberList) {
        visitReflectedMembers(of: module, &visitor)
    }

    private func kind(_ object: AnyObject) -> String {
        switch object {
        case is Parameter: "parameter"
        case is Buffer: "buffer"
        default: "module"
        }
    }
}

// MARK: - Modes

extension LayerSubject {
    func checkModes() {
        let harness = prepared()
        for isTraining in [false, true] {
            if isTraining { harness.train() } else { harness.eval() }
            for (name, module) in harness.layer.namedModules {
                guard let modal = module as? any ModeDependent, modal.isTraining != isTraining else { continue }
                let place = name.isEmpty ? typeName(of: module) : "'\(name)'"
                report.add("\(place) has isTraining \(!isTraining) after \(isTraining ? "train" : "eval")()")
            }
        }
        let buffers = harness.bufferSnapshot
        let first = differentiate(harness).all
        harness.restore(buffers)
        for (first, second) in zip(first, differentiate(harness).all) {
            report.expectSameBits(
                second.tensor, first.tensor,
                "\(first.name) differs in training from one call to the next with the same seed")
        }
    }

    func checkEvaluation() {
        let harness = prepared()
        harness.eval()
        let before = harness.allValues
        let (first, second) = withoutGradients { (run(harness, seed: 1), run(harness, seed: 2)) }
        for (index, (first, second)) in zip(first, second).enumerated() {
            report.expectSameBits(
                second, first,
                "output \(index) differs in evaluation from one call to the next, with other random numbers")
        }
        for (before, after) in zip(before, harness.layer.allValues) {
            report.expectSameBits(after.value, before.value, "'\(after.name)' changes in evaluation")
        }
    }
}

extension LayerHarness {
    var bufferSnapshot: [(buffer: Buffer, value: Tensor)] { buffers.filter(\.hasValue).map { ($0, $0.value) } }

    /// Goes back to the values that buffers had.
    func restore(_ snapshot: [(buffer: Buffer, value: Tensor)]) {
        for (buffer, value) in snapshot { buffer.value = value }
    }
}

// MARK: - Parameters without a value yet

extension LayerSubject {
    func checkLazyShapes() {
        let harness = fresh()
        let before = harness.layer.namedParameters
        let optimizer = before.isEmpty ? nil : SGD(before.map(\.parameter), learningRate: 0.5)
        let gradients = differentiate(harness).parameters
        let after = harness.layer.namedParameters
        report.expect(
            before.map { ObjectIdentifier($0.parameter) } == after.map { ObjectIdentifier($0.parameter) },
            "the first call changes the parameters from \(before.map(\.name)) to \(after.map(\.name)), so an optimizer made "
                + "before lacks some: make them with Parameter(pending:name:)")
        for (name, parameter) in after where !parameter.hasValue {
            report.add("parameter '\(name)' has no value after the first call")
        }
        for (name, buffer) in harness.layer.namedBuffers where !buffer.hasValue {
            report.add("buffer '\(name)' has no value after the first call")
        }
        let values = after.map { $0.parameter.hasValue ? $0.parameter.value.duplicate : nil }
        guard let optimizer, before.count == after.count else { return }
        optimizer.step()
        for (index, (name, gradient)) in gradients.enumerated() {
            guard let gradient, let value = values[index], isMoving(gradient) else { continue }
            report.expect(
                !hasSameBits(after[index].parameter.value, value),
                "a step of an optimizer made before the first call leaves '\(name)' as it is")
        }
    }

    /// Whether a step of 0.5 times this must show.
    private func isMoving(_ gradient: Tensor) -> Bool {
        gradient.array(of: Double.self).contains { Swift.abs($0) > 1e-3 && $0.isFinite }
    }
}

// MARK: - State

extension LayerSubject {
    func checkSaveAndLoad() {
        let (harness, other) = (prepared(seed: 1), fresh(seed: 2))
        let state = harness.layer.stateDictionary()
        do {
            try other.layer.loadStateDictionary(state)
        } catch {
            return report.add("a second layer does not load the state: \(error)")
        }
        let loaded = other.layer.stateDictionary()
        report.expect(
            loaded.keys.sorted() == state.keys.sorted(),
            "the state has the keys \(loaded.keys.sorted()) after loading one with \(state.keys.sorted())")
        for (key, value) in state.sorted(by: { $0.key < $1.key }) {
            report.expectSameBits(loaded[key], value, "'\(key)' is another one after it was loaded")
        }
        expectTwins(harness, other, "a second layer that has loaded the state")
        checkStrictLoad(state)
    }

    /// Two layers of the same values compute the same, gradients too, to the bit.
    func expectTwins(_ harness: LayerHarness, _ other: LayerHarness, _ what: String) {
        for isTraining in [false, true] {
            for harness in [harness, other] { if isTraining { harness.train() } else { harness.eval() } }
            for (expected, actual) in zip(differentiate(harness).all, differentiate(other).all) {
                report.expectSameBits(
                    actual.tensor, expected.tensor,
                    "\(expected.name) of \(what) differs in \(isTraining ? "training" : "evaluation")")
            }
        }
    }

    private func checkStrictLoad(_ state: [String: Tensor]) {
        let harness = prepared(seed: 3)
        let before = harness.layer.stateDictionary()
        // Of a member that is shared, a value under one of its paths is enough.
        let isShared = state.count > harness.parameters.count + harness.buffers.filter(\.isPersistent).count
        var wrong = state
        wrong["checkLayer's own"] = Tensor([1])
        let missing = isShared ? nil : state.keys.sorted().first
        if let missing { wrong[missing] = nil }
        do {
            try harness.layer.loadStateDictionary(wrong)
            report.add("a state with a key too many" + (missing.map { " and without '\($0)'" } ?? "") + " loads")
        } catch {
            report.expect(error.unexpected == ["checkLayer's own"], "a key too many is reported as \(error.unexpected)")
            report.expect(
                error.missing == (missing.map { [$0] } ?? []),
                "the missing key '\(missing ?? "")' is reported as \(error.missing)")
        }
        if let key = state.keys.sorted().last, let value = state[key] {
            var other = state
            other[key] = Tensor.zeros(Shape([2, 3] + Array(value.shape)))
            do {
                try harness.layer.loadStateDictionary(other, strict: false)
                report.add("a value of shape \(other[key]!.shape) loads as '\(key)' of shape \(value.shape)")
            } catch {
                report.expect(
                    error.mismatched.map(\.key) == [key],
                    "the wrong shape of '\(key)' is reported as that of \(error.mismatched.map(\.key))")
            }
        }
        let after = harness.layer.stateDictionary()
        for (key, value) in before {
            report.expectSameBits(after[key], value, "a load that fails changes '\(key)'")
        }
    }

    func checkFreezing() {
        let (frozen, free) = (prepared(), prepared())
        // What does not load is another check's.
        _ = try? free.layer.loadStateDictionary(frozen.layer.stateDictionary())
        frozen.freeze()
        let (outputs, expected) = (differentiate(frozen), differentiate(free))
        for (name, gradient) in outputs.parameters where gradient != nil {
            report.add("frozen '\(name)' gets a gradient")
        }
        for (index, (actual, expected)) in zip(outputs.inputs, expected.inputs).enumerated() {
            // Fewer gradients may be added up in another order.
            report.expectClose(actual, expected, nil, "the gradient of input \(index) differs in a frozen layer")
        }
        for (actual, expected) in zip(frozen.layer.bufferValues, free.layer.bufferValues) {
            report.expectSameBits(
                actual.value, expected.value,
                "buffer '\(actual.name)' of a frozen layer in training differs, though buffers follow the mode alone")
        }
        for (index, output) in run(frozen).enumerated() where output.requiresGradient {
            report.add(
                "output \(index) of a frozen layer requires a gradient: it depends on a parameter that the layer does not show"
            )
        }
        frozen.unfreeze()
        let thawed = differentiate(frozen).parameters
        for (name, gradient) in expected.parameters where gradient != nil {
            report.expect(
                thawed.first { $0.name == name }?.gradient != nil, "'\(name)' gets no gradient after unfreeze()")
        }
    }
}
