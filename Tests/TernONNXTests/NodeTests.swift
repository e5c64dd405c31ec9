import Foundation
import TernCore
import TernFormats
import TernTestSupport
import Testing

@testable import TernONNX

/// The standard's own tests of its operators, through the importer. What does not pass has its reason in
/// `Reasons.swift`, and the documentation has a table of all.
@Suite("The standard's tests of operators", .enabled(if: Python.has("onnx", "numpy"), "needs onnx in TERN_PYTHON"))
struct NodeTests {
    struct Case: Decodable {
        struct Entry: Decodable {
            let kind: String
            let range: Range<Int>

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                kind = try values.decode(String.self)
                let start = try values.decode(Int.self)
                range = start..<start + (try values.decode(Int.self))
            }
        }
        struct Set: Decodable {
            let inputs: [Entry]
            let outputs: [Entry]
        }
        let name: String
        let `operator`: String
        let opset: Int
        let model: [Int]
        let rtol: Double
        let atol: Double
        let sets: [Set]
    }

    /// The tests, the bytes that they refer to, and the version of `onnx`.
    static func read() throws -> (cases: [Case], data: [UInt8], version: String) {
        try withTemporaryFolder { folder in
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "node_tests.py")
            let version = try Python.run(file: script.path, [folder]).trimmingCharacters(in: .whitespacesAndNewlines)
            let cases = try JSONDecoder().decode([Case].self, from: Data(try bytes(ofFile: folder + "/cases.json")))
            return (cases, try bytes(ofFile: folder + "/cases.bin"), version)
        }
    }

    @Test("all node tests pass but those that have a reason, and no reason is given for one that passes")
    func all() throws {
        let (cases, data, version) = try Self.read()
        #expect(cases.count > 1000)
        let shows = ProcessInfo.processInfo.environment["TERN_ONNX_SHOW"] != nil
        var counts: [String: (passed: Int, total: Int)] = [:]
        var used: Swift.Set<String> = []
        for test in cases {
            if shows { FileHandle.standardError.write(Data("\(test.name)\n".utf8)) }
            let failure = failure(of: test, data)
            let name = test.operator
            counts[name, default: (0, 0)].total += 1
            if failure == nil { counts[name]!.passed += 1 }
            let reason = reason(for: test)
            if let reason { used.insert(reason.key) }
            if shows, let failure { print("FAILED \(name) \(test.name) \(test.opset): \(failure)") }
            if let failure, reason == nil { Issue.record("\(test.name): \(failure)") }
            if failure == nil, let reason { Issue.record("\(test.name) passes, and is listed: \(reason.text)") }
        }
        let unused = reasons.map(\.key).filter { !used.contains($0) }
        #expect(unused.isEmpty, "reasons for no test: \(unused)")
        let passed = counts.values.reduce(0) { $0 + $1.passed }
        print("node tests: \(passed) of \(cases.count) pass")
        try checkTable(table(counts, passed, cases.count, version), version)
    }

    /// Why a test does not pass; nil if it does.
    private func failure(of test: Case, _ data: [UInt8]) -> String? {
        do {
            let model = try ONNXModel(bytes: Array(data[test.model[0]..<test.model[0] + test.model[1]]))
            if test.name.contains("train") { model.train() }
            for set in test.sets {
                var inputs: [String: ONNXValue] = [:]
                for (port, entry) in zip(model.inputs, set.inputs) { inputs[port.name] = try Self.value(entry, data) }
                let outputs = try model.run(values: inputs)
                for (port, entry) in zip(model.outputs, set.outputs) {
                    let expected = try Self.value(entry, data)
                    guard let found = outputs[port.name] else { return "has no output \(port.name)" }
                    if let difference = difference(found, expected, test) { return "\(port.name): \(difference)" }
                }
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    static func value(_ entry: Case.Entry, _ data: [UInt8]) throws -> ONNXValue {
        let bytes = Array(data[entry.range])
        let place = ONNXFolder(file: "test", folder: nil)
        func tensor() throws -> ONNXValue { .tensor(try TensorMessage(bytes: bytes, file: "test").tensor(place)) }
        func sequence() throws -> ONNXValue {
            let message = try CompositeMessage(bytes: bytes, file: "test")
            return .sequence(try message.tensors.map { .tensor(try $0.tensor(place)) })
        }
        return switch entry.kind {
        case "none": .optional(nil)
        case "optionalTensor": .optional(try tensor())
        case "optionalSequence": .optional(try sequence())
        case "sequence": try sequence()
        default: try tensor()
        }
    }

    private func difference(_ found: ONNXValue, _ expected: ONNXValue, _ test: Case) -> String? {
        switch (found, expected) {
        case (.tensor(let a), .tensor(let e)):
            if a.dtype != e.dtype || a.shape != e.shape {
                return "expected \(e.dtype)\(e.shape), got \(a.dtype)\(a.shape)"
            }
            if e.dtype.isFloatingPoint {
                // Halves are held against halves: to their own precision.
                let (rtol, atol) =
                    e.dtype.isHalf
                    ? (max(test.rtol, e.dtype == .float16 ? 1e-3 : 1.6e-2), max(test.atol, 1e-5))
                    : (test.rtol, test.atol)
                let isClose = a.converted(to: .float64).allClose(
                    to: e.converted(to: .float64), relativeTolerance: rtol, absoluteTolerance: atol, equalNaN: true)
                return isClose ? nil : "expected \(short(e)), got \(short(a))"
            }
            return a == e ? nil : "expected \(short(e)), got \(short(a))"
        case (.sequence(let a), .sequence(let e)):
            if a.count != e.count { return "expected \(e.count) elements, got \(a.count)" }
            return zip(a, e).lazy.compactMap { difference($0, $1, test) }.first
        case (.optional(let a), .optional(let e)):
            guard let a, let e else { return (a == nil) == (e == nil) ? nil : "expected another optional" }
            return difference(a, e, test)
        default: return "expected \(expected.kind), got \(found.kind)"
        }
    }

    private func short(_ x: Tensor) -> String { String("\(x)".prefix(300)) }

    private func reason(for test: Case) -> Reason? {
        reasons.first { $0.fits(test.name, test.operator) }
    }

    /// The article with the table, which `TERN_ONNX_TABLE=1` writes anew.
    private func checkTable(_ table: String, _ version: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/TernONNX/TernONNX.docc/Operators.md").path
        let article = try text(ofFile: path)
        let start = try #require(article.range(of: "## Coverage"))
        if ProcessInfo.processInfo.environment["TERN_ONNX_TABLE"] != nil {
            try write((article[..<start.lowerBound] + table).utf8, to: path)
        } else if article.contains("onnx \(version)") {
            // Another version has other tests.
            #expect(article[start.lowerBound...] == table, "TERN_ONNX_TABLE=1 writes the table")
        }
    }

    private func table(
        _ counts: [String: (passed: Int, total: Int)], _ passed: Int, _ total: Int, _ version: String
    ) -> String {
        var text = """
            ## Coverage

            The standard's own tests of its operators (`onnx.backend.test` of onnx \(version)): how many pass, of how many.
            Those of operators that are expanded to their definitions belong to these.

            | operator | pass | of |
            |---|---|---|

            """
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            text += "| \(name) | \(count.passed) | \(count.total) |\n"
        }
        return text + "| **all** | **\(passed)** | **\(total)** |\n"
    }
}
