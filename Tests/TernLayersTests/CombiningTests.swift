import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Layers that combine inputs and change shapes")
struct CombiningTests {
    @Test("Bilinear is sized or lazy, and computes what its operation computes")
    func bilinearLayer() throws {
        let (x, z) = (Tensor.normal([3, 4]), Tensor.normal([3, 5]))
        for layer in [Bilinear(4, 5, 2), Bilinear(2)] {
            let output = layer(x, z)
            #expect(output == bilinear(x, z, layer.weight.value, layer.bias!.value))
            #expect(layer.weight.shape == [2, 4, 5] && (layer.firstFeatures, layer.secondFeatures) == (4, 5))
            #expect(layer.namedParameters.map(\.name) == ["weight", "bias"])
            for parameter in layer.parameters {
                #expect(parameter.value.array(of: Float.self).allSatisfy { abs($0) <= 0.5 && $0 != 0 })
            }
            let other = Bilinear(2)
            try other.loadStateDictionary(layer.stateDictionary())
            #expect(other((x, z)) == output)
        }
        #expect(Bilinear(2).description == "Bilinear(in1_features=?, in2_features=?, out_features=2, bias=True)")
        #expect(
            Bilinear(4, 5, 2, bias: false).description
                == "Bilinear(in1_features=4, in2_features=5, out_features=2, bias=False)")
    }

    @Test("inputs are added, multiplied, subtracted, averaged and compared, however many there are")
    func merging() {
        let (a, b, c): (Tensor, Tensor, Tensor) = ([[1, -2], [3, 4]], [[5, 6], [-7, 8]], [2, 3])
        #expect(Add()(a, b, c) == a + b + c && Add()([a]) == a)
        #expect(Multiply()(a, b, c) == a * b * c)
        #expect(Subtract()(a, b) == a - b)
        #expect(Average()(a, b, c) == (a + b + c) / 3)
        #expect(Maximum()(a, b, c) == [[5, 6], [3, 8]])
        #expect(Minimum()(a, b, c) == [[1, -2], [-7, 3]])
        #expect(Concatenate()(a, b) == [[1, -2, 5, 6], [3, 4, -7, 8]])
        #expect(Concatenate(axis: 0)(a, b).shape == [4, 2])
    }

    @Test("Dot multiplies along an axis of each input, sample by sample, as Keras's does")
    func dots() {
        let (x, z) = (Tensor.normal([4, 3, 5]), Tensor.normal([4, 5, 2]))
        #expect(Dot(axes: (2, 1))(x, z).allClose(to: matmul(x, z), absoluteTolerance: 1e-5))
        #expect(Dot(axes: (-1, 2))(x, z.transposed()).allClose(to: matmul(x, z), absoluteTolerance: 1e-5))
        let (a, b): (Tensor, Tensor) = ([[3, 4], [0, 1]], [[4, 3], [2, 0]])
        #expect(Dot(axis: 1)(a, b) == [[24], [0]])
        #expect(Dot(axis: -1, normalized: true)(a, b).allClose(to: [[0.96], [0]], absoluteTolerance: 1e-6))
        #expect(Dot(axis: 1)(a, x[0..<2, 0..<2]).shape == [2, 5])
    }

    @Test("Residual adds its input, or what a projection makes of it, and its parts are trained")
    func residual() {
        let x = Tensor.normal([2, 3])
        let inner = Linear(3, 3)
        #expect(Residual(inner)(x) == x + inner(x))
        let model = Residual(projection: Linear(3, 4)) {
            Linear(3, 5)
            Linear(5, 4)
        }
        #expect(
            model.namedParameters.map(\.name) == [
                "module.0.weight", "module.0.bias", "module.1.weight", "module.1.bias", "projection.weight",
                "projection.bias",
            ])
        #expect(model(x) == model.projection!(x) + model.module(x))
        #expect(summary(of: model, inputShape: [2, 3]).rows.map(\.name) == ["Linear-1", "Linear-2", "Linear-3"])
    }

    static let shaping: [(@Sendable () -> any Module<Tensor, Tensor>, Shape, Shape, String)] = [
        ({ Unflatten(axis: 1, sizes: [2, -1]) }, [3, 8], [3, 2, 4], "Unflatten(dim=1, unflattened_size=(2, -1))"),
        ({ Reshape([6, -1]) }, [5, 2, 3, 4], [5, 6, 4], "Reshape(target_shape=[6, -1])"),
        ({ Reshape([]) }, [5, 1], [5], "Reshape(target_shape=[])"),
        ({ Permute([0, 2, 3, 1]) }, [2, 3, 4, 5], [2, 4, 5, 3], "Permute(dims=(0, 2, 3, 1))"),
        ({ RepeatVector(3) }, [2, 4], [2, 3, 4], "RepeatVector(n=3)"),
        ({ Lambda { $0.flattened() } }, [2, 4], [8], "Lambda()"),
        ({ TimeDistributed(Softmax()) }, [2, 3, 4], [2, 3, 4], "TimeDistributed(\n  (module): Softmax(dim=-1)\n)"),
        ({ Rescaling(0.5, offset: 1) }, [2, 4], [2, 4], "Rescaling(scale=0.5, offset=1.0)"),
    ]

    @Test("layers that change shapes keep the elements' number", arguments: shaping.indices)
    func shapes(index: Int) throws {
        let (make, input, output, description) = Self.shaping[index]
        func check(_ layer: some Module<Tensor, Tensor>) throws {
            #expect(layer(Tensor.normal(input)).shape == output)
            #expect(layer.description == description)
        }
        try check(make())
    }

    @Test("they compute what their operations compute")
    func values() {
        let x = Tensor.normal([2, 6])
        #expect(Unflatten(axis: -1, sizes: [3, 2])(x) == x.reshaped([2, 3, 2]))
        #expect(Permute([1, 0])(x) == x.T)
        #expect(RepeatVector(2)(x)[1, 1] == x[1])
        #expect(Rescaling(1 / 255.0)(Tensor([0, 255], dtype: .uint8)) == [0, 1])
        #expect(Rescaling(2, offset: -1)(x) == x * 2 - 1)
        let filters = Conv2d(2, 3, kernelSize: 2)
        let steps = Tensor.normal([2, 4, 2, 3, 3])
        #expect(TimeDistributed(filters)(steps)[1, 2] == filters(steps[1])[2])
        #expect(Sequential(Lambda { $0 * 2 }, Lambda { x in x + 1 })(x) == x * 2 + 1)
    }

    @Test("wrong inputs stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Subtract()([Tensor.zeros([1])])
        }.expectMessage("Subtract: Subtract: expects 2 inputs, got 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Add()([]) }
            .expectMessage("Add: Add: expects at least one input")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Residual(Linear(3, 4))(Tensor.zeros([2, 3]))
        }.expectMessage(
            "Residual: Residual: expects an output of the shape that is added, [2, 3], got [2, 4]: give it a projection"
        )
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = RepeatVector(2)(Tensor.zeros([2]))
        }.expectMessage("RepeatVector: RepeatVector: expects an input of shape [N, F], got [2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Dot(axis: 0)(Tensor.zeros([2, 3]), Tensor.zeros([2, 3]))
        }.expectMessage("Dot: Dot: expects an axis behind the samples' one, got 0 for shape [2, 3]")
    }
}

@Suite("A batch norm and the activation behind it")
struct FusedActivationTests {
    private static let activations: [@Sendable () -> Sequential.Layer] = [
        { ReLU() }, { ReLU6() }, { LeakyReLU(slope: 0.3) }, { Hardtanh(min: -0.5, max: 2) },
    ]

    @Test("are one pass in a Sequential, with the bits of two", arguments: activations.indices, [true, false])
    func onePass(_ number: Int, _ isTraining: Bool) {
        let make = Self.activations[number]
        let activation = make()
        let (norm, again) = (BatchNorm2d(3), BatchNorm2d(3))
        let chain = Sequential(Conv2d(2, 3, kernelSize: 3), norm, activation)
        for layer in [norm, again] {
            layer.weight!.value = Tensor([0.5, -1, 2])
            layer.bias!.value = Tensor([0.1, 0.2, -0.3])
            layer.isTraining = isTraining
        }
        let x = Tensor.normal([4, 2, 6, 5])
        let profile = Profile { _ = chain(x) }
        #expect(!profile.events.contains { ["relu", "leakyRelu", "hardTanh"].contains($0.name) })
        norm.runningMean!.value = again.runningMean!.value
        norm.runningVariance!.value = again.runningVariance!.value
        let convolved = chain[0](x)
        let apart = activation(again(convolved))
        #expect(chain(x) == apart)
        #expect(norm.runningMean!.value == again.runningMean!.value)
        #expect(norm.runningVariance!.value == again.runningVariance!.value)
    }

    @Test("are two layers to hooks and captured graphs, and after a change of the chain")
    func apart() {
        let (norm, activation) = (BatchNorm2d(2), ReLU())
        let chain = Sequential(norm, activation)
        let x = Tensor.normal([2, 2, 3, 3])
        var negative = 0.0
        let hook = norm.addForwardHook { _, output in negative = output.min().item() }
        let expected = chain(x)
        #expect(negative < 0)
        hook.remove()
        norm.eval()
        let graph = captureGraph(of: chain, x)
        #expect(graph.operations.map(\.name) == ["batchNorm", "relu"])
        #expect(graph.operations.map(\.modulePath) == ["Sequential.0", "Sequential.1"])
        norm.train()
        chain[1] = Tanh()
        #expect(chain(x) != expected)
        chain.insert(ReLU(), at: 1)
        #expect(chain[..<2](x) == expected)
    }
}
