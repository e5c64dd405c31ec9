"""Cases of functions of each element: trigonometric and hyperbolic ones, logarithms, the gamma function, truncation, signs,
bits, and numbers that are not finite."""

import numpy as np
import torch

from cases_elementwise import BROADCASTS, INF, NAN, SPECIAL, Offset
from golden import Fixed, Integers, Normal, Uniform, generator


def add(file):
    unary(file)
    special(file)
    binary(file)
    integers(file)
    selection(file)


# Beyond this float32 has no digits left for what an angle or a gamma function depends on.
MODERATE = [v for v in SPECIAL if not 1000 < abs(v) < INF]


def unary(file):
    signed, inner = Offset(3, 4), Uniform(3, 4, low=-0.95, high=0.95)
    # Of infinity PyTorch's Bessel functions are NaN, and those of 88.8 overflow with e^x.
    finite = [v for v in MODERATE if abs(v) not in (88.8, INF)]
    for name, function, values, specials in [
        ("tan", torch.tan, Uniform(3, 4, low=-1.2, high=1.2), MODERATE),
        ("asin", torch.asin, inner, SPECIAL),
        ("acos", torch.acos, inner, SPECIAL),
        ("atan", torch.atan, signed, SPECIAL),
        # At 88.8, where e^x overflows, PyTorch's vectors do so, too.
        ("sinh", torch.sinh, signed, [v for v in SPECIAL if abs(v) != 88.8]),
        ("cosh", torch.cosh, signed, [v for v in SPECIAL if abs(v) != 88.8]),
        ("asinh", torch.asinh, signed, SPECIAL),
        ("acosh", torch.acosh, Uniform(3, 4, low=1.2, high=4), SPECIAL),
        ("atanh", torch.atanh, inner, SPECIAL),
        ("log2", torch.log2, Uniform(3, 4, low=0.2, high=3), SPECIAL),
        ("log10", torch.log10, Uniform(3, 4, low=0.2, high=3), SPECIAL),
        ("exp2", torch.exp2, signed, SPECIAL),
        ("erfc", torch.erfc, signed, SPECIAL),
        ("erfinv", torch.erfinv, inner, SPECIAL),
        ("ndtr", torch.special.ndtr, signed, SPECIAL),
        ("cbrt", lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3), signed, [v for v in SPECIAL if abs(v) > 1e-30]),
        ("ndtri", torch.special.ndtri, Uniform(3, 4, low=0.02, high=0.98), SPECIAL),
        ("erfcx", torch.special.erfcx, signed, [v for v in SPECIAL if not -1e30 < v < -9]),
        ("logNdtr", torch.special.log_ndtr, signed, [v for v in SPECIAL if abs(v) != 3.4e38]),
        ("i0", torch.special.i0, Uniform(3, 4, low=-9, high=9), finite),
        ("i0e", torch.special.i0e, Uniform(3, 4, low=-9, high=40), SPECIAL),
        ("i1", torch.special.i1, Uniform(3, 4, low=-9, high=9), finite),
        ("i1e", torch.special.i1e, Uniform(3, 4, low=-9, high=40), SPECIAL),
        ("lgamma", torch.lgamma, Uniform(3, 4, low=0.3, high=9), [v for v in MODERATE if abs(v) > 1e-30]),
        ("digamma", torch.digamma, Uniform(3, 4, low=0.3, high=9), [0.0, -0.0, 1, 2.5, 20, 104, 1000, -1, INF, NAN]),
        ("sinc", torch.sinc, signed, [v for v in MODERATE if abs(v) < 100]),
        ("logit", torch.logit, Uniform(3, 4, low=0.05, high=0.95), SPECIAL),
        ("logit-epsilon", lambda x: torch.logit(x, 0.1), Uniform(3, 4), SPECIAL),
        ("entr", torch.special.entr, Uniform(3, 4, low=0.05, high=2), [v for v in SPECIAL if abs(v) < 1e30]),
        ("trunc", torch.trunc, signed, SPECIAL),
        ("frac", torch.frac, signed, SPECIAL),
        ("deg2rad", torch.deg2rad, signed, SPECIAL),
        ("rad2deg", torch.rad2deg, signed, [v for v in SPECIAL if abs(v) != 3.4e38]),
        ("nanToNumber", torch.nan_to_num, signed, SPECIAL),
        ("nanToNumber-settings", lambda x: torch.nan_to_num(x, 0.5, 7, -8), signed, SPECIAL),
    ]:
        file.case(name, function, values)
        file.case(f"{name}-special", function, Fixed(specials), single=True)
    for name, function, values in [
        ("asin-ends", torch.asin, [-1, 1, 0]),
        ("acos-ends", torch.acos, [-1, 1, 0]),
        ("acosh-ends", torch.acosh, [1, 2]),
        ("atanh-ends", torch.atanh, [-1, 1, 0]),
        ("erfinv-ends", torch.erfinv, [-1, 1, 0]),
        ("ndtri-ends", torch.special.ndtri, Fixed([0, 1, 0.5, -1, 2, 1e-30, 1e-9])),
        ("i0-zero", torch.special.i0, [0, 1e-6]),
        ("i0e-zero", torch.special.i0e, [0, 1e-6]),
        ("i1-zero", torch.special.i1, [0, 1e-6]),
        ("i1e-zero", torch.special.i1e, [0, 1e-6]),
        ("logNdtr-tails", torch.special.log_ndtr, [-6, -3, -1.01, -0.99, 3, 9, 30]),
        ("besselJ0", torch.special.bessel_j0, Fixed([-30, -2.5, -1e-3, 0, 0.5, 1, 4, 7.5, 21, 150])),
        ("besselJ1", torch.special.bessel_j1, Fixed([-30, -2.5, -1e-3, 0, 0.5, 1, 4, 7.5, 21, 150])),
        ("logit-ends", torch.logit, [0, 1, 0.5, -1, 2]),
        ("entr-ends", torch.special.entr, [0, 1, -1]),
        ("sinc-near", torch.sinc, [0, 0.01, -0.1, 0.149, 0.151, -0.2, 0.4]),
        ("log2-powers", torch.log2, [0.125, 1, 2, 1024]),
        ("exp2-whole", torch.exp2, [-3, 0, 1, 10]),
        ("tan-int", torch.tan, Fixed([-1, 0, 2], np.int64)),
        ("round-decimals", lambda x: torch.round(x, decimals=1), Fixed([0.26, -1.24, 12.34, 0.07])),
        ("round-tens", lambda x: torch.round(x, decimals=-1), Fixed([14, 26, -33])),
    ]:
        file.case(name, function, values)


def special(file):
    for order in (1, 2, 3):
        file.case(f"polygamma-{order}", lambda x, n=order: torch.polygamma(n, x), Uniform(3, 3, low=0.5, high=12))
    file.case("polygamma-negative", lambda x: torch.polygamma(1, x), Uniform(5, low=-3.8, high=-3.2), gradient=False)
    file.case("lgamma-negative", torch.lgamma, [-0.5, -1.5, -2.25, -3.75])
    file.case("digamma-negative", torch.digamma, Fixed([-0.5, -1.5, -2.25, -3.75]))
    file.case("zeta", lambda q: torch.special.zeta(2.5, q), Uniform(3, 3, low=0.5, high=12))
    file.case("mvlgamma", lambda x: torch.mvlgamma(x, 3), Uniform(3, 3, low=1.5, high=9))


def binary(file):
    for name, function in [
        ("atan2", torch.atan2),
        ("hypot", torch.hypot),
        ("logAddExp", torch.logaddexp),
        ("logAddExp2", torch.logaddexp2),
        ("xlogy", torch.xlogy),
        ("xlog1py", torch.special.xlog1py),
        ("copysign", torch.copysign),
        ("fmod", torch.fmod),
        ("truncDivide", lambda a, b: torch.div(a, b, rounding_mode="trunc")),
        ("fmax", torch.fmax),
        ("fmin", torch.fmin),
    ]:
        positive = name.startswith("xlog")
        for broadcast, (a, b) in BROADCASTS.items():
            file.case(f"{name}-{broadcast}", function, Offset(*a), Uniform(*b, low=0.3, high=3) if positive else Offset(*b))
        a, b = np.meshgrid([-INF, -2, -0.0, 0, 3, INF, NAN], [-INF, -2, -0.0, 0, 0.5, 1, 3, INF, NAN])
        if name in ("fmod", "truncDivide"):  # of infinities, PyTorch's vectors give other results than its scalars
            a, b = np.meshgrid([-2, -0.0, 0, 3, 7.5, NAN], [-2, 0.5, 1, 3, NAN])
        file.case(f"{name}-special", function, Fixed(a.reshape(-1)), Fixed(b.reshape(-1)), single=True)
    for name, function in [("igamma", torch.igamma), ("igammac", torch.igammac)]:
        a, x = Uniform(3, 1, low=0.2, high=30), Uniform(4, low=0.1, high=40)
        file.case(name, lambda x, f=function: f(torch.tensor([[0.3], [2], [9]], dtype=x.dtype), x), x)
        file.case(f"{name}-values", function, Fixed(a.draw(generator(name))), Fixed(x.draw(generator(name + "x"))))
        a, b = np.meshgrid([-1, 0, 0.5, 2, 40, INF, NAN], [-1, 0, 0.5, 1, 2, 50, INF, NAN])
        known = ~(np.isnan(a) | np.isnan(b)) | (a == 2) | (b == 2)  # beside 0 and infinity PyTorch does not see NaN
        a, b = a[known], b[known]
        file.case(f"{name}-special", function, Fixed(a.reshape(-1)), Fixed(b.reshape(-1)), single=True)
    file.case("atan2-number", lambda x: torch.atan2(x, torch.full_like(x, 2)), Normal(2, 3))
    file.case("number-atan2", lambda x: torch.atan2(torch.full_like(x, 2), x), Normal(2, 3))
    file.case("atan2-origin", torch.atan2, [0, 0, 1], [0, 1, 0])
    file.case("xlogy-zero", torch.xlogy, [0, 0, 1], Fixed([0, 2, 2]))
    file.case("fmod-signs", torch.fmod, [5.5, -5.5, 5.5, -5.5, 6, -6], Fixed([2, 2, -2, -2, 3, 3]))
    file.case("fmax-ties", torch.fmax, [1, 2, 3], [1, 2.5, 3])
    file.case("lerp", torch.lerp, Normal(3, 4), Normal(4), Normal(3, 1))
    file.case("lerp-number", lambda a, b: torch.lerp(a, b, 0.3), Normal(3, 4), Normal(4))
    file.case("lerp-large", lambda a, b: torch.lerp(a, b, 0.8), Normal(3, 4), Normal(4))
    file.case("ldexp", torch.ldexp, Normal(2, 3), Fixed([-2, 0, 3], np.int32), gradient=False)
    file.case("signbit", torch.signbit, Fixed([-1, -0.0, 0.0, 2, -INF]))
    file.case("heaviside", torch.heaviside, Fixed([-1, -0.0, 0, 2, INF]), Fixed([5, 6, 7, 8, 9]))


def integers(file):
    a, b = Fixed([7, -7, 7, -7, 0, 100], np.int64), Fixed([2, 2, -2, -2, 5, 7], np.int64)
    for name, function in [
        ("fmod", torch.fmod),
        ("truncDivide", lambda a, b: torch.div(a, b, rounding_mode="trunc")),
        ("bitwiseAnd", torch.bitwise_and),
        ("bitwiseOr", torch.bitwise_or),
        ("bitwiseXor", torch.bitwise_xor),
        ("gcd", torch.gcd),
        ("lcm", torch.lcm),
    ]:
        file.case(f"{name}-int64", function, a, b)
        small = np.minimum(a.values, 9) if name == "lcm" else a.values
        file.case(f"{name}-int8", function, Fixed(small, np.int8), Fixed(b.values, np.int8))
        file.case(f"{name}-uint8", function, Fixed([200, 3, 255, 17], np.uint8), Fixed([100, 5, 255, 4], np.uint8))
    p, q = Fixed([True, True, False, False], np.bool_), Fixed([True, False, True, False], np.bool_)
    file.case("bitwiseAnd-bool", torch.bitwise_and, p, q)
    file.case("bitwiseOr-bool", torch.bitwise_or, p, q)
    file.case("bitwiseXor-bool", torch.bitwise_xor, p, q)
    file.case("bitwiseNot-bool", torch.bitwise_not, p)
    file.case("bitwiseNot-int32", torch.bitwise_not, Fixed([0, -1, 7], np.int32))
    file.case("bitwiseNot-uint8", torch.bitwise_not, Fixed([0, 255, 7], np.uint8))
    for dtype in (np.int8, np.int64, np.uint8):
        values = Fixed([5, 127, 1, 0, 100] if dtype == np.uint8 else [5, -5, 1, -1, 100], dtype)
        counts = Integers(7, 1, high=9, dtype=dtype)
        file.case(f"bitwiseLeftShift-{np.dtype(dtype).name}", torch.bitwise_left_shift, values, counts)
        file.case(f"bitwiseRightShift-{np.dtype(dtype).name}", torch.bitwise_right_shift, values, counts)
    file.case("bitwiseRightShift-far", torch.bitwise_right_shift, Fixed([5, -5, -5], np.int32), Fixed([64, 64, -1], np.int32))


def selection(file):
    values = Fixed([1, INF, -INF, NAN, 0])
    file.case("isInfinite", torch.isinf, values)
    file.case("isPositiveInfinity", torch.isposinf, values)
    file.case("isNegativeInfinity", torch.isneginf, values)
    file.case("clamp-tensors", torch.clamp, Normal(3, 4), Normal(4, mean=-0.5), Normal(3, 1, mean=0.5))
    file.case("clamp-tensor-min", lambda x, low: torch.clamp(x, min=low), Normal(3, 4), Normal(4))
    file.case("clamp-tensor-max", lambda x, high: torch.clamp(x, max=high), Normal(3, 4), Normal(4))
    file.case("clamp-tensors-meet", torch.clamp, [1, 2, 3, 2], [2, 2, 1, 3], [1, 3, 3, 4])
    file.case("maximum-number", lambda x: torch.maximum(x, torch.zeros_like(x)), [-1, 0, 2])
    file.case("minimum-number", lambda x: torch.minimum(x, torch.full_like(x, 0.5)), [-1, 0.5, 2])
