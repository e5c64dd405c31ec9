"""Cases of optimizers and learning-rate schedules.

Each optimizer makes 1,000 steps on two parameters, `weight` and `bias`, whose values after 10 and after 1,000 are
stored, with the optimizer's state at the end under PyTorch's names. The gradient at step t is
`(value - target) * scale + noise[t % 7]`: it depends on the path, so that an error would grow, and never vanishes. The
bias has no gradient in every third step. The results of float64 and of float32 are both stored.
"""

import numpy as np
import torch

from golden import generator, to_numpy, to_torch


def add(file):
    optimizers(file)
    schedules(file)


def optimizer(file, name, make):
    """`make` makes an optimizer of a list with the two parameters."""
    file.begin(name)
    rng = generator(name)
    shapes = {"weight": (5, 7), "bias": (3,)}
    data = {}
    for key, shape in shapes.items():
        data[f"{key}.start"] = rng.standard_normal(shape)
        data[f"{key}.target"] = rng.standard_normal(shape)
        data[f"{key}.scale"] = rng.uniform(0.1, 1, shape)
        data[f"{key}.noise"] = rng.standard_normal((7,) + shape) * 0.3
    data = {key: value.astype(np.float32) for key, value in data.items()}
    for key, value in data.items():
        file.put(f"{name}/{key}", value)
    for dtype, suffix in ((torch.float64, "float64"), (torch.float32, "float32")):
        tensors = {key: to_torch(value, dtype) for key, value in data.items()}
        parameters = {key: tensors[f"{key}.start"].clone().requires_grad_() for key in shapes}
        rule = make(list(parameters.values()))
        for step in range(1000):
            for key, p in parameters.items():
                p.grad = None
                if key != "bias" or step % 3 != 2:
                    p.grad = (p.detach() - tensors[f"{key}.target"]) * tensors[f"{key}.scale"]
                    p.grad += tensors[f"{key}.noise"][step % 7]
            rule.step()
            if step + 1 in (10, 1000):
                for key, p in parameters.items():
                    file.put(f"{name}/{key}.{step + 1}.{suffix}", to_numpy(p).copy())
        for key, p in parameters.items():
            for slot, value in rule.state[p].items():
                if value is not None:
                    value = torch.as_tensor(value)
                    file.put(f"{name}/state.{suffix}.{key}.{slot}", to_numpy(value))


def optimizers(file):
    o = torch.optim
    optimizer(file, "SGD", lambda p: o.SGD(p, lr=0.02))
    optimizer(file, "SGD-momentum", lambda p: o.SGD(p, lr=0.02, momentum=0.9))
    optimizer(file, "SGD-dampening", lambda p: o.SGD(p, lr=0.02, momentum=0.9, dampening=0.3))
    optimizer(file, "SGD-nesterov", lambda p: o.SGD(p, lr=0.02, momentum=0.9, nesterov=True))
    optimizer(file, "SGD-decay", lambda p: o.SGD(p, lr=0.02, momentum=0.5, weight_decay=0.1))
    optimizer(file, "SGD-maximize", lambda p: o.SGD(p, lr=1e-4, momentum=0.9, maximize=True))
    optimizer(file, "SGD-groups", lambda p: o.SGD(
        [{"params": p[:1]}, {"params": p[1:], "lr": 0.1, "weight_decay": 0.01}], lr=0.02, momentum=0.9))  # fmt: skip
    optimizer(file, "Adam", lambda p: o.Adam(p))
    optimizer(file, "Adam-settings", lambda p: o.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-4))
    optimizer(file, "Adam-decay", lambda p: o.Adam(p, lr=0.01, weight_decay=0.1))
    optimizer(file, "Adam-amsgrad", lambda p: o.Adam(p, lr=0.01, amsgrad=True))
    optimizer(file, "Adam-maximize", lambda p: o.Adam(p, maximize=True))
    optimizer(file, "AdamW", lambda p: o.AdamW(p))
    optimizer(file, "AdamW-decay", lambda p: o.AdamW(p, lr=0.01, weight_decay=0.3))
    optimizer(file, "AdamW-amsgrad", lambda p: o.AdamW(p, lr=0.01, amsgrad=True))


def schedules(file):
    for name, steps, make in [
        ("cosine", 100, lambda r: torch.optim.lr_scheduler.CosineAnnealingLR(r, 100)),
        ("cosine-to", 40, lambda r: torch.optim.lr_scheduler.CosineAnnealingLR(r, 40, eta_min=1e-4)),
    ]:
        file.begin(name)
        rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-3)
        scheduler = make(rule)
        rates = []
        for _ in range(steps + 1):
            rates.append(rule.param_groups[0]["lr"])
            rule.step()
            scheduler.step()
        file.put(f"{name}/rates", np.array(rates))
