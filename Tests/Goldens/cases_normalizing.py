"""Cases of softmax, cross-entropy, other losses and batch normalization."""

import math

import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal, Uniform

INF, NAN = math.inf, math.nan


def add(file):
    softmaxes(file)
    cross_entropies(file)
    batch_norms(file)


def softmaxes(file):
    for name, function in [("softmax", F.softmax), ("logSoftmax", F.log_softmax)]:
        for axis, dim in [("first", 0), ("middle", 1), ("last", -1)]:
            file.case(f"{name}-{axis}", lambda x, f=function, d=dim: f(x, d), Normal(3, 5, 4, deviation=3))
        file.case(f"{name}-vector", lambda x, f=function: f(x, 0), Normal(70))
        file.case(f"{name}-one", lambda x, f=function: f(x, -1), Normal(3, 1))
        file.case(f"{name}-empty", lambda x, f=function: f(x, -1), Normal(0, 3))
        extremes = [[1000, 999, -1000], [-1e4, -1e4 + 1, -1e4], [1e30, 0, 1e30], [88, -88, 0]]
        file.case(f"{name}-extremes", lambda x, f=function: f(x, -1), extremes)
        infinite = [[-INF, 0, 1], [-INF, -INF, 2], [-INF, -INF, -INF], [INF, 0, 1], [NAN, 0, 1]]
        file.case(f"{name}-infinite", lambda x, f=function: f(x, -1), Fixed(infinite))


def cross_entropies(file):
    logits, labels = Normal(6, 5, deviation=2), Integers(6, high=5)
    weight = Fixed([0.5, 1, 2, 0.25, 0])
    for reduction in ("mean", "sum", "none"):
        file.case(
            f"crossEntropy-{reduction}", lambda x, t, r=reduction: F.cross_entropy(x, t, reduction=r), logits, labels)
        file.case(
            f"crossEntropy-weights-{reduction}",
            lambda x, t, w, r=reduction: F.cross_entropy(x, t, w, reduction=r), logits, labels, weight)
        file.case(
            f"crossEntropy-smoothing-{reduction}",
            lambda x, t, r=reduction: F.cross_entropy(x, t, label_smoothing=0.1, reduction=r), logits, labels)
        file.case(
            f"crossEntropy-ignore-{reduction}",
            lambda x, t, r=reduction: F.cross_entropy(x, t, ignore_index=-100, reduction=r),
            logits, Fixed([1, -100, 3, 0, -100, 4], "int64"))
        file.case(
            f"crossEntropy-everything-{reduction}",
            lambda x, t, w, r=reduction: F.cross_entropy(
                x, t, w, label_smoothing=0.2, ignore_index=3, reduction=r),
            logits, Fixed([1, 3, 3, 0, 2, 4], "int64"), weight)
        file.case(
            f"crossEntropy-probabilities-{reduction}",
            lambda x, t, r=reduction: F.cross_entropy(x, t.softmax(1), reduction=r), logits, Normal(6, 5))
        file.case(
            f"crossEntropy-probabilities-everything-{reduction}",
            lambda x, t, w, r=reduction: F.cross_entropy(x, t, w, label_smoothing=0.1, reduction=r),
            logits, Uniform(6, 5), weight)
    file.case("crossEntropy-vector", F.cross_entropy, Normal(5), Fixed(2, "int64"))
    file.case("crossEntropy-images", F.cross_entropy, Normal(2, 4, 3, 2), Integers(2, 3, 2, high=4))
    file.case(
        "crossEntropy-images-weights", lambda x, t, w: F.cross_entropy(x, t, w, label_smoothing=0.1),
        Normal(2, 4, 3, 2), Integers(2, 3, 2, high=4), Fixed([1, 2, 0.5, 3]))
    file.case("crossEntropy-images-probabilities", F.cross_entropy, Normal(2, 4, 3), Uniform(2, 4, 3))
    file.case(
        "crossEntropy-int32", lambda x, t: F.cross_entropy(x, t.long()), logits, Integers(6, high=5, dtype="int32"))
    file.case("crossEntropy-many-classes", F.cross_entropy, Normal(3, 130), Integers(3, high=130))
    file.case("crossEntropy-extremes", F.cross_entropy, [[1000, 0, -1000], [1000, 0, -1000]], Fixed([0, 2], "int64"))
    file.case(
        "crossEntropy-all-ignored", lambda x, t: F.cross_entropy(x, t), Fixed([[1, 2, 3]]), Fixed([-100], "int64"))


def batch_norms(file):
    affine = (Normal(3, mean=1, deviation=0.5), Normal(3))
    statistics = (Fixed([0.5, -1, 2]), Fixed([1.5, 0.2, 3]))

    def train(x, weight, bias, mean, variance):
        mean, variance = mean.clone(), variance.clone()
        y = F.batch_norm(x, mean, variance, weight, bias, training=True, momentum=0.1, eps=1e-5)
        return y, mean, variance

    def evaluate(x, weight, bias, mean, variance):
        return F.batch_norm(x, mean, variance, weight, bias, training=False, eps=1e-5)

    for name, shape in [("images", (4, 3, 5, 2)), ("rows", (7, 3)), ("sequences", (2, 3, 6))]:
        x = Normal(*shape, mean=1, deviation=2)
        file.case(f"batchNorm-train-{name}", train, x, *affine, *statistics)
        file.case(f"batchNorm-evaluate-{name}", evaluate, x, *affine, *statistics)
    x = Normal(5, 3, 4)
    file.case("batchNorm-plain", lambda x: F.batch_norm(x, None, None, training=True, eps=1e-3), x)
    file.case(
        "batchNorm-evaluate-plain", lambda x, m, v: F.batch_norm(x, m, v, training=False), x, *statistics)
    file.case(
        "batchNorm-large-mean", lambda x: F.batch_norm(x, None, None, training=True),
        Normal(40, 2, mean=30, deviation=1), gradient=False)
