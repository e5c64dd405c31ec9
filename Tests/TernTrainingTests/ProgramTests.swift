import Foundation
import Tern
import TernTestSupport
import Testing

/// The programs of `Examples`, as they were built: each runs without data for a few steps, goes on from a checkpoint, and
/// refuses what is wrong. What they reach in a whole training stands in their files.
@Suite("Programs") struct ProgramTests {
    struct Program: CustomTestStringConvertible, Sendable {
        let name: String
        /// What makes an epoch short.
        var short: [String] = []
        /// What its last line begins with.
        let last: String
        /// The pictures that it writes besides the curves.
        var pictures: [String] = []
        var takesData = true

        var testDescription: String { name }
    }

    static let programs = [
        Program(name: "line", last: "weight ", pictures: ["line.svg"], takesData: false),
        Program(
            name: "lenet", short: ["--examples", "64", "--batch", "32"], last: "test accuracy: 0.",
            pictures: ["predictions.svg"]),
    ].filter { FileManager.default.isExecutableFile(atPath: url($0.name).path) }

    /// Beside the tests.
    static func url(_ name: String) -> URL {
        Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent(name)
    }

    /// What a program printed, the errors behind the rest, and its status.
    static func run(_ program: Program, _ words: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        let output = Pipe()
        process.executableURL = url(program.name)
        process.arguments = program.short + ["--threads", "1"] + words
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }

    @Test("runs without data, resumes, and writes its pictures and its report", arguments: programs)
    func runs(program: Program) throws {
        try withTemporaryFolder { folder in
            let words = ["--checkpoint", folder + "/runs", "--pictures", folder + "/new/pictures"]
            let first = try Self.run(program, ["--epochs", "1"] + words)
            #expect(first.status == 0 && first.text.contains("\nEpoch 1/1\n"), "\(first.text)")
            let second = try Self.run(
                program, ["--epochs", "2", "--resume", "--report", folder + "/report.html", "--dashboard"] + words)
            #expect(second.status == 0, "\(second.text)")
            #expect(second.text.contains("goes on with epoch 2 after 0 steps of it\n"), "\(second.text)")
            #expect(second.text.split(separator: "\n").last!.hasPrefix(program.last), "\(second.text)")
            #expect(try text(ofFile: folder + "/report.html").contains("<h2>Configuration</h2>"))
            let pictures = try FileManager.default.contentsOfDirectory(atPath: folder + "/new/pictures")
            #expect(Set(pictures).isSuperset(of: program.pictures + ["loss.svg"]), "\(pictures)")
        }
    }

    @Test("refuses what is wrong with a message", arguments: programs)
    func refuses(program: Program) throws {
        let wrong = try Self.run(program, ["--epochs", "many", "--colour", "red"])
        #expect(
            wrong.status == 2 && wrong.text.contains("\(program.name): --epochs must be a whole number")
                && wrong.text.contains("\(program.name): unknown option --colour\n"), "\(wrong.text)")
        if !program.takesData { return }
        let nowhere = try Self.run(program, ["--data", "/nowhere"])
        #expect(nowhere.status == 1 && nowhere.text.contains("\(program.name): /nowhere"), "\(nowhere.text)")
    }
}
