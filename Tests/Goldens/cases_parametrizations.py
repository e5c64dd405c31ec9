"""Cases of parametrized layers, as those of `cases_layers.py`."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import orthogonal, spectral_norm, weight_norm

from cases_layers import layer
from golden import generator


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T


def trained(name, module):
    """The state of an orthogonal layer, with an original that is no longer what it was at first."""
    rng = generator(name + " state")
    state = {key: value.numpy() for key, value in module.state_dict().items()}
    original = state["parametrizations.weight.original"]
    state["parametrizations.weight.original"] = original + np.tril(rng.standard_normal(original.shape), -1).astype("f4") / 2
    return state


def orthogonals(file):
    torch.manual_seed(1)
    for name, sizes, orthogonal_map in [
        ("orthogonal", (3, 3), None),
        ("orthogonal-cayley", (4, 4), "cayley"),
        ("orthogonal-householder", (3, 3), "householder"),
        ("orthogonal-narrow", (2, 4), None),
        ("orthogonal-wide", (4, 2), None),
        ("orthogonal-wide-exp", (4, 2), "matrix_exp"),
        ("orthogonal-narrow-cayley", (2, 4), "cayley"),
    ]:
        module = orthogonal(nn.Linear(*sizes), orthogonal_map=orthogonal_map)
        # Trained below the diagonal, which is the upper triangle of a matrix that is wider than high.
        state = trained(name, module)
        if sizes[0] > sizes[1]:
            key = "parametrizations.weight.original"
            first = module.state_dict()[key].numpy()
            state[key] = first + np.triu(generator(name).standard_normal(first.shape), 1).astype("f4") / 2
        layer(file, name, module, 5, sizes[0], state=state)


def add(file):
    orthogonals(file)
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
