"""Cases of attention and of positions."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from golden import Fixed, Normal, generator

attention = F.scaled_dot_product_attention


def add(file):
    attentions(file)
    positions(file)


def bools(name, *shape):
    return Fixed(generator(name).random(shape) < 0.6, bool)


def of_itself(heads, **options):
    def apply(x):
        samples, positions, features = x.shape
        parts = x.reshape(samples, positions, 3, heads, features // (3 * heads)).permute(2, 0, 3, 1, 4)
        return attention(*parts, **options).transpose(1, 2).reshape(samples, positions, features // 3)

    return apply


def attentions(file):
    def operands(*lead, queries=5, keys=7, features=4, values=3):
        return Normal(*lead, queries, features), Normal(*lead, keys, features), Normal(*lead, keys, values)

    file.case("selfAttention-plain", of_itself(2), Normal(2, 5, 24))
    file.case("selfAttention-causal", of_itself(3, is_causal=True), Normal(2, 7, 36))

    name = "scaledDotProductAttention"
    file.case(f"{name}-plain", attention, *operands(2, 3))
    file.case(f"{name}-matrices", attention, *operands())
    file.case(f"{name}-causal", lambda q, k, v: attention(q, k, v, is_causal=True), *operands(2, 3))
    file.case(
        f"{name}-causal-more-queries", lambda q, k, v: attention(q, k, v, is_causal=True),
        *operands(2, 2, queries=9, keys=4))
    file.case(f"{name}-scale", lambda q, k, v: attention(q, k, v, scale=-0.7), *operands(2, 3))
    file.case(f"{name}-broadcast", attention, Normal(2, 3, 5, 4), Normal(1, 3, 7, 4), Normal(3, 7, 3))
    for shape in [(5, 7), (2, 1, 5, 7), (2, 3, 5, 7), (2, 1, 1, 7), (5, 1)]:
        label = "x".join(map(str, shape))
        file.case(
            f"{name}-bools-{label}", lambda q, k, v, m: attention(q, k, v, m), *operands(2, 3),
            bools(f"mask-{label}", *shape))
        file.case(
            f"{name}-numbers-{label}", lambda q, k, v, m: attention(q, k, v, m), *operands(2, 3), Normal(*shape))
        file.case(
            f"{name}-constants-{label}", lambda q, k, v, m: attention(q, k, v, m), *operands(2, 3),
            Fixed(generator(f"numbers-{label}").standard_normal(shape)))
    hidden = np.ones((5, 7), bool)
    hidden[[0, 3]] = False
    file.case(f"{name}-hidden", lambda q, k, v, m: attention(q, k, v, m), *operands(2, 3), Fixed(hidden, bool))
    file.case(
        f"{name}-hidden-numbers", lambda q, k, v, m: attention(q, k, v, m), *operands(2, 3),
        Fixed(np.where(hidden, 0, -math.inf)))
    file.case(
        f"{name}-mask-and-causal",
        lambda q, k, v, m: attention(q, k, v, m & torch.ones(5, 7, dtype=torch.bool).tril()), *operands(2, 3),
        bools("both", 5, 7))
    file.case(
        f"{name}-grouped", lambda q, k, v: attention(q, k, v, enable_gqa=True), Normal(2, 6, 5, 4), Normal(2, 3, 7, 4),
        Normal(2, 3, 7, 4))
    file.case(
        f"{name}-one-head", lambda q, k, v: attention(q, k, v, enable_gqa=True, is_causal=True), Normal(2, 4, 5, 4),
        Normal(2, 1, 7, 4), Normal(2, 1, 7, 4))
    file.case(f"{name}-no-keys", attention, *operands(2, 3, keys=0))
    file.case(f"{name}-no-queries", attention, *operands(2, 3, queries=0))
    # Several blocks of queries and of keys.
    sizes = {"queries": 131, "keys": 515, "features": 1, "values": 2}
    file.case(f"{name}-long", attention, *operands(1, 1, **sizes))
    file.case(
        f"{name}-long-causal", lambda q, k, v: attention(q, k, v, is_causal=True),
        *operands(1, 1, queries=260, keys=270, features=1, values=1))
    file.case(
        f"{name}-extremes", attention, [[100, 0], [0, -100], [1e3, 1e3]], [[1, 0], [0, 1], [-1, 1]],
        [[1, 2], [3, 4], [5, 6]])


def positions(file):
    def rotary(x, offset, interleaved):
        length, features = x.shape[-2:]
        rates = 10000.0 ** (-torch.arange(0, features, 2, dtype=torch.float64) / features)
        angles = torch.outer(torch.arange(offset, offset + length, dtype=torch.float64), rates)
        turn = torch.polar(torch.ones_like(angles), angles).to(torch.complex128)
        if interleaved:
            pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)).contiguous())
            return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)
        pairs = torch.complex(*x.double().chunk(2, -1)) * turn
        return torch.cat([pairs.real, pairs.imag], -1).to(x.dtype)

    for name, interleaved in [("halves", False), ("interleaved", True)]:
        file.case(f"rotaryEmbedding-{name}", lambda x, i=interleaved: rotary(x, 0, i), Normal(2, 3, 5, 6))
        file.case(f"rotaryEmbedding-{name}-offset", lambda x, i=interleaved: rotary(x, 1000, i), Normal(2, 4, 8))

    def sinusoidal(length, features):
        rows = torch.arange(length, dtype=torch.float64)[:, None]
        columns = torch.arange(features)
        angles = rows * 10000.0 ** (-(columns - columns % 2).double() / features)
        return torch.where(columns % 2 == 0, angles.sin(), angles.cos())

    file.case("sinusoidalPositions", lambda: sinusoidal(9, 6))
    file.case("sinusoidalPositions-odd", lambda: sinusoidal(4, 5))

    def slopes(heads):
        # As published: https://github.com/ofirpress/attention_with_linear_biases
        def of_power(n):
            start = 2 ** (-(2 ** -(math.log2(n) - 3)))
            return [start * start**i for i in range(n)]

        if math.log2(heads).is_integer():
            return of_power(heads)
        power = 2 ** math.floor(math.log2(heads))
        return of_power(power) + slopes(2 * power)[0::2][: heads - power]

    for heads in (1, 8, 12):
        file.case(f"alibiSlopes-{heads}", lambda h=heads: torch.tensor(slopes(h), dtype=torch.float64))
