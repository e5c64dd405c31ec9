import TernCore
import TernNN
import TernTestSupport
import Testing

/// The lower triangle mirrored: its right inverse is what it is given.
private final class Symmetric: RightInvertible {
    func forward(_ x: Tensor) -> Tensor { x.lowerTriangle() + x.lowerTriangle(diagonal: -1).T }
    func rightInverse(_ value: Tensor) -> Tensor { value.lowerTriangle() }
}

private final class Scale: Module {
    let factor = Parameter(Tensor([3]))
    var calls = 0
    func forward(_ x: Tensor) -> Tensor {
        calls += 1
        return x * factor.value
    }
}

/// A sum of two parts.
private final class Parts: JointParametrization {
    func forward(_ parts: [Tensor]) -> Tensor { parts[0] + parts[1] }
    func originals(for value: Tensor) -> [Tensor] { [value * 0.25, value * 0.75] }
    func originalShapes(for shape: Shape) -> [Shape] { [shape, shape] }
}

@Suite("Parametrizations", .serialized)
struct ParametrizationTests {
    @Test("the original is trained and saved in the parameter's place, under PyTorch's names")
    func names() {
        let model = Network()
        parametrize(model, "first.weight", with: Scale())
        #expect(isParametrized(model, "first.weight") && !isParametrized(model.first, "bias"))
        #expect(
            model.namedParameters.map(\.name) == [
                "first.bias", "first.parametrizations.weight.original", "first.parametrizations.weight.0.factor",
                "second.weight",
            ])
        #expect(model.stateDictionary()["first.parametrizations.weight.original"] == Tensor.full([2, 3], 0.5))
        #expect(model.first.weight.value == Tensor.full([2, 3], 1.5))
        #expect(
            model.first.description == """
                Dense(
                  2, 3
                  (parametrizations.weight): ParametrizationList(
                    (0): Scale()
                  )
                )
                """)
        #expect(model.module(at: "first.parametrizations.weight.0") is Scale)
    }

    @Test("gradients reach the original and the parametrization, and a step changes the next value")
    func training() {
        let layer = Dense(1, 1, bias: false)
        let scale = Scale()
        parametrize(layer, "weight", with: scale)
        layer([[2]]).sum().backward()
        let original = layer.parameters[0]
        #expect(original.gradient == [[6]] && scale.factor.gradient == [1] && layer.weight.gradient == nil)
        original.update { $0 -= 0.5 }
        #expect(layer([[2]]) == [[0]])
        layer.freeze()
        #expect(!layer.weight.requiresGradient && !layer([[2]]).requiresGradient)
        layer.unfreeze()
        #expect(layer.weight.requiresGradient && layer([[2]]).requiresGradient)
        layer.weight.requiresGradient = false
        #expect(!original.requiresGradient && scale.factor.requiresGradient)
    }

    @Test("a second parametrization gets what the first one computes")
    func chain() {
        let layer = Dense(2, 2, bias: false)
        layer.weight.value = [[1, 7], [2, 3]]
        parametrize(layer, "weight", with: Symmetric())
        #expect(layer.weight.value == [[1, 2], [2, 3]] && layer.parameters[0].value == [[1, 0], [2, 3]])
        parametrize(layer, "weight", with: Scale())
        #expect(layer.weight.value == [[3, 6], [6, 9]])
        #expect(
            layer.namedModules.map(\.name).dropFirst()
                == ["parametrizations.weight", "parametrizations.weight.0", "parametrizations.weight.1"])
    }

    @Test("a parameter with an inverse can be set and updated, and one of several originals too")
    func setting() throws {
        let layer = Dense(2, 2, bias: false)
        parametrize(layer, "weight", with: Symmetric())
        layer.weight.value = [[1, 0], [4, 5]]
        #expect(layer.weight.value == [[1, 4], [4, 5]])
        layer.weight.update { $0 *= 2 }
        #expect(layer.weight.value == [[2, 8], [8, 10]])
        let other = Dense(2, 2)
        parametrize(other, "weight", with: Parts())
        #expect(
            other.namedParameters.map(\.name)
                == ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"])
        #expect(other.parameters[1].value == Tensor.full([2, 2], 0.125))
        other.weight.value = [[4, 8], [0, 4]]
        #expect(other.parameters[2].value == [[3, 6], [0, 3]])
        let third = Dense(2, 2)
        parametrize(third, "weight", with: Parts())
        try third.loadStateDictionary(other.stateDictionary())
        #expect(third.weight.value == other.weight.value)
    }

    @Test("removing keeps the value or goes back to the original, and the layer trains on")
    func removal() {
        for keepsValue in [true, false] {
            let layer = Dense(1, 1, bias: false)
            let weight = layer.weight
            parametrize(layer, "weight", with: Scale())
            removeParametrizations(of: layer, "weight", keepsValue: keepsValue)
            #expect(layer.namedParameters.map(\.name) == ["weight"] && layer.weight === weight)
            #expect(layer.weight.value == [[keepsValue ? 1.5 : 0.5]] && !isParametrized(layer, "weight"))
            layer([[1]]).sum().backward()
            #expect(layer.weight.gradient == [[1]])
        }
    }

    @Test("a shared parameter is parametrized in all places, and its original is listed once")
    func sharing() {
        final class Tied: Module {
            let encoder = Dense(2, 2, bias: false), decoder: Dense
            init() { decoder = encoder }
            func forward(_ x: Tensor) -> Tensor { decoder(encoder(x)) }
        }
        let model = Tied()
        parametrize(model, "decoder.weight", with: Scale())
        #expect(model.parameters.count == 2 && isParametrized(model, "encoder.weight"))
        #expect(model.stateDictionary().count == 4)
    }

    @Test(
        "a parameter without a value yet has its original with its first one, of the type that the model was converted to"
    )
    func lazy() throws {
        let layer = LazyScale()
        parametrize(layer, "factor", with: Scale())
        layer.to(.float64)
        #expect(!layer.factor.hasValue && layer.factor.shape == [-1] && layer.factor.dtype == .float64)
        let x = Tensor.ones([1, 2], dtype: .float64)
        #expect(layer(x).array(of: Double.self) == [3, 3])
        #expect(layer.factor.shape == [2] && layer.parameters[0].dtype == .float64)
        let other = LazyScale()
        parametrize(other, "factor", with: Scale())
        try other.loadStateDictionary(layer.stateDictionary())
        #expect(other([[1, 1]]) == [[3, 3]])
        let never = LazyScale()
        parametrize(never, "factor", with: Scale())
        removeParametrizations(of: never, "factor")
        #expect(never([[1, 2]]) == [[1, 2]])
    }

    @Test("within a cache a value is computed once, with gradients and without")
    func caching() {
        let layer = Dense(1, 1, bias: false)
        let scale = Scale()
        parametrize(layer, "weight", with: scale)
        scale.calls = 0
        withCachedParametrizations {
            for _ in 0..<3 { _ = layer([[1]]) }
            #expect(scale.calls == 1)
            withoutGradients { for _ in 0..<3 { #expect(!layer([[1]]).requiresGradient) } }
            #expect(scale.calls == 2)
            let loss = (layer([[1]]) + layer([[2]])).sum()
            loss.backward()
            #expect(scale.calls == 2 && layer.parameters[0].gradient == [[9]])
        }
        _ = layer([[1]])
        #expect(scale.calls == 3)
    }

    @Test("a summary counts a parametrization to its layer")
    func summaries() {
        let layer = Dense(2, 3)
        parametrize(layer, "weight", with: Scale())
        let figures = summary(of: layer, inputShape: [1, 2])
        #expect(figures.rows.map(\.name) == ["Dense-1"] && figures.rows[0].parameters == 10)
        #expect(figures.totalParameters == 10)
    }

    @Test("wrong use stops with a message that says what to do")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            parametrize(Network(), "first.wait", with: Scale())
        }.expectMessage(
            "parametrize: Network has no parameter 'first.wait', but first.weight, first.bias, second.weight")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            final class Sum: Module { func forward(_ x: Tensor) -> Tensor { x.sum() } }
            parametrize(Dense(2, 3), "weight", with: Sum())
        }.expectMessage("parametrize: a parametrization must keep the parameter's shape [2, 3], got []")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Dense(1, 1)
            parametrize(layer, "weight", with: Scale())
            layer.weight.value = [[1]]
        }.expectMessage(
            "parametrize: the parameter is computed by Scale, which has no right inverse, so it cannot be set: set its "
                + "original, or let Scale conform to RightInvertible")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Dense(1, 1)
            parametrize(layer, "weight", with: Scale())
            parametrize(layer, "weight", with: Parts())
        }.expectMessage(
            "parametrize: 'weight' is parametrized already: what has several originals must come first")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            removeParametrizations(of: Dense(1, 1), "weight")
        }.expectMessage("removeParametrizations: 'weight' has no parametrization")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Dense(1, 1)
            parametrize(layer, "weight", with: Parts())
            removeParametrizations(of: layer, "weight", keepsValue: false)
        }.expectMessage("removeParametrizations: 'weight' has 2 originals: only its value can be kept")
    }
}
