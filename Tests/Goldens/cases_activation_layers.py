"""Cases of activations as layers: see cases_layers.py."""

from torch import nn

from cases_layers import layer


def add(file):
    for name, module in [
        ("LogSigmoid", nn.LogSigmoid()),
        ("Softsign", nn.Softsign()),
        ("Mish", nn.Mish()),
        ("Hardswish", nn.Hardswish()),
        ("Hardtanh", nn.Hardtanh(-0.5, 2)),
        ("ReLU6", nn.ReLU6()),
        ("SELU", nn.SELU()),
        ("CELU", nn.CELU(0.7)),
        ("PReLU", nn.PReLU()),
        ("PReLU-channels", nn.PReLU(3)),
        ("GLU", nn.GLU(-1)),
        ("Threshold", nn.Threshold(0.25, -2)),
        ("Softshrink", nn.Softshrink(0.25)),
        ("Hardshrink", nn.Hardshrink(0.25)),
        ("Tanhshrink", nn.Tanhshrink()),
        ("Softmin", nn.Softmin(1)),
        ("RReLU-fixed", nn.RReLU(0.25, 0.25)),
        ("Softplus-beta", nn.Softplus(beta=2.5)),
    ]:
        layer(file, name, module, 2, 3, 4)
    layer(file, "Softmax2d", nn.Softmax2d(), 2, 3, 2, 2)
