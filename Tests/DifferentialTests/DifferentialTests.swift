import CTernKernels
import Foundation
import Tern
import TernTestSupport
import Testing

/// Random programs over all operations: every layout against elements in order, `float32` against `float64`, every
/// instruction set of this CPU against the best one, 1 thread against 3, gradients against differences.
///
/// `TERN_PROGRAMS` sets how many programs there are (500), `TERN_SEED` the first one's seed (1); the others' follow.
@Suite("Random programs")
struct DifferentialTests {
    private static let count = setting("TERN_PROGRAMS") ?? 500
    private static let first = setting("TERN_SEED") ?? 1
    private static let batchSize = 250

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let otherLevels: [String] = [
        ("portable", TernLevel.TERN_LEVEL_PORTABLE), ("neon", .TERN_LEVEL_NEON), ("avx2", .TERN_LEVEL_AVX2),
        ("avx512", .TERN_LEVEL_AVX512),
    ].filter { $0.1 != tern_best_level() && tern_level_is_available($0.1) }.map(\.0)

    @Test("give what they give when run in another way")
    func programs() async throws {
        // A process for each core: each batch may use several threads for a moment, and much memory.
        let starts = stride(from: Self.first, to: Self.first + Self.count, by: Self.batchSize)
        var summary = Batch.Summary()
        try await withThrowingTaskGroup(of: Batch.Summary.self) { group in
            for (index, start) in starts.enumerated() {
                if index >= ProcessInfo.processInfo.activeProcessorCount, let done = try await group.next() {
                    summary += done
                }
                group.addTask { try await Self.batch(from: start) }
            }
            for try await done in group { summary += done }
        }
        let levels = summary.compared.sorted { $0.key < $1.key }.map { "\($0.value) on \($0.key)" }
        print(
            "\(summary.programs) random programs from seed \(Self.first) checked, compared with "
                + "\(levels.isEmpty ? "no other level" : levels.joined(separator: " and ")); "
                + "\(summary.smooth) derivatives checked, \(summary.kinked) at kinks")
        if Self.count >= Op.table.count {
            let missing = Op.table.map(\.name).filter { !summary.drawn.contains($0) }
            #expect(missing.isEmpty, "operations that no program has")
            // Most programs are to be differentiable, or derivatives would hardly be checked.
            #expect(summary.kinked * 3 <= summary.smooth, "too many programs are at kinks")
        }
    }

    /// Checks a batch in processes of its own, and records what they find.
    private static func batch(from start: Int) async throws -> Batch.Summary {
        let count = min(batchSize, first + Self.count - start)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-programs-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let batch = Batch(from: start, count: count, in: path)
        let checked = await #expect(processExitsWith: .success) {
            [start = start as Int, count = count as Int, path = path as String] in
            try Batch(from: start, count: count, in: path).check()
        }
        for finding in try batch.findings(stopped: checked == nil) { Issue.record(Comment(rawValue: finding)) }
        if checked == nil { return Batch.Summary() }
        var summary = try batch.readSummary()
        for level in otherLevels {
            let compared = await #expect(processExitsWith: .success) {
                [start = start as Int, count = count as Int, path = path as String, level = level as String] in
                setenv("TERN_CPU", level, 1)
                try Batch(from: start, count: count, in: path).compare(on: level)
            }
            for finding in try batch.findings(stopped: compared == nil) {
                Issue.record(Comment(rawValue: "on \(level): \(finding)"))
            }
            if compared != nil { summary += try batch.readSummary() }
        }
        return summary
    }

    /// What is no operation on elements, or is the same as one that the table has.
    private static let others: Set<String> = [
        // Elements that are read or made from outside.
        "array", "item", "withUnsafeBytes", "withUnsafeBuffer", "withUnsafeMutableBuffer",
        // Comparisons by their names, which the operators call, and of statistics.
        "equal", "notEqual", "less", "lessOrEqual", "greater", "greaterOrEqual", "updating",
        // A type beside a tensor, and the programs that take gradients.
        "tensor", "promoted",
        // Paddings and sizes of windows.
        "explicit", "hash",
        // Parts of every loss, and a loss by its name.
        "kept", "reduced", "makeLoss",
        // Bytes of other values, which jump where differences are taken: QuantizationTests has them.
        "quantized", "dequantized",
    ]

    @Test("the table has every operation")
    func table() throws {
        let declared = try Sources.operations()
        // Without what the names of cases have behind a space.
        let tested = Set(Op.table.flatMap { $0.name.split(separator: " ").map(String.init) })
        let ignored = Self.others.union([
            "callAsFunction", "description", "explicit", "hash", "height", "width", "mean", "unbiasedVariance",
        ])
        #expect(declared.isSuperset(of: ["matmul", "sum", "padded", "crossEntropy"]), "the sources were not found")
        let missing = declared.subtracting(tested).subtracting(ignored).filter { !$0.hasSuffix("=") || $0 == ".==" }
        #expect(missing.sorted() == [])
        #expect(Set(Op.table.map(\.name)).count == Op.table.count)
    }
}
