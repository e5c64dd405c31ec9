"""Cases of reductions, sorting and running sums."""

import math

import torch

from golden import Fixed, Integers, Normal

INF, NAN = math.inf, math.nan


def add(file):
    floating(file)
    edges(file)
    norms(file)
    integers(file)
    order(file)


def product(x, dims, keepdim):
    if dims is None:
        return torch.prod(x)
    for dim in sorted((d % x.dim() for d in dims), reverse=True):
        x = torch.prod(x, dim, keepdim)
    return x


AXES = {
    "all": (None, False),
    "first": ((0,), False),
    "last": ((-1,), False),
    "middle-kept": ((1,), True),
    "two": ((0, 2), False),
    "two-kept": ((1, 2), True),
}


def floating(file):
    for name, function in [
        ("sum", lambda x, d, k: torch.sum(x, d, k) if d else torch.sum(x)),
        ("mean", lambda x, d, k: torch.mean(x, d, k) if d else torch.mean(x)),
        ("product", product),
        ("max", lambda x, d, k: torch.amax(x, d or (), k)),
        ("min", lambda x, d, k: torch.amin(x, d or (), k)),
        ("variance", lambda x, d, k: torch.var(x, d, correction=1, keepdim=k)),
        ("variance-population", lambda x, d, k: torch.var(x, d, correction=0, keepdim=k)),
        ("standardDeviation", lambda x, d, k: torch.std(x, d, correction=1, keepdim=k)),
        ("norm", lambda x, d, k: torch.linalg.vector_norm(x, 2, d, k)),
        ("logSumExp", lambda x, d, k: torch.logsumexp(x, d or (0, 1, 2), k)),
    ]:
        for axes, (dims, keep) in AXES.items():
            file.case(f"{name}-{axes}", lambda x, f=function, d=dims, k=keep: f(x, d, k), Normal(3, 4, 5))


def edges(file):
    # Rows and columns longer than any vector register, and a sum that needs several partial sums.
    file.case("sum-long-rows", lambda x: x.sum(1), Normal(3, 1000), gradient=False)
    file.case("sum-long-columns", lambda x: x.sum(0), Normal(1000, 3), gradient=False)
    file.case("mean-long", torch.mean, Normal(5000, mean=3), gradient=False)
    file.case("variance-large-mean", lambda x: x.var(1), Normal(2, 300, mean=30), gradient=False)
    file.case("sum-scalar", torch.sum, Normal())
    file.case("sum-empty", lambda x: x.sum(0), Normal(0, 3))
    file.case("product-empty", lambda x: x.prod(0), Normal(0, 3))
    file.case("mean-empty", lambda x: x.mean(0), Fixed([[], []]))
    file.case("sum-one", lambda x: x.sum((0, 1)), Normal(1, 1, 3))
    file.case("product-one-zero", torch.prod, [0, 2, 3])
    file.case("product-two-zeros", lambda x: torch.prod(x, 1), [[0, 2, 0], [4, 0, 3], [1, 2, 3]])
    file.case("max-ties", torch.amax, [3, 1, 3, 2])
    file.case("min-ties", lambda x: torch.amin(x, 1), [[1, 1, 2], [3, 0, 0]])
    file.case("max-nan", lambda x: torch.amax(x, 1), Fixed([[1, NAN, 3], [1, INF, 3], [-INF, -INF, -INF]]))
    file.case("min-nan", lambda x: torch.amin(x, 1), Fixed([[1, NAN, 3], [1, INF, 3], [-INF, -INF, -INF]]))
    file.case("variance-single", torch.var, Fixed([4]))
    file.case("standardDeviation-single", torch.std, Fixed([4]))
    extremes = [[1000, 1000, 999], [-1000, -1001, -1000], [INF, 0, 1], [-INF, -INF, -INF], [-INF, 0, 1], [NAN, 0, 1]]
    file.case("logSumExp-extremes", lambda x: torch.logsumexp(x, 1), Fixed(extremes))
    file.case("logSumExp-infinite", lambda x: torch.logsumexp(x, 1), [[-INF, 0, 1], [20, 19, -INF]])


def norms(file):
    for p in (0, 0.5, 1, 3, INF):
        for axes, dims in (("all", None), ("last", (-1,))):
            file.case(
                f"norm-{p}-{axes}", lambda x, p=p, d=dims: torch.linalg.vector_norm(x, p, d), Normal(3, 4),
                gradient=p != 0)
    file.case("norm-at-zero", lambda x: torch.linalg.vector_norm(x, 2, 1), [[0, 0], [3, 4]])
    file.case("norm-1-at-zero", lambda x: torch.linalg.vector_norm(x, 1), [0, -3, 4])
    file.case("norm-inf-ties", lambda x: torch.linalg.vector_norm(x, INF), [-3, 3, 1])


def integers(file):
    for dtype in ("int64", "int32", "uint8", "bool"):
        values = Integers(3, 4, high=2 if dtype == "bool" else 100, dtype=dtype)
        file.case(f"sum-{dtype}", lambda x: x.sum(0), values)
        if dtype != "bool":
            file.case(f"max-{dtype}", lambda x: x.amax(0), values)
            file.case(f"min-{dtype}", lambda x: x.amin(1), values)
            file.case(f"argmax-{dtype}", lambda x: x.argmax(1), values)
        file.case(f"any-{dtype}", lambda x: x.any(0).to(torch.bool), values)
        file.case(f"all-{dtype}", lambda x: x.all(1).to(torch.bool), values)
    file.case("product-int64", lambda x: x.prod(1), Integers(3, 4, low=1))
    file.case("mean-int64", lambda x: x.to(torch.float32).mean(1), Integers(3, 4), single=True)
    file.case("any-all", torch.any, Fixed([0, 0, 0.5]))
    file.case("all-all", torch.all, Fixed([1, NAN, 0]))
    file.case("any-empty", lambda x: torch.any(x, 0), Fixed([[]]))


def order(file):
    rows = Integers(4, 6, high=4)  # with ties: the first one counts
    for name, function in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
        file.case(f"{name}-all", lambda x, f=function: f(x), Normal(3, 4))
        file.case(f"{name}-first", lambda x, f=function: f(x, 0), Normal(3, 4))
        file.case(f"{name}-last-kept", lambda x, f=function: f(x, -1, keepdim=True), Normal(2, 3, 20))
        file.case(f"{name}-nan", lambda x, f=function: f(x, 1), Fixed([[1, NAN, 3, NAN], [INF, 1, -INF, 2]]))
    file.case("sorted", lambda x: torch.sort(x, stable=True), Normal(3, 7))
    file.case("sorted-descending", lambda x: torch.sort(x, dim=0, descending=True, stable=True), Normal(6, 3))
    file.case("sorted-ties", lambda x: torch.sort(x, stable=True), rows)
    file.case("sorted-nan", lambda x: torch.sort(x, stable=True), Fixed([2, NAN, -INF, INF, NAN, 0]))
    file.case("argsorted", lambda x: torch.argsort(x, dim=0, stable=True), rows)
    file.case("argsorted-descending", lambda x: torch.argsort(x, dim=1, descending=True, stable=True), rows)
    file.case("topK", lambda x: torch.topk(x, 3), Normal(4, 9))
    file.case("topK-smallest", lambda x: torch.topk(x, 2, 0, largest=False), Normal(5, 3))
    file.case("cumulativeSum", lambda x: torch.cumsum(x, 1), Normal(3, 5, 2))
    file.case("cumulativeSum-first", lambda x: torch.cumsum(x, 0), Normal(40, 3))
    file.case("cumulativeSum-int64", lambda x: torch.cumsum(x, 0), Integers(6, low=-9))
    file.case("cumulativeSum-uint8", lambda x: torch.cumsum(x, 0), Integers(6, low=200, high=255, dtype="uint8"))
