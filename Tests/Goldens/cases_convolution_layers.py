"""Cases of the layers of convolution and padding, as cases_layers.py makes them. LayerTable+Convolution.swift makes Tern's
with the same settings."""

from torch import nn

from cases_layers import layer


def add(file):
    layer(file, "Conv1d", nn.Conv1d(3, 4, 3), 2, 3, 7)
    layer(file, "Conv1d-settings", nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2, bias=False), 2, 4, 9)
    layer(file, "Conv1d-same", nn.Conv1d(2, 3, 4, padding="same"), 2, 2, 6)
    layer(file, "Conv1d-reflect", nn.Conv1d(2, 3, 3, padding=1, padding_mode="reflect"), 2, 2, 6)
    layer(file, "Conv2d-circular", nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="circular"), 1, 2, 4, 5)
    layer(file, "Conv2d-replicate", nn.Conv2d(2, 3, 3, padding="same", padding_mode="replicate"), 1, 2, 4, 5)
    layer(file, "Conv3d", nn.Conv3d(2, 3, 3, padding=1), 1, 2, 3, 4, 5)
    layer(file, "Conv3d-settings", nn.Conv3d(2, 4, (1, 2, 3), stride=(1, 2, 1), groups=2), 2, 2, 3, 5, 4)
    layer(file, "ConvTranspose1d", nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1), 2, 3, 5)
    layer(file, "ConvTranspose2d", nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1), 2, 3, 3, 4)
    layer(
        file, "ConvTranspose2d-settings",
        nn.ConvTranspose2d(4, 6, (2, 3), stride=(1, 2), groups=2, bias=False, dilation=(2, 1)), 1, 4, 3, 4)
    layer(file, "ConvTranspose3d", nn.ConvTranspose3d(2, 3, 2, stride=2), 1, 2, 2, 3, 2)
    layer(file, "DepthwiseConv1d", nn.Conv1d(3, 6, 3, groups=3), 2, 3, 6)
    layer(file, "DepthwiseConv2d", nn.Conv2d(4, 4, 3, padding=1, stride=2, groups=4), 2, 4, 6, 5)
    for name, module, shape in [
        ("ZeroPad1d", nn.ZeroPad1d((2, 1)), (2, 3, 4)),
        ("ZeroPad2d", nn.ZeroPad2d((1, -1, 0, 2)), (2, 3, 4, 4)),
        ("ZeroPad3d", nn.ZeroPad3d(1), (1, 2, 2, 2, 3)),
        ("ConstantPad1d", nn.ConstantPad1d(1, 2.5), (2, 3, 4)),
        ("ConstantPad2d", nn.ConstantPad2d((1, 1, 2, 2), -1.0), (1, 2, 3, 4)),
        ("ConstantPad3d", nn.ConstantPad3d(1, 0.5), (1, 2, 2, 2, 3)),
        ("ReflectionPad1d", nn.ReflectionPad1d((2, 3)), (2, 3, 4)),
        ("ReflectionPad2d", nn.ReflectionPad2d((1, 1, 2, 2)), (1, 2, 3, 4)),
        ("ReflectionPad3d", nn.ReflectionPad3d(1), (1, 2, 2, 2, 3)),
        ("ReplicationPad1d", nn.ReplicationPad1d((2, 5)), (2, 3, 4)),
        ("ReplicationPad2d", nn.ReplicationPad2d((1, 1, 2, 2)), (1, 2, 3, 4)),
        ("ReplicationPad3d", nn.ReplicationPad3d(1), (1, 2, 2, 2, 3)),
        ("CircularPad1d", nn.CircularPad1d((2, 3)), (2, 3, 4)),
        ("CircularPad2d", nn.CircularPad2d((1, 1, 2, 2)), (1, 2, 3, 4)),
        ("CircularPad3d", nn.CircularPad3d(1), (1, 2, 2, 2, 3)),
    ]:
        layer(file, name, module, *shape)
