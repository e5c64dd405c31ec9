import Foundation
import TernCore
import TernFormats

/// Expected values that a script has computed with another library, in a safetensors file beside the test.
///
/// ```swift
/// let goldens = try GoldenFile("swish.safetensors", madeBy: "python3 make_goldens.py")
/// try requireClose(swish(goldens.tensor("x")), goldens.tensor("swish"))
/// ```
///
/// Keep the script beside the file, seeded, and both in the repository: who reads a value can see where it comes from.
public struct GoldenFile: Sendable {
    /// Of the file.
    public let path: String
    /// All tensors by name.
    public let tensors: [String: Tensor]
    private let command: String

    /// - Parameters:
    ///   - name: of the file, from the folder of the test on: `Goldens/swish.safetensors`.
    ///   - test: the file of the test.
    ///   - command: what makes the file, for the error when there is none.
    public init(_ name: String, besides test: String = #filePath, madeBy command: String) throws(GoldenError) {
        path = URL(fileURLWithPath: test).deletingLastPathComponent().appendingPathComponent(name).standardized.path
        self.command = command
        do {
            tensors = try SafetensorsFile(contentsOf: path).tensors()
        } catch {
            throw GoldenError(path: path, command: command, reason: "\(error)")
        }
    }

    /// The tensor of that name.
    public func tensor(_ name: String) throws(GoldenError) -> Tensor {
        if let tensor = tensors[name] { return tensor }
        let names = tensors.keys.sorted().prefix(10).joined(separator: ", ")
        throw GoldenError(path: path, command: command, reason: "has no '\(name)', but \(names)")
    }

    /// Tensors by what stands before and behind the first slash of their names: `linear/x` is `x` in the group `linear`. Those
    /// without a slash are in none.
    public var groups: [String: [String: Tensor]] {
        var groups: [String: [String: Tensor]] = [:]
        for (name, tensor) in tensors {
            let parts = name.split(separator: "/", maxSplits: 1)
            if parts.count == 2 { groups[String(parts[0]), default: [:]][String(parts[1])] = tensor }
        }
        return groups
    }
}

/// A golden file that is not there or lacks something.
public struct GoldenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Of the file.
    public var path: String
    /// What makes the file.
    public var command: String
    /// What is wrong.
    public var reason: String

    public var description: String { "\(path): \(reason). To make it, run: \(command)" }
}
