import TernCore
import TernLayers
import TernNN
import TernTestSupport
import Testing

@Suite("Layers of poolings and images")
struct PoolingLayerTests {
    @Test("print as PyTorch's")
    func printed() {
        let cases: [(any Module, String)] = [
            (MaxPool1d(2), "MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"),
            (
                MaxPool3d([1, 2, 3]),
                "MaxPool3d(kernel_size=(1, 2, 3), stride=(1, 2, 3), padding=0, dilation=1, ceil_mode=False)"
            ),
            (AvgPool3d(2), "AvgPool3d(kernel_size=2, stride=2, padding=0)"),
            (LPPool2d(2, 3), "LPPool2d(norm_type=2.0, kernel_size=3, stride=3, ceil_mode=False)"),
            (AdaptiveMaxPool3d(4), "AdaptiveMaxPool3d(output_size=4)"),
            (MaxUnpool2d(2), "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))"),
            (FractionalMaxPool2d(2, outputRatio: [0.5]), "FractionalMaxPool2d(kernel_size=2, output_ratio=[0.5])"),
            (Upsample(scale: 2), "Upsample(scale_factor=2.0, mode='nearest')"),
            (Upsample(size: [3, 4], mode: .bicubic), "Upsample(size=(3, 4), mode='bicubic')"),
            (UpsamplingBilinear2d(scale: 2), "UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')"),
            (PixelShuffle(2), "PixelShuffle(upscale_factor=2)"),
            (PixelUnshuffle(3), "PixelUnshuffle(downscale_factor=3)"),
            (ChannelShuffle(2), "ChannelShuffle(groups=2)"),
            (LocalResponseNorm(2), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)"),
            (Unfold([2, 3], padding: 1), "Unfold(kernel_size=(2, 3), dilation=1, padding=1, stride=1)"),
            (Fold([4, 5], 2), "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)"),
        ]
        for (layer, text) in cases { #expect("\(layer)" == text) }
    }

    @Test("global pools give the mean and the largest value of each channel")
    func globalPools() {
        let x = Tensor.arange(24, dtype: .float32).reshaped([1, 2, 3, 4])
        #expect(GlobalAveragePool2d()(x) == Tensor([[5.5, 17.5]]))
        #expect(GlobalMaxPool2d()(x) == Tensor([[11, 23]]))
        #expect(GlobalMaxPool2d(keepAxes: true)(x).shape == [1, 2, 1, 1])
    }

    @Test("unpooling puts maxima back at their places")
    func unpooling() {
        let x: Tensor = [[[[1, 2, 6], [5, 3, 4]]]]
        let (values, indices) = maxPool2dWithIndices(x, [2, 1])
        #expect(indices.array(of: Int.self) == [3, 4, 2])
        #expect(MaxUnpool2d([2, 1])(values, indices) == [[[[0, 0, 6], [5, 3, 0]]]])
        let larger = MaxUnpool2d([2, 1], outputSize: [3, 3])((values, indices))
        #expect(larger == [[[[0, 0, 6], [5, 3, 0], [0, 0, 0]]]])
        #expect(MaxUnpool2d([2, 1])(values, indices, outputSize: [3, 3]) == larger)
        #expect(MaxUnpool1d(2)(Tensor([[[7]]]), Tensor(shape: [1, 1, 1], values: [1])) == Tensor([[[0, 7]]]))
        let volume = MaxUnpool3d(2)([[[[[7]]]]], Tensor(shape: [1, 1, 1, 1, 1], values: [5]))
        #expect(volume.flattened() == Tensor([0, 0, 0, 0, 0, 7, 0, 0]))
    }

    @Test("fractional pools give as many windows as asked for, at places that are drawn")
    func fractionalPools() {
        let x = Tensor.normal([2, 3, 9, 12])
        #expect(FractionalMaxPool2d(2, outputSize: [4, 5])(x).shape == [2, 3, 4, 5])
        #expect(FractionalMaxPool2d(2, outputRatio: [0.5])(x).shape == [2, 3, 4, 6])
        #expect(FractionalMaxPool3d(2, outputRatio: [0.5, 0.4, 0.25])(x).shape == [2, 1, 3, 3])
    }
}
