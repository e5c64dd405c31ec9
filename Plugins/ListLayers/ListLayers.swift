import Foundation
import PackagePlugin

/// `swift package list-layers [TARGET...]`: the layers that the package's targets offer to model files, as the compiler
/// knows them.
@main
struct ListLayers: CommandPlugin {
    static let usage = """
        Shows the layers that model files can have: the classes that are a RebuildableModule.

        usage: swift package list-layers [TARGET ...]      all targets unless some are named
        """

    func performCommand(context: PluginContext, arguments: [String]) throws {
        if arguments.contains("--help") || arguments.contains("-h") { return print(Self.usage) }
        let targets = context.package.targets(ofType: SwiftSourceModuleTarget.self).filter { $0.kind != .test }
        for name in arguments where !targets.contains(where: { $0.name == name }) {
            let names = targets.map(\.name).sorted().joined(separator: ", ")
            stop("there is no target '\(name)', only \(names)")
        }
        var isFirst = true
        for target in targets.sorted(by: { $0.name < $1.name })
        where arguments.isEmpty || arguments.contains(target.name) {
            let layers = try layers(of: target)
            if layers.isEmpty { continue }
            print((isFirst ? "" : "\n") + target.name)
            isFirst = false
            for layer in layers { layer.show() }
        }
        if isFirst { print("no layer here is a RebuildableModule") }
    }

    private func stop(_ text: String) -> Never {
        FileHandle.standardError.write(Data("list-layers: \(text)\n".utf8))
        exit(1)
    }

    private func layers(of target: SwiftSourceModuleTarget) throws -> [Layer] {
        // A target that imports no Tern has none, and need not be compiled.
        let sources = target.sourceFiles(withSuffix: "swift").map(\.url)
        let mentions = sources.contains {
            (try? String(contentsOf: $0, encoding: .utf8))?.contains("RebuildableModule") == true
        }
        if !mentions { return [] }
        let graph = try packageManager.getSymbolGraph(
            for: target, options: .init(minimumAccessLevel: .internal, includeSynthesized: false, includeSPI: false))
        let file = graph.directoryURL.appending(path: "\(target.name).symbols.json")
        return try JSONDecoder().decode(Graph.self, from: Data(contentsOf: file)).layers
    }
}

/// What a class says of itself.
struct Layer {
    let name: String
    let documentation: [String]
    let initializers: [String]

    func show() {
        print("  \(name)")
        let paragraphs = documentation.split(separator: "").map { $0.joined(separator: " ") }
        for text in paragraphs.prefix(1) + initializers + paragraphs.filter({ $0.hasPrefix("Shapes") }) {
            print("      \(text)")
        }
    }
}

/// So much of a symbol graph as is needed. <https://github.com/swiftlang/swift-docc-symbolkit>
struct Graph: Decodable {
    struct Symbol: Decodable {
        struct Identifier: Decodable { let precise: String }
        struct Kind: Decodable { let identifier: String }
        struct Fragment: Decodable { let spelling: String }
        struct Names: Decodable { let title: String }
        struct Comment: Decodable {
            struct Line: Decodable { let text: String }
            let lines: [Line]
        }
        let identifier: Identifier
        let kind: Kind
        let names: Names
        let docComment: Comment?
        let declarationFragments: [Fragment]?
        let accessLevel: String
    }
    struct Relationship: Decodable {
        let kind, source, target: String
    }
    let symbols: [Symbol]
    let relationships: [Relationship]

    var layers: [Layer] {
        let conforming = Set(
            relationships.filter { $0.kind == "conformsTo" && $0.target.hasPrefix("s:6TernNN17RebuildableModuleP") }
                .map(\.source))
        let members = Dictionary(grouping: relationships.filter { $0.kind == "memberOf" }, by: \.target)
        let known = Dictionary(symbols.map { ($0.identifier.precise, $0) }, uniquingKeysWith: { first, _ in first })
        return symbols.filter { $0.kind.identifier == "swift.class" && conforming.contains($0.identifier.precise) }
            .map { symbol in
                let initializers = (members[symbol.identifier.precise] ?? []).compactMap { known[$0.source] }
                    .filter { $0.kind.identifier == "swift.init" && ["public", "open"].contains($0.accessLevel) }
                    .compactMap { $0.declarationFragments?.map(\.spelling).joined() }
                return Layer(
                    name: symbol.names.title, documentation: symbol.docComment?.lines.map(\.text) ?? [],
                    initializers: initializers.map { $0.replacing("convenience ", with: "") }.sorted())
            }.sorted { $0.name < $1.name }
    }
}
