import TernCore
import TernNN
import TernTestSupport
import Testing

private final class Twice: Module {
    func forward(_ x: Tensor) -> Tensor { x * 2 }
}

/// Calls a module and adds 1.
private final class Wrapper: Module {
    let inner: any Module<Tensor, Tensor>
    let extra = Parameter([1])
    init(_ inner: any Module<Tensor, Tensor>) { self.inner = inner }
    func forward(_ x: Tensor) -> Tensor { inner(x) + extra.value }
}

private final class Deep: Module {
    let body = Network()
    let blocks = [Dense(1, 1, bias: false), Dense(1, 1, bias: false)]
    let chain = Sequential(Dense(1, 1, bias: false), Twice())
    let heads = Registry()
    func forward(_ x: Tensor) -> Tensor {
        let y = chain(blocks.reduce(body(x)) { $1($0) })
        guard let head = heads.module("a") as? any Module<Tensor, Tensor> else { return y }
        return head(y)
    }
}

@Suite("Surgery on modules", .serialized)
struct SurgeryTests {
    @Test("modules are found by path")
    func finding() {
        let model = Deep()
        #expect(model.module(at: "body.second") === model.body.second)
        #expect(model.module(at: "blocks.1") === model.blocks[1] && model.module(at: "") === model)
        #expect(model.module(at: "chain.1") is Twice && model.module(at: "body.third") == nil)
    }

    @Test("a module in a stored property is called no more: the other one is, also for members, modes and hooks")
    func replacing() {
        let model = Network()
        let x: Tensor = [[1, 2]]
        let other = Dense(2, 3, bias: false)
        other.weight.value = Tensor.full([2, 3], 2)
        let old = model.replace("first", with: other)
        #expect(old === model.first)
        #expect(model(x) == model.second(relu(other(x))))
        #expect(model.namedParameters.map(\.name) == ["first.weight", "second.weight"])
        #expect(model.parameters[0] === other.weight && model.module(at: "first") === other)
        nonisolated(unsafe) var calls = 0
        let handle = other.addForwardHook { _, _ in calls += 1 }
        _ = model(x)
        // Outside of any module, the property is what stands in the model.
        #expect(model.first(x) == other(x) && calls == 3)
        handle.remove()
        #expect(summary(of: model, inputShape: [1, 2]).rows.map(\.parameters) == [6, 3, 3])
        #expect(model.description.contains("(first): Dense(2, 3)"))
        model.replace("first", with: model.first)
        #expect(model.parameters.count == 3 && model.module(at: "first") === model.first)
    }

    @Test("what replaces a module may contain it, however deep, and can be replaced again")
    func wrapping() {
        let model = Network()
        let x: Tensor = [[1, 2]]
        let plain = model(x)
        model.replace("second", with: Sequential(Wrapper(model.second), Twice()))
        #expect(model(x) == (plain + 1) * 2)
        #expect(
            model.namedParameters.map(\.name)
                == ["first.weight", "first.bias", "second.0.extra", "second.0.inner.weight"])
        #expect(model.stateDictionary().keys.contains("second.0.inner.weight"))
        model.replace("second", with: Wrapper(model.module(at: "second") as! Sequential))
        #expect(model(x) == (plain + 1) * 2 + 1)
        model.replace("second", with: model.second)
        #expect(model(x) == plain)
    }

    @Test("a module that two others share is replaced in one of them")
    func sharedModule() {
        final class Pair: Module {
            let left: Wrapper, right: Wrapper
            init(_ shared: Dense) { (left, right) = (Wrapper(shared), Wrapper(shared)) }
            func forward(_ x: Tensor) -> Tensor { left(x) - right(x) }
        }
        let model = Pair(Dense(1, 1, bias: false))
        model.replace("left.inner", with: Twice())
        #expect(model([[2]]) == [[3]])
        #expect(model.namedParameters.map(\.name) == ["left.extra", "right.extra", "right.inner.weight"])
    }

    @Test("layers of chains, entries of registries and elements of arrays are replaced")
    func containers() {
        let model = Deep()
        let x: Tensor = [[1, 2]]
        let plain = model(x)
        model.replace("chain.1", with: Sequential())
        #expect(model(x) * 2 == plain && model.chain[1] is Sequential)
        model.replace("blocks.0", with: Twice())
        #expect(model(x) * 2 == plain * 4)
        model.insert(Twice(), at: "a")
        #expect(model(x) == plain * 4)
        model.replace("a", with: Sequential())
        #expect(model(x) == plain * 2 && model.heads.module("a") is Sequential)
        model.remove("a")
        model.insert(Twice(), at: "chain.0")
        model.insert(Twice(), at: "chain.3")
        #expect(model.chain.count == 4 && model(x) == plain * 8)
        #expect(model.remove("chain.1") is Dense)
        #expect(model(x) == plain * 16)
    }

    @Test("what stands in a module's place goes with the model")
    func lifetime() {
        weak var other: Wrapper?
        weak var old: Dense?
        do {
            let model = Network()
            let wrapper = Wrapper(model.first)
            model.replace("first", with: wrapper)
            (other, old) = (wrapper, model.first)
            _ = model([[1, 2]])
        }
        // The next use of hooks finds out.
        Dense(1, 1).addForwardHook { _, _ in }.remove()
        #expect(other == nil && old == nil)
    }

    /// Reads a parameter of a layer besides calling it.
    private final class Tied: Module {
        let first = Dense(2, 3, bias: false)
        func forward(_ x: Tensor) -> Tensor { matmul(first(x), first.weight.value.T) }
    }

    @Test("the owner's reads of a parameter that is no longer its own stop; others and those of a wrapped one do not")
    func directReads() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Tied()
            model.replace("first", with: Dense(2, 3, bias: false))
            _ = model([[1, 2]])
        }.expectMessage(
            "Tied: first.weight: is read by the code of Tied, where another module stands in the place of 'first': a stored "
                + "property keeps its module, and calls alone go to the other one. Read it of module(at: \"first\"), or "
                + "make the property a var and assign the other module to it")
        let model = Tied()
        let plain = model([[1, 2]])
        model.replace("first", with: Sequential(model.first, Twice()))
        #expect(model([[1, 2]]) == plain * 2)
        let former = model.replace("first", with: Dense(2, 3))
        #expect((former as? Sequential)?([[1, 2]]) == [[3, 3, 3]] && model.first.weight.value.shape == [2, 3])
        model.replace("first", with: model.first)
        #expect(model([[1, 2]]) == plain)
    }

    @Test("wrong use stops with a message that says what to do")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Network().replace("third", with: Twice())
        }.expectMessage("replace: Network has no module 'third', but first, counter, second")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            final class Count: Module { func forward(_ x: Tensor) -> Int { x.count } }
            Network().replace("first", with: Count())
        }.expectMessage(
            "replace: Dense computes Tensor from Tensor, and Count does not: it cannot stand in its place")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { Network().remove("first") }
            .expectMessage(
                "remove: 'first' is a stored property of Network, which would still call it: replace it with a module that "
                    + "does nothing, such as Identity()")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Network().insert(Twice(), at: "third")
        }.expectMessage(
            "insert: Network keeps its members in stored properties: modules can be inserted into a Sequential or a "
                + "Registry, or replace others (path 'third')")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Deep().insert(Twice(), at: "chain.x")
        }.expectMessage("insert: expects the number of a layer at the end of the path, got 'chain.x'")
    }
}

@Suite("Patterns of names")
struct NamePatternTests {
    nonisolated(unsafe) static let cases: [(NamePattern, String, Bool)] = [
        ("conv1", "conv1", true), ("conv1", "conv1.weight", false), ("conv*", "conv12", true),
        ("conv*", "conv1.weight", false), ("*.weight", "conv1.weight", true), ("*.weight", "a.b.weight", false),
        ("**.weight", "a.b.weight", true), ("a.**", "a.b.c", true), ("a?", "ab", true), ("a?", "a.", false),
        ("a+b", "a+b", true), ("a+b", "aab", false), ("a.b", "axb", false), ("**", "", true), ("ü*", "über", true),
        (NamePattern(/layers\.\d+/), "layers.12", true), (NamePattern(/layers/), "layers.12", false),
    ]

    @Test("wildcards stand for parts of names, regular expressions for whole ones", arguments: cases.indices)
    func matching(index: Int) {
        let (pattern, name, expected) = Self.cases[index]
        #expect(pattern.matches(name) == expected)
    }

    @Test("parameters are frozen and unfrozen by path or pattern")
    func freezing() {
        let model = Network()
        model.freeze("f*")
        #expect(model.namedParameters.filter(\.parameter.requiresGradient).map(\.name) == ["second.weight"])
        model.unfreeze("*.bias")
        #expect(
            model.namedParameters.filter(\.parameter.requiresGradient).map(\.name) == ["first.bias", "second.weight"])
        model.freeze("second.weight")
        model.unfreeze(NamePattern(/f.*/))
        #expect(
            model.namedParameters.filter(\.parameter.requiresGradient).map(\.name) == ["first.weight", "first.bias"])
    }

    @Test("states are filtered and renamed on their way into a model")
    func states() throws {
        let source = Network()
        source.first.weight.value = Tensor.full([2, 3], 7)
        let state = source.stateDictionary()
        #expect(state.matching("first").keys.sorted() == ["first.bias", "first.weight"])
        #expect(state.notMatching("*.weight").keys.sorted() == ["counter.count", "first.bias"])
        let target = Network()
        try target.loadStateDictionary(state.matching("first"), strict: false)
        #expect(target.first.weight.value == source.first.weight.value)
        let wrapped = state.renamed { "module." + $0 }
        #expect(wrapped.renamed("module.**", to: "**") == state)
        try Network().loadStateDictionary(wrapped.renamed("module.**", to: "**"))
        #expect(
            state.renamed("*.weight", to: "*.gamma").keys.sorted()
                == ["counter.count", "first.bias", "first.gamma", "second.gamma"])
        #expect(
            ["layer3.x.y": Tensor([1])].renamed(NamePattern(/layer(\d+)\.(.*)/), to: "layers.*.**")
                == ["layers.3.x.y": Tensor([1])])
        #expect(state.renamed("first.weight", to: "w")["w"] == source.first.weight.value)
    }

    @Test("what means nothing, or two things at once, stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { Network().freeze("fc*") }
            .expectMessage("freeze: no parameter of Network has a path like 'fc*'")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ["a.x": Tensor([1]), "b.x": Tensor([2])].renamed { _ in "x" }
        }.expectMessage("renamed: two tensors would be named 'x', one of them 'b.x'")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ["a.x": Tensor([1])].renamed("a.*", to: "*.*")
        }.expectMessage("renamed: '*.*' has 2 wildcards, 'a.*' stands for 1")
    }
}
