"""Cases of scans, order statistics, quantiles, unique elements, searching, histograms and statistics."""

import math

import numpy as np
import torch

from golden import Fixed, Integers, Normal

INF, NAN = math.inf, math.nan
WITH_NAN = Fixed([[3, NAN, 1, 2], [4, 1, -INF, 5], [NAN, NAN, NAN, NAN], [2, 2, INF, NAN]])


def add(file):
    scans(file)
    statistics(file)
    quantiles(file)
    unique(file)
    searching(file)
    nans(file)
    variables(file)
    types(file)
    parts(file)


def scans(file):
    x = Normal(3, 5, 2)
    file.case("cumulativeProduct", lambda x: torch.cumprod(x, 1), x)
    file.case("cumulativeProduct-first", lambda x: torch.cumprod(x, 0), Normal(20, 3))
    file.case("cumulativeProduct-zeros", lambda x: torch.cumprod(x, 1), [[0, 2, 3], [2, 0, 4], [0, 3, 0], [1, 2, 0]])
    file.case("cumulativeProduct-int64", lambda x: torch.cumprod(x, 0), Integers(6, 2, low=-9))
    file.case("cumulativeProduct-uint8", lambda x: torch.cumprod(x, 0), Integers(6, low=200, high=255, dtype="uint8"))
    file.case("cumulativeProduct-int32", lambda x: torch.cumprod(x, 0, dtype=torch.int32), Integers(9, low=50, high=99))
    for name, function in [("cumulativeMax", torch.cummax), ("cumulativeMin", torch.cummin)]:
        file.case(name, lambda x, f=function: f(x, 1), x)
        file.case(f"{name}-first", lambda x, f=function: f(x, 0), Normal(300, 2))
        file.case(f"{name}-ties", lambda x, f=function: f(x, 1), Integers(4, 9, high=4))
        file.case(f"{name}-nan", lambda x, f=function: f(x, 1), WITH_NAN)
    file.case("logCumulativeSumExp", lambda x: torch.logcumsumexp(x, 1), x)
    file.case("logCumulativeSumExp-first", lambda x: torch.logcumsumexp(x, 0), Normal(40, 3, deviation=3))
    extremes = [[-INF, 1, 2, 2], [INF, 1, -INF, 2], [1, INF, INF, 3], [-1000, -INF, 1000, 999], [1, NAN, 3, 4],
                [-INF, -INF, -INF, -INF]]
    file.case("logCumulativeSumExp-extremes", lambda x: torch.logcumsumexp(x, 1), Fixed(extremes))


def statistics(file):
    file.case("kthValue", lambda x: torch.kthvalue(x, 3), Normal(4, 7))
    file.case("kthValue-first-kept", lambda x: torch.kthvalue(x, 60, 0, keepdim=True), Normal(100, 3))
    file.case("kthValue-nan", lambda x: torch.kthvalue(x, 4)[0], WITH_NAN)
    file.case("kthValue-int64", lambda x: torch.kthvalue(x, 4)[0], Integers(5, 9))
    file.case("median", lambda x: torch.median(x, 1), Normal(3, 6, 2))
    file.case("median-first-kept", lambda x: torch.median(x, 0, keepdim=True), Normal(101, 3))
    file.case("median-nan", lambda x: torch.median(x, 1)[0], WITH_NAN)
    file.case("median-int64", lambda x: torch.median(x, 1)[0], Integers(5, 8, low=-9))
    file.case("median-all", torch.median, Normal(3, 4, 5))
    file.case("median-all-ties", torch.median, [1, 3, 3, 3, 2])
    file.case("nanMedian", lambda x: torch.nanmedian(x, 1)[0], WITH_NAN)
    file.case("nanMedian-all", torch.nanmedian, [[1, 5, 3], [3, 2, 7]])
    file.case("nanMedian-all-nan", torch.nanmedian, WITH_NAN)
    file.case("mode", torch.mode, Integers(6, 9, high=4))
    file.case("mode-first-kept", lambda x: torch.mode(x, 0, keepdim=True)[0], Integers(20, 3, high=5))
    file.case("mode-float", torch.mode, [[2, 1, 1, 2, 3], [5, 4, 3, 2, 1]])
    file.case("maxWithIndices", lambda x: torch.max(x, 1), Normal(3, 5, 2))
    file.case("maxWithIndices-ties", lambda x: torch.max(x, 0, keepdim=True), [[1, 4, 4], [3, 4, 1]])
    file.case("maxWithIndices-nan", lambda x: torch.max(x, 1), WITH_NAN)
    file.case("minWithIndices", lambda x: torch.min(x, 1), Normal(3, 5, 2))
    file.case("minWithIndices-ties", lambda x: torch.min(x, 0, keepdim=True), [[3, 1, 4], [3, 4, 1]])
    file.case("minMax", lambda x: torch.aminmax(x, dim=1), Normal(3, 5, 2))
    file.case("minMax-all", torch.aminmax, Normal(3, 5))


def quantiles(file):
    some = (0.0, 0.1, 0.5, 0.85, 1.0)

    # PyTorch makes NaN of an infinite element, alone or beside a finite one.
    holes = Fixed([[3, NAN, 1, 2], [4, 1, -2, 5], [NAN, NAN, NAN, NAN], [2, 2, 7, NAN]])

    def of(function, q, *arguments, **settings):
        return lambda x: function(x, torch.tensor(q, dtype=x.dtype), *arguments, **settings)

    for interpolation in ("linear", "lower", "higher", "midpoint", "nearest"):
        file.case(f"quantile-{interpolation}", of(torch.quantile, some, 1, interpolation=interpolation), Normal(3, 8, 2))
        file.case(f"nanQuantile-{interpolation}", of(torch.nanquantile, some, 1, interpolation=interpolation), holes)
    file.case("quantile-one", of(torch.quantile, 0.3), Normal(3, 7))
    file.case("quantile-one-kept", of(torch.quantile, 0.6, 0, keepdim=True), Normal(40, 2))
    file.case("quantile-all-kept", of(torch.quantile, some, keepdim=True), Normal(3, 7))
    file.case("quantile-kept", of(torch.quantile, some, -1, keepdim=True), Normal(2, 3, 5))
    file.case("quantile-nan", of(torch.quantile, some, 1), Fixed([[3, NAN, 1, 2], [4, 1, -2, 5]]))
    file.case("nanQuantile-one", of(torch.nanquantile, 0.4, 1), [[3, 1, 2, 5], [4, 1, -2, 5]])


def unique(file):
    def all_of(function, **settings):
        return lambda x: function(x, return_inverse=True, return_counts=True, **settings)

    file.case("unique", all_of(torch.unique), Integers(5, 8, high=9))
    file.case("unique-long", all_of(torch.unique), Integers(3000, low=-200, high=200, dtype="int32"))
    file.case("unique-float", all_of(torch.unique), Fixed([2, -1.5, 2, INF, -INF, -1.5, 0, INF]))
    file.case("unique-bool", all_of(torch.unique), Integers(7, high=2, dtype="bool"))
    file.case("unique-first", all_of(torch.unique, dim=0), Integers(12, 2, high=3))
    file.case("unique-last", all_of(torch.unique, dim=-1), Integers(2, 2, 30, high=2))
    file.case("uniqueConsecutive", all_of(torch.unique_consecutive), Integers(4, 8, high=2))
    file.case("uniqueConsecutive-first", all_of(torch.unique_consecutive, dim=0), Integers(12, 2, high=2))


def searching(file):
    edges = Fixed([-1, -0.5, 0, 0, 0.5, 1.25])
    near = Fixed([[-2, -1, -0.75], [0, 0.5, 3], [INF, -INF, NAN]])
    for suffix, right in (("", False), ("-right", True)):
        file.case(f"searchSorted{suffix}", lambda s, x, r=right: torch.searchsorted(s, x, right=r), edges, near)
        file.case(f"bucketize{suffix}", lambda x, b, r=right: torch.bucketize(x, b, right=r), near, edges)
        file.case(
            f"searchSorted-rows{suffix}", lambda s, x, r=right: torch.searchsorted(s, x, right=r),
            Fixed([[1, 2, 2, 5], [0, 3, 3, 3], [-4, -2, 1, 9]]), Integers(3, 6, low=-1, high=6, dtype="float32"))
    file.case("searchSorted-int64", torch.searchsorted, Fixed([1, 3, 3, 7], "int64"), Integers(20, low=-1, high=9))
    file.case("isIn", torch.isin, Integers(4, 5, high=20), Integers(6, high=20))
    file.case("isIn-float", torch.isin, Fixed([1, 2, NAN, INF]), Fixed([[2, NAN], [INF, 0]]))
    file.case("bincount", torch.bincount, Integers(30, high=9))
    file.case("bincount-longer", lambda x: torch.bincount(x, minlength=12), Integers(30, high=9, dtype="uint8"))
    file.case("bincount-none", lambda x: torch.bincount(x, minlength=2), Fixed([], "int64"))
    file.case(
        "bincount-weights", lambda x, w: torch.bincount(x, w), Integers(30, high=9), Normal(30), gradient=False)
    x = Normal(100)
    file.case("histogram", lambda x: torch.histogram(x, 7), x, gradient=False)
    file.case("histogram-range", lambda x: torch.histogram(x, 5, range=(-1, 1.5)), x, gradient=False)
    file.case("histogram-density", lambda x: torch.histogram(x, 6, range=(-1, 2), density=True), x, gradient=False)
    file.case(
        "histogram-weights", lambda x, w: torch.histogram(x, 6, range=(-1, 2), weight=w), x, Normal(100), gradient=False)
    file.case("histogram-edges", torch.histogram, x, Fixed([-2, -0.5, 0, 0.25, 3]), gradient=False)
    file.case("histogram-on-edges", lambda x: torch.histogram(x, 4), Fixed([1, 2, 1, 5, 3, 4, 5]))
    file.case("histogram-histc", lambda x: torch.histc(x, 10, -2, 2), x, gradient=False)


def nans(file):
    for axes, dim in (("last", 1), ("all", None)):
        file.case(f"nanSum-{axes}", lambda x, d=dim: torch.nansum(x, d), WITH_NAN)
        file.case(f"nanMean-{axes}", lambda x, d=dim: torch.nanmean(x, d), WITH_NAN)
    file.case("nanSum", lambda x: torch.nansum(x, 0, keepdim=True), Normal(3, 4))
    file.case("nanMean", lambda x: torch.nanmean(x, 0, keepdim=True), Normal(3, 4))
    # PyTorch has none of these: by the elements that are left.
    def kept(x, neutral):
        return torch.where(x.isnan(), torch.full_like(x, neutral), x)

    def variance(x, correction=1):
        count = (~x.isnan()).sum(1, keepdim=True)
        mean = torch.nanmean(x, 1, keepdim=True)
        deviation = torch.where(x.isnan(), torch.zeros_like(x), x - mean)
        return deviation.square().sum(1) / (count.squeeze(1) - correction)

    some = Fixed([[1, NAN, 3, 2], [NAN, 5, 4, -1], [0, 1, 2, 3], [NAN, NAN, 2, 3]])
    file.case("nanProduct", lambda x: kept(x, 1).prod(1), some)
    file.case("nanVariance", variance, some)
    file.case("nanVariance-numbers", lambda x: x.var(1, correction=0), Normal(3, 5))
    file.case("nanStandardDeviation", lambda x: variance(x).sqrt(), some)
    file.case("nanStandardDeviation-numbers", lambda x: x.std(1), Normal(3, 5))
    file.case("nanArgmax", lambda x: kept(x, -INF).argmax(1), some)
    file.case("nanArgmin", lambda x: kept(x, INF).argmin(1), some)
    file.case("nanCumulativeSum", lambda x: kept(x, 0).cumsum(1), some)
    file.case("nanCumulativeProduct", lambda x: kept(x, 1).cumprod(1), some)
    # PyTorch has neither; of numbers they are these.
    file.case("nanMax", lambda x: torch.amax(x, 1), Normal(3, 4))
    file.case("nanMin", lambda x: torch.amin(x, 1), Normal(3, 4))
    file.case("nanMax-nan", lambda x: torch.tensor([3, 5, NAN, INF], dtype=x.dtype), WITH_NAN)
    file.case("nanMin-nan", lambda x: torch.tensor([1, -INF, NAN, 2], dtype=x.dtype), WITH_NAN)


def variables(file):
    file.case("countNonZero", lambda x: torch.count_nonzero(x, 1), Fixed([[0, 1, NAN, -0.0], [2, 0, 0, INF]]))
    file.case("countNonZero-all", torch.count_nonzero, Integers(4, 5, high=2))
    file.case("varianceAndMean", lambda x: torch.var_mean(x, 1, correction=0), Normal(3, 5))
    file.case("standardDeviationAndMean", lambda x: torch.std_mean(x, (0, 1), keepdim=True), Normal(3, 5))
    file.case("covariance", torch.cov, Normal(3, 8))
    file.case("covariance-vector", torch.cov, Normal(8))
    counts, weights = Integers(8, low=1, high=4), Fixed([0.5, 1, 2, 0.25, 1, 1, 0.5, 3])
    file.case("covariance-frequencies", lambda x, f: torch.cov(x, correction=0, fweights=f), Normal(2, 8), counts)
    file.case("covariance-weights", lambda x, w: torch.cov(x, aweights=w), Normal(2, 8), weights)
    file.case("covariance-both", lambda x, f, w: torch.cov(x, fweights=f, aweights=w), Normal(2, 8), counts, weights)
    file.case("correlation", torch.corrcoef, Normal(3, 8))
    file.case("renormalized", lambda x: torch.renorm(x, 2, 1, 1.5), Normal(2, 4, 3))
    file.case("renormalized-1", lambda x: torch.renorm(x, 1, 0, 4), Normal(3, 4))
    file.case("diff", torch.diff, Normal(3, 5))
    file.case("diff-twice", lambda x: torch.diff(x, 2, 0), Normal(5, 2))
    file.case("diff-joined", lambda x, a, b: torch.diff(x, 1, 1, a, b), Normal(2, 3), Normal(2, 1), Normal(2, 2))
    file.case("diff-bool", torch.diff, Integers(9, high=2, dtype="bool"))
    file.case("trapezoid", lambda y: torch.trapezoid(y, dx=0.5, dim=0), Normal(4, 3))
    file.case("trapezoid-places", lambda y, x: torch.trapezoid(y, x), Normal(3, 4), Normal(4))
    file.case("trapezoid-rows", lambda y, x: torch.trapezoid(y, x, dim=0), Normal(3, 4), Normal(3, 4))
    file.case("cumulativeTrapezoid", lambda y: torch.cumulative_trapezoid(y, dx=0.5), Normal(3, 4))
    file.case("cumulativeTrapezoid-places", lambda y, x: torch.cumulative_trapezoid(y, x), Normal(3, 4), Normal(4))


def types(file):
    x = Integers(3, 4, low=-9)
    single, double = torch.float32, torch.float64
    file.case("dtype-sum", lambda x: torch.sum(x, 1, dtype=torch.int32), x)
    file.case("dtype-sum-float", lambda x: torch.sum(x, 1, dtype=single), x, single=True)
    file.case("dtype-mean", lambda x: torch.mean(x, 1, dtype=single), x, single=True)
    file.case("dtype-product", lambda x: torch.prod(x, 1, dtype=single), x, single=True)
    file.case("dtype-nanSum", lambda x: torch.nansum(x, 1, dtype=single), x, single=True)
    file.case("dtype-cumulativeSum", lambda x: torch.cumsum(x, 1, dtype=single), x, single=True)
    file.case("dtype-softmax", lambda x: torch.softmax(x, 1, dtype=single), x, single=True)
    file.case("dtype-logSoftmax", lambda x: torch.log_softmax(x, 0, dtype=single), x, single=True)


def parts(file):
    x = Normal(7, 5)
    file.case("split-size", lambda x: torch.split(x, 3), x)
    file.case("split-size-whole", lambda x: torch.split(x, 5, 1), x)
    file.case("split-at", lambda x: torch.tensor_split(x, (1, 4, -1)), x)
    file.case("split-at-beyond", lambda x: torch.tensor_split(x, (2, 9), 1), x)
    file.case("chunked", lambda x: torch.chunk(x, 3), x)
    file.case("chunked-fewer", lambda x: torch.chunk(x, 4, 1), Normal(2, 6))
    file.case("rolled-axes", lambda x: torch.roll(x, (2, -1), (0, 1)), x)
    for turns in (1, 2, -1, 4):
        file.case(f"rotated90-{turns}", lambda x, k=turns: torch.rot90(x, k), x)
    file.case("rotated90-axes", lambda x: torch.rot90(x, 1, (2, 0)), Normal(2, 3, 4))
    file.case("movingAxes", lambda x: torch.movedim(x, (0, 1), (-1, 0)), Normal(2, 3, 4, 5))
    file.case("movingAxes-one", lambda x: torch.movedim(x, (3,), (1,)), Normal(2, 3, 4, 5))
