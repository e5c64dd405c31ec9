"""Cases of matrix products, convolutions and pooling."""

import math

import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal

INF, NAN = math.inf, math.nan


def add(file):
    products(file)
    convolutions(file)
    max_pools(file)
    average_pools(file)


def products(file):
    for name, a, b in [
        ("vector-vector", (5,), (5,)),
        ("matrix-vector", (3, 5), (5,)),
        ("vector-matrix", (5,), (5, 4)),
        ("matrix", (3, 5), (5, 4)),
        ("batch", (2, 3, 5), (2, 5, 4)),
        ("batch-broadcast", (2, 1, 3, 5), (4, 5, 2)),
        ("batch-matrix", (2, 3, 5), (5, 4)),
        ("matrix-batch", (3, 5), (2, 5, 4)),
        ("batch-vector", (2, 3, 5), (5,)),
        ("vector-batch", (5,), (2, 5, 4)),
        ("column-row", (4, 1), (1, 3)),
        ("inner-empty", (3, 0), (0, 4)),
        ("outer-empty", (0, 5), (5, 4)),
        ("edges", (37, 29), (29, 51)),
        ("rows-of-one", (3, 1, 5), (5, 4)),
        ("rows-of-one-vector", (3, 1, 5), (5,)),
        ("columns-of-one", (5, 4), (3, 4, 1)),
    ]:
        file.case(f"matmul-{name}", torch.matmul, Normal(*a), Normal(*b))
    # Long sums: a deviation of 1/4 keeps them near 1, as a layer's initialization does.
    file.case(
        "matmul-long", torch.matmul, Normal(9, 700, deviation=0.25), Normal(700, 17, deviation=0.25), gradient=False)
    file.case("matmul-int64", torch.matmul, Integers(3, 4, low=-5), Integers(4, 2))
    file.case("dot", torch.dot, Normal(33), Normal(33))
    file.case("outer", torch.outer, Normal(4), Normal(3))
    file.case("linear", F.linear, Normal(6, 9), Normal(5, 9), Normal(5))
    file.case("linear-no-bias", F.linear, Normal(6, 9), Normal(5, 9))
    file.case("linear-vector", F.linear, Normal(9), Normal(5, 9), Normal(5))
    file.case("linear-rank-4", F.linear, Normal(2, 3, 2, 9), Normal(5, 9), Normal(5))
    file.case("linear-rows-of-one", F.linear, Normal(3, 1, 9), Normal(5, 9), Normal(5))
    file.case("linear-one-feature", F.linear, Normal(6, 1), Normal(1, 1), Normal(1))
    file.case("linear-empty", F.linear, Normal(0, 4), Normal(3, 4), Normal(3))


def convolutions(file):
    for name, x, w, options in [
        ("valid", (2, 3, 7, 8), (4, 3, 3, 3), {}),
        ("one-channel", (2, 1, 9, 9), (6, 1, 5, 5), {"padding": 2}),
        ("one-by-one", (2, 5, 4, 6), (3, 5, 1, 1), {}),
        ("one-by-one-strided", (2, 5, 5, 6), (3, 5, 1, 1), {"stride": 2}),
        ("same", (1, 2, 6, 6), (3, 2, 3, 3), {"padding": 1}),
        ("stride", (2, 3, 8, 9), (4, 3, 3, 3), {"stride": 2, "padding": 1}),
        ("stride-uneven", (1, 2, 9, 8), (3, 2, 3, 2), {"stride": (3, 2), "padding": (0, 1)}),
        ("stride-beyond-kernel", (1, 2, 9, 9), (2, 2, 2, 2), {"stride": 3}),
        ("dilation", (2, 2, 9, 8), (3, 2, 3, 3), {"dilation": 2, "padding": 2}),
        ("dilation-stride", (1, 2, 11, 9), (3, 2, 3, 2), {"dilation": (2, 3), "stride": 2, "padding": (1, 2)}),
        ("groups", (2, 6, 5, 5), (4, 3, 3, 3), {"groups": 2, "padding": 1}),
        ("depthwise", (1, 5, 6, 7), (5, 1, 3, 3), {"groups": 5, "padding": 1}),
        ("depthwise-multiplied", (1, 3, 5, 5), (6, 1, 3, 3), {"groups": 3, "stride": 2}),
        ("kernel-is-image", (3, 2, 4, 4), (5, 2, 4, 4), {}),
        ("row-kernel", (2, 2, 3, 8), (3, 2, 1, 5), {"padding": (0, 2)}),
        ("column-kernel", (2, 2, 8, 3), (3, 2, 5, 1), {"padding": (2, 0)}),
        ("wide-padding", (1, 2, 3, 3), (2, 2, 3, 3), {"padding": 4}),
        # More channels than any vector has lanes, and sizes that are no multiple of one.
        ("many-channels", (1, 19, 6, 5), (21, 19, 3, 3), {"padding": 1}),
        ("many-channels-strided", (2, 16, 6, 6), (17, 16, 3, 3), {"stride": 2, "padding": 1}),
        ("wide", (1, 2, 4, 37), (3, 2, 3, 3), {"padding": 1}),
    ]:
        # The deviation keeps sums near 1, as a layer's initialization does.
        deviation = (w[1] * w[2] * w[3]) ** -0.5
        file.case(
            f"conv2d-{name}", lambda x, w, b, o=options: F.conv2d(x, w, b, **o),
            Normal(*x), Normal(*w, deviation=deviation), Normal(w[0]))
    file.case("conv2d-no-bias", F.conv2d, Normal(2, 2, 5, 5), Normal(3, 2, 3, 3, deviation=0.25))
    file.case("conv2d-empty", F.conv2d, Normal(0, 2, 5, 5), Normal(3, 2, 3, 3, deviation=0.25), Normal(3))
    file.case("conv2d-no-batch", F.conv2d, Normal(2, 5, 5), Normal(3, 2, 3, 3, deviation=0.25), Normal(3))
    file.case(
        "conv2d-same-even", lambda x, w: F.conv2d(x, w, padding="same"), Normal(1, 2, 5, 6),
        Normal(2, 2, 4, 2, deviation=0.25))
    # Keras's rule, which PyTorch does not have: the odd zero is below and right.
    file.case(
        "conv2d-same-strided", lambda x, w: F.conv2d(F.pad(x, (0, 1, 1, 1)), w, stride=2), Normal(2, 2, 5, 6),
        Normal(3, 2, 3, 3, deviation=0.25))


def max_pools(file):
    for name, shape, kernel, options in [
        ("2", (2, 3, 6, 8), 2, {}),
        ("2-odd", (2, 2, 5, 7), 2, {}),
        ("overlapping", (2, 2, 7, 7), 3, {"stride": 2}),
        ("padded", (1, 2, 6, 7), 3, {"stride": 2, "padding": 1}),
        ("uneven", (1, 2, 7, 6), (2, 3), {"stride": (1, 2), "padding": (1, 0)}),
        ("ceil", (1, 2, 6, 8), 3, {"stride": 2, "ceil_mode": True}),
        ("ceil-padded", (1, 2, 7, 6), 3, {"stride": 2, "padding": 1, "ceil_mode": True}),
        ("dilated", (1, 2, 8, 9), 2, {"stride": 1, "dilation": 2}),
        ("whole", (2, 3, 4, 4), 4, {}),
        ("wide", (1, 1, 4, 70), 2, {}),
    ]:
        file.case(f"maxPool2d-{name}", lambda x, k=kernel, o=options: F.max_pool2d(x, k, **o), Normal(*shape))
    file.case("maxPool2d-no-batch", lambda x: F.max_pool2d(x, 2), Normal(2, 4, 5))
    file.case(
        "maxPool2d-same", lambda x: F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=-INF), 3, 2), Normal(1, 2, 6, 4))
    file.case("adaptiveMaxPool2d", lambda x: F.adaptive_max_pool2d(x, (3, 2)), Normal(2, 3, 7, 5))
    file.case("adaptiveMaxPool2d-1", lambda x: F.adaptive_max_pool2d(x, 1), Normal(2, 3, 4, 5))
    ties = [[[[1, 1, 2, 0], [1, 1, 2, 2], [0, 0, -1, -2], [0, 0, -3, -1]]]]
    file.case("maxPool2d-ties", lambda x: F.max_pool2d(x, 2), ties)
    # One NaN a window: of several, PyTorch gives the gradient to the last, Tern to the first.
    special = [[[[1, NAN, -INF, -INF], [2, 3, -INF, -INF], [INF, 0, -1, 2], [1, 1, NAN, 5]]]]
    file.case("maxPool2d-special", lambda x: F.max_pool2d(x, 2), special, single=True)


def average_pools(file):
    for name, shape, kernel, options in [
        ("2", (2, 3, 6, 8), 2, {}),
        ("2-odd", (2, 2, 5, 7), 2, {}),
        ("overlapping", (2, 2, 7, 7), 3, {"stride": 2}),
        ("padded", (1, 2, 6, 7), 3, {"stride": 2, "padding": 1}),
        ("padding-not-counted", (1, 2, 6, 7), 3, {"stride": 2, "padding": 1, "count_include_pad": False}),
        ("uneven", (1, 2, 7, 6), (2, 3), {"stride": (1, 2), "padding": (1, 0)}),
        ("ceil", (1, 2, 6, 8), 3, {"stride": 2, "ceil_mode": True}),
        ("ceil-padded", (1, 2, 7, 6), 3, {"stride": 2, "padding": 1, "ceil_mode": True}),
        ("ceil-not-counted", (1, 2, 7, 6), 3,
         {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}),
        ("whole", (2, 3, 4, 4), 4, {}),
        ("wide", (1, 1, 4, 70), 2, {}),
    ]:  # fmt: skip
        file.case(f"avgPool2d-{name}", lambda x, k=kernel, o=options: F.avg_pool2d(x, k, **o), Normal(*shape))
    file.case("avgPool2d-divisor", lambda x: F.avg_pool2d(x, 2, divisor_override=3), Normal(1, 2, 4, 4))
    file.case("adaptiveAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), Normal(2, 3, 7, 5))
    file.case("adaptiveAvgPool2d-1", lambda x: F.adaptive_avg_pool2d(x, 1), Normal(2, 3, 4, 5))
