import SpatialPyramidPooling
import TernCore
import TernNN
import Testing

@Suite("SpatialPyramidPooling")
struct SpatialPyramidPoolingTests {
    @Test("images of any size become vectors of one length", arguments: [[4, 4], [13, 17], [224, 5], [7, 64]])
    func lengths(size: [Int]) {
        let pooling = SpatialPyramidPooling(levels: [4, 2, 1])
        #expect(pooling(Tensor.normal([2, 3, size[0], size[1]])).shape == [2, 63])
        #expect(pooling.outputFeatures(channels: 3) == 63)
    }

    @Test("each window gives its maximum, level by level")
    func maxima() {
        let image = Tensor.arange(16, dtype: .float32).reshaped([1, 1, 4, 4])
        let pooled = SpatialPyramidPooling(levels: [2, 1])(image)
        #expect(pooled == [[5, 7, 13, 15, 15]])
    }

    @Test("each window gives its mean")
    func means() {
        let image = Tensor.arange(16, dtype: .float32).reshaped([1, 1, 4, 4])
        let pooled = SpatialPyramidPooling(levels: [2, 1], mode: .average)(image)
        #expect(pooled == [[2.5, 4.5, 10.5, 12.5, 7.5]])
    }

    @Test("the derivative goes to the maxima of all levels")
    func derivative() {
        let tape = GradientTape()
        let image = tape.watch(Tensor.arange(16, dtype: .float32).reshaped([1, 1, 4, 4]))
        let loss = tape.record { SpatialPyramidPooling(levels: [2, 1])(image).sum() }
        let gradient = tape.gradient(of: loss, with: image)!
        #expect(gradient.reshaped([4, 4]) == [[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0], [0, 1, 0, 2]])
    }

    @Test("derivatives agree with differences")
    func checkedDerivative() throws {
        let image = Tensor.normal([2, 3, 5, 6], dtype: .float64)
        for mode in [SpatialPyramidPooling.Mode.max, .average] {
            try checkGradient({ SpatialPyramidPooling(levels: [3, 1], mode: mode)($0[0]) }, at: [image])
        }
    }

    @Test("it stands in a Sequential, has no parameters and prints its settings")
    func membership() {
        let pooling = SpatialPyramidPooling(levels: [2, 1])
        let model = Sequential { pooling }
        #expect(model(Tensor.ones([1, 2, 5, 5])).shape == [1, 10])
        #expect(model.parameters.isEmpty && model.stateDictionary().isEmpty)
        #expect("\(pooling)" == "SpatialPyramidPooling(levels=[2, 1], mode=max)")
    }
}
