"""Loss curves of whole models over 100 steps, in float32 and in float64: `case/float32` and `case/float64`.

Weights and batches are too large to store: they are generated, here and in Tests/GoldenTests/TrainingTests.swift alike,
from the Philox stream of a key (see philox.py). A parameter number i (in the order of PyTorch's `named_parameters`) is
uniform in -b ..< b with key i, where b is the power of two next to sqrt(3 / fan_in) for weights and 1/16 for biases;
those of batch normalization keep PyTorch's ones and zeros. The image of an example is the pattern of its class, uniform
in -1 ..< 1 with key 1000, plus noise of the same kind with key 2000 + step. Example i of step s has the class
(7 i + 3 s) mod 10.
"""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import philox

STEPS = 100


def add(file):
    adam, sgd, digit = torch.optim.Adam, torch.optim.SGD, (1, 28, 28)
    curve(file, "lenet-max", lenet_max(), 64, digit, F.cross_entropy, lambda p: adam(p, lr=1e-3))
    curve(file, "lenet-sigmoid", lenet_sigmoid(), 64, digit, F.cross_entropy, lambda p: adam(p, lr=5e-3))
    curve(file, "cnn", cnn(), 16, (3, 32, 32), F.cross_entropy, lambda p: adam(p, lr=5e-4))
    curve(file, "mlp", mlp(), 128, (784,), one_hot_mse, lambda p: sgd(p, lr=0.01))


def curve(file, name, model, batch, shape, loss_function, make):
    file.begin(name)
    initialize(model)
    patterns = philox.uniform(1000, (10,) + shape, -1, 1)
    for dtype, suffix in ((torch.float32, "float32"), (torch.float64, "float64")):
        net = copy.deepcopy(model).to(dtype)
        rule = make(net.parameters())
        losses = []
        for step in range(STEPS):
            labels = (7 * np.arange(batch) + 3 * step) % 10
            images = patterns[labels] + philox.uniform(2000 + step, (batch,) + shape, -1, 1)
            rule.zero_grad()
            loss = loss_function(net(torch.from_numpy(images).to(dtype)), torch.from_numpy(labels))
            loss.backward()
            rule.step()
            losses.append(loss.item())
        file.put(f"{name}/{suffix}", np.array(losses, np.float64))
        print(f"{name} {suffix}: loss {losses[0]:.6f} ... {losses[-1]:.6f}")


def initialize(model):
    layers = [layer for layer in model if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d))]
    normalized = {id(p) for layer in layers for p in layer.parameters()}
    with torch.no_grad():
        for key, p in enumerate(model.parameters()):
            if id(p) in normalized:
                continue
            bound = 1 / 16
            if p.dim() > 1:
                bound = 2.0 ** round(math.log2(math.sqrt(3 / (p.numel() / p.shape[0]))))
            p.copy_(torch.from_numpy(philox.uniform(key, tuple(p.shape), -bound, bound)))


def one_hot_mse(output, labels):
    return F.mse_loss(output, F.one_hot(labels, 10).to(output.dtype))


def lenet_max():
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.Sigmoid(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10))


def lenet_sigmoid():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(),
        nn.Linear(84, 10))


def cnn():
    layers = []
    for inputs, outputs, stride in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)]:
        layers += [nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.3)]
    # Dropout would draw different numbers on both sides: it is left out.
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(4096, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.3), nn.Linear(128, 10))


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
