"""Cases of elementwise operations: arithmetic, comparison, selection, unary functions and activations."""

import numpy as np
import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal, Uniform

INF, NAN = float("inf"), float("nan")

# Where functions overflow, underflow, change branch or lose digits. Denormal numbers and both zeros are among them.
SPECIAL = [
    -INF, -3.4e38, -1000, -104, -103.5, -88.8, -20, -5, -1.5, -1, -0.5, -1e-3, -1e-8, -1e-40, -0.0,
    0.0, 1e-40, 1e-8, 1e-3, 0.5, 1, 1.5, 2.5, 5, 20, 88.7, 88.8, 104, 1000, 3.4e38, INF, NAN,
]  # fmt: skip

# Every way to broadcast: equal shapes, a row, both sides, a scalar on either side, nothing at all.
BROADCASTS = {
    "same": ((3, 4), (3, 4)),
    "row": ((3, 5), (5,)),
    "both": ((2, 1, 3), (4, 1)),
    "left-scalar": ((), (2, 3)),
    "right-scalar": ((7,), ()),
    "empty": ((0, 3), (1, 3)),
}


class Offset(Normal):
    """Normal numbers moved away from 0 by 0.5, on both sides."""

    def draw(self, rng):
        values = super().draw(rng)
        return (values + np.where(values < 0, -0.5, 0.5)).astype(np.float32)


def add(file):
    unary(file)
    activations(file)
    binary(file)
    integers(file)
    comparison(file)
    selection(file)


def unary(file):
    shape = (3, 4)
    signed = Offset(*shape)
    positive = Uniform(*shape, low=0.2, high=3)
    for name, function, values in [
        ("negate", torch.neg, signed),
        ("abs", torch.abs, signed),
        ("sign", torch.sign, signed),
        ("square", torch.square, signed),
        ("reciprocal", torch.reciprocal, signed),
        ("sqrt", torch.sqrt, positive),
        ("rsqrt", torch.rsqrt, positive),
        ("exp", torch.exp, signed),
        ("expm1", torch.expm1, signed),
        ("log", torch.log, positive),
        ("log1p", torch.log1p, positive),
        ("sin", torch.sin, signed),
        ("cos", torch.cos, signed),
        ("erf", torch.erf, signed),
        ("floor", torch.floor, signed),
        ("ceil", torch.ceil, signed),
        ("round", torch.round, signed),
    ]:
        file.case(name, function, values)
        special = SPECIAL
        if name in ("sin", "cos"):  # of a number near the largest one they are of no use
            special = [v for v in SPECIAL if abs(v) != 3.4e38]
        if name == "sign":  # Tern's keeps NaN, as NumPy's does; PyTorch's gives 0
            special = [v for v in SPECIAL if v == v]
        file.case(f"{name}-special", function, Fixed(special), single=True)
    for name, function, values in [
        ("abs-at-zero", torch.abs, [-1, -0.0, 0, 1]),
        ("sqrt-at-zero", torch.sqrt, [0, 4]),
        ("square-at-zero", torch.square, [0, -0.0]),
        ("round-halves", torch.round, [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]),
    ]:
        file.case(name, function, values)
    file.case("exp-empty", torch.exp, Normal(2, 0, 3))
    file.case("exp-int", lambda x: torch.exp(x), Integers(5, low=-3, high=4))
    file.case("abs-int", torch.abs, Integers(5, low=-3, high=4))


def activations(file):
    shape = (3, 4)
    for name, function in [
        ("relu", torch.relu),
        ("leakyRelu", F.leaky_relu),
        ("leakyRelu-0.3", lambda x: F.leaky_relu(x, 0.3)),
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("softplus", F.softplus),
        ("silu", F.silu),
        ("gelu", F.gelu),
        ("gelu-tanh", lambda x: F.gelu(x, approximate="tanh")),
        ("elu", F.elu),
        ("elu-0.7", lambda x: F.elu(x, alpha=0.7)),
    ]:
        file.case(name, function, Offset(*shape, deviation=2))
        special = SPECIAL
        if name in ("gelu", "gelu-tanh", "silu"):  # PyTorch's give NaN where Tern's give the limits, 0 and infinity
            special = [v for v in SPECIAL if not abs(v) > 1e30]
        file.case(f"{name}-special", function, Fixed(special), single=True)
        # Derivatives where both branches meet and far out, where they must be exactly flat.
        file.case(f"{name}-slope", function, [-200, -30, -0.0, 0, 30, 200])


def binary(file):
    for name, function in [
        ("add", torch.add),
        ("subtract", torch.sub),
        ("multiply", torch.mul),
        ("divide", torch.div),
        ("remainder", torch.remainder),
        ("floorDivide", torch.floor_divide),
        ("pow", torch.pow),
        ("maximum", torch.maximum),
        ("minimum", torch.minimum),
    ]:
        for broadcast, (a, b) in BROADCASTS.items():
            left = Uniform(*a, low=0.3, high=2.5) if name == "pow" else Offset(*a)
            file.case(f"{name}-{broadcast}", function, left, Offset(*b), gradient=name != "floorDivide")
    a, b = np.meshgrid([-INF, -2, -0.0, 0, 3, INF, NAN], [-INF, -2, -0.0, 0, 0.5, 1, 3, INF, NAN])
    for name, function in [
        ("add", torch.add),
        ("multiply", torch.mul),
        ("divide", torch.div),
        ("pow", torch.pow),
        ("maximum", torch.maximum),
        ("minimum", torch.minimum),
    ]:
        file.case(f"{name}-special", function, Fixed(a.reshape(-1)), Fixed(b.reshape(-1)), single=True)
    file.case("remainder-signs", torch.remainder, [5.5, -5.5, 5.5, -5.5, 6, -6], Fixed([2, 2, -2, -2, 3, 3]))
    file.case("maximum-ties", torch.maximum, [1, 2, 3], [1, 2.5, 3])
    file.case("minimum-ties", torch.minimum, [1, 2, 3], [1, 2.5, 3])
    file.case("multiply-itself", lambda x: x * x, Normal(2, 3))
    file.case("add-number", lambda x: x + 2.5, Normal(2, 3))
    file.case("number-subtract", lambda x: 2 - x, Normal(2, 3))
    file.case("multiply-number", lambda x: x * 3, Normal(2, 3))
    file.case("number-divide", lambda x: 2 / x, Offset(2, 3))
    file.case("divide-number", lambda x: x / 3, Normal(2, 3))
    file.case("remainder-number", lambda x: x % 0.75, Offset(2, 3))
    file.case("pow-2", lambda x: x**2, Normal(2, 3))
    file.case("pow-3", lambda x: x**3, Normal(2, 3))
    file.case("pow-half", lambda x: x**0.5, Uniform(2, 3, low=0.1, high=2))
    file.case("pow-minus-1", lambda x: x**-1, Offset(2, 3))
    file.case("pow-0", lambda x: x**0, [0, 1, 2])
    file.case("pow-base-zero", torch.pow, [0, 0, 0, 2], [0, 1, 2, 0])


def integers(file):
    a, b = Fixed([7, -7, 7, -7, 0, 100], np.int64), Fixed([2, 2, -2, -2, 5, 7], np.int64)
    for name, function in [
        ("add", torch.add),
        ("subtract", torch.sub),
        ("multiply", torch.mul),
        ("remainder", torch.remainder),
        ("floorDivide", torch.floor_divide),
        ("maximum", torch.maximum),
        ("minimum", torch.minimum),
    ]:
        file.case(f"{name}-int64", function, a, b)
        file.case(f"{name}-int32", function, Fixed(a.values, np.int32), Fixed(b.values, np.int32))
        file.case(f"{name}-uint8", function, Fixed([200, 3, 255, 17], np.uint8), Fixed([100, 5, 255, 4], np.uint8))
    # PyTorch's result type is float32 here whatever the other operands are.
    file.case("divide-int64", torch.div, a, b, single=True)
    file.case("pow-int64", torch.pow, Fixed([2, 3, -2, 5], np.int64), Fixed([10, 3, 3, 0], np.int64))
    file.case("add-int32-int64", torch.add, Integers(3, dtype=np.int32), Integers(3))
    file.case("add-uint8-int32", torch.add, Integers(3, dtype=np.uint8), Integers(3, dtype=np.int32))
    file.case("multiply-int64-float", torch.mul, Integers(3), Normal(2, 3))
    file.case("multiply-bool-float", torch.mul, Fixed([True, False, True], np.bool_), Normal(2, 3))


def comparison(file):
    a = Fixed([[1, 2, 3], [NAN, INF, -0.0]])
    b = Fixed([[1, 3, 2], [NAN, INF, 0.0]])
    for name, function in [
        ("equal", torch.eq),
        ("notEqual", torch.ne),
        ("less", torch.lt),
        ("lessOrEqual", torch.le),
        ("greater", torch.gt),
        ("greaterOrEqual", torch.ge),
    ]:
        file.case(name, function, a, b)
        file.case(f"{name}-both", function, Integers(2, 1, 3, high=3), Integers(4, 1, high=3))
        file.case(f"{name}-number", lambda x, f=function: f(x, 1), Integers(3, 5, high=3, dtype=np.int32))
    p, q = Fixed([True, True, False, False], np.bool_), Fixed([True, False, True, False], np.bool_)
    file.case("logicalAnd", torch.logical_and, p, q)
    file.case("logicalOr", torch.logical_or, p, q)
    file.case("logicalXor", torch.logical_xor, p, q)
    file.case("logicalNot", torch.logical_not, p)
    file.case("logicalAnd-float", torch.logical_and, Fixed([[0.5, 0, 256]]), Fixed([[2], [0]]))
    file.case("isNaN", torch.isnan, a)
    file.case("isFinite", torch.isfinite, Fixed([1, INF, -INF, NAN, 3.4e38]))
    near = Fixed([1, 1, 1e-9, INF, INF, NAN]), Fixed([1.00001, 1.0001, 0, INF, -INF, NAN])
    file.case("isClose", torch.isclose, *near)
    file.case("isClose-NaN", lambda a, b: torch.isclose(a, b, rtol=1e-3, atol=0, equal_nan=True), *near)


def selection(file):
    file.case("which", torch.where, Fixed(np.arange(12).reshape(3, 4) % 3 == 0, np.bool_), Normal(3, 4), Normal(3, 4))
    file.case("which-broadcast", torch.where, Fixed([[True], [False]], np.bool_), Normal(3, 1, 1), Normal(4))
    file.case(
        "which-discards-nan", torch.where, Fixed([True, False, True], np.bool_), [1, 2, 3], Fixed([NAN, 5, INF]))
    file.case("clamp", lambda x: torch.clamp(x, -0.5, 1), Normal(4, 5))
    file.case("clamp-min", lambda x: torch.clamp(x, min=0.25), Normal(4, 5))
    file.case("clamp-max", lambda x: torch.clamp(x, max=0.25), Normal(4, 5))
    file.case("clamp-bounds", lambda x: torch.clamp(x, -1, 1), [-1, 1, 0, -1.5, 1.5, NAN])
    file.case("clamp-int", lambda x: torch.clamp(x, 2, 5), Integers(8))
    file.case("convert-float-int", lambda x: x.to(torch.int64), Fixed([-1.7, -0.2, 0.9, 1.5, 1e9]))
    file.case("convert-int-bool", lambda x: x.to(torch.bool), Integers(5, low=-1, high=2))
    file.case("convert-bool-uint8", lambda x: x.to(torch.uint8), Fixed([True, False], np.bool_))
