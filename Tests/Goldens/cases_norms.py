"""Cases of layer, group, instance and root-mean-square normalization, and of distances."""

import torch
import torch.nn.functional as F

from golden import Fixed, Normal


def add(file):
    layer_norms(file)
    group_norms(file)
    distances(file)


def layer_norms(file):
    def affine(*shape):
        return Normal(*shape, mean=1, deviation=0.5), Normal(*shape)

    for name, shape, rank in [
        ("rows", (5, 7), 1), ("long", (3, 300), 1), ("many", (70, 5), 1), ("cube", (2, 3, 4, 5), 2), ("all", (3, 4), 2),
        ("one", (4, 1), 1), ("empty", (0, 3), 1), ("vector", (20,), 1),
    ]:
        size = shape[-rank:]
        x = Normal(*shape, mean=1, deviation=2)
        file.case(
            f"layerNorm-{name}", lambda x, w, b, s=size: F.layer_norm(x, s, w, b, 1e-5), x, *affine(*size))
        file.case(f"rmsNorm-{name}", lambda x, w, s=size: F.rms_norm(x, s, w, 1e-5), x, affine(*size)[0])
    x = Normal(4, 6, mean=-1)
    file.case("layerNorm-plain", lambda x: F.layer_norm(x, (6,), eps=1e-3), x)
    file.case("layerNorm-no-bias", lambda x, w: F.layer_norm(x, (6,), w), x, Normal(6))
    file.case("rmsNorm-plain", lambda x: F.rms_norm(x, (6,), eps=1e-3), x)
    file.case("layerNorm-constant", lambda x: F.layer_norm(x, (3,)), [[2, 2, 2], [0, 0, 0], [-1, -1, 1]])
    file.case(
        "layerNorm-large-mean", lambda x: F.layer_norm(x, (400,)), Normal(2, 400, mean=30, deviation=1), gradient=False)


def group_norms(file):
    weight, bias = Normal(6, mean=1, deviation=0.5), Normal(6)
    for name, shape in [("images", (3, 6, 4, 5)), ("rows", (5, 6)), ("sequences", (2, 6, 70))]:
        for groups in (1, 2, 6):
            if groups == 6 and name == "rows":
                continue
            file.case(
                f"groupNorm-{name}-{groups}", lambda x, w, b, g=groups: F.group_norm(x, g, w, b),
                Normal(*shape, mean=1, deviation=2), weight, bias)
    file.case("groupNorm-plain", lambda x: F.group_norm(x, 3, eps=1e-3), Normal(2, 6, 5))

    def train(x, weight, bias, mean, variance):
        mean, variance = mean.clone(), variance.clone()
        y = F.instance_norm(x, mean, variance, weight, bias, use_input_stats=True, momentum=0.1)
        return y, mean, variance

    statistics = (Fixed([0.5, -1, 2]), Fixed([1.5, 0.2, 3]))
    affine = (Normal(3, mean=1, deviation=0.5), Normal(3))
    for name, shape in [("images", (4, 3, 5, 2)), ("sequences", (2, 3, 40)), ("volumes", (2, 3, 2, 3, 2))]:
        file.case(f"instanceNorm-{name}", train, Normal(*shape, mean=1, deviation=2), *affine, *statistics)
    file.case("instanceNorm-plain", lambda x: F.instance_norm(x, eps=1e-3), Normal(5, 3, 4))


def distances(file):
    x, y = Normal(4, 5, 3), Normal(4, 5, 3)
    for p in (1, 2, 3, float("inf")):
        file.case(f"l2Normalized-{p}", lambda x, p=p: F.normalize(x, p=p), x)
    file.case("l2Normalized-last", lambda x: F.normalize(x, dim=-1), x)
    file.case("l2Normalized-zeros", lambda x: F.normalize(x, dim=-1, eps=0.5), [[0, 0], [3, 4]])
    file.case("cosineSimilarity", F.cosine_similarity, x, y)
    file.case("cosineSimilarity-last", lambda x, y: F.cosine_similarity(x, y, dim=-1), x, Normal(5, 3))
    file.case(
        "cosineSimilarity-zeros", lambda x, y: F.cosine_similarity(x, y, dim=-1, eps=0.5), [[0, 0], [3, 4]], [[1, 2], [2, 1]])
    for p in (1, 2, 3):
        file.case(f"pairwiseDistance-{p}", lambda x, y, p=p: F.pairwise_distance(x, y, p), x, y)
        file.case(
            f"pairwiseDistances-{p}",
            lambda x, y, p=p: torch.cdist(x, y, p, compute_mode="donot_use_mm_for_euclid_dist"), x, Normal(4, 6, 3))
    file.case("pairwiseDistance-kept", lambda x, y: F.pairwise_distance(x, y, keepdim=True), x, Normal(3))

