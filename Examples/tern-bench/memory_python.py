#!/usr/bin/env python3
"""Peak memory of tern-bench's workloads beside PyTorch's, each in a process of its own: VmHWM, as the system counts it.

    memory_python.py --tern .build/release/tern-bench --torch ../shared/peers/torch_bench.py --workload lenet --workload cnn

What is counted is the whole process, libraries included; the first line has what a program holds that imports the
framework and makes a tensor.
"""
import argparse
import os
import subprocess
import sys

NAMES = "linreg lenet lenetmax mlp fnn cnn lstm gru gpt resnet18 mobile gan predict predictcnn".split()
IDLE = "import torch; torch.zeros(4)"


def peak(command):
    """Megabytes at the height of a process, or None if it fails."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024 if process.returncode == 0 else None


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--tern", required=True, help="tern-bench, a release build")
    arguments.add_argument("--torch", required=True, help="the peers' torch_bench.py")
    arguments.add_argument("--python", default=sys.executable, help="a Python with torch")
    arguments.add_argument("--workload", action="append", choices=NAMES, help="repeatable; all if absent")
    options = arguments.parse_args()

    def show(name, tern, torch):
        text = ["-" if mb is None else f"{mb:.0f}" for mb in (tern, torch)]
        ratio = "" if tern is None or torch is None else f"{torch / tern:.1f}x"
        print(f"{name:12} {text[0]:>8} {text[1]:>8} {ratio:>8}", flush=True)

    print(f"{'MB at peak':12} {'Tern':>8} {'PyTorch':>8} {'ratio':>8}")
    show("(nothing)", peak([options.tern, "--help"]), peak([options.python, "-c", IDLE]))
    for name in options.workload or NAMES:
        tern = peak([options.tern, "--workload", name, "--steps", "20"])
        torch = peak([options.python, options.torch, "--workload", name, "--rounds", "1"])
        show(name, tern, torch)


main()
