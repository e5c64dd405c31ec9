"""Networks that PyTorch exports and trains: `torch_models.py FOLDER`.

For each NAME.onnx the folder gets NAME.input.npy, NAME.output.npy, NAME.target.npy, and NAME.losses.npy of 20 steps of SGD
(rate 0.05, mean squared error) in evaluation mode, all in float32.
"""

import logging
import os
import sys
import warnings

import numpy as np
import torch
from torch import nn

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
torch.manual_seed(3)
torch.set_num_threads(1)
folder = sys.argv[1]


class Classifier(nn.Module):
    def __init__(self, recurrent):
        super().__init__()
        self.recurrent = recurrent
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.recurrent(x)[0][:, -1])


class Block(nn.Module):
    """A residual block with batch normalization."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.pool, self.head = nn.MaxPool2d(3, 2, 1), nn.Linear(8, 4)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        x = torch.relu(x + self.bn2(self.conv2(x)))
        return self.head(x.mean(dim=(2, 3)))


networks = {
    "mlp": (nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Dropout(0.5), nn.LayerNorm(8), nn.Linear(8, 3)), (4, 6)),
    "block": (Block(), (3, 3, 12, 12)),
    "lstm": (Classifier(nn.LSTM(5, 8, batch_first=True)), (3, 6, 5)),
    "gru": (Classifier(nn.GRU(5, 8, batch_first=True)), (3, 6, 5)),
    "transformer": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu"), (2, 5, 8)),
}
for name, (model, shape) in networks.items():
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    model.eval()
    x = torch.randn(shape)
    path = os.path.join(folder, name)
    with torch.no_grad():
        y = model(x)
    # The compiled fast path of a layer in evaluation has no derivative.
    torch.backends.mha.set_fastpath_enabled(False)
    torch.onnx.export(model, (x,), path + ".onnx", dynamo=True, verbose=False, external_data=False, optimize=False)
    target = torch.randn(y.shape)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for _ in range(20):
        loss = ((model(x) - target) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    for kind, array in [("input", x), ("output", y), ("target", target), ("losses", torch.tensor(losses))]:
        np.save(f"{path}.{kind}.npy", array.numpy())
    print(name)
