import Foundation

/// A program of `Examples` as it was built, beside the tests.
public struct BuiltProgram: Sendable {
    public let name: String

    public init(_ name: String) { self.name = name }

    private var url: URL { Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent(name) }

    public var path: String { url.path }

    public var isThere: Bool { FileManager.default.isExecutableFile(atPath: url.path) }

    /// What it printed, the errors behind the rest, and its status.
    public func run(_ arguments: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        let output = Pipe()
        process.executableURL = url
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }
}
