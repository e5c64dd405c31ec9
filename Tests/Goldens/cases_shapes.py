"""Cases of operations that move elements: shapes, slices, joins, padding, gathering and scattering."""

import numpy as np
import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal


def add(file):
    shapes(file)
    slices(file)
    joins(file)
    pads(file)
    gathers(file)
    creation(file)


def shapes(file):
    x = Normal(2, 3, 4)
    for name, function in [
        ("reshaped", lambda x: x.reshape(4, 6)),
        ("reshaped-inferred", lambda x: x.reshape(-1, 2)),
        ("flattened", lambda x: x.flatten()),
        ("flattened-from-1", lambda x: x.flatten(1)),
        ("flattened-to-1", lambda x: x.flatten(0, 1)),
        ("permuted", lambda x: x.permute(2, 0, 1)),
        ("transposed", lambda x: x.transpose(0, 2)),
        ("T", lambda x: x.permute(2, 1, 0)),
        ("movingAxis", lambda x: x.movedim(-1, 0)),
        ("unsqueezed", lambda x: x.unsqueeze(1)),
        ("unsqueezed-last", lambda x: x.unsqueeze(-1)),
        ("tiled", lambda x: x.repeat(2, 1, 3)),
        ("tiled-new-axis", lambda x: x.repeat(2, 1, 1, 2)),
        ("repeated", lambda x: x.repeat_interleave(3, 1)),
        ("flipped", lambda x: x.flip(0, 1, 2)),
        ("flipped-one", lambda x: x.flip(1)),
        ("rolled", lambda x: x.roll(1, 2)),
        ("rolled-back", lambda x: x.roll(-5, 1)),
        ("diagonal", lambda x: x.diagonal(dim1=-2, dim2=-1)),
        ("diagonal-offset", lambda x: x.diagonal(1, 1, 2)),
        ("diagonal-below", lambda x: x.diagonal(-1, 0, 1)),
        ("lowerTriangle", lambda x: x.tril()),
        ("lowerTriangle-1", lambda x: x.tril(1)),
        ("upperTriangle", lambda x: x.triu()),
        ("upperTriangle-below", lambda x: x.triu(-1)),
        ("chain", lambda x: x.permute(2, 0, 1).reshape(4, 6).t()[1::2].flatten()),
    ]:
        file.case(name, function, x)
    file.case("squeezed", lambda x: x.squeeze(), Normal(1, 3, 1, 2))
    file.case("squeezed-one", lambda x: x.squeeze(2), Normal(1, 3, 1, 2))
    file.case("squeezed-several", lambda x: x.squeeze((-2, 0)), Normal(1, 3, 1, 2))
    file.case("unsqueezed-several", lambda x: x[:, None, :, None], Normal(3, 2))
    file.case("expanded", lambda x: x.expand(4, 3, 5), Normal(3, 1))
    file.case("expanded-kept", lambda x: x.expand(2, -1, 3), Normal(2, 4, 1))


def slices(file):
    x = Normal(5, 4, 6)
    for name, function in [
        ("sliced", lambda x: x[:, :, 1:5:2]),
        ("index", lambda x: x[1]),
        ("index-negative", lambda x: x[-1, 0]),
        ("index-element", lambda x: x[1, 2, -1]),
        ("index-ranges", lambda x: x[1:, :-2]),
        ("index-ellipsis", lambda x: x[..., 0]),
        ("index-ellipsis-middle", lambda x: x[2, ..., 1:3]),
        ("index-reversed", lambda x: x.flip(0)[:, 1:3]),
        ("index-steps", lambda x: x[::2, ::3]),
        ("index-new-axis", lambda x: x[None, :, None, 1]),
        ("index-empty", lambda x: x[2:2]),
    ]:
        file.case(name, function, x)

    def assign(x, value):
        y = x.clone()
        y[1:3, ..., ::2] = value
        return y

    file.case("index-assigned", assign, x, Normal(2, 1, 3))
    file.case("index-assigned-scalar", assign, x, Normal())
    file.case("index-twice", lambda x: x[0] * x[1:3] + x[0, 0, 0], x)


def joins(file):
    a, b, c = Normal(2, 3), Normal(2, 1), Normal(2, 2)
    file.case("concatenated", lambda *t: torch.cat(t, 1), a, b, c)
    file.case("concatenated-first", lambda *t: torch.cat(t), Normal(1, 3), Normal(0, 3), Normal(2, 3))
    file.case("concatenated-itself", lambda x: torch.cat([x, x * 2, x]), a)
    file.case("concatenated-promoted", lambda *t: torch.cat(t), Integers(2), Normal(3))
    file.case("stacked", lambda *t: torch.stack(t), a, Normal(2, 3))
    file.case("stacked-last", lambda *t: torch.stack(t, -1), a, Normal(2, 3), Normal(2, 3))
    file.case("unstacked", lambda x: torch.unbind(x, 1), Normal(2, 3, 2))
    file.case("split-sizes", lambda x: torch.split(x, [1, 2, 3], 1), Normal(2, 6))
    file.case("split-into", lambda x: torch.tensor_split(x, 3), Normal(7, 2))


def pads(file):
    x = Normal(2, 3, 4)
    file.case("padded", lambda x: F.pad(x, (1, 2, 0, 3, 2, 0)), x)
    file.case("padded-value", lambda x: F.pad(x, (1, 1), value=-1.5), x)
    file.case("padded-reflect", lambda x: F.pad(x, (3, 2, 1, 2), mode="reflect"), x)
    file.case("padded-replicate", lambda x: F.pad(x, (3, 0, 1, 5), mode="replicate"), x)
    file.case("padded-int", lambda x: F.pad(x, (1, 2), value=7), Integers(2, 3))


def gathers(file):
    x = Normal(5, 3, 2)
    file.case("selected", lambda x, i: x.index_select(0, i), x, Fixed([4, 0, 0, 2], "int64"))
    file.case("selected-last", lambda x, i: x.index_select(2, i), x, Fixed([1, 1, 0], "int64"))
    file.case("selected-matrix", lambda x, i: x[:, i], x, Fixed([[0, 2], [1, 1]], "int64"))
    file.case("selected-int32", lambda x, i: x.index_select(0, i), x, Integers(3, high=5, dtype="int32"))
    file.case("selected-none", lambda x, i: x.index_select(0, i), x, Fixed([], "int64"))
    file.case(
        "indexAdded", lambda x, s, i: x.index_add(0, i, s), x, Normal(4, 3, 2), Fixed([1, 4, 1, 0], "int64"))
    file.case("indexAdded-last", lambda x, s, i: x.index_add(1, i, s), x, Normal(5, 2, 2), Fixed([2, 2], "int64"))
    for axis in (0, 1, 2):
        shape = [4, 3, 2]
        shape[axis] = 6
        index = Integers(*shape, high=(5, 3, 2)[axis])
        file.case(f"gathered-{axis}", lambda x, i, a=axis: x.gather(a, i), x, index)
        file.case(
            f"scatterAdded-{axis}", lambda x, s, i, a=axis: x.scatter_add(a, i, s), x, Normal(*shape), index)
    file.case("embedding", lambda i, w: F.embedding(i, w), Integers(3, 4, high=7), Normal(7, 5))
    file.case("oneHot", lambda i: F.one_hot(i, 5).float(), Integers(2, 3, high=5), single=True)
    file.case("oneHot-int64", lambda i: F.one_hot(i, 5), Integers(4, high=5))
    mask = Fixed(np.arange(15).reshape(5, 3) % 4 == 1, "bool")
    file.case("masked", lambda x, m: x[m], x, mask)
    file.case("masked-rows", lambda x, m: x[m], x, Fixed([True, False, True, True, False], "bool"))
    file.case("masked-nothing", lambda x, m: x[m], x, Fixed([False] * 5, "bool"))
    file.case("nonZeroIndices", torch.nonzero, Integers(3, 4, high=2))


def creation(file):
    file.case("arange", lambda: torch.arange(-3, 11, 4))
    file.case("arange-fraction", lambda: torch.arange(0, 1, 0.125, dtype=torch.float32), single=True)
    file.case("linspace", lambda: torch.linspace(-1, 2, 7, dtype=torch.float32), single=True)
    for name in ("bartlett", "blackman", "hamming", "hann", "kaiser"):
        window = getattr(torch, f"{name}_window")
        for label, periodic in (("", True), ("-symmetric", False)):
            file.case(f"{name}Window{label}", lambda w=window, p=periodic: w(7, periodic=p))
    file.case("kaiserWindow-beta", lambda: torch.kaiser_window(6, True, 3.5))
    file.case("eye", lambda: torch.eye(3, 4, dtype=torch.float32), single=True)
