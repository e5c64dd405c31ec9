import Foundation
import Tern

/// Programs that are checked in a process of their own, which reports through files: a program may stop it.
struct Batch {
    let seeds: Range<UInt64>
    let folder: URL

    init(from first: Int, count: Int, in path: String) {
        seeds = UInt64(first)..<UInt64(first + count)
        folder = URL(fileURLWithPath: path)
    }

    private var results: URL { folder.appendingPathComponent("results") }
    private var failures: URL { folder.appendingPathComponent("failures") }
    private var summary: URL { folder.appendingPathComponent("summary") }
    private var place: URL { folder.appendingPathComponent("place") }

    /// What was checked, and what ``check()`` met.
    struct Summary: Codable {
        var programs = 0
        var drawn: Set<String> = []
        /// Derivatives that could be estimated, and those that could not, at a kink.
        var smooth = 0, kinked = 0
        /// Programs that were compared on each other instruction set: all but those that rounding draws differently.
        var compared: [String: Int] = [:]

        static func += (sum: inout Summary, other: Summary) {
            sum.programs += other.programs
            sum.drawn.formUnion(other.drawn)
            sum.smooth += other.smooth
            sum.kinked += other.kinked
            sum.compared.merge(other.compared, uniquingKeysWith: +)
        }
    }

    // MARK: - In the process that checks

    /// Checks the programs on the instruction set of this CPU, and keeps the results.
    func check() throws {
        let note = try noting()
        var checker = Checker(note: note)
        var kept = Data()
        var drawn: Set<String> = []
        for seed in seeds {
            let program = Builder.program(seed, note: note)
            drawn.formUnion(program.steps.map(\.op.name))
            var data = Data()
            checker.check(program) { results in for result in results { data.append(contentsOf: result.bytes) } }
            kept.append(word(program.fingerprint))
            kept.append(word(UInt64(data.count)))
            kept.append(data)
        }
        try kept.write(to: results)
        try report(checker.failures)
        try write(
            Summary(programs: seeds.count, drawn: drawn, smooth: checker.smooth, kinked: checker.kinked))
    }

    /// Checks the programs on another instruction set against the results that were kept.
    func compare(on level: String) throws {
        let note = try noting()
        var failures: [String] = []
        var count = 0
        var reader = Reader(data: [UInt8](try Data(contentsOf: results)))
        for seed in seeds {
            let program = Builder.program(seed, note: note)
            let fingerprint = reader.word()
            let end = Int(reader.word()) + reader.position
            // What is drawn depends on whether values are large: rounding could decide that.
            if fingerprint == program.fingerprint {
                count += 1
                if let text = difference(program, &reader, end, note) {
                    failures.append("\(text)\n\(program.listing)")
                }
            }
            reader.position = end
        }
        try report(failures)
        try write(Summary(compared: [level: count]))
    }

    private func write(_ summary: Summary) throws { try JSONEncoder().encode(summary).write(to: self.summary) }

    /// Each step on what the steps before it gave on the other instruction set.
    private func difference(
        _ program: Program, _ reader: inout Reader, _ end: Int, _ note: (String) -> Void
    ) -> String? {
        var values = program.values
        for (number, value) in program.inputs { values[number] = value.floating(program.dtype) }
        for (index, step) in program.steps.enumerated() {
            // Kept up to a step that has failed.
            if reader.position == end { return nil }
            note("\(program.listing)\n  step \(index), for itself")
            let operands = step.operands.map { values[$0] }
            let found = step.results(
                zip(operands, step.layouts).map { $1.apply(to: $0) }, layout: step.layouts.first)
            let kept = found.map { result in
                reader.bytes(result.count * result.dtype.byteCount).withUnsafeBytes {
                    Tensor(shape: result.shape, dtype: result.dtype, bytes: $0)
                }
            }
            var reference = step.reference(operands, program.dtype)
            reference.expected = kept
            if let text = step.difference(found, reference) {
                return "step \(index): \(text)\n  operands \(operands.map(Program.text))"
            }
            for (number, output) in zip(step.results, kept) { values[number] = output }
        }
        return nil
    }

    private func report(_ texts: [String]) throws {
        try Data(texts.joined(separator: "\n\n").utf8).write(to: failures)
    }

    /// Writes down what is being done, in place.
    private func noting() throws -> (String) -> Void {
        try Data().write(to: place)
        let file = try FileHandle(forWritingTo: place)
        return { text in
            try? file.seek(toOffset: 0)
            try? file.write(contentsOf: Data(text.utf8))
            try? file.truncate(atOffset: UInt64(text.utf8.count))
        }
    }

    // MARK: - In the process that asks

    func readSummary() throws -> Summary { try JSONDecoder().decode(Summary.self, from: Data(contentsOf: summary)) }

    /// What was found, and where the process stopped if it did.
    func findings(stopped: Bool) throws -> [String] {
        if stopped { return ["stopped in\n\(try String(contentsOf: place, encoding: .utf8))"] }
        let text = try String(contentsOf: failures, encoding: .utf8)
        return text.isEmpty ? [] : text.components(separatedBy: "\n\n")
    }
}

extension Program {
    /// A number that hardly any other program has.
    fileprivate var fingerprint: UInt64 {
        listing.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

private func word(_ number: UInt64) -> Data { withUnsafeBytes(of: number) { Data($0) } }

private struct Reader {
    let data: [UInt8]
    var position = 0

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
        defer { position += count }
        return data[position..<position + count]
    }

    mutating func word() -> UInt64 { bytes(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) } }
}
