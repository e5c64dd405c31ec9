"""Cases of interpolation, grid sampling, patches, rearranged pixels, and pooling of sequences and volumes."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal, Uniform

INF, NAN = math.inf, math.nan


def add(file):
    interpolation(file)
    grids(file)
    patches(file)
    shuffles(file)
    max_pools(file)
    average_pools(file)
    power_pools(file)
    fractional_pools(file)


def interpolation(file):
    def case(name, shape, **options):
        file.case(f"interpolated-{name}", lambda x, o=options: F.interpolate(x, **o), Normal(*shape))

    sequence, image, volume = (2, 3, 7), (2, 2, 5, 6), (1, 2, 3, 4, 5)
    for mode in ["nearest", "nearest-exact"]:
        case(f"{mode}-1d", sequence, size=10, mode=mode)
        case(f"{mode}-2d", image, size=(8, 3), mode=mode)
        case(f"{mode}-3d", volume, size=(5, 3, 8), mode=mode)
        case(f"{mode}-scale", image, scale_factor=(1.3, 0.6), mode=mode)
    case("nearest-double", image, scale_factor=2, mode="nearest")
    case("nearest-kept", image, scale_factor=(1.1, 1), mode="nearest")
    case("area-1d", sequence, size=3, mode="area")
    case("area-2d", image, size=(3, 4), mode="area")
    case("area-3d", volume, size=(2, 3, 2), mode="area")
    for name, shape, mode, size, scale in [
        ("1d", sequence, "linear", 11, 1.7),
        ("2d", image, "bilinear", (9, 4), (1.5, 0.7)),
        ("3d", volume, "trilinear", (5, 3, 9), (1.7, 0.8, 2)),
        ("cubic", image, "bicubic", (9, 4), (1.5, 0.7)),
    ]:
        for corners in [False, True]:
            suffix = "-corners" if corners else ""
            case(f"linear-{name}{suffix}", shape, size=size, mode=mode, align_corners=corners)
        case(f"linear-{name}-scale", shape, scale_factor=scale, mode=mode)
    for mode in ["bilinear", "bicubic"]:
        # Of a size that stays, of one pixel and to one pixel.
        case(f"{mode}-kept", image, size=(5, 9), mode=mode)
        # For a size that a scale keeps, PyTorch's bicubic gradient is not that of what it computes.
        file.case(
            f"interpolated-{mode}-kept-scale", lambda x, m=mode: F.interpolate(x, scale_factor=1.1, mode=m),
            Normal(*image), gradient=mode == "bilinear")
        case(f"{mode}-one", (1, 2, 1, 3), size=(4, 1), mode=mode)
        case(f"{mode}-one-corners", (1, 2, 1, 3), size=(4, 1), mode=mode, align_corners=True)
        case(f"{mode}-antialias", (2, 1, 11, 9), size=(4, 12), mode=mode, antialias=True)
        case(f"{mode}-antialias-corners", (1, 1, 11, 9), size=(4, 12), mode=mode, antialias=True, align_corners=True)
        case(f"{mode}-antialias-scale", (1, 1, 11, 9), scale_factor=(0.4, 0.9), mode=mode, antialias=True)
    # More columns than a strip has, more rows than a vector has lanes, and long windows.
    case("bilinear-wide", (1, 1, 2, 70), size=(3, 150), mode="bilinear")
    case("bilinear-tall", (1, 1, 40, 3), size=(37, 2), mode="bilinear", antialias=True)
    case("bilinear-long", (1, 1, 2, 300), size=(2, 2), mode="bilinear", antialias=True)
    case("bilinear-channels", (3, 5, 2, 2), size=(3, 3), mode="bilinear")
    file.case(
        "interpolated-bytes-nearest", lambda x: F.interpolate(x, size=(7, 4)), Integers(1, 2, 4, 5, high=256, dtype=np.uint8))
    special = [[[[1, NAN, 2], [3, INF, 5], [0, 1, -1]]]]
    file.case("interpolated-special", lambda x: F.interpolate(x, size=(5, 4), mode="bilinear"), Fixed(special), single=True)


def grids(file):
    for mode in ["bilinear", "nearest", "bicubic"]:
        for padding in ["zeros", "border", "reflection"]:
            for corners in [False, True]:
                file.case(
                    f"gridSample-{mode}-{padding}{'-corners' if corners else ''}",
                    lambda x, g, m=mode, p=padding, c=corners: F.grid_sample(x, g, m, p, c),
                    Normal(2, 3, 4, 5), Uniform(2, 3, 2, 2, low=-1.6, high=1.6))
                if mode != "bicubic":
                    file.case(
                        f"gridSample-3d-{mode}-{padding}{'-corners' if corners else ''}",
                        lambda x, g, m=mode, p=padding, c=corners: F.grid_sample(x, g, m, p, c),
                        Normal(1, 2, 3, 4, 2), Uniform(1, 2, 2, 2, 3, low=-1.6, high=1.6))
    far = [[[[1e30, 0], [-1e30, 0.1], [INF, 0], [-0.3, -INF]]]]
    file.case("gridSample-far", lambda x, g: F.grid_sample(x, g, align_corners=False), Fixed(np.ones((1, 1, 2, 3))), Fixed(far))
    for corners in [False, True]:
        suffix = "-corners" if corners else ""
        file.case(f"affineGrid{suffix}", lambda t, c=corners: F.affine_grid(t, (2, 3, 4, 1), c), Normal(2, 2, 3))
        file.case(f"affineGrid-3d{suffix}", lambda t, c=corners: F.affine_grid(t, (1, 3, 2, 3, 4), c), Normal(1, 3, 4))


def patches(file):
    settings = [
        ("plain", (2, 3, 5, 6), (2, 3), {}),
        ("padded", (1, 2, 4, 5), 3, {"padding": 1}),
        ("strided", (2, 2, 7, 8), 3, {"stride": (2, 3), "padding": (1, 0)}),
        ("dilated", (1, 2, 8, 7), (3, 2), {"dilation": 2, "padding": 2}),
        ("all", (1, 3, 9, 8), (2, 3), {"stride": 2, "dilation": (3, 2), "padding": (0, 1)}),
    ]
    for name, shape, kernel, options in settings:
        columns = F.unfold(torch.zeros(shape), kernel, **options).shape
        file.case(f"unfold-{name}", lambda x, k=kernel, o=options: F.unfold(x, k, **o), Normal(*shape))
        file.case(
            f"fold-{name}", lambda x, s=shape, k=kernel, o=options: F.fold(x, s[2:], k, **o), Normal(*columns))
    file.case("unfold-no-batch", lambda x: F.unfold(x, 2), Normal(2, 3, 4))
    file.case("fold-no-batch", lambda x: F.fold(x, (3, 4), 2), Normal(8, 6))
    file.case("unfolded", lambda x: x.unfold(1, 3, 2), Normal(2, 8, 3))
    file.case("unfolded-overlapping", lambda x: x.unfold(-1, 4, 1), Normal(3, 6))
    file.case("unfolded-whole", lambda x: x.unfold(0, 5, 7), Normal(5, 2))
    file.case("unfolded-gaps", lambda x: x.unfold(0, 2, 3), Normal(9))


def shuffles(file):
    file.case("pixelShuffle", lambda x: F.pixel_shuffle(x, 2), Normal(2, 8, 3, 2))
    file.case("pixelShuffle-no-batch", lambda x: F.pixel_shuffle(x, 3), Normal(9, 2, 3))
    file.case("pixelUnshuffle", lambda x: F.pixel_unshuffle(x, 2), Normal(2, 2, 6, 4))
    file.case("pixelUnshuffle-no-batch", lambda x: F.pixel_unshuffle(x, 3), Normal(2, 3, 6))
    # PyTorch has no derivative of it.
    file.case("channelShuffle", lambda x: F.channel_shuffle(x, 3), Normal(2, 6, 2, 3), gradient=False)
    for name, shape, size in [("1d", (2, 7, 5), 3), ("2d", (1, 6, 3, 2), 4), ("wide", (2, 3, 2), 9)]:
        file.case(
            f"localResponseNorm-{name}", lambda x, s=size: F.local_response_norm(x, s, 0.5, 0.6, 1.5), Normal(*shape))
    file.case("localResponseNorm-defaults", lambda x: F.local_response_norm(x, 2), Normal(2, 4, 3))


def max_pools(file):
    for name, shape, kernel, options in [
        ("1d", (2, 3, 9), 2, {}),
        ("1d-padded", (2, 2, 10), 3, {"stride": 2, "padding": 1}),
        ("1d-ceil", (1, 2, 8), 3, {"stride": 2, "ceil_mode": True}),
        ("1d-dilated", (1, 2, 12), 3, {"stride": 1, "dilation": 2}),
        ("1d-no-batch", (2, 70), 2, {}),
        ("2d", (2, 3, 6, 7), 2, {}),
        ("2d-settings", (1, 2, 7, 9), (3, 2), {"stride": 2, "padding": 1, "dilation": (1, 2), "ceil_mode": True}),
        ("3d", (2, 2, 4, 6, 5), 2, {}),
        ("3d-padded", (1, 2, 5, 4, 6), 3, {"stride": 2, "padding": 1}),
        ("3d-uneven", (1, 2, 5, 6, 7), (1, 2, 3), {"stride": (2, 1, 3), "padding": (0, 1, 1)}),
        ("3d-ceil", (1, 1, 6, 5, 7), (3, 2, 2), {"stride": 2, "ceil_mode": True}),
        ("3d-dilated", (1, 1, 6, 7, 5), 2, {"stride": 1, "dilation": (3, 2, 1)}),
        ("3d-no-batch", (2, 3, 4, 5), 2, {}),
    ]:
        pool = {"1": F.max_pool1d, "2": F.max_pool2d, "3": F.max_pool3d}[name[0]]
        file.case(
            f"maxPool-{name}", lambda x, p=pool, k=kernel, o=options: p(x, k, **o, return_indices=True), Normal(*shape))
    for d, shape, size in [(1, (2, 3, 7), 3), (2, (1, 2, 5, 7), (3, 2)), (3, (1, 2, 3, 5, 4), (2, 3, 1))]:
        pool = [F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d][d - 1]
        file.case(
            f"adaptiveMaxPool-{d}d", lambda x, p=pool, s=size: p(x, s, return_indices=True), Normal(*shape))
    ties = np.array([[[[[1, 1], [2, 0]], [[2, 2], [0, 2]]], [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]]])
    for dtype in (np.uint8, np.int8, np.int32, np.int64):
        whole = Integers(2, 1, 5, 6, low=0 if dtype == np.uint8 else -4, high=5, dtype=dtype)
        name = np.dtype(dtype).name
        file.case(f"maxPool-2d-{name}", lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True), whole)
        file.case(f"maxPool-2d-{name}-pairs", lambda x: F.max_pool2d(x, 2, return_indices=True), whole)
    far = Integers(2, 4, 6, 5, low=-(2**62), high=2**62)
    file.case("maxPool-1d-int64", lambda x: F.max_pool1d(x, 3, 2, 1, return_indices=True), Integers(2, 3, 9))
    file.case("maxPool-3d-int64", lambda x: F.max_pool3d(x, [1, 2, 3], 2, [0, 1, 1], return_indices=True), far)
    file.case("maxPool-3d-ties", lambda x: F.max_pool3d(x, 2, return_indices=True), ties)
    special = [[[1, NAN, -INF, -INF, 2, INF]]]
    file.case("maxPool-1d-special", lambda x: F.max_pool1d(x, 2), Fixed(special), single=True)
    for d, shape, options in [
        (1, (2, 3, 4), {"kernel_size": 2}),
        (2, (1, 2, 3, 2), {"kernel_size": (2, 3), "output_size": (7, 6)}),
        (3, (1, 2, 2, 2, 2), {"kernel_size": 2, "stride": (2, 3, 2), "padding": (0, 1, 0)}),
    ]:
        unpool = [F.max_unpool1d, F.max_unpool2d, F.max_unpool3d][d - 1]
        rng = np.random.default_rng(d)
        full = unpool(torch.zeros(shape), torch.zeros(shape, dtype=torch.int64), **options).shape[2:]
        count, channels = math.prod(shape[2:]), math.prod(shape[:2])
        places = [rng.permutation(math.prod(full))[:count] for _ in range(channels)]
        places = np.array(places).reshape(shape).astype(np.int64)
        file.case(
            f"maxUnpool-{d}d", lambda x, i, u=unpool, o=options: u(x, i, **o), Normal(*shape), Fixed(places, np.int64))
    twice = np.array([[[1, 3, 1, 0]]])
    file.case("maxUnpool-1d-twice", lambda x, i: F.max_unpool1d(x, i, 2), Normal(1, 1, 4), Fixed(twice, np.int64))


def average_pools(file):
    for name, shape, kernel, options in [
        ("1d", (2, 3, 9), 2, {}),
        ("1d-padded", (2, 2, 10), 3, {"stride": 2, "padding": 1}),
        ("1d-not-counted", (1, 2, 8), 3, {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}),
        ("1d-no-batch", (2, 70), 2, {}),
        ("3d", (2, 2, 4, 6, 5), 2, {}),
        ("3d-padded", (1, 2, 5, 4, 6), 3, {"stride": 2, "padding": 1}),
        ("3d-ceil", (1, 2, 6, 5, 7), (3, 2, 2), {"stride": 2, "padding": 1, "ceil_mode": True}),
        ("3d-not-counted", (1, 2, 5, 6, 7), (3, 2, 3),
         {"stride": (2, 1, 3), "padding": (1, 1, 0), "count_include_pad": False}),
        ("3d-divisor", (1, 1, 4, 4, 5), 2, {"divisor_override": 3}),
        ("3d-no-batch", (2, 3, 4, 5), 2, {}),
    ]:  # fmt: skip
        pool = {"1": F.avg_pool1d, "3": F.avg_pool3d}[name[0]]
        file.case(f"avgPool-{name}", lambda x, p=pool, k=kernel, o=options: p(x, k, **o), Normal(*shape))
    file.case("adaptiveAvgPool-1d", lambda x: F.adaptive_avg_pool1d(x, 3), Normal(2, 3, 7))
    file.case("adaptiveAvgPool-3d", lambda x: F.adaptive_avg_pool3d(x, (2, 3, 1)), Normal(1, 2, 3, 5, 4))


def power_pools(file):
    file.case("lpPool-1d", lambda x: F.lp_pool1d(x, 2, 3, 2), Normal(2, 3, 9))
    file.case("lpPool-1d-one", lambda x: F.lp_pool1d(x, 1, 2), Normal(2, 2, 6))
    file.case("lpPool-2d", lambda x: F.lp_pool2d(x, 3, 2), Uniform(1, 2, 5, 6, low=0.2))
    file.case("lpPool-2d-ceil", lambda x: F.lp_pool2d(x, 2, (3, 2), 2, ceil_mode=True), Normal(1, 2, 6, 5))
    file.case("lpPool-2d-zero", lambda x: F.lp_pool2d(x, 2, 2), [[[[0, 0, 1, 0], [0, 0, 0, 2]]]])
    file.case("lpPool-3d", lambda x: F.lp_pool3d(x, 1.5, 2), Uniform(1, 2, 4, 3, 2, low=0.2))


def fractional_pools(file):
    file.case(
        "fractionalMaxPool-2d",
        lambda x, u: F.fractional_max_pool2d(x, (2, 3), (4, 3), _random_samples=u, return_indices=True),
        Normal(2, 3, 9, 8), Fixed(np.random.default_rng(0).uniform(0.05, 0.95, (2, 3, 2))))
    file.case(
        "fractionalMaxPool-3d",
        lambda x, u: F.fractional_max_pool3d(x, 2, (2, 3, 4), _random_samples=u, return_indices=True),
        Normal(1, 2, 5, 6, 7), Fixed(np.random.default_rng(1).uniform(0.05, 0.95, (1, 2, 3))))
