import Foundation
import Tern
import TernTestSupport
import Testing

/// Training processes killed at random moments, saving included, and resumed: all end as one that was not.
///
/// A few runs here; more with `TERN_CRASH_RUNS=200 swift test --filter CrashTests`.
@Suite("Crashes", .serialized) struct CrashTests {
    static let runs = Int(ProcessInfo.processInfo.environment["TERN_CRASH_RUNS"] ?? "") ?? 2
    /// The example, beside the tests.
    static let program = Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("lenet")

    /// A short training that saves often: 30 steps, 13 checkpoints.
    static func start(in folder: String, _ more: String...) throws -> (process: Process, output: Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments =
            ["--examples", "320", "--batch", "32", "--epochs", "3", "--threads", "1"]
            + ["--checkpoint", folder, "--resume", "--save-every", "3"] + more
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    /// What the process says when it has ended.
    static func finish(_ run: (process: Process, output: Pipe)) throws -> String {
        let text = String(decoding: try run.output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        run.process.waitUntilExit()
        return text
    }

    static func digest(_ text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix("weights: ") }
    }

    @Test(
        "killed at any moment and resumed, a training ends with the same weights",
        .enabled(if: FileManager.default.isExecutableFile(atPath: program.path), "the example lenet is not built"),
        .timeLimit(.minutes(10)))
    func killed() throws {
        try withTemporaryFolder { folder in
            let begin = Date()
            let whole = try #require(Self.digest(try Self.finish(Self.start(in: folder + "/whole"))))
            let duration = Date().timeIntervalSince(begin)
            let end = try #require(try CheckpointFolder(folder + "/whole").newest())

            var (kills, cutSaves, same) = (0, 0, 0)
            for run in 0..<Self.runs {
                let path = "\(folder)/\(run)"
                for _ in 0...run % 3 {
                    let training = try Self.start(in: path)
                    Thread.sleep(forTimeInterval: .random(in: 0...duration))
                    let wasRunning = training.process.isRunning
                    kill(training.process.processIdentifier, SIGKILL)
                    _ = try Self.finish(training)
                    kills += wasRunning ? 1 : 0
                    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                    cutSaves += names.contains { $0.hasSuffix(".tmp") } ? 1 : 0
                }
                let text = try Self.finish(Self.start(in: path))
                let isSame = try Self.digest(text) == whole && CheckpointFolder(path).newest() == end
                #expect(isSame, "run \(run):\n\(text)")
                same += isSame ? 1 : 0
                let left = try FileManager.default.contentsOfDirectory(atPath: path)
                // One more, if the process was killed before it removed the oldest.
                #expect((3...4).contains(left.count) && left.allSatisfy { $0.hasSuffix(".safetensors") })
                try FileManager.default.removeItem(atPath: path)
            }
            if Self.runs > 2 {
                print("\(same) of \(Self.runs) runs the same; \(kills) kills, \(cutSaves) of them while saving")
            }
        }
    }
}
