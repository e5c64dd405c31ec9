import Foundation
import TernCore
import TernModelFiles
import TernNN

extension LayerSubject {
    func checkModelFile() {
        let harness = prepared(seed: 1)
        if !(harness.layer is any RebuildableModule) { return }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try saveModel(harness.layer, to: path)
            let file = try ModelFile(contentsOf: path)
            let catalogue = Catalogue(of: harness.layer)
            let generator = Generator.default.state
            let copy = LayerHarness(try file.makeModel(catalogue), self)
            report.expect(Generator.default.state == generator, "reading a model file draws random numbers")
            expectTwins(harness, copy, "the layer from a model file")
            checkHostileSettings(file, catalogue)
        } catch {
            report.add("a model file does not give it back: \(error)")
        }
    }

    /// Whatever the settings are: an error or a layer. A layer that stops the program stops the test.
    private func checkHostileSettings(_ file: ModelFile, _ catalogue: Catalogue) {
        let hostile: [SettingValue] = [
            .absent, .flag(true), .integer(0), .integer(-1), .integer(3), .integer(Int(Int32.max)), .integer(.max),
            .integer(.min), .number(0.5), .number(-1), .number(1e300), .number(1e-300), .text(""), .text("nan"),
            .text("inf"), .list([]), .list([.integer(0)]), .list([.integer(Int(Int32.max)), .integer(Int(Int32.max))]),
            .list(Array(repeating: .integer(2), count: 9)), .same(path: ""),
        ]
        for name in file.architecture.settings.keys.sorted() {
            for value in hostile {
                _ = try? file.replacing(name, value).makeModel(catalogue)
            }
        }
    }
}
