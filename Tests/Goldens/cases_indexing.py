"""Cases of operations that read and write at indices and masks."""

import numpy as np
import torch

from golden import Fixed, Integers, Normal


def add(file):
    subscripts(file)
    scatters(file)
    slices(file)
    masks(file)
    grids(file)
    matrices(file)


def subscripts(file):
    x = Normal(4, 3, 5)
    rows, columns = Fixed([3, 0, -2], "int64"), Fixed([[1], [-1]], "int64")
    mask = Fixed(np.arange(15).reshape(3, 5) % 4 == 1, "bool")
    file.case("subscript-array", lambda x, i: x[i], x, rows)
    file.case("subscript-second", lambda x, i: x[:, i, 1:4], x, Fixed([[2, 0], [2, -1]], "int64"))
    file.case("subscript-two", lambda x, i, j: x[i, j], x, rows, columns)
    file.case("subscript-apart", lambda x, i, j: x[i, :, j], x, rows, columns)
    file.case("subscript-mask", lambda x, m: x[:, m], x, mask)
    file.case("subscript-mask-array", lambda x, i, m: x[i, m], x, Fixed([2], "int64"), mask)

    def assign(*subscript):
        def assigned(x, value, *indices):
            y = x.clone()
            indices = list(indices)
            y[tuple(indices.pop(0) if item == "i" else item for item in subscript)] = value
            return y

        return assigned

    every = slice(None)
    file.case("assigned-array", assign("i"), x, Normal(3, 3, 5), rows)
    file.case("assigned-apart", assign("i", every, "i"), x, Normal(2, 3, 1), rows, columns)
    file.case("assigned-mask", assign(every, "i"), x, Normal(4, 4), mask)
    file.case("assigned-mask-scalar", assign("i"), x, Normal(), Fixed(np.arange(12).reshape(4, 3) % 5 < 2, "bool"))
    twice = Fixed([1, 3, 1, -1], "int64")
    file.case(
        "indexPut-accumulates", lambda x, v, i, j: x.index_put((i, j), v, accumulate=True), x, Normal(4, 5), twice,
        Fixed([0, 2, 0, 2], "int64"))


def scatters(file):
    x, source = Normal(5, 3, 2), Normal(4, 3, 2)
    index = Integers(4, 3, 2, high=5)
    unique = Fixed([[[3, 1], [0, 2], [4, 0]], [[2, 4], [1, 1], [0, 3]]], "int64")
    file.case("scattered", lambda x, s, i: x.scatter(0, i, s), x, Normal(2, 3, 2), unique)
    file.case("scattered-value", lambda x, i: x.scatter(1, i, -1.5), x, Integers(2, 4, 1, high=3))
    for name, reduction in [("sum", "sum"), ("product", "prod"), ("mean", "mean"), ("max", "amax"), ("min", "amin")]:
        for suffix, include in [("", True), ("-alone", False)]:
            file.case(
                f"scatterReduced-{name}{suffix}",
                lambda x, s, i, r=reduction, n=include: x.scatter_reduce(0, i, s, r, include_self=n), x, source, index)
    few = Fixed([2, -1, 0, 3, 0, 1])
    file.case(
        "scatterReduced-ties", lambda i: torch.ones(3, dtype=i.dtype).scatter_reduce(
            0, torch.tensor([0, 0, 1, 1, 2, 2]), i, "amax"), few)
    file.case(
        "scatterReduced-zeros", lambda x, s, i: (x * torch.tensor([0.0, 1, 1, 1])).scatter_reduce(
            0, i, s * torch.tensor([1.0, 0, 1, 0, 0, 1]), "prod"),
        Normal(4), Normal(6), Fixed([0, 1, 1, 2, 2, 3], "int64"))
    file.case(
        "scatterReduced-integers", lambda x, s, i: x.scatter_reduce(0, i, s, "mean", include_self=False),
        Integers(5, low=-9), Integers(7, low=-9), Integers(7, high=4))
    file.case("takenAlong", lambda x, i: torch.take_along_dim(x, i, 1), Normal(3, 4, 1), Integers(1, 6, 2, high=4))
    file.case("takenAlong-flat", lambda x, i: torch.take_along_dim(x, i), Normal(3, 4), Integers(5, high=12))


def slices(file):
    x = Normal(5, 3, 2)
    index = Fixed([4, 0, 2], "int64")
    file.case("indexCopied", lambda x, s, i: x.index_copy(0, i, s), x, Normal(3, 3, 2), index)
    file.case("indexCopied-second", lambda x, s, i: x.index_copy(1, i, s), x, Normal(5, 2, 2), Fixed([2, 0], "int64"))
    file.case("indexFilled", lambda x, v, i: x.index_fill(0, i, v), x, Normal(), index)
    file.case("indexFilled-number", lambda x, i: x.index_fill(-1, i, 2.5), x, Fixed([1], "int64"))
    twice = Fixed([4, 0, 4, 2], "int64")
    for name, reduction in [("product", "prod"), ("mean", "mean"), ("max", "amax"), ("min", "amin")]:
        file.case(
            f"indexReduced-{name}", lambda x, s, i, r=reduction: x.index_reduce(0, i, s, r), x, Normal(4, 3, 2), twice)
    file.case(
        "indexReduced-alone", lambda x, s, i: x.index_reduce(0, i, s, "mean", include_self=False), x, Normal(4, 3, 2),
        twice)
    file.case("taken", lambda x, i: x.take(i), x, Fixed([[29, 0], [-1, 7]], "int64"))
    file.case("put", lambda x, v, i: x.put(i, v), x, Normal(2, 2), Fixed([[29, 0], [-2, 7]], "int64"))
    file.case(
        "put-accumulates", lambda x, v, i: x.put(i, v, accumulate=True), x, Normal(4), Fixed([3, 0, -27, 3], "int64"))


def masks(file):
    x = Normal(4, 3)
    mask = Fixed(np.arange(12).reshape(4, 3) % 5 < 2, "bool")
    row = Fixed([True, False, True], "bool")
    file.case("maskedFilled", lambda x, v, m: x.masked_fill(m, v), x, Normal(), mask)
    file.case("maskedFilled-number", lambda x, m: x.masked_fill(m, -np.inf), x, row)
    file.case("maskedScattered", lambda x, s, m: x.masked_scatter(m, s), x, Normal(2, 5), mask)
    file.case("maskedScattered-row", lambda x, s, m: x.masked_scatter(m, s), x, Normal(8), row)
    file.case("which-indices", lambda c: torch.where(c != 0), Integers(3, 4, 2, high=2))


def grids(file):
    a, b, c = Normal(3), Normal(2), Normal(4)
    file.case("meshgrid", lambda *t: torch.meshgrid(*t, indexing="ij"), a, b, c)
    file.case("meshgrid-xy", lambda *t: torch.meshgrid(*t, indexing="xy"), a, b, c)
    file.case("cartesianProduct", lambda *t: torch.cartesian_prod(*t), a, b, c)
    file.case("combinations", lambda x: torch.combinations(x, 3), Normal(5))
    file.case("combinations-replaced", lambda x: torch.combinations(x, 2, with_replacement=True), a)
    for name, function in [("lower", torch.tril_indices), ("upper", torch.triu_indices)]:
        file.case(f"{name}TriangleIndices", lambda f=function: f(3, 4))
        file.case(f"{name}TriangleIndices-offset", lambda f=function: f(4, 3, -1))


def matrices(file):
    file.case("kronecker", torch.kron, Normal(2, 3), Normal(3, 2))
    file.case("kronecker-ranks", torch.kron, Normal(2), Normal(3, 1, 2))
    file.case("cross", torch.linalg.cross, Normal(4, 3), Normal(1, 3))
    file.case("cross-axis", lambda a, b: torch.linalg.cross(a, b, dim=0), Normal(3, 2), Normal(3, 2))
    file.case(
        "blockDiagonal", lambda *t: torch.block_diag(*t), Normal(2, 3), Normal(2), Normal(), Normal(3, 1))
    file.case("vandermonde", torch.vander, Normal(4), gradient=False)
    file.case("vandermonde-rising", lambda x: torch.linalg.vander(x, N=3), Normal(2, 4))
    file.case("vandermonde-integers", lambda x: torch.vander(x, 4, increasing=True), Integers(3, low=-4, high=4))
    file.case("diagonalEmbedded", torch.diag_embed, Normal(2, 3))
    file.case("diagonalEmbedded-axes", lambda x: torch.diag_embed(x, -2, 0, 2), Normal(2, 3))
    file.case("diagonalReplaced", lambda x, v: x.diagonal_scatter(v, 1), Normal(3, 4), Normal(3))
    file.case("diagonalReplaced-axes", lambda x, v: x.diagonal_scatter(v, -1, 2, 0), Normal(3, 2, 4), Normal(2, 3))
    file.case("diagonalReplaced-number", lambda x: x.clone().fill_diagonal_(2.5), Normal(4, 3))
    file.case("logspace", lambda: torch.logspace(-1, 2, 5, base=3.0, dtype=torch.float64).float(), single=True)
