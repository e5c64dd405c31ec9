"""How a golden case is computed with PyTorch and stored; make_goldens.py says how to run.

A case is a group of tensors `case/in0`, `case/out0`, `case/cot0` (the random cotangent of a floating-point output)
and `case/grad0` (the gradient of input 0). Inputs and cotangents are float32; outputs and gradients are computed from
the same values in float64 and stored as such, so one case serves both types: it checks float64 tightly, and float32
against the true value. PyTorch's own float32 results are computed too and must agree within the float32 tolerances, so
that what a case asks of float32 is known to be possible. PyTorch's own results in float16 and bfloat16, of the same numbers
rounded to these, stand beside as `out0.float16` and so on, where it can compute them. `single=True` keeps PyTorch's float32 results instead, for
values at which float32 overflows, say.
"""

import zlib

import numpy as np
import torch
from safetensors.torch import save_file

# behaviour: |actual - expected| <= absolute + relative * |expected|
FLOAT32_TOLERANCE = (1.3e-6, 1e-5)


def generator(name):
    """Random numbers that depend on the case's name alone: a new case changes no other."""
    return np.random.default_rng(zlib.crc32(name.encode()))


class Normal:
    """Stands for an input with normally distributed elements."""

    def __init__(self, *shape, mean=0.0, deviation=1.0):
        self.shape, self.mean, self.deviation = shape, mean, deviation

    def draw(self, rng):
        return (self.mean + self.deviation * rng.standard_normal(self.shape)).astype(np.float32)


class Uniform:
    """Stands for an input with evenly distributed elements."""

    def __init__(self, *shape, low=0.0, high=1.0):
        self.shape, self.low, self.high = shape, low, high

    def draw(self, rng):
        return rng.uniform(self.low, self.high, self.shape).astype(np.float32)


class Integers:
    """Stands for an input of integers from `low` up to but without `high`."""

    def __init__(self, *shape, low=0, high=10, dtype=np.int64):
        self.shape, self.low, self.high, self.dtype = shape, low, high, dtype

    def draw(self, rng):
        return rng.integers(self.low, self.high, self.shape).astype(self.dtype)


class Fixed:
    """Given values that get no gradient."""

    def __init__(self, values, dtype=np.float32):
        self.values = np.array(values, dtype)

    def draw(self, rng):
        return self.values


def draw(value, rng):
    return value.draw(rng) if hasattr(value, "draw") else np.array(value, np.float32)


def to_torch(array, dtype):
    tensor = torch.from_numpy(np.array(array))
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def as_tuple(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def to_numpy(tensor):
    return tensor.detach().numpy()


def results_of(function, arrays, wants, dtype, cotangents):
    """The outputs and gradients in a type; `cotangents` makes those of the outputs."""
    tensors = [to_torch(array, dtype).requires_grad_(want) for array, want in zip(arrays, wants)]
    outputs = as_tuple(function(*tensors))
    differentiable = [(o, to_torch(c, o.dtype)) for o, c in zip(outputs, cotangents(outputs)) if c is not None]
    gradients = [None] * len(tensors)
    if differentiable:
        sources = [tensor for tensor, want in zip(tensors, wants) if want]
        found = iter(
            torch.autograd.grad(
                [o for o, _ in differentiable], sources, [c for _, c in differentiable], allow_unused=True))
        gradients = [next(found) if want else None for want in wants]
        gradients = [
            torch.zeros_like(tensor) if want and found is None else found
            for tensor, want, found in zip(tensors, wants, gradients)
        ]
    return [output.detach() for output in outputs], gradients


def check_single(name, single, double):
    """PyTorch's float32 result must be within the tolerance that float32 is tested with."""
    relative, absolute = FLOAT32_TOLERANCE
    with np.errstate(invalid="ignore"):
        share = np.abs(single - double) / (absolute + relative * np.abs(double))
    assert not (share > 1).any(), f"{name}: PyTorch's float32 is {np.nanmax(share):.1f} times the tolerance away"


class GoldenFile:
    def __init__(self):
        self.tensors = {}
        self.cases = set()

    def begin(self, name):
        assert name not in self.cases, name
        self.cases.add(name)

    def put(self, name, array):
        # ascontiguousarray would make a scalar a vector.
        self.tensors[name] = array if torch.is_tensor(array) else np.array(array, order="C")

    def case(self, name, function, *inputs, gradient=True, single=False, halves=True):
        """Adds a case of a function of tensors. Inputs of type Fixed, and integers, get no gradient. Without `halves` where
        PyTorch's own overflow or divide by 0."""
        self.begin(name)
        rng = generator(name)
        arrays = [draw(value, rng) for value in inputs]
        wants = [
            gradient and array.dtype == np.float32 and not isinstance(value, Fixed)
            for value, array in zip(inputs, arrays)
        ]
        cotangents = []

        def cotangents_of(outputs):
            if not cotangents:
                cotangents.extend(
                    rng.standard_normal(tuple(output.shape)).astype(np.float32) if output.requires_grad else None
                    for output in outputs)
            return cotangents

        results = {}
        for dtype in (torch.float32, torch.float64):
            outputs, gradients = results_of(function, arrays, wants, dtype, cotangents_of)
            results[dtype] = (
                [to_numpy(output) for output in outputs],
                [None if g is None else to_numpy(g) for g in gradients],
            )
        stored = results[torch.float32 if single else torch.float64]
        for index, array in enumerate(arrays):
            self.put(f"{name}/in{index}", array)
        for index, array in enumerate(stored[0]):
            self.put(f"{name}/out{index}", array)
        for index, array in enumerate(cotangents):
            if array is not None:
                self.put(f"{name}/cot{index}", array)
        for index, array in enumerate(stored[1]):
            if array is not None:
                self.put(f"{name}/grad{index}", array)
        if not single:
            if halves:
                self.put_halves(name, function, arrays, wants, cotangents_of)
            for a, b in zip(results[torch.float32], results[torch.float64]):
                for x, y in zip(a, b):
                    if x is not None and y.dtype == np.float64:
                        check_single(name, x.astype(np.float64), y)

    def put_halves(self, name, function, arrays, wants, cotangents_of):
        """PyTorch's results in half types; not those of cases that it has no kernels for, or that make other types."""
        if not any(array.dtype == np.float32 for array in arrays):
            return
        for dtype, suffix in ((torch.float16, "float16"), (torch.bfloat16, "bfloat16")):
            try:
                outputs, gradients = results_of(function, arrays, wants, dtype, cotangents_of)
            except (RuntimeError, NotImplementedError, TypeError):
                continue
            if any(output.is_floating_point() and output.dtype != dtype for output in outputs):
                continue
            for index, output in enumerate(outputs):
                self.put(f"{name}/out{index}.{suffix}", output)
            for index, gradient in enumerate(gradients):
                if gradient is not None:
                    self.put(f"{name}/grad{index}.{suffix}", gradient)

    def save(self, path):
        save_file({name: torch.as_tensor(value).contiguous().clone() for name, value in self.tensors.items()}, path)
        size = sum(value.nbytes for value in self.tensors.values())
        print(f"{path}: {len(self.cases)} cases, {len(self.tensors)} tensors, {size} bytes")
