"""Times in PyTorch what `tern-bench --optimizers` times: a step on ten parameters [1000, 1000]. Prints JSON lines.

    python Examples/tern-bench/optimizers_torch.py [PART OF A NAME]
    python Examples/tern-bench/optimizers_torch.py --beside .build/release/tern-bench [PART OF A NAME] [TURNS]

Each is PyTorch's fused version where there is one on the CPU, otherwise the one of `foreach`; see functions_torch.py.
"""

import json
import sys
import time

import torch
from functions_torch import beside

FUSED, FOREACH = dict(fused=True), dict(foreach=True)
OPTIMIZERS = {
    "adadelta": ("Adadelta", FOREACH),
    "adafactor": ("Adafactor", FOREACH),
    "adagrad": ("Adagrad", FUSED),
    "adam": ("Adam", FUSED),
    "adam amsgrad": ("Adam", dict(FUSED, amsgrad=True)),
    "adamax": ("Adamax", FOREACH),
    "adamw": ("AdamW", FUSED),
    "asgd": ("ASGD", FOREACH),
    "muon": ("Muon", {}),
    "nadam": ("NAdam", FOREACH),
    "radam": ("RAdam", FOREACH),
    "rmsprop": ("RMSprop", FOREACH),
    "rmsprop centered momentum": ("RMSprop", dict(FOREACH, centered=True, momentum=0.9)),
    "rprop": ("Rprop", FOREACH),
    "sgd": ("SGD", dict(FUSED, lr=1e-3)),
    "sgd momentum": ("SGD", dict(FUSED, lr=1e-3, momentum=0.9)),
}


def measure(name, settings):
    torch.manual_seed(0)
    parameters = [torch.randn(1000, 1000).requires_grad_() for _ in range(10)]
    for p in parameters:
        p.grad = torch.randn(1000, 1000)
    optimizer = getattr(torch.optim, name)(parameters, **settings)

    def seconds():
        start = time.perf_counter()
        optimizer.step()
        return time.perf_counter() - start

    seconds()
    rounds = max(3, min(30, int(1 / seconds())))
    return min(seconds() for _ in range(rounds)) * 1e3


def measure_lbfgs():
    """A step of five iterations on a bowl, with all of the history: the first two fill it."""
    torch.manual_seed(0)
    parameters = [torch.randn(1000, 1000).requires_grad_() for _ in range(10)]
    optimizer = torch.optim.LBFGS(parameters, lr=0.1, max_iter=5, history_size=10)

    def loss():
        optimizer.zero_grad()
        result = sum((p * p).sum() for p in parameters)
        result.backward()
        return result

    def seconds():
        start = time.perf_counter()
        optimizer.step(loss)
        return time.perf_counter() - start

    return min([seconds() for _ in range(5)][2:]) * 1e3


def main(pattern):
    torch.set_num_threads(2)
    for name, (optimizer, settings) in OPTIMIZERS.items():
        if pattern in name:
            print(json.dumps({"function": name, "ms": measure(optimizer, settings)}), flush=True)
    if pattern in "lbfgs":
        print(json.dumps({"function": "lbfgs", "ms": measure_lbfgs()}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--beside"]:
        beside(
            sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "", int(sys.argv[4]) if len(sys.argv) > 4 else 3,
            "--optimizers", __file__)  # fmt: skip
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else "")
