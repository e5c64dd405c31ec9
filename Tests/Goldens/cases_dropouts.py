"""Cases of dropout of channels and samples, of alpha dropout and of noise: what is kept is drawn from the Philox stream, the rest is
as in PyTorch and Keras."""

import math

import numpy as np
import torch

import philox
from cases_random import KEY, kept
from golden import Normal


def add(file):
    def grouped(x, axes, probability):
        shape = x.shape[:axes] + (1,) * (x.ndim - axes)
        mask = x.new_tensor(kept(math.prod(shape), 1 - probability)).reshape(shape)
        return x * (mask / (1 - probability))

    for name, shape, axes in [
        ("dropout1d", (4, 5, 6), 2), ("dropout1d-one", (7, 6), 1), ("dropout2d", (3, 5, 2, 3), 2),
        ("dropout2d-one", (9, 2, 3), 1), ("dropout3d", (2, 6, 2, 1, 3), 2), ("dropPath", (11, 3, 2), 1),
    ]:
        file.case(name, lambda x, a=axes: grouped(x, a, 0.25), Normal(*shape))

    def alpha(x, axes, probability):
        shape = x.shape[:axes] + (1,) * (x.ndim - axes)
        noise = x.new_tensor(kept(math.prod(shape), 1 - probability)).reshape(shape)
        low = 1.7580993408473766
        a = 1 / math.sqrt((low * low * probability + 1) * (1 - probability))
        return x * noise * a + ((noise - 1) * low * a + low * a * probability)

    file.case("alphaDropout", lambda x: alpha(x, 2, 0.3), Normal(6, 7))
    file.case("featureAlphaDropout", lambda x: alpha(x, 2, 0.3), Normal(4, 5, 3))
