import Tern

extension LayerTests {
    static let images: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "MaxPool1d": { MaxPool1d(3, stride: 2, padding: 1) },
        "MaxPool3d": { MaxPool3d([1, 2, 2], ceilMode: true) },
        "AvgPool1d": { AvgPool1d(2) },
        "AvgPool3d": { AvgPool3d(2, padding: 1, countsPadding: false) },
        "LPPool1d": { LPPool1d(2, 3, stride: 2) },
        "LPPool2d": { LPPool2d(2, [2, 3]) },
        "LPPool3d": { LPPool3d(2, 2) },
        "AdaptiveAvgPool1d": { AdaptiveAvgPool1d(3) },
        "AdaptiveAvgPool3d": { AdaptiveAvgPool3d([1, 2, 3]) },
        "AdaptiveMaxPool1d": { AdaptiveMaxPool1d(3) },
        "AdaptiveMaxPool3d": { AdaptiveMaxPool3d([1, 2, 3]) },
        "Upsample": { Upsample(scale: 2) },
        "Upsample-linear": { Upsample(size: [9], mode: .linear) },
        "Upsample-bicubic": { Upsample(scale: [1.5, 2], mode: .bicubic, alignCorners: true) },
        "UpsamplingNearest2d": { UpsamplingNearest2d(size: [4, 5]) },
        "UpsamplingBilinear2d": { UpsamplingBilinear2d(scale: 2) },
        "PixelShuffle": { PixelShuffle(2) },
        "PixelUnshuffle": { PixelUnshuffle(2) },
        "LocalResponseNorm": { LocalResponseNorm(3, alpha: 0.5, beta: 0.6, k: 2) },
        "Unfold": { Unfold([2, 3], stride: 2, padding: 1, dilation: 2) },
        "Fold": { Fold([4, 5], [2, 3], stride: 2, padding: 1) },
    ]
}
