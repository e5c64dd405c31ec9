"""Times in PyTorch what `tern-bench --functions` times, forward and backward, and prints JSON lines.

    python Examples/tern-bench/functions_torch.py [PART OF A NAME]
    python Examples/tern-bench/functions_torch.py --beside .build/release/tern-bench [PART OF A NAME] [TURNS]

With `--beside` both are run in turn, three turns each, and a table is printed: the ratio is PyTorch's time divided by
Tern's, both the median over the turns.
"""

import json
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score


def functions():
    torch.manual_seed(0)
    normal = torch.randn
    for n, c, o, l, k in [(32, 64, 64, 256, 3), (16, 128, 128, 1024, 5), (8, 16, 32, 64, 3)]:
        yield (f"conv1d [{n}, {c}, {l}] -> {o}, kernel {k}", [normal(n, c, l), normal(o, c, k)],
               lambda x, w, k=k: F.conv1d(x, w, padding=k // 2))
    for n, c, o, size in [(16, 64, 32, 14), (32, 64, 64, 7), (8, 128, 64, 28)]:
        yield (f"convTranspose2d [{n}, {c}, {size}, {size}] -> {o}, kernel 4",
               [normal(n, c, size, size), normal(c, o, 4, 4)],
               lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1))
    for n, c, size, stride in [(32, 64, 56, 1), (32, 256, 14, 1), (8, 32, 112, 2)]:
        yield (f"depthwise conv2d [{n}, {c}, {size}, {size}], stride {stride}",
               [normal(n, c, size, size), normal(c, 1, 3, 3)],
               lambda x, w, c=c, s=stride: F.conv2d(x, w, stride=s, padding=1, groups=c))
    for rows, columns in [(32, 128), (4096, 768), (4096, 4096)]:
        yield (f"layerNorm [{rows}, {columns}]", [normal(rows, columns), torch.ones(columns), torch.zeros(columns)],
               lambda x, w, b: F.layer_norm(x, w.shape, w, b))
    for n, l in [(8, 32), (4, 256), (1, 2048)]:
        for causal in (False, True):
            yield (f"attention [{n}, 8, {l}, 64]" + (", causal" if causal else ""),
                   [normal(n, 8, l, 64) for _ in range(3)],
                   lambda q, k, v, causal=causal: F.scaled_dot_product_attention(q, k, v, is_causal=causal))
    for rows, columns, count in [(1000, 64, 1024), (30_000, 128, 4096), (100_000, 256, 4096)]:
        yield (f"embedding [{rows}, {columns}] of {count}", [torch.randint(0, rows, (count,)), normal(rows, columns)],
               F.embedding)
    for size in [32, 128, 256]:
        for pattern, shapes in [
            ("ij,jk->ik", [(size, size)] * 2), ("bij,bjk->bik", [(8, size, size)] * 2),
            ("bihd,bjhd->bhij", [(2, size, 4, 32)] * 2),
            ("bi,ijk,bj->bk", [(16, size), (size, size, 16), (16, size)]),
        ]:
            yield (f"einsum {pattern} {size}", [normal(*shape) for shape in shapes],
                   lambda *x, pattern=pattern: torch.einsum(pattern, *x))
    for size in [10_000, 100_000, 1_000_000]:
        x = normal(size)
        yield f"sort {size}", [x], lambda x: torch.sort(x)[0], False
        yield f"topK 100 of {size}", [x], lambda x: torch.topk(x, 100)[0], False
        yield f"mask {size}", [x, x > 0], lambda x, mask: x[mask]
    for n, c, size, scaled in [(8, 64, 28, 56), (4, 3, 224, 448), (4, 3, 448, 224)]:
        for mode in ("nearest", "bilinear", "bicubic"):
            yield (f"interpolate {mode} [{n}, {c}, {size}, {size}] -> {scaled}", [normal(n, c, size, size)],
                   lambda x, mode=mode, scaled=scaled: F.interpolate(x, (scaled, scaled), mode=mode))
    for size in [16, 64, 512]:
        x = normal(size, size)
        yield f"cholesky {size}", [x @ x.T + size * torch.eye(size)], torch.linalg.cholesky
        yield f"svd {size}", [x], lambda x: torch.linalg.svd(x, full_matrices=False)[1]
        yield f"svdvals {size}", [x], torch.linalg.svdvals, False
        yield f"eigh {size}", [(x @ x.T).detach() + size * torch.eye(size)], lambda x: torch.linalg.eigh(x)[0]
    for rows, columns in [(1, 1_000_000), (1000, 1000)]:
        x = normal(rows, columns)
        yield f"cummax [{rows}, {columns}]", [x], lambda x: torch.cummax(x, 1)[0]
        yield (f"topK 10 of int64 [{rows}, {columns}]", [torch.randint(0, 1_000_000_000, (rows, columns))],
               lambda x: torch.topk(x, 10)[0], False)
        yield f"histogram [{rows}, {columns}]", [x], lambda x: torch.histogram(x, 100)[0], False
    for size in [1, 7]:
        yield (f"adaptiveAvgPool3d [4, 16, 16, 28, 28] -> {size}", [normal(4, 16, 16, 28, 28)],
               lambda x, size=size: F.adaptive_avg_pool3d(x, size))
    for rate in [0.5, 4.0, 30.0]:
        rates = torch.full((100_000,), rate)
        yield f"poisson {rate}", [rates], torch.poisson, False
        yield f"gamma {rate}", [rates], torch._standard_gamma, False
    for steps, n, classes, labels in [(50, 16, 30, 10), (100, 32, 30, 25), (100, 16, 80, 40), (400, 32, 80, 100)]:
        targets = torch.randint(1, classes, (n, labels))
        lengths = torch.full((n,), steps), torch.full((n,), labels)
        yield (f"ctcLoss [{steps}, {n}, {classes}], {labels} labels", [normal(steps, n, classes).log_softmax(2)],
               lambda x, targets=targets, lengths=lengths: F.ctc_loss(x, targets, *lengths))
    for levels in (0, 100):
        scores = torch.rand(1_000_000)
        if levels:
            scores = (scores * levels).round()
        labels = torch.randint(0, 2, (1_000_000,))
        # PyTorch has none: scikit-learn's.
        yield (f"rocAUC of 1000000, {levels or 'all'} scores differ", [scores, labels],
               lambda scores, labels: torch.tensor(roc_auc_score(labels.numpy(), scores.numpy())), False)


def measure(inputs, call, differentiated=True):
    inputs = [x.requires_grad_() if x.is_floating_point() and differentiated else x for x in inputs]
    seed = torch.ones_like(call(*inputs)).detach()

    def step():
        result = call(*inputs)
        if differentiated:
            result.backward(seed)
            for x in inputs:
                x.grad = None

    def seconds(calls):
        start = time.perf_counter()
        for _ in range(calls):
            step()
        return time.perf_counter() - start

    calls = max(1, int(0.03 / seconds(1)))
    return min(seconds(calls) / calls for _ in range(7)) * 1e3


def beside(command, pattern, turns, flag="--functions", script=__file__):
    """Runs Tern's program and a script like this one in turn, and prints the medians of what both time."""
    found = {}
    for _ in range(turns):
        for system, line in (
            ("tern", [command, flag, pattern, "--json", "--threads", "2"]),
            ("torch", [sys.executable, script, pattern]),
        ):
            for row in map(json.loads, subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()):
                found.setdefault(row["function"], {}).setdefault(system, []).append(row["ms"])
    print(f"{flag[2:-1]:52}{'Tern':>10}{'PyTorch':>10}  ratio")
    for name, times in found.items():
        medians = {system: statistics.median(values) for system, values in times.items()}
        tern, peer = medians.get("tern", float("nan")), medians.get("torch", float("nan"))
        print(f"{name:52}{tern:10.4f}{peer:10.4f}{peer / tern:6.2f}x")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--beside"]:
        beside(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "", int(sys.argv[4]) if len(sys.argv) > 4 else 3)
    else:
        torch.set_num_threads(2)
        for name, *function in functions():
            if not sys.argv[1:] or sys.argv[1] in name:
                print(json.dumps({"function": name, "ms": measure(*function)}), flush=True)
