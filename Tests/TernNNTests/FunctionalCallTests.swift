import TernCore
import TernNN
import TernTestSupport
import Testing

@Suite("Calls with other values", .serialized)
struct FunctionalCallTests {
    private let x: Tensor = [[1, 2]]

    @Test("the model computes with the values, and is the same afterwards")
    func values() {
        let model = Network()
        let before = model.stateDictionary()
        let weight = Tensor.full([3, 1], 2)
        let other = Network()
        other.second.weight.value = weight
        #expect(functionalCall(model, ["second.weight": weight], x) == other(x))
        var after = model.stateDictionary()
        // Buffers that are not named are the model's own.
        #expect(after["counter.count"] == [1, 1] && model.second.weight.hasValue)
        after["counter.count"] = before["counter.count"]
        #expect(after == before)
        #expect(functionalCall(model, [:], x) == withoutGradients { model(x) })
    }

    @Test("it is differentiated with respect to the values, to any order, and the model's parameters get no gradient")
    func derivatives() throws {
        let model = Network()
        model.to(.float64)
        func loss(_ tensors: [Tensor]) -> Tensor {
            square(
                functionalCall(
                    model, ["first.weight": tensors[0], "second.weight": tensors[1]], x.converted(to: .float64))
            ).sum()
        }
        let point = [Tensor.uniform([2, 3], in: 0.5..<1), Tensor.uniform([3, 1], in: 0.5..<1)]
        try checkGradient(loss, at: point)
        try checkSecondGradient(loss, at: point)
        #expect(model.parameters.allSatisfy { $0.gradient == nil })
        // A step of a learner inside another one's derivative.
        let start = Variable(Tensor.full([3, 1], 0.5, dtype: .float64))
        let inner = functionalCall(model, ["second.weight": start.value], x.converted(to: .float64)).sum()
        inner.backward(createGraph: true)
        let stepped = start.value - start.gradient! * 0.1
        start.gradient = nil
        functionalCall(model, ["second.weight": stepped], x.converted(to: .float64)).sum().backward()
        #expect(start.gradient != nil)
    }

    @Test("calls stand inside each other")
    func nesting() {
        final class Outer: Module {
            let inner = Dense(1, 1)
            func forward(_ x: Tensor) -> Tensor {
                let y = functionalCall(inner, ["bias": Tensor([10])], x)
                return y + inner(x)
            }
        }
        let model = Outer()
        let result = functionalCall(model, ["inner.weight": [[2]], "inner.bias": [1]], [[1]])
        #expect(result == [[15]])
        #expect(model([[1]]) == [[11]])
    }

    @Test("a shared parameter has the value in all places; buffers can be given, and changes go to what was given")
    func sharing() {
        final class Tied: Module {
            let encoder = Dense(1, 1, bias: false), decoder: Dense
            init() { decoder = encoder }
            func forward(_ x: Tensor) -> Tensor { decoder(encoder(x)) }
        }
        #expect(functionalCall(Tied(), ["decoder.weight": [[3]]], [[1]]) == [[9]])
        final class Reading: Module {
            let counter = Counter()
            func forward(_ x: Tensor) -> Tensor { counter(x) + counter.count.value }
        }
        let model = Reading()
        #expect(functionalCall(model, ["counter.count": [5, 6]], [1, 1]) == [7, 8])
        #expect(model.counter.count.value == [0, 0])
        var state: [String: Tensor] = ["counter.count": [5, 6]]
        #expect(functionalCall(model, &state, [1, 1]) == [7, 8] && functionalCall(model, &state, [1, 1]) == [8, 9])
        #expect(state == ["counter.count": [7, 8]] && model.counter.count.value == [0, 0])
        #expect(functionalCall(model, [:], [1, 1]) == [2, 2] && model.counter.count.value == [1, 1])
    }

    @Test("a parameter that the call changes is still what was passed to gradients, under each of its names")
    func changedParameters() {
        final class Limited: Module {
            let layer = Dense(1, 1, bias: false), same: Dense
            init() { same = layer }
            func forward(_ x: Tensor) -> Tensor {
                layer.weight.update { $0 = minimum($0, 1) }
                return same(x)
            }
        }
        let (model, weight) = (Limited(), Variable([[3]]))
        var values = ["layer.weight": weight.value, "same.weight": weight.value]
        functionalCall(model, &values, [[2]]).sum().backward()
        #expect(weight.gradient == [[2]] && weight.value == [[3]])
        #expect(values == ["layer.weight": [[1]], "same.weight": [[1]]] && model.layer.weight.value == [[0.5]])
    }

    @Test("a lazy layer computes with given values, and takes its size from the input otherwise")
    func lazy() {
        let layer = LazyScale()
        #expect(functionalCall(layer, ["factor": [2, 3]], [[1, 1]]) == [[2, 3]] && !layer.factor.hasValue)
        #expect(functionalCall(layer, [:], [[1, 1]]) == [[1, 1]] && layer.factor.shape == [2])
    }

    @Test("a rematerialized segment has the values when it is computed again")
    func rematerialization() {
        final class Segment: Module {
            let layer = Dense(1, 1, bias: false)
            func forward(_ x: Tensor) -> Tensor { checkpointed(x) { square(self.layer($0)) } }
        }
        let model = Segment()
        let weight = Variable([[3]])
        functionalCall(model, ["layer.weight": weight.value], [[2]]).sum().backward()
        #expect(weight.gradient == [[24]] && model.layer.weight.gradient == nil)
    }

    @Test("original values of parametrizations can be given")
    func parametrized() {
        final class Scale: Module { func forward(_ x: Tensor) -> Tensor { x * 3 } }
        let layer = Dense(1, 1)
        parametrize(layer, "weight", with: Scale())
        #expect(functionalCall(layer, ["parametrizations.weight.original": [[2]]], [[1]]) == [[6]])
        #expect(functionalCall(layer, ["weight": [[2]]], [[1]]) == [[2]])
        withCachedParametrizations {
            #expect(layer([[1]]) == [[1.5]])
            #expect(functionalCall(layer, ["parametrizations.weight.original": [[2]]], [[1]]) == [[6]])
            #expect(layer([[1]]) == [[1.5]])
        }
    }

    @Test("threads have their own values of one model at the same time")
    func threads() async {
        nonisolated(unsafe) let model = Dense(1, 1, bias: false)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<4 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let value = Float(number * 1000 + round)
                        let weight = Tensor(shape: [1, 1], values: [value])
                        let given = functionalCall(model, ["weight": weight], [[1]])
                        return given.item(as: Float.self) == value && model([[1]]).item(as: Float.self) == 0.5
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("values that do not fit stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = functionalCall(Network(), ["third": [1], "first.weight": Tensor.zeros([2, 3])], [[1, 2]])
        }.expectMessage("functionalCall: Network has no third")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = functionalCall(Network(), ["first.weight": Tensor.zeros([3, 2])], [[1, 2]])
        }.expectMessage("functionalCall: 'first.weight' has shape [2, 3] in Network, got [3, 2]")
    }
}
