"""State dictionaries of PyTorch models, saved with safetensors as PyTorch's users do, for PyTorchModelTests.swift.

    pip install torch safetensors
    python Tests/Goldens/pytorch_models.py                  # writes lenet.safetensors and cnn.safetensors beside this script
    python Tests/Goldens/pytorch_models.py full DIR         # the same models in full size
    python Tests/Goldens/pytorch_models.py check lenet|cnn FILE    # prints the logits of a full-size file

The logits of four images are in each file's metadata. Made with PyTorch 2.13 and safetensors 0.8.
"""

import pathlib
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file


class LeNet(nn.Module):
    def __init__(self, c1=6, c2=16, f1=120, f2=84):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, c1, 5, padding=2), nn.Conv2d(c1, c2, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(25 * c2, f1), nn.Linear(f1, f2), nn.Linear(f2, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.sigmoid(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.sigmoid(self.conv2(x)), 2).flatten(1)
        return self.fc3(torch.sigmoid(self.fc2(torch.sigmoid(self.fc1(x)))))


def cnn(c1=32, c2=32, c3=64, c4=64, f=128):
    layers = []
    for i, o, s in [(3, c1, 1), (c1, c2, 2), (c2, c3, 1), (c3, c4, 2)]:
        layers += [nn.Conv2d(i, o, 3, stride=s, padding=1), nn.BatchNorm2d(o), nn.LeakyReLU(0.3)]
    layers += [nn.Flatten(), nn.Linear(64 * c4, f), nn.BatchNorm1d(f), nn.LeakyReLU(0.3), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(f, 10))


def images(name, count=4):
    shape = (count, 1, 28, 28) if name == "lenet" else (count, 3, 32, 32)
    numbers = torch.arange(torch.Size(shape).numel())
    return (((numbers * 37) % 101 - 50).float() / 50).reshape(shape)


def logits(model, name):
    with torch.no_grad():
        return " ".join(f"{x:.9g}" for x in model.eval()(images(name)).flatten().tolist())


def save(model, name, folder):
    with torch.no_grad():
        for _ in range(3):
            model.train()(images(name, 8))  # so that the running statistics are not those of the start
        for parameter in model.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    save_file(model.state_dict(), folder / f"{name}.safetensors", {"logits": logits(model, name)})


torch.manual_seed(1)
mode = sys.argv[1] if len(sys.argv) > 1 else "small"
if mode == "small":
    here = pathlib.Path(__file__).parent
    save(LeNet(2, 3, 8, 6), "lenet", here)
    save(cnn(2, 3, 4, 4, 8), "cnn", here)
elif mode == "full":
    save(LeNet(), "lenet", pathlib.Path(sys.argv[2]))
    save(cnn(), "cnn", pathlib.Path(sys.argv[2]))
else:
    model = LeNet() if sys.argv[2] == "lenet" else cnn()
    model.load_state_dict(load_file(sys.argv[3]))
    print(logits(model, sys.argv[2]))
