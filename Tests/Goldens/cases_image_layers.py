"""Cases of layers for pooling and images, as cases_layers.py has them."""

from torch import nn

from cases_layers import layer


def add(file):
    for name, module, shape in [
        ("MaxPool1d", nn.MaxPool1d(3, stride=2, padding=1), (2, 3, 8)),
        ("MaxPool3d", nn.MaxPool3d((1, 2, 2), ceil_mode=True), (1, 2, 2, 3, 4)),
        ("AvgPool1d", nn.AvgPool1d(2), (2, 3, 7)),
        ("AvgPool3d", nn.AvgPool3d(2, padding=1, count_include_pad=False), (1, 2, 3, 4, 2)),
        ("LPPool1d", nn.LPPool1d(2, 3, stride=2), (2, 3, 7)),
        ("LPPool2d", nn.LPPool2d(2, (2, 3)), (1, 2, 4, 6)),
        ("LPPool3d", nn.LPPool3d(2, 2), (1, 2, 2, 4, 2)),
        ("AdaptiveAvgPool1d", nn.AdaptiveAvgPool1d(3), (2, 3, 7)),
        ("AdaptiveAvgPool3d", nn.AdaptiveAvgPool3d((1, 2, 3)), (1, 2, 2, 3, 4)),
        ("AdaptiveMaxPool1d", nn.AdaptiveMaxPool1d(3), (2, 3, 7)),
        ("AdaptiveMaxPool3d", nn.AdaptiveMaxPool3d((1, 2, 3)), (1, 2, 2, 3, 4)),
        ("Upsample", nn.Upsample(scale_factor=2), (1, 2, 3, 2)),
        ("Upsample-linear", nn.Upsample(size=9, mode="linear"), (2, 2, 5)),
        ("Upsample-bicubic", nn.Upsample(scale_factor=(1.5, 2), mode="bicubic", align_corners=True), (1, 2, 3, 4)),
        ("UpsamplingNearest2d", nn.UpsamplingNearest2d(size=(4, 5)), (1, 2, 3, 2)),
        ("UpsamplingBilinear2d", nn.UpsamplingBilinear2d(scale_factor=2), (1, 2, 3, 2)),
        ("PixelShuffle", nn.PixelShuffle(2), (1, 4, 2, 3)),
        ("PixelUnshuffle", nn.PixelUnshuffle(2), (1, 2, 4, 2)),
        ("LocalResponseNorm", nn.LocalResponseNorm(3, 0.5, 0.6, 2), (2, 5, 3)),
        ("Unfold", nn.Unfold((2, 3), dilation=2, padding=1, stride=2), (1, 2, 6, 7)),
        ("Fold", nn.Fold((4, 5), (2, 3), padding=1, stride=2), (1, 12, 9)),
    ]:
        layer(file, name, module, *shape)
