import TernCore
import TernNN
import Testing

@Suite("Containers")
struct ContainerTests {
    @Test("a builder keeps every layer, also of conditions and loops")
    func builder() {
        func model(_ condition: Bool) -> Sequential {
            Sequential {
                Dense(1, 1)
                if condition { Counter() }
                if condition { Counter() } else { Dense(1, 1) }
                for _ in 0..<2 { Dense(1, 1) }
                [Dense(1, 1), Dense(1, 1)]
            }
        }
        #expect(
            model(true).map { "\(type(of: $0))" } == ["Dense", "Counter", "Counter"]
                + Array(repeating: "Dense", count: 4))
        #expect(model(false).map { "\(type(of: $0))" } == Array(repeating: "Dense", count: 6))
    }

    @Test("a chain applies its layers in order")
    func chain() {
        let model = Sequential(Dense(2, 3), Dense(3, 1))
        #expect(model([[1, 1]]) == [[1.5]])
        #expect(Sequential()([[1, 2]]) == [[1, 2]])
        #expect(model.namedParameters.map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
    }

    @Test("layers can be read, replaced, sliced, added, inserted and removed")
    func editing() {
        let model = Sequential(Dense(2, 3), Dense(3, 1))
        #expect(model[0] === model.first! && model.count == 2)
        let part = model[..<1]
        #expect(part.count == 1 && part[0] === model[0])
        model.append(Counter())
        model.insert(Counter(), at: 0)
        #expect(model.map { "\(type(of: $0))" } == ["Counter", "Dense", "Dense", "Counter"])
        model[0] = Dense(2, 2)
        model.remove(at: 3)
        #expect(model([[1, 1]]) == [[1.5]])
    }

    @Test("arrays and dictionaries of modules are members and change while training")
    func lists() {
        final class Heads: Module {
            var blocks: [any Module<Tensor, Tensor>] = [Dense(1, 1, bias: false)]
            var heads = ["a": Dense(1, 1, bias: false)]
            func forward(_ x: Tensor) -> Tensor { heads["a"]!(blocks.reduce(x) { $1($0) }) }
        }
        let model = Heads()
        model.blocks.append(Dense(1, 1, bias: false))
        model.heads["b"] = Dense(1, 2, bias: false)
        #expect(
            model.namedParameters.map(\.name) == [
                "blocks.0.weight", "blocks.1.weight", "heads.a.weight", "heads.b.weight",
            ])
        #expect(model([[8]]) == [[1]])
        model.heads["a"] = nil
        model.blocks.remove(at: 1)
        #expect(model.namedParameters.map(\.name) == ["blocks.0.weight", "heads.b.weight"])
    }

    @Test("the printed form is PyTorch's")
    func printing() {
        final class Heads: Module {
            let body = Sequential(Dense(2, 3), Sequential(Counter()), Sequential())
            let blocks = [Dense(1, 1)]
            func forward(_ x: Tensor) -> Tensor { x }
        }
        #expect(
            Heads().description == """
                Heads(
                  (body): Sequential(
                    (0): Dense(2, 3)
                    (1): Sequential(
                      (0): Counter()
                    )
                    (2): Sequential()
                  )
                  (blocks.0): Dense(1, 1)
                )
                """)
    }
}
