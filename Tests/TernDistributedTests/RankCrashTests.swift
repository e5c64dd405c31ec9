import Foundation
import Tern
import TernTestSupport
import Testing

/// Ranks killed at random moments, saving included: the others end with a message, and the training that goes on ends as one that
/// nothing happened to.
///
/// One kill here; more with `TERN_CRASH_RUNS=50 swift test --filter RankCrashTests`.
@Suite(
    "Killed ranks", .serialized,
    .enabled(if: Launcher.isThere && DataParallelTests.hasLeNet && isLinux, Launcher.reason))
struct RankCrashTests {
    static let runs = Int(ProcessInfo.processInfo.environment["TERN_CRASH_RUNS"] ?? "") ?? 1

    /// 30 steps, 13 checkpoints.
    private static func words(_ folder: String) -> [String] {
        ["--examples", "320", "--batch", "32", "--micro-batches", "2", "--epochs", "3", "--threads", "1"]
            + ["--checkpoint", folder, "--resume", "--save-every", "3"]
    }

    private static func digest(_ text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix("weights: ") }
    }

    @Test(
        "killed at any moment and resumed, a training of two ranks ends with the same bytes", .timeLimit(.minutes(20)))
    func killed() throws {
        try withTemporaryFolder { folder in
            let begin = Date()
            let whole = try Launcher.run(2, "lenet", Self.words(folder + "/whole"))
            let duration = Date().timeIntervalSince(begin)
            let expected = try #require(Self.digest(whole.text), "\(whole.text)")
            let end = try #require(try CheckpointFolder(folder + "/whole").newest())
            var (kills, messages, slowest) = (0, 0, 0.0)
            for run in 0..<Self.runs {
                let path = "\(folder)/\(run)"
                let training = try Launcher.start(2, "lenet", Self.words(path), environment: ["TERN_MPI_LIMIT": "10"])
                Thread.sleep(forTimeInterval: .random(in: 0...duration))
                let ranks = children(of: training.process.processIdentifier)
                if let victim = ranks.randomElement(), kill(victim, SIGKILL) == 0 { kills += 1 }
                let moment = Date()
                let (text, status) = training.finish()
                slowest = max(slowest, Date().timeIntervalSince(moment))
                if status != 0, text.contains("exited on signal 9") || text.contains("tern: rank") { messages += 1 }
                let resumed = try Launcher.run(2, "lenet", Self.words(path))
                let isSame = try Self.digest(resumed.text) == expected && CheckpointFolder(path).newest() == end
                #expect(isSame, "run \(run):\n\(text)\n\(resumed.text)")
                try FileManager.default.removeItem(atPath: path)
            }
            if Self.runs > 1 {
                print("\(kills) kills, \(messages) of them with a message, the others gone within \(slowest) s")
            }
        }
    }

    private func children(of process: Int32) -> [Int32] {
        let path = "/proc/\(process)/task/\(process)/children"
        return ((try? text(ofFile: path)) ?? "").split(separator: " ").compactMap { Int32($0) }
    }
}

#if os(Linux)
    private let isLinux = true
#else
    private let isLinux = false
#endif
