import Foundation
import TernTestSupport
import Testing

/// Runs programs on several ranks, where Open MPI is installed.
enum Launcher {
    static let path = ["/usr/bin/mpirun", "/usr/local/bin/mpirun", "/opt/homebrew/bin/mpirun"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static let isThere = path != nil && BuiltProgram("distributed-check").isThere
    static let reason: Comment = "there is no mpirun here (Debian: openmpi-bin), or the programs are not built"

    /// What the ranks and the launcher wrote, and its status. More ranks than processors are welcome.
    static func run(
        _ ranks: Int, _ program: String, _ words: [String], environment: [String: String] = [:]
    ) throws -> (text: String, status: Int32) {
        try start(ranks, program, words, environment: environment).finish()
    }

    /// A program under way.
    struct Running {
        let process: Process
        let output: Pipe

        func finish() -> (text: String, status: Int32) {
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (text, process.terminationStatus)
        }
    }

    static func start(
        _ ranks: Int, _ program: String, _ words: [String], environment: [String: String] = [:]
    ) throws -> Running {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments =
            ["--allow-run-as-root", "--oversubscribe", "-n", "\(ranks)", BuiltProgram(program).path] + words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return Running(process: process, output: output)
    }
}
