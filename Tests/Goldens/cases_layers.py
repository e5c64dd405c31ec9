"""Cases of layers. Each runs on two inputs in training, with gradients added up as by two calls of `backward`, and then
on the first input in evaluation.

`case/state.weight` and so on are the state before, under PyTorch's names, `case/after.running_mean` are the buffers
afterwards, `case/grad.weight` the gradients of the parameters, `case/eval` the output in evaluation.
"""

import copy

import numpy as np
import torch
from torch import nn

from golden import Normal, check_single, generator, to_numpy, to_torch


def add(file):
    linear(file)
    convolutions(file)
    batch_norms(file)
    others(file)
    models(file)


def layer(file, name, module, *shape, state=None):
    file.begin(name)
    rng = generator(name)
    inputs = [Normal(*shape, mean=0.5, deviation=1.5).draw(rng) for _ in range(2)]
    state = state or {key: initial(key, tensor, rng) for key, tensor in module.state_dict().items()}
    cotangents = None
    results = {}
    for dtype in (torch.float32, torch.float64):
        model = copy.deepcopy(module).to(dtype)
        model.load_state_dict({key: to_torch(value, dtype) for key, value in state.items()})
        model.train()
        tensors = [to_torch(x, dtype).requires_grad_() for x in inputs]
        outputs = [model(x) for x in tensors]
        if cotangents is None:
            cotangents = [rng.standard_normal(tuple(y.shape)).astype(np.float32) for y in outputs]
        for y, cotangent in zip(outputs, cotangents):
            y.backward(to_torch(cotangent, dtype))
        buffers = {key: to_numpy(value).copy() for key, value in model.named_buffers()}
        model.eval()
        result = {f"out{i}": to_numpy(y) for i, y in enumerate(outputs)}
        result |= {f"grad{i}": to_numpy(x.grad) for i, x in enumerate(tensors)}
        result |= {f"grad.{key}": to_numpy(p.grad) for key, p in model.named_parameters()}
        result |= {f"after.{key}": value for key, value in buffers.items()}
        result["eval"] = to_numpy(model(tensors[0]))
        results[dtype] = result
    for i, (x, cotangent) in enumerate(zip(inputs, cotangents)):
        file.put(f"{name}/in{i}", x)
        file.put(f"{name}/cot{i}", cotangent)
    for key, value in state.items():
        file.put(f"{name}/state.{key}", value)
    for key, value in results[torch.float64].items():
        file.put(f"{name}/{key}", value)
        if value.dtype == np.float64:
            check_single(f"{name}/{key}", results[torch.float32][key].astype(np.float64), value)


def initial(key, tensor, rng):
    """A value for a parameter or buffer that keeps a layer's sums near 1."""
    if not tensor.is_floating_point():
        return tensor.numpy()
    if key.endswith("running_var"):
        return rng.uniform(0.5, 2, tuple(tensor.shape)).astype(np.float32)
    fan_in = max(1, tensor[0].numel() if tensor.ndim else 1)
    return (rng.standard_normal(tuple(tensor.shape)) * fan_in**-0.5).astype(np.float32)


def linear(file):
    layer(file, "Linear", nn.Linear(7, 5), 4, 7)
    layer(file, "Linear-no-bias", nn.Linear(7, 5, bias=False), 4, 7)
    layer(file, "Linear-rank-3", nn.Linear(3, 2), 2, 4, 3)


def convolutions(file):
    layer(file, "Conv2d", nn.Conv2d(3, 4, 3), 2, 3, 6, 5)
    layer(file, "Conv2d-no-bias", nn.Conv2d(3, 4, 3, bias=False), 2, 3, 6, 5)
    layer(file, "Conv2d-padding", nn.Conv2d(1, 6, 5, padding=2), 2, 1, 8, 8)
    layer(file, "Conv2d-stride", nn.Conv2d(3, 4, 3, stride=2, padding=1), 2, 3, 7, 6)
    layer(file, "Conv2d-uneven", nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(0, 1)), 1, 2, 7, 6)
    layer(file, "Conv2d-dilation", nn.Conv2d(2, 3, 3, dilation=2), 1, 2, 8, 7)
    layer(file, "Conv2d-groups", nn.Conv2d(4, 6, 3, groups=2, padding=1), 2, 4, 5, 5)
    layer(file, "Conv2d-depthwise", nn.Conv2d(4, 4, 3, groups=4), 2, 4, 5, 5)
    layer(file, "Conv2d-same", nn.Conv2d(2, 3, 3, padding="same"), 1, 2, 5, 6)
    layer(file, "MaxPool2d", nn.MaxPool2d(2), 2, 3, 6, 7)
    layer(file, "MaxPool2d-padded", nn.MaxPool2d(3, stride=2, padding=1), 2, 2, 7, 6)
    layer(file, "MaxPool2d-ceil", nn.MaxPool2d(3, stride=2, ceil_mode=True), 1, 2, 6, 8)
    layer(file, "AvgPool2d", nn.AvgPool2d(2), 2, 3, 6, 7)
    layer(file, "AvgPool2d-padded", nn.AvgPool2d(3, stride=2, padding=1), 2, 2, 7, 6)
    layer(
        file, "AvgPool2d-not-counted", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), 2, 2, 7, 6)
    layer(file, "AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((2, 3)), 2, 2, 5, 6)
    layer(file, "AdaptiveMaxPool2d", nn.AdaptiveMaxPool2d((2, 3)), 2, 2, 5, 6)


def batch_norms(file):
    layer(file, "BatchNorm1d", nn.BatchNorm1d(3), 6, 3)
    layer(file, "BatchNorm1d-sequences", nn.BatchNorm1d(3), 4, 3, 5)
    layer(file, "BatchNorm2d", nn.BatchNorm2d(3), 3, 3, 4, 2)
    layer(file, "BatchNorm2d-settings", nn.BatchNorm2d(3, eps=1e-2, momentum=0.3), 3, 3, 4, 2)
    layer(file, "BatchNorm2d-cumulative", nn.BatchNorm2d(3, momentum=None), 3, 3, 4, 2)
    layer(file, "BatchNorm2d-not-affine", nn.BatchNorm2d(3, affine=False), 3, 3, 4, 2)
    layer(file, "BatchNorm2d-not-tracking", nn.BatchNorm2d(3, track_running_stats=False), 3, 3, 4, 2)


def others(file):
    for name, module in [
        ("ReLU", nn.ReLU()),
        ("LeakyReLU", nn.LeakyReLU(0.3)),
        ("Sigmoid", nn.Sigmoid()),
        ("Tanh", nn.Tanh()),
        ("GELU", nn.GELU()),
        ("GELU-tanh", nn.GELU(approximate="tanh")),
        ("SiLU", nn.SiLU()),
        ("Softplus", nn.Softplus()),
        ("ELU", nn.ELU(0.7)),
        ("Softmax", nn.Softmax(-1)),
        ("LogSoftmax", nn.LogSoftmax(1)),
        ("Identity", nn.Identity()),
        ("Flatten", nn.Flatten()),
        # What dropout draws is its own affair: at probability 0 it is the identity in both modes.
        ("Dropout-0", nn.Dropout(0)),
    ]:
        layer(file, name, module, 2, 3, 4)


def models(file):
    layer(
        file, "Sequential",
        nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.LeakyReLU(0.3), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(18, 8), nn.BatchNorm1d(8), nn.Sigmoid(), nn.Linear(8, 3)),
        4, 1, 6, 6)  # fmt: skip
