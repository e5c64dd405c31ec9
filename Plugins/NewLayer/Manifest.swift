import Foundation
import PackagePlugin

/// What `Package.swift` needs for a new layer.
struct Manifest {
    private let options: Options
    private let place: Place
    private let package: Package

    init(_ options: Options, _ place: Place, _ package: Package) {
        (self.options, self.place, self.package) = (options, place, package)
    }

    /// The name under which the package knows Tern.
    private var tern: String { package.dependencies.first { $0.package.displayName == "Tern" }?.package.id ?? "Tern" }

    private func dependency(_ name: String) -> String {
        place.isInTern ? "\"\(name)\"" : ".product(name: \"\(name)\", package: \"\(tern)\")"
    }

    var lines: String {
        let name = options.name
        func path(_ folder: String) -> String { place.isInTern ? ", path: \"Plugins/\(name)/\(folder)\"" : "" }
        let own = options.hasKernel ? ["\"C\(name)\""] : []
        let sources = (["TernCore", "TernNN"].map(dependency) + own).joined(separator: ", ")
        let tests = (["\"\(name)\""] + own + [dependency("TernTesting")]).joined(separator: ", ")
        return (options.hasKernel ? "        .target(name: \"C\(name)\"\(path("Kernel"))),\n" : "") + """
                    .target(name: "\(name)", dependencies: [\(sources)]\(path("Sources"))),
                    .testTarget(name: "\(name)Tests", dependencies: [\(tests)]\(path("Tests"))),
            """
    }

    /// Has the toolchain change the manifest; `false`, and the manifest as it was, if it could not.
    func edit(by context: PluginContext) -> Bool {
        let file = package.directoryURL.appending(path: "Package.swift")
        guard let before = try? Data(contentsOf: file) else { return false }
        let (name, scratch) = (options.name, context.pluginWorkDirectoryURL.appending(path: "manifest"))
        let products = ["TernCore", "TernNN"].map { ["add-target-dependency", $0, name, "--package", tern] }
        let steps =
            [["add-target", name]] + products
            + [["add-target", "\(name)Tests", "--type", "test", "--dependencies", name]]
            + [["add-target-dependency", "TernTesting", "\(name)Tests", "--package", tern]]
        // The toolchain writes sources of its own; ours are put in their place again.
        let kept = scratch.deletingLastPathComponent().appending(path: "kept-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
            for (index, folder) in [place.sources, place.tests].enumerated() {
                try FileManager.default.moveItem(at: folder, to: kept.appending(path: "\(index)"))
            }
        } catch { return false }
        let isDone = steps.allSatisfy { swiftPackage($0, scratch) }
        for (index, folder) in [place.sources, place.tests].enumerated() {
            try? FileManager.default.removeItem(at: folder)
            try? FileManager.default.moveItem(at: kept.appending(path: "\(index)"), to: folder)
        }
        if !isDone { try? before.write(to: file) }
        return isDone
    }

    private func swiftPackage(_ arguments: [String], _ scratch: URL) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The folder of the build is locked by the command that runs this plug-in.
        process.arguments =
            ["swift", "package", "--package-path", package.directoryURL.path, "--scratch-path", scratch.path]
            + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
