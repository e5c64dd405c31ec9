"""Makes vision.json: the names and shapes of torchvision's networks, and what they give.

    pip install torch torchvision numpy
    python Plugins/TernVision/Tests/Goldens/make_goldens.py

Weights follow from their names by `value`, so that the tests can make them again and no weights need be stored. Outputs are
computed in float64. Made with PyTorch 2.13 and torchvision 0.28.
"""

import json
import pathlib

import numpy as np
import torch
from torch import nn
from torchvision import models

PERIOD = 8191
PATTERN = (np.arange(PERIOD, dtype=np.int64) ** 2 * 31 + 7 * np.arange(PERIOD)) % PERIOD / PERIOD - 0.5


def pattern(name, count):
    start = sum((index + 1) * ord(letter) for index, letter in enumerate(name))
    return PATTERN[(np.arange(count) + start) % PERIOD]


def value(name, shape):
    """Numbers of about the size that weights have."""
    values = torch.from_numpy(pattern(name, int(np.prod(shape)))).reshape(shape).float()
    if name.endswith("running_var"):
        return 1 + 0.5 * values
    if len(shape) >= 2 and "embedding" not in name and "token" not in name:
        return values * (18 / np.prod(shape[1:])) ** 0.5
    return 1 + 0.2 * values if name.endswith("weight") else 0.2 * values


def images(*shape):
    return torch.from_numpy(pattern("images", int(np.prod(shape)))).reshape(shape).float() * 3


class UNet(nn.Module):
    def __init__(self, channels, classes, features, depth):
        super().__init__()

        def twice(i, o):
            return nn.Sequential(
                nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
                nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())

        sizes = [features << i for i in range(depth + 1)]
        self.down = nn.ModuleList([twice(i, o) for i, o in zip([channels] + sizes, sizes)])
        self.upsampling = nn.ModuleList([nn.ConvTranspose2d(sizes[i + 1], sizes[i], 2, 2) for i in range(depth)])
        self.up = nn.ModuleList([twice(2 * sizes[i], sizes[i]) for i in range(depth)])
        self.output = nn.Conv2d(features, classes, 1)

    def forward(self, x):
        x, seen = self.down[0](x), []
        for block in self.down[1:]:
            seen.append(x)
            x = block(nn.functional.max_pool2d(x, 2))
        for level in reversed(range(len(self.up))):
            x, beside = self.upsampling[level](x), seen[level]
            x = nn.functional.pad(x, (0, beside.shape[3] - x.shape[3], 0, beside.shape[2] - x.shape[2]))
            x = self.up[level](torch.cat([beside, x], 1))
        return self.output(x)


def small_vit():
    return models.VisionTransformer(32, 8, 2, 3, 24, 48, num_classes=7)


cases = {
    "resnet18": (models.resnet18, (1, 3, 64, 48)), "resnet34": (models.resnet34, (1, 3, 32, 32)),
    "resnet50": (models.resnet50, (1, 3, 64, 64)), "vgg11": (models.vgg11, (1, 3, 32, 32)),
    "vgg13_bn": (lambda: models.vgg13_bn(), (1, 3, 32, 40)), "mobilenet_v2": (models.mobilenet_v2, (1, 3, 64, 64)),
    "efficientnet_b0": (models.efficientnet_b0, (1, 3, 64, 64)), "vit": (small_vit, (2, 3, 32, 32)),
    "unet": (lambda: UNet(2, 3, 4, 2), (1, 2, 18, 23)),
}
results = {}
for name, (make, shape) in cases.items():
    model = make().eval()
    state = model.state_dict()
    model.load_state_dict({key: tensor if tensor.dtype == torch.int64 else value(key, tensor.shape)
                           for key, tensor in state.items()})
    model.double()
    x = images(*shape).double().requires_grad_()
    output = model(x).flatten()
    weights = torch.from_numpy(pattern("cotangent", output.numel()))
    (output * weights).sum().backward()
    results[name] = {
        "shape": shape,
        "state": {key: list(tensor.shape) for key, tensor in state.items()},
        # A part of each, and a sum that all of it enters.
        "output": output[:: max(1, output.numel() // 50)].tolist(),
        "gradient": x.grad.flatten()[:: x.numel() // 50].tolist(),
        "sums": [(output * weights).sum().item(), (x.grad.flatten() * torch.from_numpy(pattern("sum", x.numel()))).sum().item()],
    }
    print(name, output.abs().max().item(), x.grad.abs().max().item())
path = pathlib.Path(__file__).parent / "vision.json"
path.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(result)}' for name, result in results.items()) + "\n}\n")
