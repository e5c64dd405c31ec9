"""Times the matrix products of `tern-bench --products` with PyTorch's library (MKL or oneDNN) and with NumPy's (OpenBLAS).

    python Examples/tern-bench/products_python.py .build/release/tern-bench [THREADS] [TURNS]

All three run in turn; the ratio is the better of the two peers' time divided by Tern's, each the median over the turns.
"""

import json
import os
import statistics
import subprocess
import sys
import time


def milliseconds(name, product):
    shape = [int(size) for size in name.split()[-1].split("x")]
    calls = max(1, int(2e7 / (2 * shape[0] * shape[1] * shape[2])))

    def once():
        start = time.perf_counter()
        for _ in range(calls):
            product()
        return (time.perf_counter() - start) / calls * 1e3

    once()
    return min(once() for _ in range(7 if shape[0] > 500 and calls == 1 else 30))


def operands(name, normal):
    m, k, n = (int(size) for size in name.split()[-1].split("x"))
    a = normal(k, m).T if "weights" in name else normal(m, k)
    return a, normal(n, k).T if "forward" in name else normal(k, n)


def torch_times(names, threads):
    import torch

    torch.set_num_threads(threads)
    for name in names:
        a, b = operands(name, torch.randn)
        yield name, milliseconds(name, lambda: torch.mm(a, b))


def numpy_times(names, threads):
    import numpy

    generator = numpy.random.default_rng(0)
    for name in names:
        a, b = operands(name, lambda *shape: generator.standard_normal(shape, dtype=numpy.float32))
        yield name, milliseconds(name, lambda: a @ b)


def main(command, threads, turns):
    def run(*line):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads)
        text = subprocess.run(line, capture_output=True, text=True, check=True, env=environment).stdout
        return [json.loads(row) for row in text.splitlines()]

    found = {}
    for _ in range(turns):
        rows = run(command, "--products", "--json", "--threads", threads)
        names = [row["function"] for row in rows]
        for system in ("tern", "torch", "numpy"):
            if system != "tern":
                rows = run(sys.executable, __file__, "--time", system, threads, *names)
            for row in rows:
                found.setdefault(row["function"], {}).setdefault(system, []).append(row["ms"])
    print(f"{'GFLOP/s, ' + threads + ' threads':30}{'Tern':>8}{'PyTorch':>9}{'NumPy':>8}  ratio")
    for name, times in found.items():
        m, k, n = (int(size) for size in name.split()[-1].split("x"))
        time = {system: statistics.median(values) for system, values in times.items()}
        rates = {system: 2e-6 * m * k * n / value for system, value in time.items()}
        ratio = min(time["torch"], time["numpy"]) / time["tern"]
        print(f"{name:30}{rates['tern']:8.1f}{rates['torch']:9.1f}{rates['numpy']:8.1f}{ratio:6.2f}x")


if __name__ == "__main__":
    if sys.argv[1] == "--time":
        times = torch_times if sys.argv[2] == "torch" else numpy_times
        for name, ms in times(sys.argv[4:], int(sys.argv[3])):
            print(json.dumps({"function": name, "ms": ms}), flush=True)
    else:
        main(sys.argv[1], *(sys.argv[2:3] or ["2"]), int(sys.argv[3]) if len(sys.argv) > 3 else 3)
