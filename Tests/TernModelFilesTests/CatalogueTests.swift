import Tern
import Testing

@Suite("The catalogue")
struct CatalogueTests {
    @Test("prints each layer with shapes and settings")
    func printed() {
        let catalogue = Catalogue(Linear.self, Dropout.self, Sequential.self)
        #expect(
            "\(catalogue)" == """
                TernLayers.Dropout  [...] -> [...]
                    p: a number, in 0.0...1.0
                TernLayers.Linear  [N..., in] -> [N..., out]
                    in_features: an integer, at least 1
                    out_features: an integer, at least 1
                    bias: true or false
                TernNN.Sequential  that of its first layer -> that of its last
                    layers: layers
                """)
    }

    @Test("has what the program registers, once")
    func registered() {
        #expect(Catalogue.all.entries.contains { $0.name == "TernLayers.Conv2d" })
        Catalogue.register(Registered.self)
        Catalogue.register(Registered.self)
        #expect(Catalogue.registered.entries.count { $0.name == "mine" } == 1)
        #expect(Catalogue.all.entries.allSatisfy { !$0.shapes.isEmpty || $0.name == "mine" })
    }

    final class Registered: Module, RebuildableModule {
        func forward(_ x: Tensor) -> Tensor { x }
        static let blueprint = Blueprint<Registered>("", name: "mine") { Registered() }
    }
}
