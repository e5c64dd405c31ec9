import TernCore
import TernNN
import TernTestSupport
import Testing

@Suite("Members of modules")
struct MemberTests {
    @Test("parameters come in the order of declaration, own ones before those of children")
    func order() {
        final class Mixed: Module {
            let child = Dense(1, 1)
            let own = Parameter(Tensor.zeros([1]))
            func forward(_ x: Tensor) -> Tensor { child(x) * own.value }
        }
        #expect(Mixed().namedParameters.map(\.name) == ["own", "child.weight", "child.bias"])
        #expect(Network().namedParameters.map(\.name) == ["first.weight", "first.bias", "second.weight"])
        #expect(Network().namedBuffers.map(\.name) == ["counter.count", "counter.scratch"])
        #expect(Network().namedModules.map(\.name) == ["", "first", "counter", "second"])
        #expect(Network().namedChildren.map(\.name) == ["first", "counter", "second"])
    }

    @Test("inherited members come first")
    func inheritance() {
        class Base: Module {
            let base = Parameter(Tensor.zeros([1]))
            func forward(_ x: Tensor) -> Tensor { x }
        }
        final class Derived: Base { let derived = Parameter(Tensor.zeros([1])) }
        #expect(Derived().namedParameters.map(\.name) == ["base", "derived"])
    }

    @Test("private, optional, lazy, wrapped and implicitly unwrapped properties are members")
    func kinds() {
        @propertyWrapper struct Wrapped<Value> { var wrappedValue: Value }
        final class Kinds: Module {
            private let hidden = Parameter(Tensor.zeros([1]))
            var some: Parameter? = Parameter(Tensor.zeros([1]))
            var none: Parameter?
            var late: Dense!
            lazy var lazily = Dense(1, 1, bias: false)
            @Wrapped var wrapped = Parameter(Tensor.zeros([1]))
            func forward(_ x: Tensor) -> Tensor { x }
        }
        let module = Kinds()
        #expect(module.namedParameters.map(\.name) == ["hidden", "some", "wrapped"])
        module.late = Dense(1, 1, bias: false)
        _ = module.lazily
        #expect(
            module.namedParameters.map(\.name) == ["hidden", "some", "wrapped", "late.weight", "lazily.weight"])
    }

    @Test("arrays and dictionaries of modules and parameters are members, other collections are not")
    func containers() {
        final class Containers: Module {
            let blocks = [Dense(1, 1, bias: false), Dense(1, 1, bias: false)]
            let grid = [[Dense(1, 1, bias: false)], [Dense(1, 1, bias: false)]]
            let any: [any Module<Tensor, Tensor>] = [Dense(1, 1, bias: false), Counter()]
            let heads = ["b": Dense(1, 1, bias: false), "a": Dense(1, 1, bias: false)]
            let scales = [Parameter(Tensor.zeros([1]))]
            let numbers = [Float](repeating: 0, count: 1_000_000)
            let tensors = [Tensor.zeros([1])]
            let names = ["x": 1]
            func forward(_ x: Tensor) -> Tensor { x }
        }
        #expect(
            Containers().namedParameters.map(\.name) == [
                "scales.0", "blocks.0.weight", "blocks.1.weight", "grid.0.0.weight", "grid.1.0.weight", "any.0.weight",
                "heads.a.weight", "heads.b.weight",
            ])
    }

    @Test("classes without members need not say so; those that may have some are looked at each time")
    func withoutMembers() {
        class Base: Module {
            let width = 1
            let names = ["a"], rates: [Float]? = nil
            func forward(_ x: Tensor) -> Tensor { x }
        }
        final class Derived: Base { var late: Dense? }
        final class Holder<Value>: Module {
            var value: Value
            init(_ value: Value) { self.value = value }
            func forward(_ x: Tensor) -> Tensor { x }
        }
        final class Showing: Module, CustomReflectable {
            nonisolated(unsafe) static var shown: [String: Any] = [:]
            var customMirror: Mirror {
                Mirror(self, children: Self.shown.map { (label: Optional($0.key), value: $0.value) })
            }
            func forward(_ x: Tensor) -> Tensor { x }
        }
        for _ in 0..<2 {
            #expect(Base().namedModules.count == 1 && Base().parameters.isEmpty)
            #expect(Holder(1).parameters.isEmpty && Holder("a" as Any).parameters.isEmpty)
            #expect(Holder(Dense(1, 1)).parameters.count == 2 && Holder(Dense(1, 1) as Any).parameters.count == 2)
            let derived = Derived()
            #expect(derived.parameters.isEmpty)
            derived.late = Dense(1, 1)
            #expect(derived.parameters.count == 2)
        }
        #expect(Showing().parameters.isEmpty)
        Showing.shown = ["fc": Dense(1, 1)]
        #expect(Showing().namedParameters.map(\.name) == ["fc.weight", "fc.bias"])
    }

    @Test("a shared module or parameter is listed once, but has every path in the state dictionary")
    func sharing() {
        final class Tied: Module {
            let encoder = Dense(2, 2, bias: false)
            let decoder: Dense
            let alias: Parameter
            init() {
                decoder = encoder
                alias = encoder.weight
            }
            func forward(_ x: Tensor) -> Tensor { decoder(encoder(x)) }
        }
        let model = Tied()
        #expect(model.namedParameters.map(\.name) == ["alias"])
        #expect(model.modules.count == 2)
        #expect(model.stateDictionary().keys.sorted() == ["alias", "decoder.weight", "encoder.weight"])
    }

    @Test("a reference back to the parent does not make the parent a child")
    func cycles() {
        final class Child: Module {
            weak var parent: Parent?
            func forward(_ x: Tensor) -> Tensor { x }
        }
        final class Parent: Module {
            let child = Child()
            func forward(_ x: Tensor) -> Tensor { child(x) }
        }
        let parent = Parent()
        parent.child.parent = parent
        #expect(parent.namedModules.map(\.name) == ["", "child"])
        #expect(parent.description == "Parent(\n  (child): Child()\n)")
    }

    @Test("modules can be registered and removed while the program runs")
    func registry() {
        final class Dynamic: Module {
            let fixed = Parameter(Tensor.zeros([1]))
            let extra = Registry()
            func forward(_ x: Tensor) -> Tensor { x }
        }
        let module = Dynamic()
        module.extra.register("head", Dense(1, 1, bias: false))
        module.extra.register("scale", Parameter(Tensor.zeros([1])))
        module.extra.register("count", Buffer(Tensor.zeros([1])))
        #expect(module.namedParameters.map(\.name) == ["fixed", "scale", "head.weight"])
        #expect(module.namedBuffers.map(\.name) == ["count"])
        #expect(module.extra.module("head") != nil && module.extra.parameter("head") == nil)
        module.extra.remove("head")
        #expect(module.namedParameters.map(\.name) == ["fixed", "scale"])
        #expect(module.extra.names == ["scale", "count"])
    }

    @Test("train and eval reach every module with a mode")
    func modes() {
        let network = Network()
        network.eval()
        #expect(!network.counter.isTraining)
        network.train()
        #expect(network.counter.isTraining)
    }

    @Test("freezing reaches every parameter and leaves buffers alone")
    func freezing() {
        let network = Network()
        network.freeze()
        #expect(network.parameters.allSatisfy { !$0.requiresGradient && !$0.value.requiresGradient })
        network.unfreeze()
        #expect(network.parameters.allSatisfy { $0.requiresGradient && $0.value.requiresGradient })
        #expect(network.buffers.allSatisfy { !$0.value.requiresGradient })
    }

    @Test("to(dtype) converts what is floating-point and keeps identity")
    func conversion() {
        final class Mixed: Module {
            let weight = Parameter(Tensor.ones([2]))
            let steps = Buffer(Tensor.zeros([], dtype: .int64))
            let mean = Buffer(Tensor.zeros([2]))
            func forward(_ x: Tensor) -> Tensor { x * weight.value }
        }
        let module = Mixed()
        let weight = module.parameters[0]
        module(Tensor.ones([2])).sum().backward()
        module.to(.float64)
        #expect(module.weight === weight && weight.dtype == .float64 && weight.gradient?.dtype == .float64)
        #expect(module.steps.dtype == .int64 && module.mean.dtype == .float64)
        #expect(module(Tensor.ones([2], dtype: .float64)).requiresGradient)
    }

    @Test("messages name the path of the module that runs")
    func paths() {
        final class Failing: Module {
            func forward(_ x: Tensor) -> Tensor {
                recorded = currentModulePath
                return x
            }
            var recorded = ""
        }
        final class Outer: Module {
            let layers = [Failing()]
            func forward(_ x: Tensor) -> Tensor { layers[0](x) }
        }
        let outer = Outer()
        _ = outer(Tensor.ones([1]))
        #expect(outer.layers[0].recorded == "Outer.layers.0")
        #expect(currentModulePath.isEmpty)
    }

    @Test("wrong use stops with a message that says what to do")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let network = Sequential(LazyScale())
            _ = network.parameters
            _ = network.parameters[0].value
        }.expectMessage(
            "0.factor: has no value yet, because its layer takes its size ([-1], -1 is unknown) from the first input: "
                + "call the model on a batch or load a state dictionary first, or give the layer its input size")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let registry = Registry()
            registry.register("a.b", Parameter(Tensor.zeros([1])))
        }.expectMessage("register: expects a name that is not empty and has no dot, got 'a.b'")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Dense(1, 1).to(.int32)
        }.expectMessage("to: expects a floating-point type, got int32")
    }
}
