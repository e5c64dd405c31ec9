import TernCore
import TernNN

// MARK: - Summary and graph

extension LayerSubject {
    func checkSummary() {
        let harness = prepared()
        harness.train()
        let before = harness.allValues
        let summary = summary(of: harness, inputs)
        let modal = harness.modules.compactMap { $0 as? any ModeDependent }
        report.expect(modal.allSatisfy(\.isTraining), "it leaves a layer in evaluation that was in training")
        for (before, after) in zip(before, harness.allValues) {
            report.expectSameBits(after.value, before.value, "it changes '\(after.name)'")
        }
        let statistics = harness.buffers.filter { $0.dtype.isFloatingPoint }.map(\.value.count)
        let total = harness.parameters.filter(\.hasValue).map(\.value.count).reduce(0, +) + statistics.reduce(0, +)
        report.expect(
            summary.totalParameters == total, "it counts \(summary.totalParameters) parameters, expected \(total)")
        let called = summary.rows.map(\.parameters).reduce(0, +)
        report.expect(
            called == total,
            "its rows count \(called) of \(total) parameters: modules below must be called as functions, and not by their "
                + "forward; rows are \(summary.rows.map(\.name))")
        report.expect(!summary.rows.isEmpty, "it has no row")
        report.expect(!summary.description.isEmpty, "it prints nothing")
    }

    func checkGraph() {
        let harness = prepared()
        harness.eval()
        let graph = captureGraph(of: harness, inputs)
        let outputs = withoutGradients { run(harness) }
        report.expect(
            graph.outputs.count == outputs.count, "it has \(graph.outputs.count) outputs, expected \(outputs.count)")
        for (index, (found, expected)) in zip(graph.outputs, outputs).enumerated() {
            let kind = graph.kind(of: found.value)
            report.expect(
                kind == Graph.Kind(expected), "its output \(index) is \(kind), expected \(Graph.Kind(expected))")
        }
        let path = "\(harness.pathName).\(name)"
        for operation in graph.operations where operation.modulePath != path {
            report.expect(
                operation.modulePath.hasPrefix(path + "."),
                "\(operation.name) runs at '\(operation.modulePath)', expected '\(path)': call the layer, and not its forward"
            )
        }
        // Zeros may come from where the output does not depend on a parameter.
        let read = Set(graph.parameters.map(\.name))
        for (name, gradient) in differentiate(harness).parameters {
            guard let gradient, gradient.array(of: Double.self).contains(where: { $0 != 0 }) else { continue }
            report.expect(
                read.contains("\(self.name).\(name)"),
                "it does not read '\(name)', which has a gradient: an operation of the layer's own must name all its inputs"
            )
        }
        report.expect(!graph.description.isEmpty && !graph.dot.isEmpty, "it prints nothing")
    }
}

// MARK: - Printed form

extension LayerSubject {
    func checkPrintedForm(_ unprinted: Set<String>) {
        let (layer, other) = (prepared().layer, prepared(seed: 2).layer)
        let text = layer.description
        report.expect(text.hasPrefix(name + "("), "'\(text)' does not begin with '\(name)('")
        report.expect(layer.description == text, "'\(text)' is another one the second time, '\(layer.description)'")
        report.expect(other.description == text, "'\(text)' is another one of a second layer, '\(other.description)'")
        report.expect(!text.contains(/0x[0-9a-fA-F]{6,}/), "'\(text)' has an address")
        report.expect(!text.contains("(Function)"), "'\(text)' has a closure")
        for (path, module) in layer.namedModules {
            let settings = module.settingsDescription
            for setting in Setting.all(of: module) where !unprinted.contains(setting.property) {
                report.expect(
                    setting.isShown(in: settings),
                    "'\(typeName(of: module))(\(settings))'\(path.isEmpty ? "" : " at '\(path)'") does not show the setting "
                        + "\(setting.name), which is \(setting.value)")
            }
        }
    }
}

/// Sizes that reflection shows badly.
private protocol SizesOfAxes {
    var array: [Int] { get }
}

extension SpatialSize: SizesOfAxes {}

extension Shape: SizesOfAxes {
    fileprivate var array: [Int] { Array(self) }
}

/// A number, flag, text or choice that a layer keeps as a stored property, or in a struct that it keeps.
private struct Setting {
    /// The stored property, and the path of the value in it.
    let property: String
    let name: String
    let value: Any

    static func all(of module: any Module) -> [Setting] {
        var settings: [Setting] = []
        var mirror: Mirror? = Mirror(reflecting: module)
        while let level = mirror {
            for child in level.children {
                guard let label = child.label, !label.hasPrefix("$__lazy"), !label.hasPrefix("_$") else { continue }
                if module is any ModeDependent, label == "isTraining" { continue }
                settings += found(in: child.value, label, label, depth: 0)
            }
            mirror = level.superclassMirror
        }
        return settings
    }

    private static func found(in value: Any, _ property: String, _ name: String, depth: Int) -> [Setting] {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            return mirror.children.flatMap { found(in: $0.value, property, name, depth: depth) }
        }
        switch value {
        case is any BinaryInteger, is any BinaryFloatingPoint, is Bool, is String:
            return [Setting(property: property, name: name, value: value)]
        case let sizes as any SizesOfAxes:
            return sizes.array.map { Setting(property: property, name: name, value: $0) }
        case is Initializer, is Tensor, is any Module, is Parameter, is Buffer: return []
        default: break
        }
        switch mirror.displayStyle {
        case .enum where mirror.children.isEmpty: return [Setting(property: property, name: name, value: value)]
        case .struct, .tuple, .collection, .enum:
            if depth > 3 { return [] }
            return mirror.children.flatMap { child in
                let label = child.label.map { "\(name).\($0)" } ?? name
                return found(in: child.value, property, label, depth: depth + 1)
            }
        default: return []
        }
    }

    func isShown(in text: String) -> Bool {
        switch value {
        case let flag as Bool: return text.lowercased().contains(flag ? "true" : "false")
        case let text as String where text.isEmpty: return true
        case let part as String: return text.contains(part)
        case let number as any BinaryInteger: return Setting.numbers(in: text).contains(Double(number))
        case let number as any BinaryFloatingPoint:
            let number = Double(number)
            if !number.isFinite { return text.lowercased().contains(number.isNaN ? "nan" : "inf") }
            return Setting.numbers(in: text).contains(number)
        default:
            let spellings = ["\(value)", (value as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\(value)"]
            let plain = { (text: String) in text.lowercased().filter { $0.isLetter || $0.isNumber } }
            return spellings.contains { plain(text).contains(plain($0)) }
        }
    }

    private static func numbers(in text: String) -> Set<Double> {
        Set(text.matches(of: /-?\d+(\.\d+)?(e[-+]?\d+)?/).compactMap { Double($0.output.0) })
    }
}

// MARK: - Leaks

extension LayerSubject {
    func checkLeaks() {
        weak var gone: AnyObject?
        func use() {
            let harness = prepared()
            _ = differentiate(harness)
            harness.eval()
            _ = differentiate(harness)
            gone = harness.layer
        }
        // What stays for good is made before.
        use()
        let left = storagesLeft(by: use)
        report.expect(
            gone == nil,
            "the layer lives on when its last reference is gone: a closure that it holds refers to it, or the check was given a "
                + "variable instead of an expression that makes a layer")
        report.expect(left.count == 0, "\(Leak(storages: left.count, bytes: left.bytes))")
    }
}
