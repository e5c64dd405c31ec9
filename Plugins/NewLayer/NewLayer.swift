import Foundation
import PackagePlugin

/// `swift package new-layer NAME`: a target with a layer, its documentation and a test that checks it in every way.
@main
struct NewLayer: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        let options: Options
        do { options = try Options(arguments) } catch let problem as Problem { stop(problem) }
        if options.showsHelp { return print(Options.usage) }
        do {
            let package = context.package
            try check(options.name, package)
            let place = Place(options.name, in: package)
            for folder in [place.sources, place.tests] + (options.hasKernel ? [place.kernel] : []) {
                if FileManager.default.fileExists(atPath: folder.path) {
                    throw Problem("\(folder.path) is there already: nothing was changed")
                }
            }
            try write(Templates(options).files(place), by: context.pluginWorkDirectoryURL)
            print("made:")
            for folder in [place.sources, place.tests] + (options.hasKernel ? [place.kernel] : []) {
                print("    \(folder.path)")
            }
            let manifest = Manifest(options, place, package)
            if !options.onlyPrints, !place.isInTern, !options.hasKernel, manifest.edit(by: context) {
                print("Package.swift has its targets.")
            } else {
                print("\nadd to the targets of Package.swift:\n\n\(manifest.lines)\n")
            }
            print("then: swift test --filter \(options.name)Tests")
        } catch let problem as Problem {
            stop(problem)
        }
    }

    private func stop(_ problem: Problem) -> Never {
        FileHandle.standardError.write(Data("new-layer: \(problem.text)\n".utf8))
        exit(1)
    }

    /// Stops for a name that no class, target and folder can have.
    private func check(_ name: String, _ package: Package) throws {
        let letters = name.unicodeScalars
        let isName =
            letters.first.map { ("A"..."Z").contains($0) } ?? false
            && letters.allSatisfy { ("A"..."Z").contains($0) || ("a"..."z").contains($0) || ("0"..."9").contains($0) }
        if !isName || ["Any", "Self", "Type", "Protocol"].contains(name) {
            throw Problem("a layer is named like a class, such as Swish: '\(name)' cannot be one")
        }
        let taken = package.targets.map(\.name) + package.products.map(\.name)
        for wanted in [name, "\(name)Tests", "C\(name)"] where taken.contains(wanted) {
            throw Problem("the package has a target or product '\(wanted)' already: nothing was changed")
        }
    }

    /// All files or none: they are written elsewhere, and moved.
    private func write(_ files: [(URL, String)], by scratch: URL) throws {
        let manager = FileManager.default
        var moves: [(from: URL, to: URL)] = []
        var made: [URL] = []
        do {
            let folder = scratch.appending(path: "new-\(UUID().uuidString)")
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(at: folder) }
            for (index, file) in files.enumerated() {
                let draft = folder.appending(path: "\(index)")
                try file.1.write(to: draft, atomically: false, encoding: .utf8)
                moves.append((draft, file.0))
            }
            for move in moves {
                let parent = move.to.deletingLastPathComponent()
                if !manager.fileExists(atPath: parent.path) {
                    made.append(firstMissing(parent))
                    try manager.createDirectory(at: parent, withIntermediateDirectories: true)
                }
                try manager.moveItem(at: move.from, to: move.to)
            }
        } catch {
            for folder in made { try? manager.removeItem(at: folder) }
            throw Problem(
                "cannot write into the package: \(error.localizedDescription). Nothing was changed; is "
                    + "`swift package --allow-writing-to-package-directory new-layer` what you called?")
        }
    }

    /// The outermost of the folders that are not there yet.
    private func firstMissing(_ folder: URL) -> URL {
        let parent = folder.deletingLastPathComponent()
        return FileManager.default.fileExists(atPath: parent.path) ? folder : firstMissing(parent)
    }
}

/// What is wrong, for the person who called.
struct Problem: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

struct Options {
    static let usage = """
        Makes a target with a new layer, its documentation, and a test that checks it in every way.

        usage: swift package --allow-writing-to-package-directory new-layer NAME [options]
          --function      the layer calls an operation of its own, with a derivative that you write
          --with-kernel   that operation is computed in C, for three instruction sets
          --print         print what Package.swift needs, and do not change it
        """

    var name = ""
    var hasFunction = false, hasKernel = false, onlyPrints = false, showsHelp = false

    init(_ arguments: [String]) throws {
        for argument in arguments {
            switch argument {
            case "--function": hasFunction = true
            case "--with-kernel": (hasFunction, hasKernel) = (true, true)
            case "--print": onlyPrints = true
            case "--help", "-h": showsHelp = true
            case _ where argument.hasPrefix("-"):
                throw Problem("there is no option \(argument)\n\n\(Self.usage)")
            case _ where name.isEmpty: name = argument
            default: throw Problem("expects one name, got '\(name)' and '\(argument)'\n\n\(Self.usage)")
            }
        }
        if name.isEmpty && !showsHelp { throw Problem("expects the name of the layer\n\n\(Self.usage)") }
    }
}

/// Where the files of a new layer go.
struct Place {
    let sources, tests, kernel: URL
    /// Whether the package is Tern itself, whose plug-in layers have a folder each.
    let isInTern: Bool

    init(_ name: String, in package: Package) {
        let root = package.directoryURL
        isInTern = package.displayName == "Tern"
        sources = root.appending(path: isInTern ? "Plugins/\(name)/Sources" : "Sources/\(name)")
        tests = root.appending(path: isInTern ? "Plugins/\(name)/Tests" : "Tests/\(name)Tests")
        kernel = root.appending(path: isInTern ? "Plugins/\(name)/Kernel" : "Sources/C\(name)")
    }
}
