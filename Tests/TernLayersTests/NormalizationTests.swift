import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

private let x: Tensor = [[[1, 10], [2, 20], [3, 25]], [[4, -5], [6, 0], [-2, 7]]]

@Suite("Normalization by statistics of data, and masking")
struct NormalizationTests {
    /// Keras 3's, from `layer = keras.layers.Normalization(axis=...); layer.adapt(x)`.
    private static let statistics: [(axes: [Int], mean: [Double], variance: [Double], first: [Double])] = [
        ([-1], [7.0 / 3, 9.5], [56.0 / 9, 109.583333], [-0.534522474, 0.0477636754, -0.13363059, 1.00303721]),
        ([1, 2], [2.5, 2.5, 4, 10, 0.5, 16], [2.25, 56.25, 4, 100, 6.25, 81], [-1, 1, -1, 1]),
        ([], [5.91666667], [70.7430556], [-0.58455962, 0.48548177, -0.46566615, 1.67441666]),
        ([1], [2.5, 7, 8.25], [29.25, 61, 103.6875], [-0.2773501, 1.38675046, -0.64018440, 1.66447938]),
    ]

    @Test("statistics and results are Keras's, of all data at once or in batches", arguments: statistics.indices)
    func adapting(number: Int) throws {
        let (axes, mean, variance, first) = Self.statistics[number]
        for batches in [[x], [x[0..<1], x[1...]], [x[0..<0], x]] {
            let layer = Normalization(axes: axes)
            layer.adapt(to: batches)
            let close = { (a: Tensor, b: [Double]) in
                a.flattened().allClose(to: Tensor(b).converted(to: .float32), relativeTolerance: 1e-6)
            }
            #expect(close(layer.mean.value, mean) && close(layer.variance.value, variance))
            #expect(close(layer(x).flattened()[0..<4], first))
            #expect(layer.count.value.item(as: Int.self) == 12 / mean.count)
        }
        func make() -> Normalization {
            let layer = Normalization(axes: axes)
            layer.adapt(to: x)
            return layer
        }
        let shape = make().mean.shape
        try checkModule(make, input: x, buffers: [("mean", shape), ("variance", shape), ("count", [])])
        let inverse = Normalization(axes: axes, inverse: true)
        try inverse.loadStateDictionary(make().stateDictionary())
        #expect(inverse(make()(x)).allClose(to: x, absoluteTolerance: 1e-5))
    }

    @Test("given statistics, integers, and features that are always the same")
    func given() {
        let layer = Normalization(mean: Tensor([1, 2]), variance: Tensor([4, 0]), inverse: true)
        #expect(layer([[3, 5]]).allClose(to: [[7, 2.0000005]]))
        let scalar = Normalization(mean: Tensor(1), variance: Tensor(4), axes: [])
        #expect(scalar(Tensor([5, 1], dtype: .uint8)) == [2, 0])
        #expect("\(layer)" == "Normalization(axes=[-1], invert=True)")
        let far = Normalization()
        far.adapt(to: Tensor([[1e6 + 1], [1e6 + 3]]).converted(to: .float64))
        #expect(far.variance.value == [1])
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Normalization()
            layer.adapt(to: Tensor.ones([4, 3]))
            _ = layer(Tensor.ones([4, 2]))
        }.expectMessage(
            "Normalization: Normalization: expects features of shape [3], got an input of shape [4, 2]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Normalization().adapt(to: Tensor.ones([0, 3]))
        }.expectMessage("Normalization: cannot adapt to no data")
        await #expect(processExitsWith: .failure) { _ = Normalization()(Tensor.ones([4, 2])) }
    }

    @Test("absent steps become 0, and the mask says which they are")
    func masking() throws {
        let sequence = x * Tensor([[[1], [0], [1]]])
        #expect(Masking()(sequence) == sequence)
        #expect(Masking().mask(of: sequence) == Tensor([[true, false, true], [true, false, true]]))
        let other = Masking(maskValue: -5)
        #expect(other([[-5, -5], [-5, 1]]) == [[0, 0], [-5, 1]])
        #expect("\(other)" == "Masking(mask_value=-5.0)")
        try checkModule({ Masking() }, input: sequence)
        let parameter = Variable(sequence)
        Masking()(parameter.value).sum().backward()
        #expect(parameter.gradient == Tensor([[[1], [0], [1]]]).expanded(to: [2, 3, 2]))
    }
}
