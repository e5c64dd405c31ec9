"""Cases of activations."""

import numpy as np
import torch
import torch.nn.functional as F

from cases_elementwise import SPECIAL, Offset
from golden import Fixed, Normal


def add(file):
    for name, function in [
        ("logSigmoid", F.logsigmoid),
        ("softsign", F.softsign),
        ("mish", F.mish),
        ("quickGelu", lambda x: x * torch.sigmoid(1.702 * x)),
        ("hardSigmoid", F.hardsigmoid),
        ("hardSwish", F.hardswish),
        ("hardTanh", F.hardtanh),
        ("hardTanh-bounds", lambda x: F.hardtanh(x, -0.75, 1.875)),
        ("relu6", F.relu6),
        ("selu", F.selu),
        ("celu", F.celu),
        ("celu-0.7", lambda x: F.celu(x, 0.7)),
        ("squareplus", lambda x: (x + torch.sqrt(x * x + 4)) / 2),
        ("sparsePlus", lambda x: torch.where(x >= 1, x, (x.clamp(-1, 1) + 1) ** 2 / 4)),
        ("sparseSigmoid", lambda x: (x.clamp(-1, 1) + 1) / 2),
        ("threshold", lambda x: F.threshold(x, 0.3, -2)),
        ("softshrink", F.softshrink),
        ("softshrink-1", lambda x: F.softshrink(x, 1)),
        ("hardshrink", F.hardshrink),
        ("hardshrink-1", lambda x: F.hardshrink(x, 1)),
        ("tanhshrink", F.tanhshrink),
        ("softplus-beta", lambda x: F.softplus(x, beta=2.5)),
        ("rrelu", F.rrelu),
    ]:
        file.case(name, function, Offset(3, 4, deviation=2))
        special = SPECIAL
        if name in ("mish", "quickGelu", "hardSwish", "squareplus"):  # PyTorch's give NaN where Tern's give the limits
            special = [v for v in SPECIAL if not abs(v) > 1e30]
        if name == "softsign":
            special = [v for v in SPECIAL if abs(v) != float("inf")]
        file.case(f"{name}-special", function, Fixed(special), single=True)
        # Derivatives where pieces meet, which PyTorch's hardsigmoid gives with the digits of a float.
        if name not in ("hardSigmoid", "sparseSigmoid", "sparsePlus", "squareplus"):
            bounds = [-200, -30, -3, -1, -0.75, -0.5, -0.0, 0, 0.25, 0.5, 1, 1.875, 3, 6, 30, 200]
            file.case(f"{name}-slope", function, [-1, 0, 2] if name == "threshold" else bounds)
    def sparsemax(x, dim):
        sorted = x.sort(dim, descending=True).values.movedim(dim, -1)
        number = torch.arange(1, x.shape[dim] + 1, dtype=x.dtype)
        sums = sorted.cumsum(-1)
        count = (1 + number * sorted > sums).sum(-1, keepdim=True)
        threshold = (sums.gather(-1, count - 1) - 1) / count
        return torch.relu(x - threshold.movedim(-1, dim))

    file.case("sparsemax", lambda x: sparsemax(x, -1), Normal(4, 5))
    file.case("sparsemax-0", lambda x: sparsemax(x, 0), Normal(3, 4, 2, deviation=3))
    file.case("sparsemax-one", lambda x: sparsemax(x, 1), Normal(3, 1))
    file.case("prelu", F.prelu, Normal(2, 3, 4), Normal(3))
    file.case("prelu-shared", F.prelu, Normal(2, 3, 4), Normal(1))
    file.case("prelu-matrix", F.prelu, Normal(4, 3), Normal(3))
    file.case("prelu-zero", F.prelu, [0, -0.0, 1, -1], [0.5])
    file.case("glu", F.glu, Normal(3, 6))
    file.case("glu-0", lambda x: F.glu(x, 0), Normal(4, 3))
    file.case("swiGLU", lambda x: F.silu(x[..., :3]) * x[..., 3:], Normal(2, 6))
    file.case("geGLU", lambda x: F.gelu(x[..., :3]) * x[..., 3:], Normal(2, 6))
    file.case("softmin", lambda x: F.softmin(x, 1), Normal(2, 3, 4))
