import BilinearPooling
import Foundation
import SpatialPyramidPooling
import Tern
import TernAttention
import TernRecurrent
import TernVision
import Testing

@Suite("Every layer is one")
struct LayerTableTests {
    @Test("in all that checkLayer checks", arguments: layerTable.indices)
    func passes(row: Int) throws { try layerTable[row].check() }

    @Test("and has a row in the table: those of the library, and of the plug-ins")
    func complete() throws {
        let modules = try Self.modules()
        #expect(
            modules.isSuperset(of: ["Linear", "BatchNorm2d", "SpatialPyramidPooling"]), "the sources were not found")
        let tested = Set(layerTable.map(\.name))
        #expect(
            modules.subtracting(tested).subtracting(Self.ofFiles).sorted() == [],
            "layers that checkLayer has not seen")
        #expect(tested.subtracting(modules).sorted() == [], "rows for layers that are not there")
    }

    /// Modules that stand for a file of another format: what they compute is tested with what reads it.
    private static let ofFiles: Set = ["ONNXModel"]

    /// Layers that a model file cannot have, and why.
    private static let withoutFile = [
        "Lambda": "a file cannot have a function",
        "ParametrizationList": "made by parametrize, of a weight that is there",
        "Orthogonal": "a parametrization", "SpectralNorm": "a parametrization", "WeightNorm": "a parametrization",
    ]

    @Test("and can be in a model file, but for those with a reason")
    func rebuildable() throws {
        let catalogue =
            Catalogue.all + .recurrent + .attention + .vision
            + Catalogue(BilinearPooling.self, SpatialPyramidPooling.self)
        let names = Set(catalogue.entries.map { String($0.name.split(separator: ".").last!) })
        let others = try Self.modules().subtracting(Self.ofFiles).subtracting(Self.withoutFile.keys)
        #expect(others.subtracting(names).sorted() == [])
        #expect(names.isDisjoint(with: Self.withoutFile.keys))
    }

    /// The public layers of the library and the plug-ins, by the names of their classes.
    private static func modules() throws -> Set<String> {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var parents: [String: [String]] = [:]
        for folder in ["Sources", "Plugins"] {
            let folder = root.appendingPathComponent(folder)
            for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            where file.hasSuffix(".swift") && !file.contains("Tests/") {
                let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                for match in text.matches(of: /(?m)^(?:public|open) (?:final )?class (\w+)(?:<[^>]*>)?: ([^{]*)/) {
                    parents[String(match.1)] = match.2.split(separator: ",").map {
                        String($0.trimmingCharacters(in: .whitespacesAndNewlines).prefix { $0 != "<" })
                    }
                }
            }
        }
        let protocols = ["Module", "PiecewiseLinearLayer", "RightInvertible", "JointParametrization"]
        func isModule(_ name: String) -> Bool {
            protocols.contains(name) || (parents[name] ?? []).contains(where: isModule)
        }
        // A class that others derive from is checked as these.
        let bases = Set(parents.values.joined())
        return Set(parents.keys.filter(isModule)).subtracting(bases)
    }
}
