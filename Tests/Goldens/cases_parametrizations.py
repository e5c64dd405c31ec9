"""Cases of parametrized layers, as those of `cases_layers.py`."""

from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from cases_layers import layer


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T


def add(file):
    layer(file, "weightNorm", weight_norm(nn.Linear(4, 3)), 5, 4)
    layer(file, "weightNorm-axis", weight_norm(nn.Conv2d(2, 3, 2), dim=1), 2, 2, 4, 3)
    layer(file, "weightNorm-whole", weight_norm(nn.Linear(4, 3), dim=None), 5, 4)
    layer(file, "weightNorm-bias", weight_norm(nn.Linear(4, 3), "bias"), 5, 4)
    layer(file, "spectralNorm", spectral_norm(nn.Linear(4, 3)), 5, 4)
    layer(file, "spectralNorm-settings", spectral_norm(nn.Conv2d(2, 3, 2), n_power_iterations=3, dim=1), 2, 2, 4, 3)
    layer(file, "spectralNorm-vector", spectral_norm(nn.Linear(4, 3), "bias"), 5, 4)
    symmetric = nn.Linear(3, 3)
    parametrize.register_parametrization(symmetric, "weight", Symmetric())
    layer(file, "Symmetric", symmetric, 5, 3)
    parametrize.register_parametrization(symmetric, "weight", nn.Tanh())
    layer(file, "Symmetric-Tanh", symmetric, 5, 3)
