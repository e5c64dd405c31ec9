"""Times onnxruntime reading a model and running it as `tern-onnx time` does, and prints a JSON line.

    python Examples/tern-onnx/time_onnxruntime.py MODEL [THREADS] [ROUNDS]
    python Examples/tern-onnx/time_onnxruntime.py MODEL [THREADS] [ROUNDS] --beside .build/release/tern-onnx [TURNS]
    python Examples/tern-onnx/time_onnxruntime.py --resnet18 MODEL

With `--beside` both take turns, five each, and a table is printed: the ratio is onnxruntime's time divided by Tern's, both
the median over the turns. `--resnet18` writes PyTorch's export of torchvision's ResNet-18.
"""

import json
import os
import statistics
import subprocess
import sys
import time

arguments = sys.argv[1:]
if arguments[0] == "--resnet18":
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
    import torchvision_import
    import torch
    import torchvision

    model, x = torchvision.models.resnet18().eval(), torch.randn(1, 3, 224, 224)
    torch.onnx.export(
        model, (x,), arguments[1], dynamo=True, external_data=False, dynamic_shapes=({0: torch.export.Dim("batch")},),
        optimize="folded" in arguments)
    sys.exit()
beside = None
if "--beside" in arguments:
    place = arguments.index("--beside")
    beside, arguments = arguments[place + 1:], arguments[:place]
path, threads, rounds = arguments[0], *(arguments[1:] + ["1", "20"][len(arguments) - 1:])
if beside:
    turns = int(beside[1]) if len(beside) > 1 else 5
    commands = {
        "tern": [beside[0], "time", "--model", path, "--threads", threads, "--rounds", rounds],
        "onnxruntime": [sys.executable, __file__, path, threads, rounds],
    }
    results = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            results[name].append(json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout))
    print(f"{'':10}{'tern':>12}{'onnxruntime':>14}{'ratio':>8}   {threads} threads, ms")
    for kind in ["read_ms", "first_ms", "run_ms"]:
        tern, theirs = (statistics.median(r[kind] for r in results[name]) for name in commands)
        print(f"{kind:10}{tern:12.2f}{theirs:14.2f}{theirs / tern:8.2f}")
    sys.exit()

import numpy as np
import onnxruntime

onnxruntime.set_default_logger_severity(3)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
start = time.perf_counter()
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
reading = time.perf_counter() - start
types = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(double)": np.float64}
inputs = {
    port.name: np.random.randn(*(n if isinstance(n, int) else 1 for n in port.shape)).astype(types[port.type])
    for port in session.get_inputs()
}
times = []
for _ in range(int(rounds)):
    start = time.perf_counter()
    session.run(None, inputs)
    times.append(time.perf_counter() - start)
print(json.dumps({
    "system": "onnxruntime", "threads": int(threads), "read_ms": reading * 1e3, "first_ms": times[0] * 1e3,
    "run_ms": statistics.median(times) * 1e3}))
